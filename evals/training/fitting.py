"""Fitting by gradient steps: a softmax, a listwise order, and small networks with dropout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

HIDDEN = 32
EPOCHS = 25
DROPOUT = 0.25
LEARNING_RATE, DECAY = 2e-3, 1e-4
BATCH = 128
STEPS = 200


class Adam:
    """Adam (Kingma and Ba, 2015) over a list of arrays, changed in place."""

    def __init__(self, parts: Sequence[np.ndarray], pace: float) -> None:
        self._parts, self._pace, self._step = parts, pace, 0
        self._first = [np.zeros_like(p) for p in parts]
        self._second = [np.zeros_like(p) for p in parts]

    def step(self, slopes: Sequence[np.ndarray]) -> None:
        """One step against the slopes."""
        self._step += 1
        warm = 1 - 0.9**self._step, 1 - 0.999**self._step
        moments = zip(self._parts, self._first, self._second, slopes, strict=True)
        for part, first, second, slope in moments:
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            part -= self._pace * (first / warm[0]) / (np.sqrt(second / warm[1]) + 1e-8)


Link = Callable[[np.ndarray], np.ndarray]  # scores to probabilities, (n, n_classes) both


def one_of(scores: np.ndarray) -> np.ndarray:
    """Probabilities of classes of which one is right (softmax)."""
    odds = np.exp(scores - scores.max(1, keepdims=True))
    shares: np.ndarray = odds / odds.sum(1, keepdims=True)
    return shares


def any_of(scores: np.ndarray) -> np.ndarray:
    """Probabilities of classes of which any may be right (logistic)."""
    shares: np.ndarray = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return shares


def softmax(
    rows: np.ndarray, wanted: np.ndarray, weights: np.ndarray, penalty: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """As `linear`, of (n,) class numbers of which one is right."""
    right = np.eye(int(wanted.max()) + 1)[wanted]
    return linear(rows, right, weights, penalty, one_of)


def linear(
    rows: np.ndarray, right: np.ndarray, weights: np.ndarray, penalty: np.ndarray, link: Link
) -> tuple[np.ndarray, np.ndarray]:
    """(n_inputs, n_classes) weights and (n_classes,) bias of a linear model of classes.

    Args:
        rows: (n, n_inputs), standardised.
        right: (n, n_classes) 0 or 1.
        weights: (n,) how much each row counts.
        penalty: (n_inputs,) L2 of each input's weights.
        link: `one_of` or `any_of`; both have the same slope.
    """
    kind = rows.dtype  # float32 halves the time of a wide table
    right, penalty = right.astype(kind), penalty.astype(kind)
    parts = [np.zeros((rows.shape[1], right.shape[1]), kind), np.zeros(right.shape[1], kind)]
    share_of = (weights / weights.sum())[:, None].astype(kind)
    adam = Adam(parts, 0.05)
    for _ in range(STEPS):
        error = share_of * (link(rows @ parts[0] + parts[1]) - right)
        adam.step([rows.T @ error + penalty[:, None] * parts[0], error.sum(0)])
    return parts[0], parts[1]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The hits of one question: (n_hits, n_features), and which of them answer."""

    features: np.ndarray
    right: np.ndarray


def listwise(rows: Sequence[Ranked], penalty: float) -> np.ndarray:
    """(n_features,) weights that put the right hits first (ListNet, Cao et al. 2007)."""
    scale = np.concatenate([r.features for r in rows]).std(0) + 1e-9
    rows = [r for r in rows if r.right.any()]
    shape = (len(rows), max(len(r.right) for r in rows))
    width = len(scale)
    table, right, empty = np.zeros((*shape, width)), np.zeros(shape), np.full(shape, -np.inf)
    for i, row in enumerate(rows):
        n = len(row.right)
        table[i, :n], right[i, :n], empty[i, :n] = row.features / scale, row.right, 0
    weights = np.zeros(width)
    adam = Adam([weights], 0.05)
    for _ in range(STEPS):
        score = table @ weights + empty
        odds = np.exp(score - score.max(1, keepdims=True))
        share = odds / odds.sum(1, keepdims=True)
        wanted = share * right / ((share * right).sum(1, keepdims=True) + 1e-12)
        slope = np.einsum("qh,qhf->f", wanted - share, table) - penalty * weights
        adam.step([-slope / len(rows)])
    fitted: np.ndarray = weights / scale
    return fitted


Network = list[np.ndarray]  # hidden (n_inputs, HIDDEN), its bias, out (HIDDEN,), its bias (1,)


def network(rows: np.ndarray, wanted: np.ndarray, seed: int) -> Network:
    """One network of HIDDEN rectified units for the log-odds of `wanted` (n,) 0 or 1."""
    chance = np.random.default_rng(seed)
    n, width = rows.shape
    parts = [
        chance.standard_normal((width, HIDDEN)) / np.sqrt(width),
        np.zeros(HIDDEN),
        chance.standard_normal(HIDDEN) / np.sqrt(HIDDEN),
        np.zeros(1),
    ]
    adam = Adam(parts, LEARNING_RATE)
    for part in _batches(n, chance):
        kept = chance.random((len(part), width)) > DROPOUT
        adam.step(_slopes(parts, rows[part] * kept / (1 - DROPOUT), wanted[part]))
    return parts


def network_odds(parts: Network, rows: np.ndarray) -> np.ndarray:
    """(n,) log-odds."""
    odds: np.ndarray = np.maximum(rows @ parts[0] + parts[1], 0) @ parts[2] + parts[3][0]
    return odds


def platt(odds: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Slope and shift that calibrate log-odds (Platt, 1999), by Newton's method."""
    slope, shift = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(slope * odds + shift, -30, 30)))
        error, mass = p - wanted, np.maximum(p * (1 - p), 1e-6)
        gradient = np.array([(error * odds).sum(), error.sum()])
        cross = (mass * odds).sum()
        curve = np.array([[(mass * odds**2).sum(), cross], [cross, mass.sum()]]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        slope, shift = slope - float(step[0]), shift - float(step[1])
    return slope, shift


def calibration_error(odds: np.ndarray, wanted: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean distance of stated and true share over equal bins."""
    p = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    order = np.array_split(np.argsort(p), bins)
    gaps = [len(part) * abs(p[part].mean() - wanted[part].mean()) for part in order if len(part)]
    return float(sum(gaps) / len(p))


def _batches(n: int, chance: np.random.Generator) -> Iterator[np.ndarray]:
    for _ in range(EPOCHS):
        order = chance.permutation(n)
        for at in range(0, n, BATCH):
            yield order[at : at + BATCH]


def _slopes(parts: Network, x: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Gradients of the mean logistic loss and the decay, in the order of `parts`."""
    hidden, hidden_bias, out, out_bias = parts
    inner = np.maximum(x @ hidden + hidden_bias, 0)
    error = (1 / (1 + np.exp(-np.clip(inner @ out + out_bias[0], -30, 30))) - wanted) / len(x)
    back = np.outer(error, out) * (inner > 0)
    return [
        x.T @ back + DECAY * hidden,
        back.sum(0),
        inner.T @ error + DECAY * out,
        np.array([error.sum()]),
    ]
