"""One question beside the earlier ones of its conversation: what it says when it stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.conversation import words as asks
from bot.question import rules
from bot.question.bounds import Bounds, Mention, Scope
from bot.question.question import NO_BOUNDS, Ask
from bot.question.reader import TurnReader
from bot.question.subject import About
from bot.question.topic import NO_TOPIC, Topic
from bot.question.understanding import Understanding
from knowledge.models import Document
from knowledge.text import fold, new_tone_placement, syllables
from prompts.wording import Wording

MAX_WEAK_WORDS = 12  # a longer question says what it is about
MIN_HEAD_WORDS = 5  # before "thì" that say what a question is about
ONE_WORD = 1  # of its own that a question without "còn ..." may have and still lean
_LEVEL_OR_PARTY = ("level", "party")
FEW_WORDS = 3  # of its own that a question with "còn ..." in front may have and still lean


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is answered."""

    question: str  # the user's own words when it leans on nothing
    leans: bool = False
    sure: bool = True  # False: its own words may be meant after all
    topic: Topic = NO_TOPIC  # carried over
    bounds: Bounds = NO_BOUNDS
    clarify: str = ""  # to ask back, in place of an answer


NamesProcedure = Callable[[Ask], bool]


class FollowUp:
    """One question beside the topics of its conversation, the newest last."""

    def __init__(
        self,
        text: str,
        topics: Sequence[Topic],
        reader: TurnReader,
        names_procedure: NamesProcedure,
        say: Wording,
    ) -> None:
        self.text, self.topics, self.say = text, topics, say
        self.reader, self.names_procedure = reader, names_procedure
        self.ask = reader.ask(text)
        self.query = self.ask.query
        self.last = topics[-1]
        self.folded = self.query.folded.strip()

    def read(self, pending: bool) -> Reading:
        """The reading; `pending` says that the assistant asked back last."""
        named, meaning = self.ask.named, self.ask.wants
        words = syllables(self.folded)
        if meaning.intent == "reply" or len(words) > 2 * MAX_WEAK_WORDS:
            return Reading(self.text)
        # "can giay to gi" looks like English; a question in English has words of its own.
        continues = bool(_says("continues", self.folded) or _says("what_about", self.folded))
        leaning = continues or _says("does_what", self.folded)
        if self.query.english and not leaning and self._own_words(self.folded):
            return Reading(self.text)
        core = self._core()
        if self.ask.office.wanted and self.last.place and not self.ask.place_name:
            return self._of_office()
        subject = self._subject(core)
        fragment = self._is_fragment(core, subject)
        level = any(rules.fullmatch(f"follow_up.{name}", fold(core)) for name in _LEVEL_OR_PARTY)
        if fragment and (continues or pending or level):
            return self._swap(core, subject)
        if _says("there", self.folded) and self.last.place and subject == "procedure":
            return self._lean(self._there(self.query.text), self.last, sure=True)
        if subject == "document" and named and _says("any_matter", self.folded):
            return self._in_document(named[0])
        if subject in ("document", "procedure"):
            return Reading(self.text)
        if subject == "place":
            return self._placed()
        own = self._own_words(core)
        back = bool(_says("back", self.folded) or _says("there", self.folded))
        fields = _of_whole(meaning)
        does = _says("does_what", self.folded)
        deed = _says("deed", does[0]) if does else None
        if deed and self.last.about == "document" and not fields:
            return self._of_deed(core, deed[0])
        few = len(own) <= FEW_WORDS
        if not own or (back and len(words) <= MAX_WEAK_WORDS):
            return self._ask_of(core, meaning, sure=not own or back)
        if continues and few:
            return self._ask_of(core, meaning, sure=False)
        if len(own) <= ONE_WORD and self._is_aspect(words):
            return self._ask_of(core, meaning, sure=False)
        return Reading(self.text)

    # What the question itself says

    def _core(self) -> str:
        """The question's words, restored, without what only ties it to the talk."""
        text = self.query.text.strip()
        folded = fold(text)
        if len(folded) != len(text):
            return text
        opener = _says("opener", folded)
        # "Thế còn?" is no more than its opener: then nothing is cut off.
        start = opener.end() if opener and syllables(folded[opener.end() :]) else 0
        tail = _says("tail", folded, start)
        end = tail.start() if tail and tail.start() > start else len(text)
        return _swap_in("short_level", text[start:end].strip(" ,?!."), "cấp xã")

    def _subject(self, core: str) -> About:
        """What the question names of its own."""
        if self.query.numbers or self.ask.named:
            return "document"
        if not self._own_words(core):
            return ""
        if not _says("party", fold(core)) and self.names_procedure(self.ask):
            return "procedure"
        return "place" if self.ask.place_name else ""

    @staticmethod
    def _own_words(core: str) -> list[str]:
        folded = rules.sub("follow_up.plain_phrases", " ", fold(core))
        for name in ("follow_up.there", "follow_up.back"):
            folded = rules.sub(name, " ", folded)
        folded = asks.PARTS.sub(" ", folded)
        matters = [match[0] for match in rules.finditer("follow_up.matters", folded)]
        words = (
            w for w in syllables(folded) if w not in asks.PLAIN and not w.isdigit() and len(w) > 1
        )
        return [*matters, *words]

    def _is_fragment(self, core: str, subject: About) -> bool:
        """Whether it only names something, and asks nothing of its own."""
        folded = fold(core)
        if asks.PARTS.fullmatch(folded):
            return True
        if _says("asking", folded) or len(syllables(folded)) > MAX_WEAK_WORDS:
            return False
        if subject == "procedure":
            return not self.ask.aspects
        if subject:
            return True
        named = _says("party", folded) or _says("level", folded)
        return bool(named) or self._shared_head(core) is not None

    def _is_aspect(self, words: Sequence[str]) -> bool:
        """Whether it asks an aspect that every procedure has, of the procedure talked about."""
        return (
            self.last.about == "procedure"
            and len(words) <= MAX_WEAK_WORDS
            and bool(self.ask.aspects)
            and not _says("directive_words", self.folded)
        )

    # What it says with what is carried over

    def _ask_of(self, core: str, meaning: Understanding, *, sure: bool) -> Reading:
        """The question, asked of what was talked about."""
        folded = fold(core)
        if _says("this_document", folded):
            topic = self._latest("document")
            return self._of_document(topic, core, meaning, sure) if topic else Reading(self.text)
        about = self.last.about
        if _says("this_place", folded) and self.last.place and about == "place":
            return self._lean(_swap_in("this_place", core, self.last.place), self.last, sure)
        if about == "procedure":
            return self._of_procedure(core, sure)
        if about == "place":
            topic = self._latest("procedure")
            if topic and self.ask.aspects:
                return self._of_procedure(core, sure, topic)
            if not self.last.place:
                return Reading(self.text)
            return self._lean(f"{self.last.place}: {core}", self.last, sure)
        if about == "document":
            return self._of_document(self.last, core, meaning, sure)
        return Reading(self.text)

    def _of_office(self) -> Reading:
        """What is asked of an office, of the one in the place talked about."""
        asked = _small(_tidy(_cut("there", self.query.text)))
        return self._lean(f"{self.last.place}: {asked}", self.last, sure=False)

    def _of_procedure(self, core: str, sure: bool, topic: Topic | None = None) -> Reading:
        topic = topic or self.last
        asked = _small(_tidy(_cut("there", _cut("this_procedure", core))))
        question = self.say("follow_up.of", subject=topic.procedure, asked=asked)
        place = self.last.place or topic.place
        if place and (_says("there", fold(core)) or "where" in self.ask.aspects):
            question = self.say("follow_up.at", subject=topic.procedure, place=place, asked=asked)
        return self._lean(question, replace(topic, place=place), sure)

    def _of_document(self, topic: Topic, core: str, meaning: Understanding, sure: bool) -> Reading:
        asked = _small(_tidy(_cut("this_document", core)))
        folded = fold(asked)
        if folded.startswith(("tom tat", "tom luoc", "tom gon")):
            return self._lean(
                self.say("documents.suggest.outline", label=topic.document), topic, sure
            )
        if _of_whole(meaning) or _says("this_document", fold(core)):
            question = self.say("follow_up.field", subject=topic.document, asked=asked)
            return self._lean(question, topic, sure)
        if folded.startswith("van ban nao"):
            question = self.say("follow_up.which", content=topic.content)
            return self._lean(question, topic, sure)
        content = topic.content
        if not content and _says("due", folded):
            clarify = self.say("follow_up.which_date", label=topic.document)
            return Reading(self.text, topic=topic, clarify=clarify)
        if not content:
            question = self.say("follow_up.field", subject=topic.document, asked=asked)
            return self._lean(question, topic, sure)
        near = topic.passage if meaning.expects else ""
        if self._names(content):
            question = self.say(
                "follow_up.of", subject=_small(content), asked=_tidy(_cut("back", asked))
            )
        else:
            question = self.say(
                "follow_up.in",
                document=topic.document,
                subject=_small(content),
                asked=_tidy(_cut("back", asked)),
            )
        return replace(self._lean(question, topic, sure), bounds=Bounds(near=near))

    def _of_deed(self, core: str, deed: str) -> Reading:
        """To whom, when or how what was told is done: only a clause that speaks of it answers."""
        meaning = self.ask.wants
        reading = self._of_document(self.last, core, meaning, sure=True)
        refusal = self.say.text("follow_up.not_said", asked=_small(_tidy(core)))
        scope = Scope(refusal, says=asks.in_clauses(deed))
        return reading if reading.clarify else _within(reading, scope=scope)

    def _in_document(self, document: Document) -> Reading:
        """Another document, asked about the matter of the talk: "Kết luận 177 có nói việc này?"."""
        matter, label = self._matter(self.last), document.metadata.label
        if not matter:
            return Reading(self.text)
        question = self.say("follow_up.about", document=label, subject=_small(matter))
        refusal = self.say.text("follow_up.not_in", label=label, matter=_small(matter))
        topic = replace(self.last, content=matter, document=label, about="document", base="")
        reading = self._lean(question, topic, sure=True)
        return _within(reading, mention=Mention(document.metadata.id, matter, refusal))

    def _matter(self, topic: Topic) -> str:
        """What a topic is about, without the document it stands in."""
        if topic.procedure:
            return topic.procedure
        text = topic.content
        for number in reversed(self.reader.ask(text).query.numbers):
            text = text[: number.start] + " " + text[number.end :]
        text = _tidy(text)
        folded = fold(text)
        lead = _says("leads_to_matter", folded) if len(folded) == len(text) else None
        return _tidy(text[lead.end() :]) if lead else text

    def _placed(self) -> Reading:
        """It names a place; the procedure, or the question, may be an earlier one's."""
        topic = self._latest("procedure") if self.last.about in ("procedure", "place") else None
        if topic and self.ask.aspects and len(syllables(self.folded)) <= MAX_WEAK_WORDS:
            question = self.say(
                "follow_up.of", subject=topic.procedure, asked=_tidy(self.query.raw)
            )
            return self._lean(question, topic, sure=False)
        return Reading(self.text)

    def _there(self, text: str) -> str:
        return _swap_in("there", text, f"ở {self.last.place}")

    # "Còn X?": the earlier question, asked of X

    def _swap(self, core: str, subject: About) -> Reading:
        topic = self.last
        core = _tidy(core)
        if asks.PARTS.fullmatch(fold(core)):
            return self._parted(core)
        if subject == "document":
            question = self._swap_document(topic.question, core)
            carried = Topic(content=content_of(question), about=topic.about)
            return self._lean(question, carried, sure=True)
        if subject == "procedure":
            question = self.say("follow_up.of", subject=core, asked=self._asked_before())
            return self._lean(question, Topic(place=topic.place, about="procedure"), sure=True)
        if subject == "place":
            return self._swap_place(core)
        return self._swap_party(core)

    def _swap_party(self, core: str) -> Reading:
        """The question before, of another level or body; a clause that names it must answer."""
        topic = self.last
        earlier, base = topic.base or topic.question, ""
        matter = self._bare_matter()
        if topic.about == "document" and not matter:
            name = core if _says("party", fold(core)) else _small(core)
            question = self.say("follow_up.about", document=topic.document, subject=name)
        elif (swapped := self._swapped(earlier, core)) is not None:
            question = swapped
        else:
            base = _tidy(earlier)
            question = self.say("follow_up.of", subject=base, asked=core)
        carried = Topic(content=content_of(question), document=topic.document, about=topic.about)
        reading = self._lean(question, replace(carried, base=base), sure=True)
        if topic.about in ("procedure", "place"):
            return reading
        scope = self._scope_of(core, earlier)
        if scope and matter:
            english = self.reader.ask(earlier).query.english
            at, words = (topic.passage, "") if english else ("", matter)
            scope = replace(scope, passage=at, matter=words)
        return _within(reading, scope=scope)

    def _scope_of(self, core: str, earlier: str) -> Scope | None:
        """That clauses name the level or body `core`; None where it is neither."""
        folded = fold(core)
        refusal = self.say.text("follow_up.not_for", level=core)
        body, deed = (_says(name, fold(earlier)) for name in ("party", "given_duty"))
        duty = body is not None and deed is not None
        if names := asks.in_clauses(folded):
            return Scope(refusal, names, where="above" if duty else "words")
        if rules.fullmatch("follow_up.party", folded):
            name = re.sub("^(?:các|những) ", "", new_tone_placement(core).lower())
            return Scope(refusal, re.escape(name), where="above" if duty else "both")
        return None

    def _bare_matter(self) -> str:
        """What the talk is about, without levels and bodies."""
        text = self._matter(self.last)
        for name in reversed(_LEVEL_OR_PARTY):
            text = _cut(name, text)
        if self.reader.ask(self.last.question).query.english:
            text = rules.sub("follow_up.english_level", "", text.lower())
            text = rules.sub("follow_up.english_plain", "", text)
        return _tidy(text)

    def _parted(self, core: str) -> Reading:
        """Another point of the same document, below the same item."""
        topic = self._latest("document")
        if topic is None:
            return Reading(self.text)
        above = ""
        if fold(core).startswith("diem"):
            item = _says("item", fold(topic.question))
            above = topic.question[item.start() : item.end()] + " " if item else ""
        question = self.say(
            "documents.suggest.locator_in", locator=above + core, label=topic.document
        )
        return self._lean(question, topic, sure=True)

    def _swap_document(self, earlier: str, core: str) -> str:
        query = self.reader.ask(earlier).query
        spans = [(n.start, n.end) for n in query.numbers]
        if spans and query.raw == earlier:
            start, end = spans[0]
            return _tidy(earlier[:start] + core + earlier[end:])
        return self.say("follow_up.field", subject=core, asked=_tidy(earlier))

    def _swap_place(self, core: str) -> Reading:
        name = self.ask.place_words or core
        topic = self.last
        words = self.reader.ask(topic.question).place_words
        if words:
            question = topic.question.replace(words, name, 1)
        elif topic.about == "procedure":
            question = self.say(
                "follow_up.at",
                subject=topic.procedure,
                place=name,
                asked=self._asked_before(),
            )
        elif topic.about == "place":
            question = self.say("follow_up.now", place=name)
        else:
            return Reading(self.text)
        return self._lean(question, Topic(procedure=topic.procedure, about=topic.about), sure=True)

    def _asked_before(self) -> str:
        """What was asked of the last procedure, in words that ask it of any."""
        asked = self.reader.ask(self.last.question).aspects
        return self.say(f"follow_up.asks.{asked[0] if asked else 'any'}")

    def _swapped(self, earlier: str, core: str) -> str | None:
        """`earlier` with `core` in place of the level or body it names; None when it names none."""
        folded = fold(earlier)
        if len(folded) != len(earlier):
            return None
        for name in _LEVEL_OR_PARTY:
            if _says(name, fold(core)) and (found := _says(name, folded)):
                return _tidy(earlier[: found.start()] + core + earlier[found.end() :])
        english = asks.IN_ENGLISH.get(fold(core), core)
        for name, words in (("party", core), ("english_level", english)):
            if _says("level", fold(core)) and (found := _says(name, folded)):
                return _tidy(f"{earlier[: found.start()]}{words}{earlier[found.end() :]}")
        return self._shared_head(core)

    def _shared_head(self, core: str) -> str | None:
        """The last question with `core` in place of the words that begin as it does."""
        earlier = self.last.question
        words = syllables(fold(core))
        folded = fold(earlier)
        if len(words) < 2 or len(folded) != len(earlier):
            return None
        for size in range(len(words) - 1, 1, -1):
            head = r"\W+".join(map(re.escape, words[:size]))
            more = rf"(?:\W+\w+){{0,{len(words) - size}}}(?:, \w+ \w+)?"
            found = re.search(rf"\b{head}{more}", folded)
            if found:
                return _tidy(earlier[: found.start()] + core + earlier[found.end() :])
        return None

    def _latest(self, about: About) -> Topic | None:
        name: Callable[[Topic], str] = {
            "procedure": lambda t: t.procedure,
            "document": lambda t: t.document,
            "place": lambda t: t.place,
            "": lambda t: t.question,
        }[about]
        return next((t for t in reversed(self.topics) if name(t)), None)

    def _names(self, text: str) -> bool:
        return bool(self.reader.ask(text).named)

    def _lean(self, question: str, topic: Topic, sure: bool) -> Reading:
        question = question.strip()
        question = question[:1].upper() + question[1:]
        if not question.endswith("?"):
            question += "?"
        return Reading(question, leans=True, sure=sure, topic=topic)


