"""Fits which clauses of a letter ask, on letters whose requests are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY, FOLDER
from bot.question.clauses import Clause, clauses
from bot.question.letters import REQUEST, SURE
from bot.question.request_measures import measures
from evals.sets.letters import LabelledLetter, load_letters
from evals.sets.typing_styles import STYLES
from evals.training.cards import save
from evals.training.fitting import softmax

DECIDES: Final = "whether a clause of a letter asks something"
FOLDS: Final = 10
PENALTY: Final = 3e-3
HALF: Final = 0.5  # of a clause that must lie in a marked request


@dataclass(frozen=True, slots=True)
class _Table:
    """Every clause of every letter in every typing style."""

    rows: np.ndarray  # (n, n_names)
    wanted: np.ndarray  # (n,) 0 or 1
    fold: np.ndarray  # (n,) of its letter's group
    style: np.ndarray  # (n,) index in STYLES


def fit(folder: Path) -> None:
    """Fit on all letters; the figures are of groups left out."""
    letters = load_letters()
    names, table = _table(letters)
    mean, scale = table.rows.mean(0), table.rows.std(0) + 1e-6
    rows = (table.rows - mean) / scale
    figures = _figures(_held_out(rows, table), table)
    figures["letters"] = len(letters)
    weights, bias = _fitted(rows, table.wanted)
    arrays = {"weights": weights, "bias": bias, "mean": mean, "scale": scale}
    arrays["centre"] = np.zeros(0)
    parameters = {"names": names, "classes": ["story", REQUEST]}
    save(folder, f"requests{ANY}", DECIDES, ["letters"], figures, parameters, arrays)
    print("requests", figures, flush=True)


def asks(letter: LabelledLetter, clause: Clause) -> bool:
    """Whether a clause is a request, or part of one."""
    shared = (
        max(0, min(clause.end, b) - max(clause.start, a)) for a, b in letter.requests
    )
    return sum(shared) >= HALF * (clause.end - clause.start)


def _table(letters: Sequence[LabelledLetter]) -> tuple[list[str], _Table]:
    groups = {group: at for at, group in enumerate(sorted({x.group for x in letters}))}
    rows, wanted, fold, style = [], [], [], []
    for letter in letters:
        for number, habit in enumerate(STYLES):
            written = letter.typed(habit)
            parts = clauses(written.text)
            rows += measures(parts)
            wanted += [float(asks(written, part)) for part in parts]
            fold += [groups[letter.group] % FOLDS] * len(parts)
            style += [number] * len(parts)
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    return names, _Table(values, np.array(wanted), np.array(fold), np.array(style))


def _fitted(rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    penalty = np.full(rows.shape[1], PENALTY)
    return softmax(rows, wanted.astype(int), np.ones(len(rows)), penalty)


def _held_out(rows: np.ndarray, table: _Table) -> np.ndarray:
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = table.fold != fold
        weights, bias = _fitted(rows[inside], table.wanted[inside])
        scores = rows[~inside] @ weights + bias
        odds[~inside] = scores[:, 1] - scores[:, 0]
    return odds


def _figures(odds: np.ndarray, table: _Table) -> dict[str, Any]:
    """Shares of the clauses, by typing style."""
    figures: dict[str, Any] = {}
    for number, habit in enumerate(STYLES):
        of_style = table.style == number
        said, right = odds[of_style] > SURE, table.wanted[of_style] == 1
        both = float((said & right).sum())
        figures[habit] = {
            "recall": round(both / right.sum(), 4),
            "precision": round(both / said.sum(), 4),
        }
    return figures


def main() -> None:
    """Fit this model alone."""
    fit(FOLDER)


if __name__ == "__main__":
    main()
