"""What somebody wants to know of a procedure, by its meaning; several may be wanted at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, get_args

import numpy as np

from bot.question.aspects import Aspect

# Of a folded text, its vector and more signs: the probability of each class.
Weigh = Callable[[str, np.ndarray, frozenset[str]], Mapping[str, float]]
Need = Literal[
    "whole",  # how it is done, all of it
    "where",
    "other_place",  # whether another commune or province takes it
    "decides",
    "papers",
    "time",
    "fee",
    "online",
    "before",  # who did it before, what changed
    "basis",
    # no field of a record holds these
    "deadline",  # by when one must go
    "condition",  # who may, from which age on
    "whether",  # yes or no on a special case
    "who",  # of the people: who goes, signs, is named
    "validity",
    "amount",  # what is paid or granted to people
    "choice",  # which of two, which first
    "penalty",
    "detail",  # another particular thing
]
NEEDS: Final[tuple[Need, ...]] = get_args(Need)
# What no field of a record holds by itself: its notes say it, or nothing does.
MATTERS: Final[tuple[Need, ...]] = NEEDS[NEEDS.index("deadline") :]
MATTER: Final = "matter"  # class of the model: any of those
CLASSES: Final = (*NEEDS, MATTER)

# Probabilities from which a need is answered. A field too many costs a line, one too few the
# answer; to say that a record lacks what it holds costs it too.
OF_A_FIELD: Final = 0.35
OF_A_MATTER: Final = 0.5
OF_ITS_KIND: Final = 0.3  # below, the matter is told without its kind
# Seldom asked, in words that rules/aspects.yaml knows: of those labelled .67 to 1 are right. Who
# decides is told beside where to file: "ra xã hay ra tỉnh".
_BY_RULE: Final[tuple[Need, ...]] = ("deadline", "validity", "before", "basis", "decides")
_DATES: Final = frozenset(("deadline", "validity"))  # "trước ngày nào" is no time to wait
_ASPECTS: Final[Mapping[str, str]] = {"other_place": "boundary"}
_NAMED: Final = "="  # before an aspect, among the terms of the model
_END: Final = "$"  # behind the last words
_LAST_WORDS: Final = 3


class Needs:
    """Tells what is wanted; safe to call from many threads."""

    def __init__(self, weigh: Weigh) -> None:
        """`weigh` gives the probability of each of CLASSES."""
        self._weigh = weigh

    def of(self, folded: str, vector: np.ndarray, aspects: Sequence[Aspect]) -> tuple[Need, ...]:
        """What is wanted, the likeliest first; one at least.

        Args:
            folded: what is asked, without the story around it, folded.
            vector: (dim,) float32, L2-normalised, of the question.
            aspects: that its words name.
        """
        likely = wanted(self._weigh(folded, vector, signs(folded, aspects)))
        named = [need for need in _BY_RULE if need in aspects]
        if "who" in likely and "decides" in named:  # "ai ký" of a child's parents
            named.remove("decides")
        if not _DATES.isdisjoint(named) and "time" not in aspects:
            likely = tuple(need for need in likely if need != "time")
        found = dict.fromkeys([*named, *likely])
        return tuple(sorted(found, key=lambda need: _place(need, aspects)))


def _place(need: Need, aspects: Sequence[Aspect]) -> int:
    """Needs in the order in which words name them; those behind that no word names."""
    aspect = _ASPECTS.get(need, need)
    return aspects.index(aspect) if aspect in aspects else len(aspects)


def wanted(shares: Mapping[str, float]) -> tuple[Need, ...]:
    """The needs that are likely enough, the likeliest first; one at least."""
    found = {need for need in NEEDS if need not in MATTERS and shares[need] >= OF_A_FIELD}
    if shares[MATTER] >= OF_A_MATTER:
        kinds = {need for need in MATTERS if shares[need] >= OF_ITS_KIND}
        found |= kinds or {"detail"}
    found = found or {max(NEEDS, key=lambda need: shares[need])}
    if len(found) > 1:
        found.discard("whole")
    return tuple(sorted(found, key=lambda need: -shares[need]))


def signs(folded: str, aspects: Sequence[Aspect]) -> frozenset[str]:
    """What the model looks at besides words and pairs: the aspects named, and the last words."""
    words = folded.split()
    last = (" ".join(words[-n:]) for n in range(1, _LAST_WORDS + 1))
    return frozenset([*(f"{_NAMED}{name}" for name in aspects), *(f"{end} {_END}" for end in last)])
