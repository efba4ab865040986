"""Reads a request's words once; the same words within a conversation are not read again."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from bot.question.bounds import Bounds
from bot.question.places_named import PlaceReader
from bot.question.question import NO_BOUNDS, Ask
from bot.question.understanding import understand
from retrieval.retriever import Retriever
from retrieval.words import Words

KEPT_ASKS = 128  # of the turns being answered: a follow-up reads the turn before it too


class Reader:
    """Turns text into asks; safe to call from many threads."""

    def __init__(self, retriever: Retriever, places: PlaceReader) -> None:
        """`retriever` knows the documents that a question may name."""
        self._retriever, self._places = retriever, places
        self._recent = lru_cache(KEPT_ASKS)(self._read)

    def ask(self, text: str, bounds: Bounds = NO_BOUNDS) -> Ask:
        """The request that a text makes, within the bounds of its conversation."""
        ask = self._recent(text)
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
