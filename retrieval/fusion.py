"""One ranking from several: weighted sums of standardised scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares from 0 to 1. Those of the product are measured in docs/retrieval.md."""

    dense: float = 0.5  # of the dense leg
    dense_english: float = 1.0  # no English word stands in the texts
    # For passages of an article: more, since they are embedded with the words that place them.
    dense_in_article: float = 0.65
    article: float = 0.3  # of each leg: the whole article's score beside the passage's own
    # Of how much worse than the best law a passage's law answers: a clause may say little of what
    # it is about, while its neighbours show which law is meant. Figures alike from 0.2 to 0.4.
    law: float = 0.3


PRODUCT = Weights()


@dataclass(frozen=True, slots=True)
class ArticleScores:
    """The articles found, which passage stands in which, and which article in which law."""

    cosines: Mapping[str, float]
    bm25: Mapping[str, float]
    of: Mapping[str, str]  # passage id -> article id; a passage of no article is not in it
    laws: Mapping[str, str]  # article id -> what names its law


def fuse(
    cosines: Mapping[str, float],
    bm25: Mapping[str, float],
    *,
    english: bool = False,
    articles: ArticleScores | None = None,
    weights: Weights = PRODUCT,
) -> list[tuple[str, float]]:
    """Ids with their fused score, best first.

    Each leg's scores become z-scores over its own candidates; what a leg did not find counts as its
    lowest candidate. An empty leg has no say. A passage of an article is scored with its article,
    and falls behind where the best passage of its law does.
    """
    ids = list(dict.fromkeys([*cosines, *bm25]))
    own = [_standardised(scores, ids) for scores in (cosines, bm25)]
    weight = weights.dense_english if english else weights.dense
    total = weight * own[0] + (1.0 - weight) * own[1]
    if articles:
        places = [articles.of.get(i, "") for i in ids]
        whole = [_standardised(scores, places) for scores in (articles.cosines, articles.bm25)]
        legs = [
            (1 - weights.article) * a + weights.article * b for a, b in zip(own, whole, strict=True)
        ]
        weight = weights.dense_english if english else weights.dense_in_article
        placed = weight * legs[0] + (1.0 - weight) * legs[1]
        placed -= weights.law * _behind(placed, [articles.laws.get(place) for place in places])
        total = np.where(np.array(places) == "", total, placed)
    order = np.argsort(-total, kind="stable")
    return [(ids[i], float(total[i])) for i in order]


def _behind(scores: np.ndarray, laws: Sequence[str | None]) -> np.ndarray:
    """(n,) how far the best score of a passage's law is below the best of all laws; at least 0."""
    best: dict[str | None, float] = {}
    for law, score in zip(laws, scores.tolist(), strict=True):
        if law is not None:
            best[law] = max(score, best.get(law, score))
    first = max(best.values(), default=0.0)
    return np.array([first - best.get(law, first) for law in laws])


def _standardised(scores: Mapping[str, float], ids: list[str]) -> np.ndarray:
    if not scores:
        return np.zeros(len(ids))
    values = np.fromiter(scores.values(), np.float64, len(scores))
    spread = float(values.std()) or 1.0
    low = float(values.min())
    row = np.array([scores.get(i, low) for i in ids])
    standard: np.ndarray = (row - values.mean()) / spread
    return standard
