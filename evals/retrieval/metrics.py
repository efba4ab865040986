"""Figures of a retrieval run, by ir-measures, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ir_measures
import numpy as np

Run = Mapping[str, Sequence[tuple[str, float]]]  # query id -> (corpus id, score), best first
# Name in our tables -> ir-measures' own name (Cormack et al.: the reciprocal rank is RR there).
MEASURES: Final = {
    "R@1": "R@1",
    "R@5": "R@5",
    "R@10": "R@10",
    "R@20": "R@20",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}
RESAMPLES: Final = 2_000  # of the queries (Efron 1979); the interval moves by .002 between seeds
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the queries that have something right to find."""

    queries: int
    means: dict[str, float]  # 0 to 1
    intervals: dict[str, tuple[float, float]]  # 95 %


def figures(qrels: Mapping[str, Mapping[str, int]], run: Run) -> Figures:
    """Score a run; a query of the qrels that the run lacks counts as 0."""
    measures = {name: ir_measures.parse_measure(own) for name, own in MEASURES.items()}
    wanted = {query: dict(right) for query, right in qrels.items() if any(right.values())}
    scored = {query: dict(found) for query, found in run.items()}
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    names = {str(measure): name for name, measure in measures.items()}
    for metric in ir_measures.iter_calc(list(measures.values()), wanted, scored):
        values[names[str(metric.measure)]].append(float(metric.value))
    rows = np.array([[*v, *[0.0] * (len(wanted) - len(v))] for v in values.values()])
    if not rows.size:
        return Figures(0, dict.fromkeys(MEASURES, 0.0), dict.fromkeys(MEASURES, (0.0, 0.0)))
    chance = np.random.default_rng(_SEED)
    drawn = chance.integers(rows.shape[1], size=(RESAMPLES, rows.shape[1]))
    low, high = np.percentile(rows[:, drawn].mean(axis=2), (2.5, 97.5), axis=1)
    return Figures(
        len(wanted),
        {name: round(float(m), 4) for name, m in zip(MEASURES, rows.mean(axis=1), strict=True)},
        {
            name: (round(float(a), 4), round(float(b), 4))
            for name, a, b in zip(MEASURES, low, high, strict=True)
        },
    )


def trec_lines(run: Run, tag: str) -> str:
    """The run as trec_eval reads it, tabs between the fields since ids may hold blanks.

    Scores strictly fall with the rank, so that no reader orders equal ones anew.
    """
    lines = []
    for query, found in run.items():
        last = float("inf")
        for rank, (article, score) in enumerate(found, 1):
            last = min(round(score, 6), round(last - 1e-6, 6))
            lines.append(f"{query}\tQ0\t{article}\t{rank}\t{last:.6f}\t{tag}\n")
    return "".join(lines)
