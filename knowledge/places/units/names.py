"""The names that each unit is found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from knowledge.places.models import Level, NewUnit, OldUnit
from knowledge.places.spelling.keys import key_of, name_key
from knowledge.places.units.facts import OtherNames, Overlay
from knowledge.places.units.installed import Units, name_of


class Entry(NamedTuple):  # 16,000 are made at the start, in a third of a dataclass's time
    """A name that a unit is found by."""

    unit: OldUnit | NewUnit
    level: Level
    kind: str
    name: str  # without the kind; empty when only its key is known
    former: bool = False  # a name it no longer had on 30 June 2025, or before its last change

    @property
    def old(self) -> bool:
        """Whether the unit is one of before."""
        return isinstance(self.unit, OldUnit)


@dataclass(frozen=True, slots=True)
class Names:
    """All entries by key."""

    index: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    short_keys: set[str] = field(default_factory=set)  # that count beside another place only

    def add(self, key: str, entry: Entry) -> None:
        """Let a unit be found by a key."""
        self.index[key].append(entry)

    def add_others(self, entry: Entry, names: OtherNames | None) -> None:
        """Let a province be found by further names of it."""
        if names is None:
            return
        for name in (*names.names, *names.short):
            self.add(key_of(name), Entry(entry.unit, entry.level, entry.kind, ""))
        self.short_keys.update(key_of(name) for name in names.short)


def names_of(units: Units, overlay: Overlay) -> Names:
    """Every name of every unit: those of today first, then of before, then earlier ones."""
    names = Names()
    for province in units.provinces.values():
        entry = Entry(province, "province", province.kind, province.short)
        names.add(name_key(province.short), entry)
        names.add_others(entry, overlay.province_aliases.get(province.code))
    for commune in units.communes:
        short = commune.name[len(commune.kind) + 1 :]
        names.add(name_key(short), Entry(commune, "commune", commune.kind, short))
        if commune.was:
            was = name_of(commune.was)
            former = Entry(commune, "commune", was.kind, was.short, former=True)
            names.add(name_key(was.short), former)
    for unit in units.old:
        entry = Entry(unit, unit.level, unit.kind, unit.short)
        names.add(name_key(unit.short), entry)
        if unit.level == "province":
            names.add_others(entry, overlay.old_province_aliases.get(unit.code))
    for key, entry in _earlier(units):
        names.add(key, entry)
    return names


def _earlier(units: Units) -> Iterator[tuple[str, Entry]]:
    """Names of long ago; a neighbour that still has one comes before who took a namesake in."""
    holders: dict[tuple[int, str], set[int]] = defaultdict(set)  # of a name in a district
    for unit in units.old:
        if unit.level == "commune":
            holders[id(unit.parent), name_key(unit.short)].add(id(unit))
    for unit, level, kind, key in units.aliases:
        of_neighbours = holders.get((id(unit.parent), key))
        if level == "commune" and of_neighbours and id(unit) not in of_neighbours:
            continue
        yield key, Entry(unit, level, kind or unit.kind, "", former=True)
