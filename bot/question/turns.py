"""What a turn is beside the turns before it, by its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.question import rules
from bot.question.needs import Weigh
from bot.question.question import Ask

TOLD, LEANS, STANDS, CORRECTS = CLASSES = ("told", "leans", "stands", "corrects")
# Probabilities: to take words for a fact that is only told. Words that lean on what was talked about
# are answered by themselves first between MAY_LEAN and SURE (from LIKELY on one of 16 questions of
# the dialogues' report half was taken for a follow-up). Where nothing was talked about, "chưa khai
# sinh" may be a wish: a fact must be sure.
LIKELY: Final = 0.5
MAY_LEAN: Final = 0.2
SURE: Final = 0.8
_ASKING: Final = ("asks", "opens")  # rules of letters.yaml
MAX_WORDS: Final = 30  # of a turn that is not read by itself


class Turns:
    """Tells facts and follow-ups from questions of their own; safe to use from many threads."""

    def __init__(self, weigh: Weigh) -> None:
        """`weigh` gives the probability of each of CLASSES."""
        self._weigh = weigh

    def leans(self, ask: Ask) -> bool:
        """Whether words lean on those before them."""
        return self.shares(ask)[LEANS] >= LIKELY

    def shares(self, ask: Ask) -> Mapping[str, float]:
        """The probability of each class; a long text stands by itself, what asks tells nothing."""
        folded = ask.query.folded
        if len(folded.split()) > MAX_WORDS:
            return {TOLD: 0.0, LEANS: 0.0, STANDS: 1.0, CORRECTS: 0.0}
        shares = self._weigh(folded, ask.vector, signs(ask))
        if any(rules.search(f"letters.{name}", folded) for name in _ASKING):
            return {**shares, TOLD: 0.0, STANDS: shares[STANDS] + shares[TOLD]}
        return shares


def signs(ask: Ask) -> frozenset[str]:
    """What the model looks at besides words and pairs."""
    folded = ask.query.folded
    words = folded.split()
    shown = {f"= {len(words) // 4}", f"^ {' '.join(words[:1])}", f"{' '.join(words[-1:])} $"}
    if "?" in ask.query.raw:
        shown.add("= ?")
    return frozenset(shown.union(f"= {name}" for name in ask.aspects[:1]))
