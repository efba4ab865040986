"""Fits which kind of source a question is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY
from bot.sources.router import NOT_HELD, OUTSIDE
from evals.training.cards import save
from evals.training.claimed import Claimed
from evals.training.examples import DOCUMENTS, FILES, PLACES, PROCEDURES
from evals.training.fitting import softmax

CLASSES: Final = (DOCUMENTS, PROCEDURES, PLACES, OUTSIDE, NOT_HELD)
DECIDES: Final = "whether documents, procedure records or place records answer, or nothing of ours"
OF_EMBEDDER: Final = (
    "documents.cosine",
    "documents.cosine_best",
    "documents.margin",
    "procedures.cosine",
    "procedures.fit",
    "procedures.score",
)
# Of each kind beside its share of our sets: people ask about procedures and places far more often
# than about what we do not hold.
PRIOR: Final = {PROCEDURES: 1.5, PLACES: 2.0}
FOLDS: Final = 5
PENALTY: Final = 1e-4  # of a measured value
VECTOR_PENALTY: Final = 8e-3  # of a dimension of the vector
VECTOR_SCALE: Final = 20.0  # of centred vectors, whose parts are about 0.02


def fit(rows: Sequence[Claimed], folder: Path, *, tested: bool = True) -> None:
    """Fit on all; `tested`: with the figures of fits that left questions and records out."""
    names = sorted({name for row in rows for name in row.values})
    plain = [name for name in names if name not in OF_EMBEDDER]
    wanted = np.array([CLASSES.index(row.example.kind) for row in rows])
    centre = np.mean([row.vector for row in rows], axis=0)
    for suffix, columns in (("", names), (ANY, plain)):
        table, mean, scale = _standard(rows, columns)
        if not suffix:
            vectors = (np.stack([row.vector for row in rows]) - centre) * VECTOR_SCALE
            table = np.hstack([table, vectors])
        figures = {}
        if tested:
            held_out = _held_out(table, wanted, _folds(rows), len(columns))
            figures = _figures(held_out, wanted, rows)
        weights, bias = _fit(table, wanted, len(columns))
        weights = weights.copy()
        weights[len(columns) :] *= VECTOR_SCALE
        bias = bias + np.log([PRIOR.get(name, 1.0) for name in CLASSES])
        arrays = {"weights": weights, "bias": bias, "mean": mean, "scale": scale}
        arrays["centre"] = centre if not suffix else np.zeros(0)
        parameters = {"names": list(columns), "classes": list(CLASSES)}
        save(folder, f"router{suffix}", DECIDES, list(FILES), figures, parameters, arrays)
        print(f"router{suffix}", figures, flush=True)


def _standard(
    rows: Sequence[Claimed], columns: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, n_columns) standardised; what was not measured is the mean of what was."""
    raw = np.array([[row.values.get(c, np.nan) for c in columns] for row in rows])
    mean, scale = np.nanmean(raw, 0), np.nanstd(raw, 0) + 1e-6
    return np.nan_to_num((raw - mean) / scale), mean, scale


def _fit(table: np.ndarray, wanted: np.ndarray, n_values: int) -> tuple[np.ndarray, np.ndarray]:
    counts = Counter(wanted.tolist())
    weights = np.array([1 / np.sqrt(counts[int(w)]) for w in wanted])
    penalty = np.full(table.shape[1], VECTOR_PENALTY)
    penalty[:n_values] = PENALTY
    return softmax(table, wanted, weights, penalty)


def _folds(rows: Sequence[Claimed]) -> np.ndarray:
    """By record where there is one, else by question: neither is seen when it is tested."""
    return np.array([sum(map(ord, row.example.record or row.example.key)) % FOLDS for row in rows])


def _held_out(
    table: np.ndarray, wanted: np.ndarray, folds: np.ndarray, n_values: int
) -> np.ndarray:
    """(n, n_classes) log-probabilities by fits that did not see the row."""
    shares = np.zeros((len(table), len(CLASSES)))
    for fold in range(FOLDS):
        inside = folds != fold
        weights, bias = _fit(table[inside], wanted[inside], n_values)
        scores = table[~inside] @ weights + bias
        scores -= scores.max(1, keepdims=True)
        shares[~inside] = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return shares


def _figures(shares: np.ndarray, wanted: np.ndarray, rows: Sequence[Claimed]) -> dict[str, Any]:
    """Share of each file's classes that is told right, and how true the stated shares are."""
    told = shares.argmax(1)
    sure = np.exp(shares.max(1))
    figures: dict[str, Any] = {
        "right": round(float((told == wanted).mean()), 4),
        "stated": round(float(sure.mean()), 4),
        "right_where_90_sure": round(float((told == wanted)[sure >= 0.9].mean()), 4),
        "90_sure": round(float((sure >= 0.9).mean()), 4),
    }
    for source in sorted({row.example.source for row in rows}):
        for number, name in enumerate(CLASSES):
            mask = np.array([r.example.source == source for r in rows]) & (wanted == number)
            if mask.any():
                right = round(float((told[mask] == number).mean()), 4)
                figures[f"{source} {name}"] = [int(mask.sum()), right]
    return figures