def _within(reading: Reading, **bounds: Scope | Mention | None) -> Reading:
    return replace(reading, bounds=replace(reading.bounds, **bounds))  # type: ignore[arg-type]


def spelled_out(ask: Ask) -> str:
    """The question with "kl 177" as "Kết luận 177": within a sentence it would be mended away."""
    text = ask.query.raw
    if ask.query.english:
        return text
    for number in reversed(ask.query.numbers):
        if not text[number.start].isdigit():
            text = text[: number.start] + number.shown + text[number.end :]
    return text


def content_of(question: str) -> str:
    """What a question asks about: its words without those that only ask."""
    text = question.strip(" ?!.")
    head, colon, _ = text.partition(": ")
    if colon:
        return head
    head, then, _ = text.partition(" thì ")
    if then and len(head.split()) >= MIN_HEAD_WORDS:
        return head
    folded = fold(text)
    if len(folded) != len(text):
        return text
    for match in reversed(list(rules.finditer("follow_up.asking", folded))):
        text = text[: match.start()] + text[match.end() :]
    text = _cut("its_date", text) if _says("asking", folded) else text
    return re.sub(r"\s+(?:thì|là|có|phải|được)?\s*$", "", " ".join(text.split())) or question


def _of_whole(meaning: Understanding) -> bool:
    """Whether a document itself is asked about: who signed it, a place in it, its outline."""
    return bool(meaning.fields or meaning.place or meaning.intent == "outline")


def _says(rule: str, folded: str, start: int = 0) -> re.Match[str] | None:
    """What a rule of follow-ups finds."""
    return rules.search(f"follow_up.{rule}", folded, start)


def _cut(rule: str, text: str) -> str:
    return _swap_in(rule, text, "")


def _swap_in(rule: str, text: str, words: str) -> str:
    """`text` with `words` in place of the first that a rule speaks of."""
    folded = fold(text)
    found = _says(rule, folded) if len(folded) == len(text) else None
    return text[: found.start()] + words + text[found.end() :] if found else text


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;:?!.")


def _small(text: str) -> str:
    """As it goes on within a sentence: the first letter small, unless the word is all capitals."""
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text
