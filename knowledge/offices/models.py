"""An office of a commune, as the commune filled it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from knowledge.text import fold

Kind = Literal["one_stop", "committee", "police"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DAYS = 7


@dataclass(frozen=True, slots=True)
class Opening:
    """When an office is open on some days of the week."""

    days: tuple[int, ...]  # 0 is Monday
    times: tuple[tuple[str, str], ...]  # ("07:30", "11:30"), in the order written


@dataclass(frozen=True, slots=True)
class Office:
    """One office; what is not known is empty."""

    commune: str  # code, such as "26740"
    kind: Kind
    name: str
    address: str
    hours: str  # as written
    week: tuple[Opening, ...]  # the same, where all of it could be read; else empty
    phones: tuple[str, ...]  # digits, as dialled in the country
    email: str
    website: str  # with its scheme
    note: str
    as_of: str  # ISO date
    source: str  # who says so

    @property
    def key(self) -> tuple[str, Kind, str]:
        """Two with one key are one office written twice."""
        return self.commune, self.kind, fold(self.name)

    def on(self, day: int) -> tuple[tuple[str, str], ...]:
        """When it is open on a day of the week; empty: not, as far as its hours were read."""
        return tuple(time for one in self.week if day in one.days for time in one.times)

    def payload(self) -> dict[str, Any]:
        """As stored, and as programs get it."""
        return asdict(self)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Office:
        """The office that `payload` was given by."""
        week = tuple(
            Opening(tuple(one["days"]), tuple((a, b) for a, b in one["times"]))
            for one in payload["week"]
        )
        return cls(**{**payload, "week": week, "phones": tuple(payload["phones"])})
