"""Which unit lies in which, then and now."""

from __future__ import annotations

from collections.abc import Collection

from knowledge.places.models import Commune, NewUnit, OldUnit, Province
from knowledge.places.units.catalogue import Catalogue

Provinces = Collection[Province | OldUnit]


class Holding:
    """Answers from one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def in_provinces(self, unit: OldUnit | NewUnit, provinces: Provinces | None) -> bool:
        """Whether a unit lies, or a part of it lay, in one of these provinces; None holds all."""
        if provinces is None:
            return True
        if isinstance(unit, OldUnit):
            return unit.province in provinces or self._catalogue.province_of(unit) in provinces
        province = unit if isinstance(unit, Province) else unit.province
        return province in provinces or any(
            old.province in provinces for old in self._made_of(unit)
        )

    def in_districts(
        self, unit: OldUnit | NewUnit, districts: Collection[OldUnit | NewUnit]
    ) -> bool:
        """Whether a unit lay, or a part of it, in one of these districts."""
        ids = {id(d) for d in districts}
        if isinstance(unit, OldUnit):
            return id(unit.parent) in ids
        return bool(self._catalogue.districts_of[unit.code] & ids)

    def holds(self, home: OldUnit | NewUnit, unit: OldUnit | NewUnit) -> bool:
        """Whether a unit lies in another, then or now."""
        if isinstance(unit, OldUnit):
            now = self._catalogue.province_of(unit)
            return home in (unit.parent, unit.province) or home is now
        if isinstance(unit, Province):
            return False
        if isinstance(home, Province):
            return unit.province is home
        return any(home in (old.parent, old.province) for old in self._made_of(unit))

    def _made_of(self, unit: NewUnit) -> list[OldUnit]:
        return self._catalogue.made_of[unit.code] if isinstance(unit, Commune) else []
