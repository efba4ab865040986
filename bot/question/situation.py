"""The facts of somebody's story that tell one case of a procedure from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final, Literal, get_args

from bot.question import rules
from knowledge.places.models import PlaceResolution

Case = Literal[
    "first", "again", "lost", "damaged", "wrong", "renew", "foreign", "child", "relative",
    "cancel", "notify", "move", "bought", "dead",
]  # fmt: skip
Role = Literal["goes_to", "lives", "at", "registered", "works", "issued", "born", "happened"]

CASES: Final[tuple[Case, ...]] = get_args(Case)
MAX_AGE: Final = 120


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """A place of the story, and what it is to the teller."""

    role: Role
    found: PlaceResolution
    start: int  # in the text as written


@dataclass(frozen=True, slots=True)
class Situation:
    """What is told; empty where nothing is."""

    cases: frozenset[Case] = frozenset()
    ages: tuple[int, ...] = ()  # in years, of the people spoken of, in the order told
    places: tuple[PlaceTold, ...] = field(default=(), compare=False)

    @property
    def age(self) -> int | None:
        """The one age that is told."""
        return self.ages[0] if len(self.ages) == 1 else None

    def __bool__(self) -> bool:
        """Whether anything is told."""
        return any(getattr(self, f.name) != f.default for f in fields(self))


def read_situation(
    clauses: Iterable[str], places: tuple[PlaceTold, ...] = (), today: date | None = None
) -> Situation:
    """What the clauses of a text tell.

    Args:
        clauses: with their marks, restored where they were not typed; a denial holds in its own.
        places: that the text names, with their roles.
        today: for who says only when somebody was born; default the day it is.
    """
    lowered = [clause.lower() for clause in clauses]
    cases = frozenset(case for case in CASES if _said(case, lowered))
    year = (today or date.today()).year
    ages = tuple(age for clause in lowered for age in _ages(clause, year))
    return Situation(cases, ages, places)


def _said(name: str, clauses: Sequence[str]) -> bool:
    return any(rules.search(f"situation.{name}", clause) for clause in clauses)


def _ages(clause: str, year: int) -> Iterable[int]:
    for found in rules.finditer("situation.age", clause):
        number = int("".join(c for c in found[0] if c.isdigit())[:4])
        age = number if found[0].endswith("tuổi") else year - number
        if 0 <= age <= MAX_AGE:
            yield age
