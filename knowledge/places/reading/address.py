"""A group of mentions read as one address, and what it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.places.finding.mention import Mention
from knowledge.places.models import HOWS, LEVELS, Commune, How, Level, NewUnit, OldUnit, Province
from knowledge.places.reading.parts import Part, combinations
from knowledge.places.units.holding import Holding, Provinces
from knowledge.places.units.names import Entry


@dataclass(frozen=True, slots=True)
class Address:
    """One way to read a group of mentions."""

    parts: tuple[Part, ...]
    units: tuple[OldUnit | NewUnit, ...]
    how: How
    score: tuple[int, ...]

    def part(self, level: Level) -> Part | None:
        """What names the unit of a level, or None."""
        return next((p for p in self.parts if p.level == level), None)

    @property
    def level(self) -> Level:
        """The finest level named."""
        return next(level for level in LEVELS if self.part(level))


class _Meant(NamedTuple):
    """What the parts of an address may mean together."""

    units: tuple[OldUnit | NewUnit, ...]
    how: How
    aside: int = 0  # how much of it had to be set aside


_ByLevel = Mapping[Level, Sequence[Part]]


class AddressReader:
    """Reads addresses in one catalogue."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding

    def best(self, mentions: Sequence[Mention]) -> Address | None:
        """The reading of these mentions that fits best; None when they fit nothing."""
        best: Address | None = None
        for parts in combinations(mentions):
            address = self._read(parts)
            if address and (best is None or address.score > best.score):
                best = address
        return best

    def _read(self, parts: tuple[Part, ...]) -> Address | None:
        by_level: dict[Level, list[Part]] = {}
        for part in parts:
            by_level.setdefault(part.level, []).append(part)
        if any(len(group) > 1 for level, group in by_level.items() if level != "province"):
            return None
        provinces = _common_provinces(by_level.get("province", []))
        if provinces is not None and not provinces:
            return None
        meant = self._meant(by_level, provinces)
        if not meant.units:
            return None
        how = _how(meant.how, parts)
        return Address(parts, meant.units, how, _score(parts, meant.aside, how))

    def _meant(self, by_level: _ByLevel, provinces: Provinces | None) -> _Meant:
        if "commune" in by_level:
            return self._communes(by_level, provinces)
        if "district" in by_level:
            fits = self._districts(by_level["district"][0].entries, provinces)
            plain = [e for e in fits if not e.former] or fits
            how: How = "former_name" if plain and plain[0].former else "exact"
            return _Meant(tuple(dict.fromkeys(e.unit for e in plain)), how)
        return _Meant(tuple(provinces or ()), "exact")

    def _communes(self, by_level: _ByLevel, provinces: Provinces | None) -> _Meant:
        commune = by_level["commune"][0]
        entries = self._inside(commune.entries, provinces)
        if "district" not in by_level:
            return _preferred(entries)
        given = self._districts(by_level["district"][0].entries, provinces)
        districts = [e.unit for e in given]
        inside = [e for e in entries if self._holding.in_districts(e.unit, districts)]
        if inside:
            return _preferred([e for e in inside if e.old] or inside)
        # The district is not the one it lay in: look in the rest of that province.
        homes = {d.province for d in districts if isinstance(d, OldUnit)}
        if not homes or commune.mention.kind is None or commune.numbered:
            return _Meant((), "exact")
        units = _preferred(self._inside(entries, homes)).units
        return _Meant(units if len(units) == 1 else (), "other_district", 1)

    def _districts(self, entries: Iterable[Entry], provinces: Provinces | None) -> list[Entry]:
        """The districts inside the provinces named: those of before, else those of today."""
        fits = self._inside(entries, provinces)
        if provinces is None:
            return fits
        of_before = [
            e for e in fits if isinstance(e.unit, OldUnit) and e.unit.province in provinces
        ]
        return of_before or fits

    def _inside(self, entries: Iterable[Entry], provinces: Provinces | None) -> list[Entry]:
        return [e for e in entries if self._holding.in_provinces(e.unit, provinces)]


def _common_provinces(parts: Sequence[Part]) -> set[Province | OldUnit] | None:
    """The provinces named; None when none is; empty when two that have nothing in common are."""
    if not parts:
        return None
    sets = [{e.unit for e in p.entries if not isinstance(e.unit, Commune)} for p in parts]
    return set.intersection(*sets)


def _preferred(entries: Iterable[Entry]) -> _Meant:
    """Units by a name they have, else by one they had."""
    listed = list(entries)
    plain = [e for e in listed if not e.former or isinstance(e.unit, Commune)]
    how: How = "exact" if plain or not listed else "former_name"
    return _Meant(tuple(dict.fromkeys(e.unit for e in plain or listed)), how)


def _how(how: How, parts: Sequence[Part]) -> How:
    """The least certain of how the units were found and how the parts were written."""
    ways: list[How] = [how]
    if any(p.reading.off for p in parts):
        ways.append("other_marks")
    elif any(p.reading.missing for p in parts):
        ways.append("unmarked")
    if any(p.reading.other_kind for p in parts):
        ways.append("other_kind")
    return max(ways, key=HOWS.index)


def _score(parts: Sequence[Part], aside: int, how: How) -> tuple[int, ...]:
    """What makes one reading better than another, most important first."""
    levels = {p.level for p in parts}
    plain = not any(p.mention.kind for p in parts)
    finest = max("pdc".index(level[0]) for level in levels)
    return (
        sum(p.mention.kind is not None for p in parts),
        len(parts),
        -aside,
        -sum(p.reading.off for p in parts),
        -sum(p.reading.other_kind for p in parts),
        sum(p.reading.end - p.mention.start for p in parts),
        len(levels),
        -sum(p.may_be_province for p in parts) if "province" not in levels else 0,
        -finest if plain else 0,
        -HOWS.index(how),
    )
