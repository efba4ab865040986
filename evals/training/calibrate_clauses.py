"""Fit bot.sources.documents.clauses: a softmax over question vectors, Adam, an L2 penalty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.sources.documents.clauses import ClauseModel

SCALE = 20.0  # of centred vectors, whose parts are about 0.02
PENALTY = 3e-4
STEPS, PACE = 400, 0.025


def fit(vectors: np.ndarray, owners: Sequence[Sequence[str]]) -> ClauseModel:
    """The clause model of these questions.

    Args:
        vectors: (n_questions, dim), L2-normalised.
        owners: for each, `passage_key` of the clauses that answer it; at least one.
    """
    keys = sorted({key for own in owners for key in own})
    column = {key: i for i, key in enumerate(keys)}
    right = np.zeros((len(owners), len(keys)))
    for row, own in enumerate(owners):
        right[row, [column[key] for key in own]] = 1
    centre = vectors.mean(0)
    table = (vectors - centre) * SCALE
    parts = [np.zeros((table.shape[1], len(keys))), np.zeros(len(keys))]
    first, second = [np.zeros_like(p) for p in parts], [np.zeros_like(p) for p in parts]
    for step in range(1, STEPS + 1):
        scores = table @ parts[0] + parts[1]
        odds = np.exp(scores - scores.max(1, keepdims=True))
        share = odds / odds.sum(1, keepdims=True)
        wanted = share * right
        wanted /= wanted.sum(1, keepdims=True) + 1e-12
        error = (share - wanted) / len(table)
        for i, slope in enumerate((table.T @ error + PENALTY * parts[0], error.sum(0))):
            first[i] += 0.1 * (slope - first[i])
            second[i] += 0.001 * (slope**2 - second[i])
            pace = np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
            parts[i] -= PACE * first[i] / (1 - 0.9**step) / pace
    return ClauseModel(tuple(keys), centre, parts[0] * SCALE, parts[1])
