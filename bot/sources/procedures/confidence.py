"""How sure it is that the first record is the one that is meant, if any procedure is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.models.loader import Models
from bot.models.networks import Softmax
from retrieval.procedures import ProcedureHit, RuleHit, content_tokens

NAMES = (
    "share",
    "second",
    "fit",
    "score",
    "cosine",
    "coverage",
    "explained",
    "meant",
    "rule",
    "own",
    "named",
)
MAX_MEANT = 3.0
LEAST_SHARE = 1e-4  # of a record: less says no more
WHOLE = 0.99  # coverage of a phrase that the question says outright
_NO_VECTOR = np.zeros(0, np.float32)


def measures(hits: Sequence[ProcedureHit], rules: Sequence[RuleHit]) -> dict[str, float]:
    """What is measured of the records found, by NAMES; `hits` is not empty."""
    best = hits[0]
    second = hits[1].share if len(hits) > 1 else 0.0
    return {
        "share": _log_odds(best.share),
        "second": _log_odds(second),
        "fit": best.fit,
        "score": best.score,
        "cosine": best.cosine,
        "coverage": best.coverage,
        "explained": best.explained,
        "meant": min(float(best.meant), MAX_MEANT),
        "rule": rules[0].score if rules else 0.0,
        "own": float(best.procedure.origin == "own"),
        "named": float(is_named(best)),
    }


def is_named(hit: ProcedureHit, least: int = 1) -> bool:
    """Whether a phrase of a record is said whole, with so many words of its own at least."""
    return hit.coverage >= WHOLE and len(content_tokens(hit.phrase)) >= least


def _log_odds(share: float) -> float:
    return math.log(max(share, LEAST_SHARE) / max(1 - share, LEAST_SHARE))


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
