"""`python -m evals.training.safety`: fits what a message is, whole kinds of situations left out."""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY, FOLDER
from bot.opening import Core
from bot.sources.replies.meaning import (
    BARS,
    CLASSES,
    CRIMES,
    DANGERS,
    MAYBE,
    NONE,
    SURE,
    terms,
    told,
    weight,
)
from evals.training.cards import save
from evals.training.fitting import softmax
from evals.training.messages import FILES, Message, messages
from evals.training.neutral import neutral_core

DECIDES: Final = (
    "whether a message is a cry for help, a crime, a dossier's status, a person or hours"
)
FOLDS: Final = 6
LEAST: Final = 4  # messages of ours that have a term, for it to be looked at
PENALTY: Final = 3e-4  # of a term
VECTOR_PENALTY: Final = 5e-4  # of a dimension of the vector
WORD_SCALE: Final = 5.0
VECTOR_SCALE: Final = 20.0  # of centred vectors, whose parts are about 0.02
SHOWN: Final = 0.97  # of the cries for help: how many others look like one at that recall
_SEED: Final = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages, measured."""

    said: Sequence[Message]
    terms: Sequence[frozenset[str]]
    vectors: np.ndarray  # (n, dim)
    wanted: np.ndarray  # (n,) class numbers


@dataclass(frozen=True, slots=True)
class Fitted:
    """The arrays of one model."""

    terms: list[str]
    words: np.ndarray
    dims: np.ndarray
    centre: np.ndarray
    bias: np.ndarray

    def shares(self, rows: Rows, numbers: np.ndarray) -> np.ndarray:
        """(n, n_classes) probabilities of some rows."""
        scores = _table(rows, numbers, self.terms) @ self.words + self.bias
        if len(self.centre):
            scores = scores + (rows.vectors[numbers] - self.centre) @ self.dims
        odds = np.exp(scores - scores.max(1, keepdims=True))
        shares: np.ndarray = odds / odds.sum(1, keepdims=True)
        return shares


def main() -> None:
    """Fit this model alone, and put it beside the others."""
    with neutral_core() as (core, models):
        fit(core, models)
        for path in models.glob("safety.*"):
            shutil.copy(path, FOLDER / path.name)


def fit(core: Core, folder: Path) -> None:
    """Fit on all, with the figures of fits that left kinds of situations out."""
    rows = _measured(core)
    every = np.arange(len(rows.said))
    for suffix in ("", ANY):
        held_out = _held_out(rows, with_vector=not suffix)
        figures = _figures(held_out, rows)
        fitted = _fit(rows, every, with_vector=not suffix)
        arrays = {n: getattr(fitted, n) for n in ("words", "dims", "centre", "bias")}
        parameters = {"classes": list(CLASSES), "terms": fitted.terms}
        save(folder, f"safety{suffix}", DECIDES, list(FILES), figures, parameters, arrays)
        print(f"safety{suffix}", figures, flush=True)


def _measured(core: Core) -> Rows:
    said = messages()
    asks = [core.reader.ask(message.text) for message in said]
    vectors = np.stack([ask.vector for ask in asks])
    wanted = np.array([CLASSES.index(message.kind) for message in said])
    return Rows(said, [terms(ask.query.folded) for ask in asks], vectors, wanted)


def _fit(rows: Rows, numbers: np.ndarray, *, with_vector: bool) -> Fitted:
    chosen = _terms(rows, numbers)
    table = _table(rows, numbers, chosen) * WORD_SCALE
    penalty = np.full(len(chosen), PENALTY)
    centre = rows.vectors[numbers].mean(0) if with_vector else np.zeros(0)
    if with_vector:
        dense = (rows.vectors[numbers] - centre) * VECTOR_SCALE
        table = np.hstack([table, dense.astype(np.float32)])
        penalty = np.concatenate([penalty, np.full(len(centre), VECTOR_PENALTY)])
    wanted = rows.wanted[numbers]
    counts = Counter(wanted.tolist())
    weights = np.array([counts[int(w)] ** -0.5 for w in wanted])
    fitted, bias = softmax(table, wanted, weights, penalty)
    words, dims = fitted[: len(chosen)] * WORD_SCALE, fitted[len(chosen) :] * VECTOR_SCALE
    return Fitted(chosen, words, dims, centre, bias)


def _terms(rows: Rows, numbers: np.ndarray) -> list[str]:
    """The terms of enough messages that are of a class."""
    texts = defaultdict(set)
    for n in numbers:
        if rows.wanted[n]:
            for term in rows.terms[n]:
                texts[term].add(rows.said[n].text)
    return sorted(term for term, found in texts.items() if len(found) >= 2 * LEAST)


def _table(rows: Rows, numbers: np.ndarray, chosen: Sequence[str]) -> np.ndarray:
    """(n, n_terms) float32: a message has some 40 of the 2,000 terms."""
    at = {term: column for column, term in enumerate(chosen)}
    table = np.zeros((len(numbers), len(chosen)), np.float32)
    for row, n in enumerate(numbers):
        for term in rows.terms[n] & at.keys():
            table[row, at[term]] = weight(rows.terms[n])
    return table


def _held_out(rows: Rows, *, with_vector: bool) -> np.ndarray:
    """(n, n_classes) probabilities by fits that saw nothing of the row's kind of situation."""
    folds = _folds(rows)
    shares = np.zeros((len(rows.said), len(CLASSES)))
    for fold in range(FOLDS):
        left = np.flatnonzero(folds == fold)
        fitted = _fit(rows, np.flatnonzero(folds != fold), with_vector=with_vector)
        shares[left] = fitted.shares(rows, left)
    return shares


def _folds(rows: Rows) -> np.ndarray:
    """Kinds of situations dealt out class by class, so that no fold is without one."""
    groups = sorted({(m.group.split("/")[0], m.group) for m in rows.said})
    random.Random(_SEED).shuffle(groups)  # noqa: S311 (which fold, no secret)
    groups.sort(key=lambda pair: pair[0])
    of = {group: number % FOLDS for number, (_, group) in enumerate(groups)}
    return np.array([of[message.group] for message in rows.said])


def _figures(shares: np.ndarray, rows: Rows) -> dict[str, Any]:
    """Share of each class that its bar finds, and how many others it takes for it, by file."""
    danger = shares[:, [CLASSES.index(name) for name in DANGERS]].sum(1)
    careful = np.array([message.careful for message in rows.said])
    sources = np.array([message.source for message in rows.said])
    endangered = np.isin(rows.wanted, [CLASSES.index(name) for name in DANGERS])
    plain = (rows.wanted == CLASSES.index(NONE)) & careful
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
        own = rows.wanted == CLASSES.index(name)
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
