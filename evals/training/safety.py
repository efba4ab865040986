"""`python -m evals.training.safety`: fits what a message is, whole kinds of situations left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.terms import terms
from bot.opening import Core
from bot.sources.replies.meaning import BARS, CLASSES, CRIMES, DANGERS, MAYBE, NONE, SURE, told
from evals.training.fitting import one_of
from evals.training.messages import FILES, Message, messages
from evals.training.terms import Kind, Recipe, Rows, fit_alone, fit_kind

KIND: Final = Kind(
    "safety",
    "whether a message is a cry for help, a crime, a dossier's status, a person or hours",
    FILES,
    CLASSES,
    Recipe(one_of, term_penalty=3e-4, dim_penalty=5e-4),
    folds=6,
)
SHOWN: Final = 0.97  # of the cries for help: how many others look like one at that recall


def main() -> None:
    """Fit this model alone, and put it beside the others."""
    fit_alone(KIND.name, fit)


def fit(core: Core, folder: Path) -> None:
    """Fit on all, with the figures of fits that left kinds of situations out."""
    said = messages()
    groups = [one.group for one in said]
    fit_kind(KIND, _measured(core, said), groups, partial(_figures, said=said), folder)


def _measured(core: Core, said: Sequence[Message]) -> Rows:
    """Each class counts by the root of how many messages it has."""
    asks = [core.reader.ask(message.text) for message in said]
    numbers = np.array([CLASSES.index(message.kind) for message in said])
    return Rows(
        [message.text for message in said],
        [terms(ask.query.folded) for ask in asks],
        np.stack([ask.vector for ask in asks]),
        np.eye(len(CLASSES))[numbers],
        np.bincount(numbers)[numbers] ** -0.5,
        numbers != CLASSES.index(NONE),
    )


def _figures(shares: np.ndarray, said: Sequence[Message]) -> dict[str, Any]:
    """Share of each class that its bar finds, and how many others it takes for it, by file."""
    danger = shares[:, [CLASSES.index(name) for name in DANGERS]].sum(1)
    careful = np.array([message.careful for message in said])
    sources = np.array([message.source for message in said])
    wanted = np.array([CLASSES.index(message.kind) for message in said])
    endangered = np.isin(wanted, [CLASSES.index(name) for name in DANGERS])
    plain = (wanted == CLASSES.index(NONE)) & careful
    figures: dict[str, Any] = {"left out": "whole kinds of situations"}
    for name, bar in (("sure", SURE), ("maybe", MAYBE)):
        figures[f"danger {name}"] = {
            "bar": bar,
            "found": _share(danger[endangered] >= bar),
            "found careful": _share(danger[endangered & careful] >= bar),
            "false": _counts(sources[plain & (danger >= bar)]),
        }
    at = float(np.quantile(danger[endangered], 1 - SHOWN))
    figures[f"false at recall {SHOWN}"] = [round(at, 3), int((danger[plain] >= at).sum())]
    given = np.array([told(dict(zip(CLASSES, row, strict=True))) for row in shares.tolist()])
    for name in (*CRIMES, *BARS):
        own = wanted == CLASSES.index(name)
        figures[name] = {
            "found": _share(given[own] == name),
            "false": _counts(sources[plain & (given == name)]),
            "of other classes": int(((given == name) & ~own & careful & ~plain).sum()),
        }
    figures["of"] = _counts(sources[plain])
    return figures


def _share(found: np.ndarray) -> float:
    return round(float(found.mean()), 4)


def _counts(sources: np.ndarray) -> dict[str, int]:
    return dict(Counter(sources.tolist()).most_common())


if __name__ == "__main__":
    main()
