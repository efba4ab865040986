"""Questions whose clause is known: what is asked like one of them is asked of the same clause.

A question is nearer to a question than to a clause. About 3,000 questions of ours on the bundled
texts, those that a clause answers and those that none answers, ship as vectors of the default
embedder, made by `evals.training.known_questions`. A passage is known by its words, so the questions of a
changed clause fall away and those of an unchanged one survive a new ingest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.sources.documents.clauses import CLAUSES_FILE, ClauseModel, load_clauses

KNOWN_FILE = Path(__file__).parents[2] / "models" / "known_questions.npz"
FAR = 0.85  # cosine of two questions that have nothing in common but the subject
ALIKE = 0.92  # from here on two questions mostly ask the same
VOTE_BAND, VOTE_SHARPNESS = 0.04, 40.0  # cosines below the nearest that still have a say
LEAST_SHARE = -8.0  # below it, unlikely is unlikely
Answering = tuple[str, int, int]  # `passage_key`, and where in the passage's text the answer stands
_CACHED_PASSAGES = 4_096
_INT8 = 127.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a question resembles the known ones; cosines above `FAR`, so 0 means not at all."""

    answered: float  # to the nearest question that a clause answers
    unanswered: float  # to the nearest question that no clause answers
    _by_passage: dict[str, float]
    _shares: dict[str, float]
    _span: Callable[[str], tuple[int, int]]

    def of(self, passage_text: str) -> float | None:
        """To the nearest question that a passage answers; None when none is known of it."""
        return self._by_passage.get(passage_key(passage_text))

    def share(self, passage_text: str) -> float:
        """Log-probability that the question is about a passage, at least LEAST_SHARE.

        0 for a passage of which no question is known: nothing speaks against it.
        """
        key = passage_key(passage_text)
        return (
            max(self._shares.get(key, LEAST_SHARE), LEAST_SHARE) if key in self._by_passage else 0
        )

    @property
    def best_share(self) -> float:
        """The largest log-probability: near 0 when the question is clearly about one clause."""
        return max(self._shares.values(), default=LEAST_SHARE)

    def words_that_answer(self, passage_text: str) -> tuple[int, int] | None:
        """Where the answer to questions like it stands in the passage; None below `ALIKE`."""
        key = passage_key(passage_text)
        return self._span(key) if self._by_passage.get(key, 0.0) >= ALIKE - FAR else None

    def without(self, passage_texts: Sequence[str]) -> Likeness:
        """The same, as if no question were known of these passages."""
        hidden = {passage_key(text) for text in passage_texts}
        kept = {key: near for key, near in self._by_passage.items() if key not in hidden}
        return replace(self, _by_passage=kept)


NOTHING_KNOWN = Likeness(0.0, 0.0, {}, {}, lambda _: (0, 0))


class KnownQuestions:
    """The known questions; read-only."""

    def __init__(
        self,
        vectors: np.ndarray,
        answers: Sequence[Sequence[Answering]],
        clauses: ClauseModel | None = None,
    ) -> None:
        """Take what `load` read.

        Args:
            vectors: (n_questions, dim) float32, L2-normalised.
            answers: for each question, what answers it; nothing when it must be refused.
            clauses: which clause a question is about.
        """
        self._clauses = clauses
        self._vectors = vectors
        self._answered = np.array([bool(given) for given in answers], dtype=bool)
        members: dict[str, list[int]] = {}
        self._spans: dict[tuple[str, int], tuple[int, int]] = {}
        for row, given in enumerate(answers):
            for key, start, end in given:
                if (key, row) not in self._spans:
                    members.setdefault(key, []).append(row)
                    self._spans[key, row] = (start, end)
        self._keys = tuple(members)
        self._members = np.array([row for rows in members.values() for row in rows], dtype=np.intp)
        sizes = [0, *(len(rows) for rows in members.values())]
        self._bounds = np.cumsum(sizes)  # of each passage's questions in _members

    @classmethod
    def load(
        cls,
        embedder_fingerprint: str,
        path: Path = KNOWN_FILE,
        clauses: Path | None = CLAUSES_FILE,
    ) -> KnownQuestions | None:
        """The questions that ship; None for an embedder they were not made with."""
        with np.load(path) as data:
            if not embedder_fingerprint.startswith(str(data["embedder"])):
                return None
            vectors = data["vectors"].astype(np.float32) / _INT8
            answers = json.loads(str(data["answers"]))
        normal = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return cls(normal, answers, load_clauses(clauses) if clauses else None)

    @property
    def keys(self) -> frozenset[str]:
        """`passage_key` of every passage that some question is known of."""
        return frozenset(self._keys)

    def likeness(
        self,
        vector: np.ndarray,
        leave_out: int | None = None,
        clauses: ClauseModel | None = None,
    ) -> Likeness:
        """How a question resembles the known ones.

        Args:
            vector: (dim,) float32, L2-normalised.
            leave_out: row of a question not to compare with: itself, when a model is fitted.
            clauses: instead of the model that ships; one that has not seen the question.
        """
        clauses = clauses or self._clauses
        # Not `@`: its threads wait for each other on a busy machine (11 ms instead of 0.4).
        near = np.einsum("qd,d->q", self._vectors, vector) - FAR
        if leave_out is not None:
            near[leave_out] = -FAR
        nearest = np.maximum.reduceat(near[self._members], self._bounds[:-1])
        return Likeness(
            answered=float(near[self._answered].max(initial=0.0)),
            unanswered=float(near[~self._answered].max(initial=0.0)),
            _by_passage=dict(zip(self._keys, nearest.tolist(), strict=True)),
            _shares=clauses.shares(vector) if clauses else {},
            _span=lambda key: self._voted_span(near, key),
        )

    def _voted_span(self, near: np.ndarray, key: str) -> tuple[int, int]:
        """The answer on which the nearest questions of a passage agree most.

        One question alone may be answered by another sentence than its nearest neighbour.
        """
        at = self._keys.index(key)
        rows = self._members[self._bounds[at] : self._bounds[at + 1]]
        best = near[rows].max()
        alike = [int(row) for row in rows if near[row] >= best - VOTE_BAND]
        weights = {row: float(np.exp((near[row] - best) * VOTE_SHARPNESS)) for row in alike}
        spans = {row: self._spans[key, row] for row in alike}

        def votes(row: int) -> float:
            start, end = spans[row]
            return sum(weights[o] for o, (a, b) in spans.items() if a < end and start < b)

        return spans[max(alike, key=votes)]


def save(
    path: Path, embedder: str, vectors: np.ndarray, answers: Sequence[Sequence[Answering]]
) -> None:
    """Write known questions; a byte a dimension turns a vector by less than 0.01 of cosine.

    Args:
        path: where to.
        embedder: beginning of the embedder's fingerprint.
        vectors: (n_questions, dim), L2-normalised.
        answers: for each question, what answers it.
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    np.savez_compressed(
        path,
        embedder=np.array(embedder),
        vectors=np.round(vectors / largest * _INT8).astype(np.int8),
        answers=np.array(json.dumps([list(given) for given in answers])),
    )


@lru_cache(_CACHED_PASSAGES)
def passage_key(text: str) -> str:
    """Short hash of a passage's words."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
