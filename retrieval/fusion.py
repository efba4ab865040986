"""One ranking from two: weighted sum of standardised scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Share of the dense leg. Measured in docs/ on the development sets.
DENSE_WEIGHT = 0.5
DENSE_WEIGHT_ENGLISH = 1.0  # no English word stands in the texts


def fuse(
    cosines: Mapping[str, float], bm25: Mapping[str, float], *, english: bool = False
) -> list[tuple[str, float]]:
    """Ids with their fused score, best first.

    Each leg's scores become z-scores over its own candidates; what a leg did not find counts as its
    lowest candidate. An empty leg has no say.
    """
    weight = DENSE_WEIGHT_ENGLISH if english else DENSE_WEIGHT
    legs = [(weight, cosines), (1.0 - weight, bm25)]
    ids = list(dict.fromkeys([*cosines, *bm25]))
    total = np.zeros(len(ids))
    for share, scores in legs:
        if scores and share:
            total += share * _standardised(scores, ids)
    order = np.argsort(-total, kind="stable")
    return [(ids[i], float(total[i])) for i in order]


def _standardised(scores: Mapping[str, float], ids: list[str]) -> np.ndarray:
    values = np.fromiter(scores.values(), np.float64, len(scores))
    spread = float(values.std()) or 1.0
    low = float(values.min())
    row = np.array([scores.get(i, low) for i in ids])
    standard: np.ndarray = (row - values.mean()) / spread
    return standard
