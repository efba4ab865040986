"""A letter's clauses: the smallest pieces that tell or ask one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.question import rules
from knowledge.text import fold, trim

MIN_WORDS_BEFORE = 3  # of a clause that is cut where a request is led in within it
RUN_ON_WORDS = 16  # a longer piece was typed without its commas
# Not behind an abbreviation ("TP. Huế") or a list number ("1.").
_SENTENCE_END = re.compile(r"(?<![\s.](?:tp|tx|tt|tr|\d\d|.\d))[.!?…;]+[\"”’)]*\s+|\s*\n\s*", re.I)
_CLAUSE_END = re.compile(r"(?<=,)\s+|\s+[–-]\s+")
_MARK = re.compile(r"\?[\"”’)]*$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a letter, with where it stands."""

    text: str
    folded: str
    start: int
    end: int
    sentence: int  # from 0
    asked: bool  # its sentence ends in a question mark
    last: bool  # of its sentence


def clauses(text: str) -> list[Clause]:
    """The clauses of a text, in order; whatever is written in it is in one of them."""
    made: list[Clause] = []
    for number, (start, end) in enumerate(sentences(text)):
        asked = bool(_MARK.search(text[start:end]))
        pieces = list(_pieces(text, start, end))
        for at, (a, b) in enumerate(pieces):
            last = at == len(pieces) - 1
            made.append(Clause(text[a:b], fold(text[a:b]), a, b, number, asked, last))
    return made


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand; a line is one, and no capital need follow."""
    cuts = [m.end() for m in _SENTENCE_END.finditer(text)]
    spans = (trim(text, a, b) for a, b in pairwise([0, *cuts, len(text)]))
    return [(a, b) for a, b in spans if a < b]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence parted at its commas, and where a request is led in."""
    cuts = [m.end() for m in _CLAUSE_END.finditer(text, start, end)]
    for a, b in pairwise([start, *cuts, end]):
        yield from _led_in(text, *trim(text, a, b))


def _led_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    folded = fold(text[start:end])
    if len(folded) != end - start:
        yield start, end
        return
    cuts = [m.start() for m in rules.finditer("letters.opens", folded)]
    if len(folded.split()) > RUN_ON_WORDS:
        cuts += [m.start() for m in rules.finditer("letters.turns", folded)]
    at = 0
    for cut in sorted(cuts):
        if len(folded[at:cut].split()) >= MIN_WORDS_BEFORE:
            yield trim(text, start + at, start + cut)
            at = cut
    if start + at < end:
        yield trim(text, start + at, end)
