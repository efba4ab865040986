"""Conversations: what earlier turns were about, kept for the questions that lean on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.conversation import words as asks
from bot.conversation.corrections import corrected
from bot.conversation.follow_up import FollowUp, NamesProcedure, content_of, spelled_out
from bot.conversation.slips import mended
from bot.question import rules
from bot.question.personal_data import mask_personal_data
from bot.question.question import Ask, Question
from bot.question.reader import Reader, TurnReader
from bot.question.situation import Situation
from bot.question.subject import About, Subject
from bot.question.topic import Topic
from bot.question.turns import CORRECTS, LEANS, LIKELY, MAY_LEAN, SURE, TOLD, Turns
from knowledge.errors import StoreError
from prompts.wording import Wording

if TYPE_CHECKING:
    from bot.keeping.turns import Turns as KeptTurns

Urgent = Callable[[Ask, bool], bool]
Covering = Callable[[str, Situation], str]
MAX_TURNS = 8  # kept of one conversation, the newest
MAX_CARRIED_CHARS = 240  # of an earlier question


class Conversations:
    """Reads follow-ups and keeps what later ones need; safe to call from many threads."""

    def __init__(
        self,
        kept: KeptTurns,
        reader: Reader,
        turns: Turns,
        names_procedure: NamesProcedure,
        covering: Covering,
        urgent: Urgent,
        say: Wording,
    ) -> None:
        """Take what keeps the turns, what reads them, and the wording of carried questions.

        `names_procedure` says whether the words of an ask name a procedure, `covering` which
        procedure covers what is told where the one of a name does not, `urgent` whether they
        are to be answered alone, of an ask and of whether it seems to lean: a cry for help between
        two questions leans on neither.
        """
        self._kept, self._reader, self._turns, self._say = kept, reader, turns, say
        self._names_procedure, self._covering, self._urgent = names_procedure, covering, urgent

    def read(self, text: str, conversation_id: str | None) -> Question:
        """`text` as it is to be answered: its own words, or with what earlier turns were about."""
        turns = self._earlier(conversation_id)
        topics = [Topic(**t["topic"]) for t in turns if t["topic"]]
        reader = self._reader.turn()
        ask = reader.ask(text)
        shares = self._turns.shares(ask)
        if self._urgent(ask, bool(topics) and shares[LEANS] >= LIKELY):
            return _own(text, reader)  # "em chán lắm" is no fact to be noted
        if not topics:
            return self._alone(text, reader, shares[TOLD])
        topics = [self._fitting(topic, ask) for topic in topics]
        procedure = next((topic for topic in reversed(topics) if topic.procedure), None)
        if procedure and shares[CORRECTS] >= LIKELY:
            return self._corrected(procedure, text, reader)
        if procedure and shares[TOLD] + shares[CORRECTS] >= LIKELY:
            return self._told(procedure, text, reader)
        pending = turns[-1]["status"] == "needs_clarification"
        if leaning := self._leaning(text, reader, topics, pending):
            return leaning
        if procedure is None:
            return self._alone(text, reader, shares[TOLD])
        own = _own(text, reader)
        if shares[LEANS] < MAY_LEAN or self._names_procedure(ask):
            return own
        leaning = self._of(procedure, text, reader)
        if shares[LEANS] >= SURE:
            return replace(leaning, instead=own)
        return replace(own, instead=leaning)

    def _earlier(self, conversation_id: str | None) -> list[dict[str, Any]]:
        """The turns kept; none where they cannot be read: the question is answered alone."""
        try:
            return self._kept.newest(conversation_id, MAX_TURNS) if conversation_id else []
        except StoreError:
            return []

    def keep(self, conversation_id: str, status: str, question: Question, subject: Subject) -> None:
        """Remember what a question was about, and whether it was answered."""
        topic = self._topic(status, question, subject)
        self._kept.save(
            conversation_id,
            question=mask_personal_data(question.text),
            topic=asdict(topic) if topic else {},
            status=status,
            keep=MAX_TURNS,
        )

    def forget(self, conversation_id: str) -> int:
        """Delete every turn and answer of a conversation; returns how many turns."""
        return self._kept.forget_conversation(conversation_id)

    def _alone(self, text: str, reader: TurnReader, told: float) -> Question:
        """Where there is nothing to lean on: "còn cấp xã?" is of no topic then.

        `told` is the probability that it only tells a fact.
        """
        query = reader.ask(asks.from_english(text) or text).query
        if rules.fullmatch("follow_up.only_a_level", query.folded.strip()):
            return _own(text, reader, self._say("clarify.topic"))
        if told >= SURE and not self._names_procedure(reader.ask(text)):
            return _own(text, reader, self._say("letters.need", told=_quoted(text)))
        return _own(text, reader)

    def _fitting(self, topic: Topic, ask: Ask) -> Topic:
        """The topic, or of the case that is told now: "nếu mất hẳn thì sao?"."""
        if not topic.procedure or not ask.situation.cases:
            return topic
        return replace(topic, procedure=self._covering(topic.procedure, ask.situation))

    def _of(self, topic: Topic, text: str, reader: TurnReader) -> Question:
        """A question asked of the procedure that was talked about."""
        asked = reader.ask(text).query.text
        question = self._say("follow_up.of", subject=topic.procedure, asked=asked)
        return Question(text, reader.ask(question), leans=True, topic=topic)

    def _told(self, topic: Topic, text: str, reader: TurnReader) -> Question:
        """A fact without a request: the procedure talked about again, with it."""
        ask = replace(reader.ask(topic.question), told=text)
        said = self._say("letters.noted", told=_quoted(text))
        return Question(text, ask, leans=True, topic=topic, noted=said)

    def _corrected(self, topic: Topic, text: str, reader: TurnReader) -> Question:
        """The question asked before, as it is put right."""
        question, meant = corrected(topic.question, text)
        ask = replace(reader.ask(question), beside=reader.ask(meant).query)
        said = self._say("follow_up.corrected", told=_quoted(text))
        return Question(text, ask, leans=True, topic=topic, noted=said)

    def _leaning(
        self, text: str, reader: TurnReader, topics: Sequence[Topic], pending: bool
    ) -> Question | None:
        """The question with what it leans on; None when it stands alone."""
        for written in _meant(text, reader):
            meant = spelled_out(reader.ask(asks.from_english(written) or written))
            reading = FollowUp(meant, topics, reader, self._names_procedure, self._say).read(
                pending
            )
            if reading.leans or reading.clarify:
                return Question(
                    text,
                    reader.ask(reading.question, reading.bounds),
                    leans=reading.leans,
                    instead=None if reading.sure else _own(text, reader),
                    clarify=reading.clarify,
                    topic=reading.topic,
                )
        return None

    def _topic(self, status: str, question: Question, subject: Subject) -> Topic | None:
        """None for a turn about nothing: courtesies, and what was refused on its own words."""
        carried = question.topic
        about = _about(status, question, subject)
        if about is None:
            return None
        if question.clarify:
            return carried if carried.about else None
        asked, content = self._carried(question.ask, whole=subject.whole)
        own = Topic(
            asked,
            content,
            about=about,
            procedure=subject.procedure,
            place=question.ask.place_name,
            document=subject.document,
            passage=subject.passage,
        )
        return own if not question.leans else _carried_on(own, carried)

    def _carried(self, ask: Ask, whole: bool) -> tuple[str, str]:
        """A question as later ones lean on it, and what it asks about; of a letter its requests."""
        if ask.letter:
            asked = mask_personal_data(ask.asked.text)[:MAX_CARRIED_CHARS]
            return asked, "" if whole else content_of(asked)
        masked = mask_personal_data(ask.text)[:MAX_CARRIED_CHARS]
        kept = ask if masked == ask.text else self._reader.ask(masked)
        spelled = spelled_out(kept)
        text = (
            kept.query.text if spelled == kept.query.raw else self._reader.ask(spelled).query.text
        )
        content = "" if whole else content_of(text)
        return text if len(text) <= MAX_CARRIED_CHARS else masked, content


def _meant(text: str, reader: TurnReader) -> Iterator[str]:
    """A turn as it was typed, then as it may have been meant: slips are looked for when needed."""
    yield text
    mends = dict.fromkeys((mended(text), mended(reader.ask(text).query.text)))
    yield from (mend for mend in mends if mend and mend != text)


def _own(text: str, reader: TurnReader, clarify: str = "") -> Question:
    return Question(text, reader.ask(text), clarify=clarify)


def _quoted(text: str) -> str:
    return mask_personal_data(text).rstrip(" .!")


def _about(status: str, question: Question, subject: Subject) -> About | None:
    if subject.about:
        return subject.about
    if question.leans or status == "needs_clarification":
        return question.topic.about
    return "" if status == "no_evidence" else None


def _carried_on(own: Topic, carried: Topic) -> Topic:
    """A leaning turn's topic: what it does not name itself is still talked about."""
    procedure = own.procedure or (carried.procedure if own.about == "procedure" else "")
    return replace(
        own,
        content=carried.content or own.content,
        base=carried.base,
        procedure=procedure,
        place=own.place or carried.place,
        document=own.document or carried.document,
    )
