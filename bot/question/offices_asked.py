"""What a request wants of a commune's office: which office, and what of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.question import rules
from knowledge.offices.models import KINDS, Kind
from knowledge.offices.week import days_in
from knowledge.text import fold

Wanted = Literal["hours", "address", "phone"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)


@dataclass(frozen=True, slots=True)
class OfficeAsked:
    """What the words say of an office; all of it is empty for most."""

    kinds: tuple[Kind, ...]  # the offices named
    wanted: tuple[Wanted, ...]  # what rules are certain of
    days: tuple[int, ...]  # of the week, 0 is Monday
    other_times: bool  # when somebody receives people, feasts: not the hours of an office
    plain: bool  # an office is named, or nothing that could be another house


def office_asked(folded: str, place: str, rest: str) -> OfficeAsked:
    """Read a request.

    Args:
        folded: the request alone, without the story around it.
        place: the words that name its place; the words of a name ask nothing.
        rest: folded, with "_" for the place, for where those words are not in the request as it
            was spelled out ("p. bến nghé").
    """
    named = fold(place)
    if named and named not in folded and rest:
        folded = rest
    text = " ".join((folded.replace(named, " _ ") if named else folded).split())
    kinds = tuple(kind for kind in KINDS if rules.search(f"offices.{kind}", text))
    return OfficeAsked(
        kinds,
        tuple(one for one in WANTED if rules.search(f"offices.{one}", text)),
        days_in(text),
        bool(rules.search("offices.other_times", text)),
        bool(kinds or rules.search("offices.only_the_desk", text)),
    )
