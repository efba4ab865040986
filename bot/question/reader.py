"""Reads a request's words once; the same words within a turn are not read again."""

from __future__ import annotations

from dataclasses import replace

from bot.question.bounds import Bounds
from bot.question.places_named import PlaceReader
from bot.question.question import NO_BOUNDS, Ask
from bot.question.understanding import understand
from retrieval.retriever import Retriever
from retrieval.words import Words


class Reader:
    """Turns text into asks; safe to call from many threads."""

    def __init__(self, retriever: Retriever, places: PlaceReader) -> None:
        """`retriever` knows the documents that a question may name."""
        self._retriever, self._places = retriever, places

    def turn(self) -> TurnReader:
        """A reader for one turn of a conversation."""
        return TurnReader(self)

    def ask(self, text: str, bounds: Bounds = NO_BOUNDS) -> Ask:
        """The request that a text makes, within the bounds of its conversation."""
        ask = self._read(text)
        return ask if bounds is NO_BOUNDS else replace(ask, bounds=bounds)

    def _read(self, text: str) -> Ask:
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
        )


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
