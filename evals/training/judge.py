"""Fits whether the first clause answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY
from evals.training.cards import save
from evals.training.claimed import Claimed
from evals.training.examples import DOCUMENTS, PAIRS, Example
from evals.training.fitting import calibration_error, network, network_odds, platt

NETWORKS: Final = 4
OF_EMBEDDER: Final = ("cosine", "cosine_best", "margin")
DECIDES: Final = "whether the first passage answers the question"
FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """An example of which it is known whether a clause answers it."""

    example: Example
    values: dict[str, float]
    answers: bool


def fit(claimed: Sequence[Claimed], folder: Path) -> None:
    """Fit on all, calibrated on folds that leave questions, or their text, out."""
    rows = [
        Row(row.example, dict(row.documents), row.example.answerable)
        for row in claimed
        if row.example.kind == DOCUMENTS
        and row.example.answerable is not None
        and "covered" in row.documents
    ]
    names = list(rows[0].values)
    plain = [name for name in names if name not in OF_EMBEDDER]
    files = [*PAIRS, "voices_other", "tuning"]
    for name, columns in (("judge", names), (f"judge{ANY}", plain)):
        table = np.array([[row.values[c] for c in columns] for row in rows])
        wanted = np.array([float(row.answers) for row in rows])
        mean, scale = table.mean(0), table.std(0) + 1e-6
        table = (table - mean) / scale
        held_out = _held_out(table, wanted, _folds(rows))
        slope, shift = platt(held_out, wanted)
        fitted = [network(table, wanted, seed) for seed in range(NETWORKS)]
        arrays = {
            part: np.stack([parts[i] for parts in fitted])
            for i, part in enumerate(("hidden", "hidden_bias", "out"))
        }
        arrays |= {"out_bias": np.array([parts[3][0] for parts in fitted])}
        figures = _figures(slope * held_out + shift, wanted, rows)
        parameters = {"names": columns, "slope": slope, "shift": shift}
        save(
            folder,
            name,
            DECIDES,
            files,
            figures,
            parameters,
            arrays | {"mean": mean, "scale": scale},
        )
        print(name, figures, flush=True)


def _folds(rows: Sequence[Row]) -> np.ndarray:
    """A text is a fold, with a share of the questions that no text answers."""
    texts = sorted({d for row in rows for d in row.example.documents})
    number = {text: at for at, text in enumerate(texts)}
    return np.array(
        [
            number[min(row.example.documents)]
            if row.example.documents
            else sum(map(ord, row.example.key)) % max(len(texts), FOLDS)
            for row in rows
        ]
    )


def _held_out(table: np.ndarray, wanted: np.ndarray, folds: np.ndarray) -> np.ndarray:
    odds = np.zeros(len(table))
    for fold in np.unique(folds):
        inside = folds != fold
        parts = network(table[inside], wanted[inside], 0)
        odds[~inside] = network_odds(parts, table[~inside])
    return odds


def _figures(odds: np.ndarray, wanted: np.ndarray, rows: Sequence[Row]) -> dict[str, Any]:
    """On what was left out: shares of the tuning questions, by style."""
    figures: dict[str, Any] = {"calibration_error": round(calibration_error(odds, wanted), 4)}
    tuning = [row.example.source == "tuning" for row in rows]
    for style in sorted({row.example.style for row in rows}):
        mask = np.array([t and r.example.style == style for t, r in zip(tuning, rows, strict=True)])
        no, yes = odds[mask & (wanted == 0)] < 0, odds[mask & (wanted == 1)] < 0
        if len(no) and len(yes):
            figures[style] = {
                "refused": round(float(no.mean()), 4),
                "wrongly_refused": round(float(yes.mean()), 4),
            }
    return figures
