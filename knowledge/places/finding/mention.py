"""Words that may name a place, and the units of that name."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.places.units.names import Entry


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a mention: how far it goes, and the units of that name."""

    end: int  # token after the last one
    entries: tuple[Entry, ...]
    off: int  # letters typed with other marks than the name's
    missing: int  # letters typed without the name's marks
    other_kind: bool  # the kind written is not the unit's


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that may name a place."""

    start: int  # first token, the word for the kind included
    name: int  # first token of the name
    kind: str | None
    readings: tuple[Reading, ...]  # longest first

    @property
    def end(self) -> int:
        """The token after the longest reading."""
        return self.readings[0].end


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word for a kind with a name that no unit has."""

    start: int
    name: int
    end: int
    kind: str


Group = list[Mention | Unknown]
