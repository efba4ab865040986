"""Which aspects of a procedure a question asks."""

from __future__ import annotations

from typing import Literal, get_args

from bot.question import rules
from knowledge.text import fold
from retrieval.query import SearchQuery

Aspect = Literal[
    "fee",
    "time",
    "papers",
    "where",
    "boundary",
    "online",
    "before",
    "decides",
    "basis",
    "deadline",
    "condition",
    "notes",
    "validity",
]

# "validity" is told apart from "time" below.
ASKED: tuple[Aspect, ...] = tuple(name for name in get_args(Aspect) if name != "validity")


def aspects(query: SearchQuery, place: str = "") -> tuple[Aspect, ...]:
    """The aspects asked, the first asked first; none when the whole procedure is meant.

    `place` is a place that the question names: the words of its name ask nothing, and who lives in
    "quận 7" or "huyện Củ Chi" does not ask who decided before.
    """
    folded = query.folded.replace(fold(place), " ") if place else query.folded
    asked = ((name, rules.search(f"aspects.{name}", folded)) for name in ASKED)
    found = [(match.start(), name) for name, match in asked if match]
    of_work = rules.search("aspects.of_work", folded)
    valid = rules.search("aspects.validity", folded)
    if valid and not of_work:
        found.append((valid.start(), "validity"))
    # By when one must go, after how long a stay, how long a paper is good: no time to wait.
    stays = rules.search("aspects.stay", folded) and "condition" in _names(found)
    if not of_work and (stays or {"deadline", "validity"} & _names(found)):
        found = [(at, aspect) for at, aspect in found if aspect != "time"]
    # What is paid to people is no fee, unless a fee is named.
    if rules.search("aspects.granted", folded) and not rules.search("aspects.charged", folded):
        found = [(at, "notes" if aspect == "fee" else aspect) for at, aspect in found]
    return tuple(dict.fromkeys(aspect for _, aspect in sorted(found)))


def _names(found: list[tuple[int, Aspect]]) -> set[Aspect]:
    return {aspect for _, aspect in found}
