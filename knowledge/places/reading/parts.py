"""Mentions read at a level: the parts of an address, in every combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from knowledge.places.finding.mention import Mention, Reading
from knowledge.places.models import LEVELS, Level, OldUnit
from knowledge.places.units.names import Entry

MAX_COMBINATIONS = 400
MAX_READINGS = 4  # of one mention


@dataclass(frozen=True, slots=True)
class Part:
    """One mention read at one level."""

    mention: Mention
    reading: Reading
    level: Level
    entries: tuple[Entry, ...]

    @property
    def may_be_province(self) -> bool:
        """Whether it is a bare name read as a district that could be a province's as well."""
        return (
            self.level == "district"
            and self.mention.kind is None
            and any(e.level == "province" for e in self.reading.entries)
        )

    @property
    def numbered(self) -> bool:
        """Whether its name is a number."""
        return any(isinstance(e.unit, OldUnit) and e.unit.short.isdecimal() for e in self.entries)


def combinations(mentions: Sequence[Mention]) -> Iterator[tuple[Part, ...]]:
    """Every way to read mentions as an address; each may be left out."""
    choices = [[*_parts(mention), None] for mention in mentions]
    for combination in islice(product(*choices), MAX_COMBINATIONS):
        parts = tuple(part for part in combination if part)
        if parts:
            yield parts


def _parts(mention: Mention) -> Iterator[Part]:
    for reading in mention.readings[:MAX_READINGS]:
        for level in LEVELS:
            entries = tuple(e for e in reading.entries if e.level == level)
            if entries:
                yield Part(mention, reading, level, entries)
