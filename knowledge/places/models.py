"""Units of local government, and what a look-up gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["commune", "district", "province"]
LEVELS: tuple[Level, ...] = ("commune", "district", "province")
Status = Literal["resolved", "candidates", "ambiguous", "unknown", "current"]
# How a unit was found, most certain first.
How = Literal[
    "exact", "unmarked", "other_marks", "former_name", "other_kind", "other_district", "slip"
]
HOWS: tuple[How, ...] = (
    "exact",
    "unmarked",
    "other_marks",
    "former_name",
    "other_kind",
    "other_district",
    "slip",
)
CERTAIN_HOWS = ("exact", "unmarked")


@dataclass(frozen=True, slots=True)
class Province:
    """A province or centrally-run city of today."""

    code: str
    kind: str  # "tỉnh" or "thành phố"
    short: str  # "Hồ Chí Minh"
    merged_from: tuple[str, ...]  # short names of the provinces it was made of; empty: unchanged
    seat: str | None  # the former province in which the administrative centre lies
    resolution: str  # arranged its communes on 1 July 2025
    kind_since: str  # ISO date since when it is of this kind, or ""

    @property
    def name(self) -> str:
        """As "Tỉnh Phú Thọ"."""
        return f"{self.kind.capitalize()} {self.short}"

    @property
    def address(self) -> str:
        """The same: a province needs no more."""
        return self.name

    def entry(self) -> dict[str, Any]:
        """The JSON object of this unit."""
        return {"name": self.name, "kind": self.kind, "province": self.name, "code": self.code}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone of today."""

    code: str
    kind: str  # "xã", "phường" or "đặc khu"
    name: str  # "Phường Sài Gòn"
    province: Province
    since: str  # ISO date
    was: str | None = None  # its name between 1 July 2025 and `since`

    @property
    def address(self) -> str:
        """As "Phường Sài Gòn, Thành phố Hồ Chí Minh"."""
        return f"{self.name}, {self.province.name}"

    @property
    def resolution(self) -> str | None:
        """The resolution it stands on; None when we do not know the one that changed it since."""
        return None if self.was else self.province.resolution

    def entry(self) -> dict[str, Any]:
        """The JSON object of this unit."""
        return {
            "name": self.name,
            "kind": self.kind,
            "province": self.province.name,
            "code": self.code,
            "since": self.since,
        }


NewUnit = Commune | Province


@dataclass(eq=False, slots=True)
class OldUnit:
    """A commune, district or province of before; two are the same only when they are one object."""

    level: Level
    code: str
    kind: str
    name: str  # "Phường Bến Nghé"
    short: str  # "Bến Nghé"
    parent: OldUnit | None
    into: tuple[NewUnit, ...] = ()  # what it is today, wholly or in part; the main part first

    @property
    def province(self) -> OldUnit:
        """The province it lay in, or itself."""
        return self.parent.province if self.parent else self

    @property
    def district(self) -> OldUnit | None:
        """The district it lay in, or itself; None for a province."""
        if self.level == "province":
            return None
        return self if self.level == "district" else self.parent

    @property
    def address(self) -> str:
        """As "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh"."""
        return f"{self.name}, {self.parent.address}" if self.parent else self.name

    @property
    def split(self) -> bool:
        """Whether it is several units today."""
        return len(self.into) > 1

    def entry(self) -> dict[str, Any]:
        """The JSON object of this unit."""
        district = self.district
        return {
            "name": self.name,
            "kind": self.kind,
            "level": self.level,
            "district": district.name if district else None,
            "province": self.province.name,
            "code": self.code,
        }


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """One of the places that a name may mean."""

    unit: OldUnit | NewUnit

    @property
    def new(self) -> tuple[NewUnit, ...]:
        """What it is today."""
        return self.unit.into if isinstance(self.unit, OldUnit) else (self.unit,)

    def entry(self) -> dict[str, Any]:
        """The JSON object of this option."""
        return {
            "name": self.unit.name,
            "address": self.unit.address,
            "new": [unit.entry() for unit in self.new],
        }


@dataclass(frozen=True, slots=True)
class PlaceResolution:
    """What a text means as a place.

    `current`: already a unit of today. `candidates`: one old unit that is several today, all of
    them in `new`. `ambiguous`: the name stands in several places, all of them in `options`.
    """

    status: Status
    matched: str  # the words that name the place, as written
    level: Level
    as_of: str  # ISO date of the data
    old: OldUnit | None = None
    new: tuple[NewUnit, ...] = ()
    options: tuple[PlaceOption, ...] = ()
    near: tuple[str, ...] = ()  # addresses with names close to an unknown one
    meant: str | None = None  # of these the only one that a slip can have left, where it must lie
    how: How = "exact"
    also: tuple[OldUnit, ...] = ()  # old units of the same name as a unit of today, gone elsewhere
    start: int = field(default=0, compare=False)  # of `matched` in the text
    end: int = field(default=0, compare=False)

    @property
    def check(self) -> bool:
        """Whether a person should look before relying on it."""
        certain = self.status in ("resolved", "current") and self.how in CERTAIN_HOWS
        return not certain or bool(self.also)

    @property
    def commune(self) -> Commune | None:
        """The one commune of today that it means, if it is one."""
        unit = self.new[0] if len(self.new) == 1 else None
        found = self.status in ("resolved", "current") and isinstance(unit, Commune)
        return unit if found and isinstance(unit, Commune) else None

    @property
    def province(self) -> Province | None:
        """The one province of today in which all of it lies."""
        provinces = {u.province if isinstance(u, Commune) else u for u in self.new}
        return provinces.pop() if len(provinces) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of `haicap places --json` and `GET /api/places/resolve`."""
        return {
            "status": self.status,
            "matched": self.matched,
            "level": self.level,
            "old": self.old.entry() if self.old else None,
            "new": [unit.entry() for unit in self.new],
            "options": [option.entry() for option in self.options],
            "near": list(self.near),
            "how": self.how,
            "check": self.check,
            "also": [{**u.entry(), "new": [n.entry() for n in u.into]} for u in self.also],
            "as_of": self.as_of,
        }


def distinct(units: Iterable[NewUnit]) -> tuple[NewUnit, ...]:
    """The units in order, each once."""
    return tuple({unit.code: unit for unit in units}.values())
