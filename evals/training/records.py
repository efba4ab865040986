"""Fits which record a question is about, on phrasings of ours; see `retrieval.record_ranker`.

First the weights (listwise softmax; ListNet, Cao et al. 2007), once where half of the records are
taken to have no phrasings and once where all have theirs, a question's own vector always taken out;
then the metric between questions and phrases. The figures are of fits that did not see the
question, or no question of its record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY
from bot.opening import Core
from bot.sources.procedures.ranking import NAME, told
from evals.training.cards import save
from evals.training.examples import PROCEDURES, Example
from evals.training.fitting import Adam
from knowledge.procedures.catalogue import Catalogue, codes_of
from knowledge.procedures.models import CASES
from retrieval.record_ranker import (
    CASE_WAYS,
    PHRASE_NAMES,
    RECORD_NAMES,
    SHRINK,
    Measured,
    RecordRanker,
    Space,
    Table,
)

DECIDES: Final = "which procedure record a question is about"
FILES: Final = ("voices_procedures", "phrasings", "procedures")
FOLDS: Final = 5
OUT_WHOLE: Final = 4  # one record in so many is left out with all its questions
SAMPLE: Final = 1_500  # questions of one pass for the weights
RIDGE: Final = 5.0  # of the map from phrases to questions
PENALTY: Final = 1e-4
STEPS, METRIC_STEPS = 120, 60
PACE, METRIC_PACE = 0.15, 0.02
TOP: Final = 3
# How phrases weigh against each other before anything is fitted.
START: Final = {"near": 12.0, "coverage": 4.0, "explained": 4.0}
_NAMES: Final = (*PHRASE_NAMES, *RECORD_NAMES)
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """n questions with what was measured of each, over r records of one catalogue."""

    examples: Sequence[Example]
    found: Sequence[Measured]
    right: np.ndarray  # (n, r) 1.0 for every record that answers
    first: np.ndarray  # (n,) the record that the label names

    @property
    def whole(self) -> np.ndarray:
        """(n,): whether the record is left out with all its questions."""
        whole: np.ndarray = self.first % OUT_WHOLE == 0
        return whole

    @property
    def folds(self) -> np.ndarray:
        """(n,): by record for one record in OUT_WHOLE, else by question."""
        keys = np.array([sum(map(ord, example.key)) for example in self.examples])
        folds: np.ndarray = np.where(self.whole, self.first // OUT_WHOLE, keys) % FOLDS
        return folds


def measure(core: Core, examples: Sequence[Example]) -> Asked:
    """Ask every example that a record is right for."""
    catalogue, search = core.procedures.catalogue, core.procedures.search
    place = {record.id: at for at, record in enumerate(catalogue.all)}
    wanted = [e for e in examples if e.kind == PROCEDURES]
    owners = {n: _owners(catalogue, place, n) for e in wanted for n in e.records}
    kept, found, right, first = [], [], [], []
    for example in wanted:
        if answering := [at for name in example.records for at in owners[name]]:
            ask = core.reader.ask(example.text)
            found.append(search.measure(ask.query, ask.asked_vector, told(ask.situation)))
            kept.append(example)
            right.append(np.bincount(answering, minlength=len(place)).clip(max=1))
            first.append(answering[0])
    return Asked(kept, found, np.array(right, np.float32), np.array(first))


def _owners(catalogue: Catalogue, place: Mapping[str, int], name: str) -> list[int]:
    """The record of an id or code, and those that share a code with it."""
    record = catalogue.get(name) or catalogue.by_code(name)
    codes = {name, *(codes_of(record) if record else ())}
    own = [place[record.id]] if record and record.id in place else []
    sharing = [at for at, r in enumerate(catalogue.all) if codes.intersection(codes_of(r))]
    return list(dict.fromkeys([*own, *sharing]))


def fit(core: Core, asked: Asked, folder: Path) -> list[tuple[RecordRanker, Set[str]]]:
    """Fit on all and save; the rankers of each fold, with the keys of what they did not see."""
    fitting, folds = Fitting(core, asked), asked.folds
    rankers = [fitting.ranker(np.flatnonzero(folds != fold)) for fold in range(FOLDS)]
    figures = _figures(core, asked, rankers)
    print(NAME, figures, flush=True)
    everything = np.arange(len(folds))
    _save(folder, NAME, fitting.ranker(everything), figures)
    plain = Fitting(core, asked, vectors=False)
    _save(folder, NAME + ANY, plain.ranker(everything), {})
    keys = np.array([example.key for example in asked.examples])
    return [(ranker, set(keys[folds == fold].tolist())) for fold, ranker in enumerate(rankers)]


class Fitting:
    """Fits rankers to parts of the questions."""

    def __init__(self, core: Core, asked: Asked, *, vectors: bool = True) -> None:
        """`vectors`: whether to look at any."""
        search, self._asked = core.procedures.search, asked
        self._table = Table(core.procedures.catalogue.all, search.bounds)
        self._told = np.array([[float(c in f.told) for c in CASES] for f in asked.found])
        self._space: Space | None = None
        if vectors:
            questions = np.stack([f.vector for f in asked.found])
            dim = questions.shape[1]
            nothing = np.zeros((dim + 1, dim)), np.zeros((dim, dim))
            self._space = Space(questions.mean(0), search.vectors.mean(0), *nothing)
            self._questions = self._space.questions(questions).astype(np.float32)
            self._phrases = self._space.phrases(search.vectors).astype(np.float32)
            self._means = self._table.means(self._phrases)

    def ranker(self, rows: np.ndarray) -> RecordRanker:
        """The ranker that saw these questions alone."""
        chance = np.random.default_rng(_SEED)
        hidden = np.zeros(len(self._table.ids), bool)
        hidden[np.unique(self._asked.first[rows])[::2]] = True
        weights: Mapping[str, float] = START
        for _ in range(2):  # which phrase is the best depends on the weights
            passes = [
                (sample, self._features(sample, rows, without, weights))
                for without in (hidden, np.zeros_like(hidden))
                for sample in [chance.choice(rows, min(SAMPLE, len(rows)), replace=False)]
            ]
            sampled = np.concatenate([sample for sample, _ in passes])
            weights = self._weights(sampled, np.concatenate([made for _, made in passes]))
        if self._space is None:
            return RecordRanker(weights)
        space = self._seen(rows, np.zeros_like(hidden))
        return RecordRanker(weights, replace(space, metric=self._metric(rows, weights)))

    def _seen(self, rows: np.ndarray, hidden: np.ndarray) -> Space:
        """The space as these questions show it; hidden records seem to have none of their own."""
        if self._space is None:
            raise ValueError("no vectors are looked at")
        times = np.bincount(self._asked.first[rows], minlength=len(hidden)).astype(float)
        sums = np.zeros((len(hidden), self._questions.shape[1]))
        np.add.at(sums, self._asked.first[rows], self._questions[rows])
        seen = np.flatnonzero((times > 0) & ~hidden)
        root = np.sqrt(times[seen])[:, None]
        phrases, wanted = self._means[seen] * root, sums[seen] / root
        square = phrases.T @ phrases + RIDGE * np.eye(phrases.shape[1])
        known = {self._table.ids[at]: (int(times[at]), sums[at]) for at in seen}
        return replace(
            self._space, foretell=np.linalg.solve(square, phrases.T @ wanted), asked=known
        )

    def _features(
        self, sample: np.ndarray, rows: np.ndarray, hidden: np.ndarray, weights: Mapping[str, float]
    ) -> np.ndarray:
        """(m, r, len(_NAMES)); what a question itself adds to its record is taken out."""
        made = self._best_phrases(sample, weights)
        found = [self._asked.found[at] for at in sample]
        made["meant"], made["signed"] = (
            np.stack([getattr(f, name) for f in found]) for name in ("meant", "signed")
        )
        made["own"] = np.tile(self._table.own, (len(sample), 1))
        if self._space is not None:
            space = self._seen(rows, hidden)
            times, sums = self._table.asked(space)
            questions = self._questions[sample]
            mine = np.arange(len(sample)), self._asked.first[sample]
            itself = (times[mine[1]] > 0).astype(float)
            counts, near = np.tile(times, (len(sample), 1)), questions @ sums.T
            counts[mine] -= itself
            near[mine] -= itself
            made["foretold"] = questions @ (self._means @ space.foretell).T
            made["expected"] = (SHRINK * made["foretold"] + near) / (SHRINK + counts)
            made["asked"], made["asked_times"] = counts > 0, np.log1p(counts)
        nothing = np.zeros(made["own"].shape)
        return np.stack([made.get(name, nothing) for name in _NAMES], -1).astype(np.float32)

    def _best_phrases(
        self, sample: np.ndarray, weights: Mapping[str, float]
    ) -> dict[str, np.ndarray]:
        """(m, r) of each of PHRASE_NAMES, of the phrase of every record that fits best."""
        found = [self._asked.found[at] for at in sample]
        values = {n: np.stack([getattr(f, n) for f in found]) for n in ("coverage", "explained")}
        if self._space is not None:
            values["near"] = self._questions[sample] @ self._phrases.T
        score = np.sum([weights[name] * value for name, value in values.items()], axis=0)
        ends = np.append(self._table.starts[1:], score.shape[1])
        best = np.stack(
            [a + score[:, a:b].argmax(1) for a, b in zip(self._table.starts, ends, strict=True)], 1
        )
        return {name: np.take_along_axis(value, best, 1) for name, value in values.items()}

    def _weights(self, sample: np.ndarray, features: np.ndarray) -> dict[str, float]:
        told, cases = self._told[sample], self._table.cases
        plain = np.zeros(len(_NAMES))
        plain[:3] = [START[name] for name in PHRASE_NAMES]
        by_case = [np.zeros(len(CASES)) for _ in CASE_WAYS]
        parts = [plain, *by_case]
        adam = Adam(parts, PACE)
        for _ in range(STEPS):
            scores = features @ plain + self._of_cases(sample, by_case)
            error = _error(scores, self._asked.right[sample])
            with_case, without = error @ cases, error @ (1 - cases)
            slopes = (
                np.tensordot(error, features, axes=([0, 1], [0, 1])),
                (told * with_case).sum(0),
                ((1 - told) * with_case).sum(0),
                (told * without).sum(0),
            )
            adam.step([s + PENALTY * part for s, part in zip(slopes, parts, strict=True)])
        found = dict(zip(_NAMES, plain.tolist(), strict=True))
        for way, values in zip(CASE_WAYS, by_case, strict=True):
            found |= {f"{case}_{way}": float(v) for case, v in zip(CASES, values, strict=True)}
        return found

    def _metric(self, rows: np.ndarray, weights: Mapping[str, float]) -> np.ndarray:
        """(dim, dim): from the mean of a record's phrases to what draws questions to it besides."""
        shown = np.zeros(len(self._table.ids), bool)
        features = self._features(rows, rows, shown, weights)
        scores = features @ np.array([weights[name] for name in _NAMES])
        ways = [np.array([weights[f"{case}_{way}"] for case in CASES]) for way in CASE_WAYS]
        scores += self._of_cases(rows, ways)
        means, questions = self._means[:, :-1], self._questions[rows]
        metric = np.zeros((means.shape[1], means.shape[1]))
        adam = Adam([metric], METRIC_PACE)
        for _ in range(METRIC_STEPS):
            error = _error(scores + questions @ (means @ metric).T, self._asked.right[rows])
            adam.step([(means.T @ error.T) @ questions + PENALTY * metric])
        return metric

    def _of_cases(self, rows: np.ndarray, ways: Sequence[np.ndarray]) -> np.ndarray:
        """(m, r): what the cases add; `ways` holds (n_cases,) weights in the order of CASE_WAYS."""
        both, record, only_told = ways
        told, cases = self._told[rows], self._table.cases
        scores: np.ndarray = (told * both + (1 - told) * record) @ cases.T
        scores += (told * only_told) @ (1 - cases).T
        return scores


