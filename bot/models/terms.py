"""What a text is, by which of some thousand words and pairs it has and by its vector: linear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.models.loader import Model
from knowledge.text import syllables


@dataclass(frozen=True, slots=True)
class Terms:
    """A fitted model of some classes."""

    classes: tuple[str, ...]
    terms: Mapping[str, int]  # word or pair -> its row of `words`
    words: np.ndarray  # (n_terms, n_classes)
    dims: np.ndarray  # (dim, n_classes); (0, n_classes) where the vector is not looked at
    centre: np.ndarray  # (dim,) of question vectors
    bias: np.ndarray  # (n_classes,)

    @classmethod
    def of(cls, model: Model) -> Terms:
        """The model that a card and its arrays describe."""
        parameters, arrays = model.card.parameters, model.arrays
        return cls(
            tuple(parameters["classes"]),
            {term: row for row, term in enumerate(parameters["terms"])},
            arrays["words"],
            arrays["dims"],
            arrays["centre"],
            arrays["bias"],
        )

    def shares(self, folded: str, vector: np.ndarray, more: Iterable[str] = ()) -> dict[str, float]:
        """The probability of each class, of which one is right.

        Args:
            folded: the text's words, folded.
            vector: (dim,) float32, L2-normalised, of the text.
            more: terms besides those of the words.
        """
        scores = self._scores(folded, vector, more)
        odds = np.exp(scores - scores.max())
        return self._named(odds / odds.sum())

    def each(self, folded: str, vector: np.ndarray, more: Iterable[str] = ()) -> dict[str, float]:
        """The probability of each class, of which any may be right; arguments as of `shares`."""
        scores = self._scores(folded, vector, more)
        return self._named(1 / (1 + np.exp(-np.clip(scores, -30, 30))))

    def _scores(self, folded: str, vector: np.ndarray, more: Iterable[str]) -> np.ndarray:
        said = terms(folded).union(more)
        rows = [self.terms[term] for term in said if term in self.terms]
        scores: np.ndarray = self.bias + self.words[rows].sum(0) * weight(said)
        if len(self.centre):
            # Not `@`: its threads wait for each other on a busy machine.
            scores = scores + np.einsum("d,dn->n", vector - self.centre, self.dims)
        return scores

    def _named(self, values: np.ndarray) -> dict[str, float]:
        return dict(zip(self.classes, values.tolist(), strict=True))


def terms(folded: str) -> frozenset[str]:
    """The words of a folded text and its adjacent pairs."""
    said = syllables(folded)
    return frozenset([*said, *(f"{a} {b}" for a, b in pairwise(said))])


def weight(said: frozenset[str]) -> float:
    """How much each term of a text counts: a letter says more, and less with each word."""
    return float(max(len(said), 1) ** -0.5)
