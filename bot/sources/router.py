"""Which source answers an ask: the claims compared by calibrated odds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from bot.answer.blocks import Option
from bot.answer.draft import Draft
from bot.models.networks import Softmax
from bot.question.question import Ask
from bot.question.subject import NOTHING
from bot.sources.refusals import Refusals
from bot.sources.source import CERTAIN, Claim, Source

OUTSIDE, NOT_HELD = "outside", "not_held"  # classes that no source can claim
SURELY: Final = math.log(0.9)


@dataclass(frozen=True, slots=True)
class Routed:
    """The claims on an ask, the chosen one first, and what they were weighed with."""

    claims: tuple[Claim, ...]
    values: Mapping[str, float] = field(default_factory=dict)  # measured, by "source.name"
    shares: Mapping[str, float] = field(default_factory=dict)  # log-probability of each class

    @property
    def chosen(self) -> Claim:
        """The claim that answers."""
        return self.claims[0]

    @property
    def surely_outside(self) -> bool:
        """Whether the ask is hardly of anything of ours: "hôm nay trời có mưa không"."""
        return self.chosen.source == OUTSIDE and self.shares[OUTSIDE] >= SURELY

    def answer(self) -> Draft:
        """What the chosen claim answers, below what others ask to be read first."""
        draft = self.chosen.answer()
        draft.blocks[:0] = [claim.beside for claim in self.claims[1:] if claim.beside]
        return draft


class Router:
    """Compares what the sources claim; it knows nothing of any of them but its name."""

    def __init__(self, sources: Sequence[Source], model: Softmax, refusals: Refusals) -> None:
        """`model` gives the log-probability of each kind of question, a source's name or not."""
        self._sources, self._model, self._refusals = tuple(sources), model, refusals

    def route(self, ask: Ask) -> Routed:
        """The claims on an ask, best first; an honest no is a claim too."""
        claims = self.claims(ask)
        if claims and claims[0].odds >= CERTAIN:
            return Routed(tuple(claims))
        values = measured(ask, claims)
        shares = self._model.log_odds(values, ask.vector)
        claims += self._refused(shares, [option for claim in claims for option in claim.near])
        best_first = sorted(claims, key=lambda claim: -_weight(claim, shares))
        return Routed(tuple(best_first), values, shares)

    def claims(self, ask: Ask) -> list[Claim]:
        """What the sources claim, in their order; none is asked behind one that is certain."""
        claims: list[Claim] = []
        for source in self._sources:
            if claim := source.claim(ask):
                if claim.odds >= CERTAIN:
                    return [claim, *(other for other in claims if other.beside)]
                claims.append(claim)
        return claims

    def _refused(self, shares: Mapping[str, float], near: Sequence[Option]) -> list[Claim]:
        """That the ask is of the rest of the world, or of a procedure that we do not hold."""
        not_held = partial(self._refusals.not_held, near)
        drafts: dict[str, Callable[[], Draft]] = {
            OUTSIDE: self._refusals.out_of_scope,
            NOT_HELD: not_held,
        }
        return [
            Claim(name, CERTAIN, NOTHING, {}, draft)
            for name, draft in drafts.items()
            if name in shares
        ]


def measured(ask: Ask, claims: Sequence[Claim]) -> dict[str, float]:
    """What the router looks at besides the question's vector."""
    values = {
        "ask.named": float(bool(ask.named)),
        "ask.numbers": float(len(ask.query.numbers)),
        "ask.english": float(ask.query.english),
        "ask.length": math.log1p(len(ask.words.tokens)),
        "ask.place": float(ask.known_place is not None),
        "ask.aspects": float(len(ask.aspects)),
        "ask.yes_no": float(ask.wants.yes_no),
        "ask.of_places": float(ask.asks_about_places),
        "ask.letter": float(ask.letter is not None),
    }
    for claim in claims:
        values[f"{claim.source}.claims"] = 1.0
        values |= {f"{claim.source}.{name}": value for name, value in claim.why.items()}
    return values


def _weight(claim: Claim, shares: Mapping[str, float]) -> float:
    """Log-probability that the ask is of the claim's kind."""
    return shares.get(claim.source, -math.inf)
