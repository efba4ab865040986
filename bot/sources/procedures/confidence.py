"""How sure it is that the first record is the one that is meant, if any procedure is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.models.loader import Models
from bot.models.networks import Softmax
from retrieval.procedures import ProcedureHit, RuleHit, content_tokens

NAMES = (
    "score",
    "cosine",
    "coverage",
    "explained",
    "meant",
    "margin",
    "rule",
    "own",
    "named",
)
MAX_MEANT = 3.0
WHOLE = 0.99  # coverage of a phrase that the question says outright
_NO_VECTOR = np.zeros(0, np.float32)


def measures(hits: Sequence[ProcedureHit], rules: Sequence[RuleHit]) -> dict[str, float]:
    """What is measured of the records found, by NAMES; `hits` is not empty."""
    best = hits[0]
    return {
        "score": best.score,
        "cosine": best.cosine,
        "coverage": best.coverage,
        "explained": best.explained,
        "meant": min(float(best.meant), MAX_MEANT),
        "margin": best.score - (hits[1].score if len(hits) > 1 else 0.0),
        "rule": rules[0].score if rules else 0.0,
        "own": float(best.procedure.origin == "own"),
        "named": float(best.coverage >= WHOLE and bool(content_tokens(best.phrase))),
    }


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic model over what is measured."""

    model: Softmax

    @classmethod
    def load(cls, models: Models) -> Confidence:
        """The model that ships with the product."""
        return cls(Softmax.of(models.open("procedure_confidence")))

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Log-odds that the first record is right, given that the question is on a procedure."""
        shares = self.model.log_odds(values, _NO_VECTOR)
        return shares["right"] - shares["wrong"]
