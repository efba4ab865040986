"""Conversations: what earlier turns were about, kept for the questions that lean on them."""

from __future__ import annotations

from dataclasses import asdict, replace

from bot.answer.answer import Answer
from bot.conversation import words as asks
from bot.conversation.follow_up import About, FollowUp, Reading, Topic, content_of, spelled_out
from bot.conversation.slips import mended
from bot.question.personal_data import mask_personal_data
from bot.question.understanding import understand
from bot.sources.records import RecordAnswers
from knowledge.store import Store
from prompts.wording import Wording
from retrieval.retriever import Retriever

MAX_TURNS = 8  # kept of one conversation, the newest
MAX_CARRIED_CHARS = 240  # of an earlier question


class Conversations:
    """Reads follow-ups and keeps what later ones need; safe to call from many threads."""

    def __init__(
        self, store: Store, retriever: Retriever, records: RecordAnswers, say: Wording
    ) -> None:
        """`store` keeps the turns; `say` holds the wording of carried questions."""
        self._store, self._retriever, self._records, self._say = store, retriever, records, say

    def read(self, text: str, conversation_id: str | None) -> Reading:
        """`text` as it is to be answered: its own words, or with what earlier turns were about."""
        turns = self._store.turns(conversation_id, MAX_TURNS) if conversation_id else []
        topics = [Topic(**t["topic"]) for t in turns if t["topic"]]
        if not topics:
            return self._alone(text)
        pending = turns[-1]["status"] == "needs_clarification"
        restored = self._retriever.analyse(text).text
        for meant in (text, mended(text), mended(restored)):
            if meant:
                meant = spelled_out(asks.from_english(meant) or meant, self._retriever)
                follow_up = FollowUp(meant, topics, self._retriever, self._records, self._say)
                reading = follow_up.read(pending)
                if reading.leans or reading.clarify:
                    return reading
        return Reading(text)

    def _alone(self, text: str) -> Reading:
        """The reading of a conversation's first question: "còn cấp xã?" has nothing to lean on."""
        query = self._retriever.analyse(asks.from_english(text) or text)
        if asks.ONLY_A_LEVEL.fullmatch(query.folded.strip()):
            return Reading(text, clarify=self._say("clarify.topic"))
        return Reading(text)

    def keep(self, answer: Answer, reading: Reading) -> None:
        """Remember what an answer was about."""
        topic = self._topic(answer, reading)
        self._store.save_turn(
            answer.conversation_id,
            question=answer.question,
            topic=asdict(topic) if topic else {},
            status=answer.status,
            keep=MAX_TURNS,
        )

    def forget(self, conversation_id: str) -> int:
        """Delete every turn and answer of a conversation; returns how many turns."""
        return self._store.forget_conversation(conversation_id)

    def _topic(self, answer: Answer, reading: Reading) -> Topic | None:
        """None for a turn about nothing: courtesies, and what was refused on its own words."""
        question = mask_personal_data(reading.question)[:MAX_CARRIED_CHARS]
        carried = reading.topic
        cards = {card.get("kind"): card for card in answer.cards}
        procedure = cards.get("procedure", {}).get("name", "")
        cited = (self._retriever.passage(c.passage_id) for c in answer.citations)
        document = next((found[1].metadata.label for found in cited if found), "")
        if procedure:
            about: About = "procedure"
        elif "place" in cards:
            about = "place"
        elif document:
            about = "document"
        elif reading.leans or answer.status == "needs_clarification":
            about = carried.about
        elif answer.status == "no_evidence":
            about = ""
        else:
            return None
        if reading.clarify:
            return carried if carried.about else None
        place = self._records.place_named(self._retriever.analyse(reading.question))
        query = self._retriever.analyse(spelled_out(question, self._retriever))
        meaning = understand(query, bool(self._retriever.named(query)[0]))
        whole = meaning.intent in ("outline", "metadata")
        content = "" if whole and document else content_of(query.text)
        passage = answer.citations[0].passage_id if document else ""
        question = query.text if len(query.text) <= MAX_CARRIED_CHARS else question
        own = Topic(question, content, "", about, procedure, place, document, passage)
        if not reading.leans:
            return own
        return replace(
            own,
            content=carried.content or own.content,
            base=carried.base,
            procedure=procedure or (carried.procedure if about == "procedure" else ""),
            place=place or carried.place,
            document=document or carried.document,
        )
