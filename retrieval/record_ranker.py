"""Which record a question is about: one order over all records, fitted on many phrasings.

A record is scored by its best phrase (name or alias: how near in meaning, which words), by the
cases that it covers and that are told, and by how near the question lies to where the record's
questions are expected. That is what its phrases foretell (a linear map fitted on the records that
we have phrasings of), drawn towards the mean of its own phrasings where there are any (James and
Stein's shrinkage): records without any, such as those of an import, are ranked in the same terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from knowledge.procedures.models import CASES, Procedure

SHRINK = 3.0  # phrasings that weigh as much as what the phrases of a record foretell
PHRASE_NAMES = ("near", "coverage", "explained")
RECORD_NAMES = ("expected", "foretold", "meant", "signed", "own", "asked", "asked_times")
CASE_WAYS = ("both", "record", "told")
"""A case that the record covers and that is told; only the record has it; only it is told."""
WEIGHT_NAMES = (*PHRASE_NAMES, *RECORD_NAMES, *(f"{c}_{way}" for c in CASES for way in CASE_WAYS))


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured of a question: of phrases (n_phrases,), of records (n_records,)."""

    vector: np.ndarray  # (dim,)
    scores: np.ndarray  # of phrases, by fixed weights
    cosines: np.ndarray  # of phrases
    coverage: np.ndarray  # of phrases: the share of their words that is said
    explained: np.ndarray  # of phrases: the share of what is said that they have
    meant: np.ndarray  # of records: how many of the things meant they have words for
    signed: np.ndarray  # of records: words are said that go with no other
    meanings: int  # how many things are meant
    told: frozenset[str]  # cases


class Ranking(Protocol):
    """The order over one catalogue."""

    def fit(self, found: Measured) -> np.ndarray:
        """(n_records,): log-odds, up to a constant, that a question is about each."""


class Ranker(Protocol):
    """Puts the records of any catalogue in order."""

    def over(
        self, records: Sequence[Procedure], bounds: np.ndarray, vectors: np.ndarray
    ) -> Ranking:
        """The order over some records.

        Args:
            records: n of them.
            bounds: (n + 1,); the phrases of record i are those from bounds[i] to bounds[i + 1].
            vectors: (n_phrases, dim).
        """


@dataclass(frozen=True, slots=True)
class Space:
    """Where questions and phrases lie, as one embedder has them."""

    question_centre: np.ndarray  # (dim,)
    phrase_centre: np.ndarray  # (dim,)
    foretell: np.ndarray  # (dim + 1, dim): from the mean of a record's phrases to its questions
    metric: np.ndarray  # (dim, dim): from the mean of a record's phrases to what else it draws
    asked: Mapping[str, tuple[int, np.ndarray]] = field(default_factory=dict)
    """By id of a record: how many phrasings, and the sum of their vectors, (dim,)."""

    def questions(self, vectors: np.ndarray) -> np.ndarray:
        """(..., dim): question vectors centred, of length 1."""
        return _unit(vectors - self.question_centre)

    def phrases(self, vectors: np.ndarray) -> np.ndarray:
        """(n, dim): phrase vectors centred, of length 1."""
        return _unit(vectors - self.phrase_centre)


@dataclass(frozen=True, slots=True)
class RecordRanker:
    """The weights of all that is measured; `space` is None where no vector is looked at."""

    weights: Mapping[str, float]  # of PHRASE_NAMES, RECORD_NAMES and "CASE_WAY" for each case
    space: Space | None = None

    def over(
        self, records: Sequence[Procedure], bounds: np.ndarray, vectors: np.ndarray
    ) -> RecordRanking:
        """See `Ranker`."""
        return RecordRanking(self, Table(records, bounds), vectors)


class Table:
    """What is known of the records of a catalogue."""

    def __init__(self, records: Sequence[Procedure], bounds: np.ndarray) -> None:
        self.ids = [record.id for record in records]
        self.starts, self.sizes = bounds[:-1], np.maximum(np.diff(bounds), 1)
        self.own = np.array([float(r.origin == "own") for r in records])
        self.cases = np.array([[float(case in r.cases) for case in CASES] for r in records])

    def means(self, phrases: np.ndarray) -> np.ndarray:
        """(n, dim + 1): the mean of each record's phrases, and 1."""
        means = np.add.reduceat(phrases, self.starts) / self.sizes[:, None]
        return np.hstack([means, np.ones((len(means), 1))])

    def asked(self, space: Space) -> tuple[np.ndarray, np.ndarray]:
        """(n,) how many phrasings there are of each record, and (n, dim) their sum."""
        times, sums = np.zeros(len(self.ids)), np.zeros((len(self.ids), len(space.metric)))
        for at, record_id in enumerate(self.ids):
            if record_id in space.asked:
                times[at], sums[at] = space.asked[record_id]
        return times, sums


class RecordRanking:
    """The fitted order over one catalogue."""

    def __init__(self, ranker: RecordRanker, table: Table, vectors: np.ndarray) -> None:
        weights, space = ranker.weights, ranker.space
        self._weights, self._space, self._starts = weights, space, table.starts
        both, record, told = (
            np.array([weights[f"{case}_{way}"] for case in CASES]) for way in CASE_WAYS
        )
        self._fixed = table.cases @ record + weights["own"] * table.own
        # What a case that is told changes: for all, and for those that cover it.
        self._when_told = told + table.cases * (both - record - told)
        if space is None:
            return
        self._phrases = space.phrases(vectors).astype(np.float32)
        means = table.means(self._phrases)
        times, sums = table.asked(space)
        self._fixed += weights["asked"] * (times > 0) + weights["asked_times"] * np.log1p(times)
        foretold = means @ space.foretell
        expected = (SHRINK * foretold + sums) / (SHRINK + times)[:, None]
        drawn = weights["expected"] * expected + weights["foretold"] * foretold
        self._records = (drawn + means[:, :-1] @ space.metric).astype(np.float32)

    def fit(self, found: Measured) -> np.ndarray:
        """See `Ranking`."""
        weights = self._weights
        phrases = weights["coverage"] * found.coverage + weights["explained"] * found.explained
        fit = self._fixed + weights["meant"] * found.meant + weights["signed"] * found.signed
        if self._space is not None:
            question = self._space.questions(found.vector).astype(np.float32)
            phrases = phrases + weights["near"] * (self._phrases @ question)
            fit = fit + self._records @ question
        told = [at for at, case in enumerate(CASES) if case in found.told]
        fit = fit + self._when_told[:, told].sum(1)
        odds: np.ndarray = np.maximum.reduceat(phrases, self._starts) + fit
        return odds


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: np.ndarray = vectors / np.maximum(lengths, 1e-9)
    return unit
