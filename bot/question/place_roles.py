"""What each place of a text is to its teller, and which of several a request needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.question import rules
from bot.question.situation import PlaceTold, Role
from knowledge.places.models import PlaceResolution
from knowledge.text import fold

# As in rules/place_roles.yaml: what goes before wins where the words fit two.
_READ: Final[tuple[Role, ...]] = (
    "works", "issued", "registered", "born", "goes_to", "happened", "lives",
)  # fmt: skip
# Whose place a request needs, the surest first: one files where one goes, else where one lives.
_NEEDED: Final[tuple[Role, ...]] = ("goes_to", "at", "lives", "registered", "works", "issued")
_STOP: Final = re.compile(r"[.!?;\n]")


def roles(text: str, found: Sequence[PlaceResolution]) -> tuple[PlaceTold, ...]:
    """The places with their roles, in order.

    Args:
        text: as written.
        found: the places that it names, in order.
    """
    told, end = [], 0
    for place in found:
        before = _STOP.split(text[end : place.start])[-1]
        told.append(PlaceTold(_role(before), place, place.start))
        end = place.end
    return tuple(told)


def needed(places: Sequence[PlaceTold]) -> PlaceResolution | None:
    """The place that a request is about; None where several are and no role tells."""
    for role in _NEEDED:
        of_role = {_unit(p.found): p.found for p in places if p.role == role}
        if of_role:
            return next(iter(of_role.values())) if len(of_role) == 1 else None
    return None


def _role(before: str) -> Role:
    words = " ".join(fold(before).split()).rstrip(" ,:(")
    return next((r for r in _READ if rules.search(f"place_roles.{r}", words)), "at")


def _unit(found: PlaceResolution) -> object:
    return found.new or found.old or found.matched
