"""Every unit of before and of today, with what is asked of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from knowledge.places.models import Commune, OldUnit, Province
from knowledge.places.units.facts import Overlay, load_facts, load_overlay
from knowledge.places.units.installed import Units, read_units
from knowledge.places.units.names import Entry, Names, names_of
from knowledge.text import fold


class Catalogue:
    """The units and the names they are found by; read-only once made."""

    def __init__(self, units: Units, names: Names, overlay: Overlay) -> None:
        self.overlay = overlay
        self.as_of = overlay.as_of.isoformat()
        self.provinces = units.provinces
        self.communes = {c.code: c for c in units.communes}
        self.old = units.old
        self.index: Mapping[str, list[Entry]] = names.index
        self.short_keys = frozenset(names.short_keys)
        self.by_province: dict[str, list[Commune]] = defaultdict(list)
        for commune in units.communes:
            self.by_province[commune.province.code].append(commune)
        self.made_of: dict[str, list[OldUnit]] = defaultdict(list)
        self.districts_of: dict[str, set[int]] = defaultdict(set)
        peopled = {id(u.parent) for u in self.old if u.level == "commune"}
        for unit in self.old:
            island = unit.level == "district" and id(unit) not in peopled
            if unit.level == "commune" or island:  # an island district had no communes
                for new in unit.into:
                    self.made_of[new.code].append(unit)
                    self.districts_of[new.code].add(id(unit.district))
        self._former = {u.short: u for u in self.old if u.level == "province"}
        every = (self.provinces.values(), units.communes, self.old)
        folded = fold(" ".join({unit.name for part in every for unit in part}))
        self.syllables = frozenset(folded.split())

    def counts(self, province: Province | None = None) -> dict[str, int]:
        """How many communes of each kind today, of one province or of all."""
        communes = self.by_province[province.code] if province else self.communes.values()
        counts = {"xã": 0, "phường": 0, "đặc khu": 0}
        for commune in communes:
            counts[commune.kind] += 1
        return counts

    def province_counts(self) -> dict[str, int]:
        """How many centrally-run cities and provinces today."""
        kinds = [p.kind for p in self.provinces.values()]
        return {kind: kinds.count(kind) for kind in ("thành phố", "tỉnh")}

    def former_province(self, province: Province) -> OldUnit:
        """The old province that has its name still."""
        return self._former[province.short]

    def province_of(self, old: OldUnit) -> Province:
        """Today's province of an old unit."""
        unit = old.province.into[0]
        return unit if isinstance(unit, Province) else unit.province


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of the installed data and our overlay; one for the whole process.

    Raises:
        PlaceDataError: the data is missing or not what the overlay was made for.
    """
    overlay = load_overlay()
    units = read_units(overlay, load_facts())
    return Catalogue(units, names_of(units, overlay), overlay)
