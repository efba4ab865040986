"""Fits how sure it is that the first record is the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY
from bot.sources.procedures.confidence import NAMES
from evals.training.cards import save
from evals.training.claimed import Claimed
from evals.training.examples import PROCEDURES, Example
from evals.training.fitting import calibration_error, softmax

DECIDES: Final = "whether the first record is the one meant, if the question is on a procedure"
OF_EMBEDDER: Final = ("fit", "score", "cosine")
FOLDS: Final = 5
PENALTY: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Row:
    """An example whose record is known."""

    example: Example
    values: dict[str, float]
    right: bool


def fit(claimed: Sequence[Claimed], folder: Path) -> None:
    """Fit on all, with the figures of fits that left records out."""
    rows = [
        Row(row.example, dict(row.procedures), row.right)
        for row in claimed
        if row.example.kind == PROCEDURES and row.example.record and row.procedures
    ]
    records = sorted({str(row.example.record) for row in rows})
    folds = np.array([records.index(str(row.example.record)) % FOLDS for row in rows])
    plain = tuple(name for name in NAMES if name not in OF_EMBEDDER)
    for suffix, columns in (("", NAMES), (ANY, plain)):
        table = np.array([[row.values[c] for c in columns] for row in rows])
        wanted = np.array([int(row.right) for row in rows])
        mean, scale = table.mean(0), table.std(0) + 1e-6
        table = (table - mean) / scale
        odds = np.zeros(len(table))
        for fold in range(FOLDS):
            inside = folds != fold
            weights, bias = _fit(table[inside], wanted[inside])
            scores = table[~inside] @ weights + bias
            odds[~inside] = scores[:, 1] - scores[:, 0]
        weights, bias = _fit(table, wanted)
        save(
            folder,
            f"procedure_confidence{suffix}",
            DECIDES,
            ["procedures", "voices_procedures", "phrasings"],
            _figures(odds, wanted),
            {"names": list(columns), "classes": ["wrong", "right"]},
            {"weights": weights, "bias": bias, "mean": mean, "scale": scale, "centre": np.zeros(0)},
        )


def _fit(table: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    penalty = np.full(table.shape[1], PENALTY)
    return softmax(table, wanted, np.ones(len(table)), penalty)


def _figures(odds: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    sure = odds > 0
    figures = {
        "right_first": round(float(wanted.mean()), 4),
        "right_where_sure": round(float(wanted[sure].mean()), 4),
        "sure": round(float(sure.mean()), 4),
        "calibration_error": round(calibration_error(odds, wanted.astype(float)), 4),
    }
    print("procedure_confidence", figures, flush=True)
    return figures
