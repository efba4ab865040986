"""Fits which clauses of a letter ask, on letters whose requests are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY, FOLDER
from bot.question.clauses import Clause, clauses
from bot.question.letters import SURE
from bot.question.request_measures import measures
from evals.sets.letters import LabelledLetter, load_letters
from evals.sets.typing_styles import STYLES
from evals.training.cards import save
from evals.training.fitting import network, network_odds, platt

DECIDES: Final = "whether a clause of a letter asks something"
FOLDS: Final = 5
WAYS: Final = (*STYLES, "asked first")
NETWORKS: Final = 2
HALF: Final = 0.5  # of a clause that must lie in a marked request


@dataclass(frozen=True, slots=True)
class _Table:
    """Every clause of every letter, written in every way."""

    rows: np.ndarray  # (n, n_names)
    wanted: np.ndarray  # (n,) 0 or 1
    fold: np.ndarray  # (n,) of its letter's group
    way: np.ndarray  # (n,) index in WAYS


def fit(folder: Path) -> None:
    """Fit on all letters; the figures are of groups left out."""
    letters = load_letters()
    names, table = _table(letters)
    mean, scale = table.rows.mean(0), table.rows.std(0) + 1e-6
    rows = (table.rows - mean) / scale
    held_out = _held_out(rows, table)
    slope, shift = platt(held_out, table.wanted)
    figures = _figures(slope * held_out + shift, table) | {"letters": len(letters)}
    fitted = [network(rows, table.wanted, seed) for seed in range(NETWORKS)]
    parts = enumerate(("hidden", "hidden_bias", "out"))
    arrays = {part: np.stack([one[at] for one in fitted]) for at, part in parts}
    arrays |= {"out_bias": np.array([one[3][0] for one in fitted]), "mean": mean, "scale": scale}
    parameters = {"names": names, "slope": slope, "shift": shift}
    save(folder, f"requests{ANY}", DECIDES, ["letters"], figures, parameters, arrays)
    print("requests", figures, flush=True)


def asks(letter: LabelledLetter, clause: Clause) -> bool:
    """Whether a clause is a request, or part of one."""
    shared = (max(0, min(clause.end, b) - max(clause.start, a)) for a, b in letter.requests)
    return sum(shared) >= HALF * (clause.end - clause.start)


def _table(letters: Sequence[LabelledLetter]) -> tuple[list[str], _Table]:
    groups = {group: at for at, group in enumerate(sorted({x.group for x in letters}))}
    rows, wanted, fold, shown = [], [], [], []
    for letter in letters:
        for number, written in enumerate(_written(letter)):
            parts = clauses(written.text)
            rows += measures(parts)
            wanted += [float(asks(written, part)) for part in parts]
            fold += [groups[letter.group] % FOLDS] * len(parts)
            shown += [number] * len(parts)
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    return names, _Table(values, np.array(wanted), np.array(fold), np.array(shown))


def _written(letter: LabelledLetter) -> list[LabelledLetter]:
    """In the order of WAYS."""
    return [*(letter.typed(style) for style in STYLES), letter.asked_first()]


def _held_out(rows: np.ndarray, table: _Table) -> np.ndarray:
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = table.fold != fold
        parts = network(rows[inside], table.wanted[inside], 0)
        odds[~inside] = network_odds(parts, rows[~inside])
    return odds


def _figures(odds: np.ndarray, table: _Table) -> dict[str, Any]:
    """Shares of the clauses, by the way they are written."""
    figures: dict[str, Any] = {}
    for number, way in enumerate(WAYS):
        written_so = table.way == number
        said, right = odds[written_so] > SURE, table.wanted[written_so] == 1
        both = float((said & right).sum())
        figures[way] = {
            "recall": round(both / float(right.sum()), 4),
            "precision": round(both / float(said.sum()), 4),
        }
    return figures


def main() -> None:
    """Fit this model alone."""
    fit(FOLDER)


if __name__ == "__main__":
    main()