def _error(scores: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(m, r): what the softmax gives each record less what the right ones should share."""
    odds = np.exp(scores - scores.max(1, keepdims=True))
    shared = odds * right
    shared /= shared.sum(1, keepdims=True) + 1e-12
    error: np.ndarray = (odds / odds.sum(1, keepdims=True) - shared) / len(scores)
    return error


def _figures(core: Core, asked: Asked, rankers: Sequence[RecordRanker]) -> dict[str, Any]:
    """How often the right record is first, and among the first three, where it was left out."""
    search, folds = core.procedures.search, asked.folds
    first, near = np.zeros(len(folds), bool), np.zeros(len(folds), bool)
    for fold, ranker in enumerate(rankers):
        ranking = ranker.over(core.procedures.catalogue.all, search.bounds, search.vectors)
        for at in np.flatnonzero(folds == fold).tolist():
            order = np.argsort(-ranking.fit(asked.found[at]))[:TOP]
            first[at], near[at] = asked.right[at, order[0]], asked.right[at, order].any()
    figures: dict[str, Any] = {"records": len(set(asked.first.tolist())), "questions": len(folds)}
    for name, mask in (("question", ~asked.whole), ("record", asked.whole)):
        figures[f"{name} left out"] = [
            int(mask.sum()),
            round(float(first[mask].mean()), 4),
            round(float(near[mask].mean()), 4),
        ]
    return figures


def _save(folder: Path, name: str, ranker: RecordRanker, figures: dict[str, Any]) -> None:
    parameters: dict[str, Any] = {"weights": {n: round(w, 4) for n, w in ranker.weights.items()}}
    arrays = None
    if space := ranker.space:
        parameters["asked"] = [[record, times] for record, (times, _) in space.asked.items()]
        arrays = {n: getattr(space, n) for n in ("question_centre", "phrase_centre")}
        arrays |= {"foretell": space.foretell, "metric": space.metric}
        arrays["sums"] = np.stack([total for _, total in space.asked.values()])
    save(folder, name, DECIDES, list(FILES), figures, parameters, arrays)
