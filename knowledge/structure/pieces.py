"""A passage too long for the embedder, cut where it hurts least."""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.text import sentence_spans, trim

# 1,500 characters of Vietnamese are at most 430 tokens of the default embedder (measured on the
# five bundled texts, 3.5 to 4.2 characters a token): with 60 of context, under its window of 510.
MAX_PASSAGE_CHARS = 1_500
_CUTS = (
    re.compile(r"\n\s*"),
    re.compile(r";\s+"),
    re.compile(r",\s+"),
    re.compile(r"\s+"),
    re.compile(rf"(?s:.{{{MAX_PASSAGE_CHARS}}})"),
)


def pieces(text: str, start: int, end: int) -> list[tuple[str, tuple[int, int]]]:
    """The range whole, or in runs of sentences of at most MAX_PASSAGE_CHARS.

    A sentence longer than that is parted at its line ends, then semicolons, then commas, then
    blanks, and only then anywhere.
    """
    if end - start <= MAX_PASSAGE_CHARS:
        return [("", (start, end))]
    spans = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
    for pattern in _CUTS:
        spans = [part for span in spans for part in _cut(text, *span, pattern)]
    runs: list[tuple[int, int]] = []
    for a, b in spans:
        if runs and b - runs[-1][0] <= MAX_PASSAGE_CHARS:
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    return [(f"phần {n}", run) for n, run in enumerate(runs, 1)]


def _cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """The range parted behind every match, when it is too long."""
    if end - start <= MAX_PASSAGE_CHARS:
        return [(start, end)]
    bounds = [start, *(m.end() for m in pattern.finditer(text, start, end)), end]
    parts = [trim(text, a, b) for a, b in pairwise(bounds)]
    return [(a, b) for a, b in parts if a < b]
