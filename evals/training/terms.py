"""Fits a linear model over words, pairs and the vector: `bot.models.terms.Terms`."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY, FOLDER
from bot.models.terms import weight
from bot.opening import Core
from evals.training.cards import save
from evals.training.fitting import Link, linear
from evals.training.neutral import neutral_core

LEAST: Final = 4  # texts of ours that have a term, for it to be looked at
WORD_SCALE: Final = 5.0
VECTOR_SCALE: Final = 20.0  # of centred vectors, whose parts are about 0.02
_SEED: Final = 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is fitted."""

    link: Link
    term_penalty: float  # L2 of a term's weights
    dim_penalty: float | None  # of a dimension of the vector; None: the vector is not looked at

    def of(self, suffix: str) -> Recipe:
        """That of the variant for any embedder, or itself."""
        return replace(self, dim_penalty=None) if suffix == ANY else self


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts, measured."""

    texts: Sequence[str]  # several typing styles of one text count as several
    terms: Sequence[frozenset[str]]
    vectors: np.ndarray  # (n, dim)
    wanted: np.ndarray  # (n, n_classes) 0 or 1
    weights: np.ndarray  # (n,) how much each counts
    looked_at: np.ndarray  # (n,) whether the row's terms may become terms of the model


@dataclass(frozen=True, slots=True)
class Fitted:
    """The arrays of one model."""

    terms: list[str]
    words: np.ndarray
    dims: np.ndarray
    centre: np.ndarray
    bias: np.ndarray
    link: Link

    def shares(self, rows: Rows, numbers: np.ndarray) -> np.ndarray:
        """(n, n_classes) probabilities of some rows."""
        scores = _table(rows, numbers, self.terms) @ self.words + self.bias
        if len(self.centre):
            scores = scores + (rows.vectors[numbers] - self.centre) @ self.dims
        shares: np.ndarray = self.link(scores)
        return shares

    def arrays(self) -> dict[str, np.ndarray]:
        """As a model is saved."""
        return {n: getattr(self, n) for n in ("words", "dims", "centre", "bias")}

    def parameters(self, classes: Sequence[str]) -> dict[str, Any]:
        """As a card holds them."""
        return {"classes": list(classes), "terms": self.terms}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a model is called and decides, and how it is fitted and tested."""

    name: str
    decides: str
    files: Sequence[str]  # of questions
    classes: Sequence[str]
    recipe: Recipe
    folds: int


def fit_kind(
    kind: Kind,
    rows: Rows,
    groups: Sequence[str],
    figures: Callable[[np.ndarray], dict[str, Any]],
    folder: Path,
) -> None:
    """Write the model fitted on all rows, and its variant for any embedder.

    Args:
        kind: the model.
        rows: the texts.
        groups: of each row; a group is left out whole for the figures.
        figures: of (n, n_classes) probabilities by fits that did not see a row's group.
        folder: where it is written.
    """
    every = np.arange(len(rows.texts))
    for suffix in ("", ANY):
        recipe = kind.recipe.of(suffix)
        told = figures(held_out(rows, groups, kind.folds, recipe))
        fitted = fit(rows, every, recipe)
        name, parameters = f"{kind.name}{suffix}", fitted.parameters(kind.classes)
        save(folder, name, kind.decides, kind.files, told, parameters, fitted.arrays())
        print(name, told, flush=True)


def fit_alone(name: str, fit_into: Callable[[Core, Path], None]) -> None:
    """Fit one model over models that decide nothing, and put it beside those that ship."""
    with neutral_core() as (core, models):
        fit_into(core, models)
        for path in models.glob(f"{name}.*"):
            shutil.copy(path, FOLDER / path.name)


def fit(rows: Rows, numbers: np.ndarray, recipe: Recipe) -> Fitted:
    """A model of some rows."""
    chosen = _terms(rows, numbers)
    table = _table(rows, numbers, chosen) * WORD_SCALE
    penalty = np.full(len(chosen), recipe.term_penalty)
    centre = np.zeros(0)
    if recipe.dim_penalty is not None:
        centre = rows.vectors[numbers].mean(0)
        dense = (rows.vectors[numbers] - centre) * VECTOR_SCALE
        table = np.hstack([table, dense.astype(np.float32)])
        penalty = np.concatenate([penalty, np.full(len(centre), recipe.dim_penalty)])
    link, weights = recipe.link, rows.weights[numbers]
    fitted, bias = linear(table, rows.wanted[numbers], weights, penalty, link)
    words, dims = fitted[: len(chosen)] * WORD_SCALE, fitted[len(chosen) :] * VECTOR_SCALE
    return Fitted(chosen, words, dims, centre, bias, link)


def held_out(rows: Rows, groups: Sequence[str], folds: int, recipe: Recipe) -> np.ndarray:
    """(n, n_classes) probabilities by fits that saw nothing of the row's group.

    The groups of one class, which their names begin with, are dealt out together, so that no fold
    is without a class.
    """
    known = sorted(set(groups))
    random.Random(_SEED).shuffle(known)  # noqa: S311 (which fold, no secret)
    known.sort(key=lambda group: group.split("/")[0])
    fold_of = {group: number % folds for number, group in enumerate(known)}
    dealt = np.array([fold_of[group] for group in groups])
    shares = np.zeros(rows.wanted.shape)
    for fold in range(folds):
        left = np.flatnonzero(dealt == fold)
        fitted = fit(rows, np.flatnonzero(dealt != fold), recipe)
        shares[left] = fitted.shares(rows, left)
    return shares


def _terms(rows: Rows, numbers: np.ndarray) -> list[str]:
    texts = defaultdict(set)
    for n in numbers:
        if rows.looked_at[n]:
            for term in rows.terms[n]:
                texts[term].add(rows.texts[n])
    return sorted(term for term, found in texts.items() if len(found) >= 2 * LEAST)


def _table(rows: Rows, numbers: np.ndarray, chosen: Sequence[str]) -> np.ndarray:
    """(n, n_terms) float32: a text has some 40 of the 2,000 terms."""
    at = {term: column for column, term in enumerate(chosen)}
    table = np.zeros((len(numbers), len(chosen)), np.float32)
    for row, n in enumerate(numbers):
        for term in rows.terms[n] & at.keys():
            table[row, at[term]] = weight(rows.terms[n])
    return table
