"""From a ranked passage to the words to quote."""

from __future__ import annotations

from functools import lru_cache

from bot.answer.quote import Quote
from bot.question import rules
from knowledge.models import Document, Passage
from knowledge.text import fold, unit_spans
from retrieval.retriever import Hit
from retrieval.values import find_values
from retrieval.words import TextWords, Words, text_words

WHOLE_QUOTE_CHARS = 420  # a clause up to this long is quoted whole: it fits a phone's screen
PART_QUOTE_CHARS = 360
_CACHED_TEXTS = 1_024  # passages cut before


def best_unit(hit: Hit, words: Words) -> tuple[int, int]:
    """The unit of the passage that speaks most to the question; offsets in the passage's text."""
    spans, units = _units(hit.passage.text)
    if len(spans) == 1:
        return spans[0]
    near = hit.result.unit
    scores = [
        (0.25 if near == span else 0.0) + covered + pairs
        for span, (covered, pairs) in zip(spans, words.shares(units), strict=True)
    ]
    return spans[scores.index(max(scores))]


@lru_cache(_CACHED_TEXTS)
def _units(text: str) -> tuple[list[tuple[int, int]], list[TextWords]]:
    """The units of a passage, the whole of it where it has none, and the words of each."""
    spans = unit_spans(text) or [(0, len(text))]
    return spans, [text_words(text[a:b]) for a, b in spans]


def quote_around(document: Document, passage: Passage, span: tuple[int, int]) -> Quote:
    """The passage whole when it is short, else the unit with as many neighbours as fit."""
    if len(passage.text) <= WHOLE_QUOTE_CHARS:
        return Quote(document, passage, passage.start, passage.end)
    spans = unit_spans(passage.text)
    at = next((i for i, s in enumerate(spans) if s[0] <= span[0] < s[1]), 0)
    first = last = at
    while True:
        if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= PART_QUOTE_CHARS:
            last += 1
        elif first > 0 and spans[last][1] - spans[first - 1][0] <= PART_QUOTE_CHARS:
            first -= 1
        else:
            break
    return Quote(document, passage, passage.start + spans[first][0], passage.start + spans[last][1])


def parent_lead_in(document: Document, passage: Passage) -> Passage | None:
    """The passage that leads in the list this one belongs to ("Giao Đảng uỷ Chính phủ ...:")."""
    parent = next((p for p in document.passages if p.id == passage.parent_id), None)
    return parent if parent and parent.text.rstrip().endswith(":") else None


def children(document: Document, passage: Passage) -> list[Passage]:
    """The passages directly below `passage`."""
    return [p for p in document.passages if p.parent_id == passage.id]


def is_planned(text: str) -> bool:
    """Whether a clause, read from its beginning, calls the numbers that follow "dự kiến"."""
    return bool(rules.search("documents.planned", fold(text))) and any(
        v.kind == "number" for v in find_values(text)
    )
