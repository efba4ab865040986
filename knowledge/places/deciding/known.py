"""What to answer for an address whose names are all known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.places.models import (
    Commune,
    NewUnit,
    OldUnit,
    PlaceOption,
    PlaceResolution,
    Province,
    Status,
    distinct,
)
from knowledge.places.reading.address import Address
from knowledge.places.spelling.kinds import COMMUNE_KINDS
from knowledge.places.units.catalogue import Catalogue


class KnownPlaces:
    """Decides between the units that an address may mean."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def decide(self, address: Address) -> PlaceResolution:
        """The unit, or the units it cannot tell apart; `matched` is left empty."""
        if address.level == "province":
            return self._province(address)
        today = [u for u in address.units if isinstance(u, Commune)]
        old = [u for u in address.units if isinstance(u, OldUnit)]
        if address.level == "commune" and today and not address.part("district"):
            if not (old and self._of_a_former_province(address)):
                return self._today(address, today, old)
            today = []
        if address.level == "district" and old:
            today = self._namesakes(address, old)
        if len(old) == 1 and not today:
            return self._one_old(address, old[0])
        if len(today) == 1 and not old:
            return self._today(address, today, [])
        return self._several(address, [*today, *old])

    def _namesakes(self, address: Address, districts: Sequence[OldUnit]) -> list[Commune]:
        """Communes of today with a district's name, written without a kind, that lie elsewhere."""
        part = address.part("district")
        if part is None or part.mention.kind or not address.part("province"):
            return []
        provinces = {self._catalogue.province_of(d) for d in districts}
        inside = {unit for d in districts for unit in d.into}
        return [
            e.unit
            for e in part.reading.entries
            if isinstance(e.unit, Commune) and e.unit.province in provinces and e.unit not in inside
        ]

    def _base(self, address: Address, status: Status) -> PlaceResolution:
        return PlaceResolution(
            status=status,
            matched="",
            level=address.level,
            as_of=self._catalogue.as_of,
            how=address.how,
        )

    def _one_old(self, address: Address, old: OldUnit) -> PlaceResolution:
        status: Status = "candidates" if old.split else "resolved"
        namesake_first = sorted(old.into, key=lambda u: not u.name.endswith(f" {old.short}"))
        return replace(self._base(address, status), old=old, new=tuple(namesake_first))

    def _today(
        self, address: Address, today: Sequence[Commune], old: Sequence[OldUnit]
    ) -> PlaceResolution:
        if len(today) > 1:
            return self._several(address, [*today, *_elsewhere(today, old)])
        unit = today[0]
        if unit.was and _named_as_before(address, unit):
            base = self._base(address, "resolved")
            return replace(base, old=self._renamed(unit), new=(unit,))
        apart = tuple(o for o in old if o.into != (unit,))
        loose = address.part("province") is None and any(
            self._catalogue.province_of(o) is not unit.province for o in apart
        )
        if loose:  # no province was named, and others have the name
            return self._several(address, [unit, *apart])
        return replace(self._base(address, "current"), new=(unit,), also=apart)

    def _several(self, address: Address, units: Sequence[OldUnit | NewUnit]) -> PlaceResolution:
        options = tuple(PlaceOption(u) for u in units)
        new = distinct(n for option in options for n in option.new)
        if len(new) == 1 and len(units) > 1:
            old = [u for u in units if isinstance(u, OldUnit)]
            base = self._base(address, "resolved" if old else "current")
            return replace(base, old=old[0] if len(old) == 1 else None, new=new)
        return replace(self._base(address, "ambiguous"), options=options, new=new)

    def _province(self, address: Address) -> PlaceResolution:
        today = [u for u in address.units if isinstance(u, Province)]
        if today:
            return replace(self._base(address, "current"), new=(today[0],))
        old = [u for u in address.units if isinstance(u, OldUnit)]
        return self._one_old(address, old[0])

    def _of_a_former_province(self, address: Address) -> bool:
        part = address.part("province")
        return part is not None and not any(isinstance(e.unit, Province) for e in part.entries)

    def _renamed(self, unit: Commune) -> OldUnit:
        """What a commune was between 1 July 2025 and its last change."""
        name = unit.was or unit.name
        kind = next(k for k in COMMUNE_KINDS if name.lower().startswith(f"{k} "))
        province = self._catalogue.former_province(unit.province)
        short = name[len(kind) + 1 :]
        return OldUnit("commune", unit.code, kind, name, short, province, (unit,))


def as_before(found: PlaceResolution) -> PlaceResolution:
    """The same for an address of before: a name that stood then and stands now is read as then."""
    if found.status != "current" or not found.also:
        return found
    if len(found.also) > 1:
        options = tuple(PlaceOption(u) for u in (*found.new, *found.also))
        new = distinct(n for option in options for n in option.new)
        return replace(found, status="ambiguous", options=options, new=new, also=())
    old = found.also[0]
    new = distinct((*old.into, *found.new))
    return replace(found, status="candidates", old=old, new=new, also=())


def _named_as_before(address: Address, unit: Commune) -> bool:
    part = address.part("commune")
    kind = part.mention.kind if part else None
    return kind is not None and unit.was is not None and unit.was.lower().startswith(kind)


def _elsewhere(today: Sequence[Commune], old: Sequence[OldUnit]) -> list[OldUnit]:
    """Old units of the same name that did not simply become one of today's."""
    return [o for o in old if not (len(o.into) == 1 and o.into[0] in today)]
