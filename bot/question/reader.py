"""Reads a request's words once; the same words within a turn are not read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

from bot.question.bounds import Bounds
from bot.question.coordination import Things, parted
from bot.question.letters import Letter, LetterReader
from bot.question.needs import Needs
from bot.question.places_named import PlaceReader
from bot.question.question import MANY, NO_BOUNDS, Ask
from bot.question.understanding import Understanding, understand
from retrieval.query import SearchQuery
from retrieval.retriever import Retriever
from retrieval.words import Words

MAX_REQUESTS: Final = 5  # of a letter that are read each by itself: a text of lines asks hundreds


class Reader:
    """Turns text into asks; safe to call from many threads."""

    def __init__(
        self,
        retriever: Retriever,
        places: PlaceReader,
        letters: LetterReader,
        needs: Needs,
        thing: Things,
        leans: Callable[[Ask], bool],
    ) -> None:
        """Take what reads each part of a question.

        `retriever` knows the documents that it may name, `thing` the records; `leans` says whether
        a request is made of what was asked before it.
        """
        self._retriever, self._places, self._letters = retriever, places, letters
        self._needs, self._thing, self._leans = needs, thing, leans

    def turn(self) -> TurnReader:
        """A reader for one turn of a conversation."""
        return TurnReader(self)

    def ask(self, text: str, bounds: Bounds = NO_BOUNDS) -> Ask:
        """The request that a text makes, within the bounds of its conversation."""
        letter = self._letters.read(text)
        ask = self._of_letter(text, letter) if letter else self._of_question(text)
        return ask if bounds is NO_BOUNDS else replace(ask, bounds=bounds)

    def apart(self, ask: Ask) -> tuple[Ask, ...]:
        """The asks that an ask may be several of, each as it would be asked alone; or none."""
        letter = ask.letter
        if letter is None:
            return tuple(self._of_question(text) for text in parted(ask.text, self._thing))
        parts: list[Ask] = []
        for request in ask.requests:
            part = self.part(ask, request.raw)
            if parts and self._leans(part):  # "mất bao lâu?"
                parts[-1] = self.part(ask, f"{parts[-1].text} {request.raw}")
            else:
                parts.append(part)
        return tuple(parts) if len(parts) >= MANY else ()

    def part(self, ask: Ask, request: str) -> Ask:
        """One request of a letter, within its story.

        Of 124 letters of ours with two requests both records are first for 41 where the letter's
        vector counts as much as the request's, for 34 without; the whole letter has the first
        one's for 27.
        """
        story = ask.letter.matter if ask.letter else ""
        alone = self._of_question(request)
        return replace(alone, told=story, beside=ask.query, embed=ask.embed)

    def _of_question(self, text: str) -> Ask:
        query = self._retriever.analyse(text)
        named, missing = self._retriever.named(query)
        return Ask(
            text=text,
            query=query,
            named=named,
            missing=missing,
            wants=understand(query, bool(named)),
            words=Words(query, self._retriever.restorer.rarity),
            bounds=NO_BOUNDS,
            embed=self._retriever.embed,
            read_places=self._places.readings,
            read_needs=self._needs.of,
            read_told=self._places.told,
        )

    def _of_letter(self, text: str, letter: Letter) -> Ask:
        """Found by all its words, answered by what it asks."""
        whole = self._of_question(letter.matter)
        request = self._retriever.analyse(letter.asked)
        several = letter.requests[:MAX_REQUESTS] if len(letter.requests) >= MANY else ()
        whole = replace(
            whole,
            letter=letter,
            requests=tuple(map(self._retriever.analyse, several)),
            embed=cache(self._retriever.embed),  # to tell its requests apart, and to answer them
        )
        if request.folded == whole.query.folded:
            return whole
        return replace(whole, request=request, beside=request, wants=_asked(whole, request))


def _asked(whole: Ask, request: SearchQuery) -> Understanding:
    """What a letter asks; what must be answered at once may stand anywhere in it."""
    if whole.wants.intent == "reply":
        return whole.wants
    return understand(request, bool(whole.named))


class TurnReader:
    """Reads each text of one turn once: a follow-up reads the turn before it too."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._known = reader, dict[str, Ask]()

    def ask(self, text: str, bounds: Bounds = NO_BOUNDS) -> Ask:
        """As `Reader.ask`."""
        ask = self._known.get(text)
        if ask is None:
            ask = self._known[text] = self._reader.ask(text)
        return ask if bounds is NO_BOUNDS else replace(ask, bounds=bounds)
