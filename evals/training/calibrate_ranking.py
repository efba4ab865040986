"""Fit the order of hits: listwise softmax, gradient ascent with momentum, an L2 penalty."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from bot.sources.documents.known_questions import NOTHING_KNOWN, Likeness
from bot.sources.documents.rerank import NAMES, OF_KNOWN, WEIGHTS_FILE, hit_features
from evals.sets.typing_styles import STYLES
from evals.training.measured import Measured

PENALTY = 2.0
# Many pairs name one of several clauses that answer, so they understate the clause model. On the
# tuning questions its fitted weight, 0.5, gave 96.1 %, 1.0 to 2.0 gave 96.5 % to 96.9 %.
TRUST = 1.2
STEPS, PACE, MOMENTUM = 400, 0.15, 0.9
TESTED_KINDS = ("fact", "metadata", "locator")
_FOREIGN, _BESIDE = attrgetter("foreign"), attrgetter("beside")
_PLAIN = [i for i, name in enumerate(NAMES) if name not in OF_KNOWN]
_ALL = list(range(len(NAMES)))


@dataclass(frozen=True, slots=True)
class Ranked:
    """The hits of one question: their features, and which of them answer."""

    features: np.ndarray  # (n_hits, n_features)
    right: np.ndarray  # (n_hits,) bool


def fit(rows: Sequence[Measured]) -> None:
    """Fit on the pairs, test on the tuning questions, then fit on both and write the weights.

    The known set is fitted as if the answering document had been ingested, and as if another had,
    so that a passage of which no question is known wins when it answers and only then.
    """
    pairs = [r for r in rows if r.asked.source == "pairs" and r.asked.right]
    tuning = [r for r in rows if r.asked.source == "tuning" and r.asked.kind in TESTED_KINDS]
    known = {
        name: [_ranked(r, likeness(r)) for likeness in (_FOREIGN, _BESIDE) for r in part]
        for name, part in (("pairs", pairs), ("tuning", tuning))
    }
    as_it_is = [_ranked(r, r.likeness) for r in tuning]
    plain = {
        name: [_ranked(r, NOTHING_KNOWN) for r in part]
        for name, part in (("pairs", pairs), ("tuning", tuning))
    }
    tested = _trusting(_fit(known["pairs"], _ALL))
    tested_plain = _fit(plain["pairs"], _PLAIN)
    fused = np.array([float(name == "fused") for name in NAMES])
    figures = {
        style: {
            "fused": _hit_rate(plain["tuning"], tuning, style, fused),
            "plain": _hit_rate(plain["tuning"], tuning, style, tested_plain),
            "as if ingested": _hit_rate(known["tuning"], tuning, style, tested),
            "another ingested": _hit_rate(known["tuning"][len(tuning) :], tuning, style, tested),
            "known": _hit_rate(as_it_is, tuning, style, tested),
        }
        for style in STYLES
    }
    sets = {
        "known": _named(_trusting(_fit(known["pairs"] + known["tuning"], _ALL)), _ALL),
        "plain": _named(_fit(plain["pairs"] + plain["tuning"], _PLAIN), _PLAIN),
    }
    data = {"weights": sets, "tuning_hit_at_1": figures}
    WEIGHTS_FILE.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1), flush=True)


def _ranked(row: Measured, likeness: Likeness) -> Ranked:
    ids = {p.id for p in row.asked.right}
    features = hit_features(row.found, row.meaning, row.words, likeness)
    return Ranked(features, np.array([h.passage.id in ids for h in row.found.hits]))


def _fit(rows: Sequence[Ranked], columns: Sequence[int]) -> np.ndarray:
    """(len(NAMES),) weights, 0 outside `columns`."""
    scale = np.concatenate([r.features for r in rows]).std(0)[columns] + 1e-9
    rows = [r for r in rows if r.right.any()]
    shape = (len(rows), max(len(r.right) for r in rows))
    table, right, empty = np.zeros((*shape, len(columns))), np.zeros(shape), np.full(shape, -np.inf)
    for i, row in enumerate(rows):
        n = len(row.right)
        table[i, :n], right[i, :n] = row.features[:, columns] / scale, row.right
        empty[i, :n] = 0
    weights, speed = np.zeros(len(columns)), np.zeros(len(columns))
    for _ in range(STEPS):
        score = table @ weights + empty
        odds = np.exp(score - score.max(1, keepdims=True))
        share = odds / odds.sum(1, keepdims=True)
        wanted = share * right / ((share * right).sum(1, keepdims=True) + 1e-12)
        slope = np.einsum("qh,qhf->f", wanted - share, table) - PENALTY * weights
        speed = MOMENTUM * speed + slope / len(rows)
        weights = weights + PACE * speed
    fitted = np.zeros(len(NAMES))
    fitted[columns] = weights / scale
    return fitted


def _trusting(weights: np.ndarray) -> np.ndarray:
    """The weights with that of the clause model raised to TRUST."""
    raised = weights.copy()
    raised[NAMES.index("share")] = max(raised[NAMES.index("share")], TRUST)
    return raised


def _named(weights: np.ndarray, columns: Sequence[int]) -> dict[str, float]:
    return {NAMES[i]: round(float(weights[i]), 5) for i in columns}


def _hit_rate(
    ranked: Sequence[Ranked], rows: Sequence[Measured], style: str, weights: np.ndarray
) -> float:
    hits = [
        bool(r.right[np.argmax(r.features @ weights)])
        for r, row in zip(ranked, rows, strict=False)
        if row.style == style
    ]
    return round(float(np.mean(hits)), 4)
