"""What a request wants of a commune's office: which office, and what of it."""

from __future__ import annotations

from collections.abc import Iterable
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


def office_asked(texts: Iterable[str]) -> OfficeAsked:
    """Read a request.

    Args:
        texts: the request alone, folded, with "_" for its place; as typed, and with its slips
            mended, which takes "sdt" for a slip.
    """
    read = tuple(dict.fromkeys(" ".join(text.split()) for text in texts))

    def said(rule: str) -> bool:
        return any(rules.search(f"offices.{rule}", text) for text in read)

    kinds = tuple(kind for kind in KINDS if said(kind))
    return OfficeAsked(
        kinds,
        tuple(one for one in WANTED if said(one)),
        tuple(sorted({day for text in read for day in days_in(text)})),
        said("other_times"),
        bool(kinds) or said("only_the_desk"),
    )


def around(text: str, place: str) -> str:
    """A folded text with "_" for the words of a place: those of a name ask nothing."""
    return text.replace(fold(place), " _ ") if place else text
