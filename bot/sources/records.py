"""Questions that records answer: a procedure, a place, or a procedure at a place."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from bot.answer.draft import Draft
from bot.sources.places.answers import PlaceAnswers
from bot.sources.procedures.answers import ProcedureAnswers
from knowledge.places.models import PlaceResolution
from knowledge.text import fold
from retrieval.query import SearchQuery

# Log-odds that a question is about a procedure, of models fitted on the other half of 1,190
# questions in four typing styles: of 952 on procedures 923 reach the first and 940 the second, of
# 1,480 on the directives 8 reach either (one question, which names the leadership and is left out).
SURE, LIKELY = 0.5, -0.5
# A record is named outright when the question has this share of one of its names, or scores so.
NAMED_COVERAGE, NAMED_SCORE = 0.8, 0.36

_HOW_MANY = r"(?:bao nhieu|\bmay\b|\bbn\b|how many)"
_NEAR = r"\s+(?:\w+\s+){0,6}"  # no comma, no end of a sentence
_MINE = re.compile(
    r"\b(?:tỉnh|xã|phường|huyện|quận|thành phố) (?:tôi|em|mình|nhà|chúng tôi|tui|cháu)\b"
)


class RecordAnswers:
    """Places alone first (they leave a question about a procedure at a place); then procedures."""

    def __init__(self, procedures: Callable[[], ProcedureAnswers], places: PlaceAnswers) -> None:
        """`procedures` gives the answers of today's records: an import replaces them."""
        self._procedures, self._places = procedures, places

    def answer(self, query: SearchQuery, vector: np.ndarray) -> Draft | None:
        """A draft, or None when the question may be for the documents.

        Args:
            query: the analysed question.
            vector: (dim,) float32, of the query text.
        """
        return self._places.answer(query) or self._procedure(query, vector, SURE)

    def fallback(self, query: SearchQuery, vector: np.ndarray) -> Draft | None:
        """What a likely procedure says, for a question that no document answers."""
        return self._procedure(query, vector, LIKELY)

    def names_procedure(self, query: SearchQuery, vector: np.ndarray) -> bool:
        """Whether the question's own words name a procedure."""
        hits = self._procedures().search.search(query, 1, vector)
        return bool(hits) and (hits[0].coverage >= NAMED_COVERAGE or hits[0].score >= NAMED_SCORE)

    def place_words(self, query: SearchQuery) -> str:
        """The words that name a place, as written; empty when none do."""
        found = self._place(query)
        return found.matched if found else ""

    def place_of_figure(self, query: SearchQuery) -> str:
        """The place whose own figure is asked, as written; empty for the whole country.

        A place that only says where somebody lives is not beside the words that ask how many.
        """
        found = self._place(query)
        mine = _MINE.search(query.text.lower())
        place = found.matched if found else mine[0] if mine else ""
        words = re.escape(fold(place))
        beside = rf"{words}{_NEAR}{_HOW_MANY}|{_HOW_MANY}{_NEAR}{words}"
        return place if place and re.search(beside, fold(query.raw)) else ""

    def place_named(self, query: SearchQuery) -> str:
        """The full address of the one place named, else the words that name it; empty for none."""
        found = self._place(query)
        if found is None:
            return ""
        unit = found.old or (found.new[0] if len(found.new) == 1 else None)
        return unit.address if unit else found.matched

    def _place(self, query: SearchQuery) -> PlaceResolution | None:
        reading = self._places.reader.read(query)
        return reading.found if reading and reading.found.status != "unknown" else None

    def _procedure(self, query: SearchQuery, vector: np.ndarray, at_least: float) -> Draft | None:
        reading = self._places.reader.read(query)
        place = reading.found if reading else None
        source = self._places.drafts.source(place) if place else None
        return self._procedures().answer(
            query, place, place_source=source, vector=vector, at_least=at_least
        )
