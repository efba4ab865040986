"""Fit the models of bot.sources.documents.answerability on measured questions of ours.

Networks of one hidden layer, trained with Adam (Kingma and Ba, 2015) and dropout on the inputs. A
logistic regression over the same inputs refused about 5 % fewer of what must be refused.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.sources.documents.answerability import CARD_FILE, MODEL_FILE, Network
from bot.sources.documents.features import OF_KNOWN, features
from bot.sources.documents.known_questions import NOTHING_KNOWN, Likeness
from bot.sources.documents.rerank import Reranker
from evals.training.known_questions import EMBEDDER
from evals.training.measured import Measured

OF_EMBEDDER = ("cosine", "cosine_best", "margin")
WRONGLY_REFUSED = (
    0.065  # share of answerable tuning questions reaching the model that it may refuse
)
CALLED_OUTSIDE = 0.005  # share of questions on our subjects that may be called out of scope
FOLDS = 5
NETWORKS, NETWORKS_IN_FOLDS = 5, 3
HIDDEN = 64
EPOCHS = 30
DROPOUT = 0.3
LEARNING_RATE, DECAY = 2e-3, 1e-4
BATCH = 64
_SEED = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One question in one typing style, measured."""

    question: str
    style: str
    source: str
    answerable: bool
    features: dict[str, float]
    vector: np.ndarray


def fit(rows: Sequence[Measured], vocabulary: frozenset[str]) -> None:
    """Fit and write the models.

    Args:
        rows: hits as the retriever gives them; reranked here, so fit the order first.
        vocabulary: folded tokens of all documents.
    """
    scope, scope_network = _fit_scope(rows)
    rows = [r for r in rows if r.asked.source != "records"]
    reranker = Reranker()
    known = [_row(r, r.likeness, reranker, vocabulary) for r in rows]
    plain = [_row(r, NOTHING_KNOWN, reranker, vocabulary) for r in rows]
    names = list(known[0].features)
    general = [n for n in names if n not in OF_KNOWN]
    lexical = [n for n in general if n not in OF_EMBEDDER]
    plans = {
        "bundled": (known, names, True),
        "general": (plain, general, False),
        "lexical": (plain, lexical, False),
    }
    card: dict[str, Any] = {"embedder": EMBEDDER, "rows": len(rows), "models": {"scope": scope}}
    arrays = {f"scope.{part}": value for part, value in scope_network.items()}
    for name, (measured, inputs, uses_vector) in plans.items():
        entry, network = _fit_model(measured, inputs, uses_vector)
        card["models"][name] = entry
        arrays |= {f"{name}.{part}": value for part, value in network.items()}
        print(name, json.dumps(entry["cross_validation"], indent=1), flush=True)
    np.savez_compressed(MODEL_FILE, **arrays)  # type: ignore[arg-type]
    CARD_FILE.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _fit_scope(rows: Sequence[Measured]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Whether a question is of the rest of the world, by its vector alone."""
    plain = [
        Row(r.asked.question, r.style, r.asked.source, not r.asked.outside, {}, r.found.vector)
        for r in rows
    ]
    table = np.stack([row.vector for row in plain])
    inside = np.array([row.answerable for row in plain], float)
    held_out = _cross_validated(table, inside, plain)
    threshold = float(np.quantile(held_out[inside == 1], CALLED_OUTSIDE))
    entry = {
        "names": [],
        "uses_vector": True,
        "threshold": round(threshold * NETWORKS / NETWORKS_IN_FOLDS, 5),
        "cross_validation": _figures(held_out - threshold, inside, plain),
    }
    network = _fit(table, inside, NETWORKS)
    print("scope", json.dumps(entry["cross_validation"], indent=1), flush=True)
    return entry, {part: getattr(network, part) for part in Network.__dataclass_fields__}


def _row(row: Measured, likeness: Likeness, reranker: Reranker, vocabulary: frozenset[str]) -> Row:
    found = reranker.rerank(row.found, row.meaning, row.words, likeness)
    measured = features(found, row.meaning, row.words, vocabulary, likeness)
    asked = row.asked
    return Row(asked.question, row.style, asked.source, asked.answerable, measured, found.vector)


def _fit_model(
    rows: Sequence[Row], names: Sequence[str], uses_vector: bool
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    table = np.array([[row.features[n] for n in names] for row in rows])
    if uses_vector:
        table = np.c_[table, np.stack([row.vector for row in rows])]
    wanted = np.array([row.answerable for row in rows], float)
    held_out = _cross_validated(table, wanted, rows)
    tuning = np.array([row.source == "tuning" for row in rows])
    threshold = float(np.quantile(held_out[tuning & (wanted == 1)], WRONGLY_REFUSED))
    entry = {
        "names": list(names),
        "uses_vector": uses_vector,
        "threshold": round(threshold * NETWORKS / NETWORKS_IN_FOLDS, 5),
        "cross_validation": _figures(held_out - threshold, wanted, rows),
    }
    network = _fit(table, wanted, NETWORKS)
    return entry, {part: getattr(network, part) for part in Network.__dataclass_fields__}


def _cross_validated(table: np.ndarray, wanted: np.ndarray, rows: Sequence[Row]) -> np.ndarray:
    """Scores of each row by networks that saw none of its question's styles."""
    questions = sorted({row.question for row in rows})
    random.Random(_SEED).shuffle(questions)  # noqa: S311 (folds)
    fold_of = {q: i % FOLDS for i, q in enumerate(questions)}
    folds = np.array([fold_of[row.question] for row in rows])
    scores = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = folds != fold
        scores[~inside] = _fit(table[inside], wanted[inside], NETWORKS_IN_FOLDS)(table[~inside])
    return scores


def _fit(table: np.ndarray, wanted: np.ndarray, networks: int) -> Network:
    mean, scale = table.mean(0), table.std(0) + 1e-6
    standard = (table - mean) / scale
    fitted = [_train(standard, wanted, np.random.default_rng(seed)) for seed in range(networks)]
    hidden, hidden_bias, out, out_bias = (
        np.stack(part).astype(np.float32) for part in zip(*fitted, strict=True)
    )
    mean, scale = mean.astype(np.float32), scale.astype(np.float32)
    return Network(mean, scale, hidden, hidden_bias, out, out_bias[:, 0])


def _train(rows: np.ndarray, wanted: np.ndarray, chance: np.random.Generator) -> list[np.ndarray]:
    """[hidden (n_inputs, HIDDEN), its bias, out (HIDDEN,), its bias (1,)] after EPOCHS."""
    n, width = rows.shape
    parts = [
        chance.standard_normal((width, HIDDEN)) / np.sqrt(width),
        np.zeros(HIDDEN),
        chance.standard_normal(HIDDEN) / np.sqrt(HIDDEN),
        np.zeros(1),
    ]
    first, second = [np.zeros_like(p) for p in parts], [np.zeros_like(p) for p in parts]
    step = 0
    for _ in range(EPOCHS):
        order = chance.permutation(n)
        for at in range(0, n, BATCH):
            part = order[at : at + BATCH]
            kept = chance.random((len(part), width)) > DROPOUT
            slopes = _slopes(parts, rows[part] * kept / (1 - DROPOUT), wanted[part])
            step += 1
            for i, slope in enumerate(slopes):
                first[i] += 0.1 * (slope - first[i])
                second[i] += 0.001 * (slope**2 - second[i])
                pace = np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
                parts[i] -= LEARNING_RATE * first[i] / (1 - 0.9**step) / pace
    return parts


def _slopes(parts: list[np.ndarray], x: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Gradients of the mean logistic loss and the decay, in the order of `parts`."""
    hidden, hidden_bias, out, out_bias = parts
    inner = np.maximum(x @ hidden + hidden_bias, 0)
    error = (1 / (1 + np.exp(-(inner @ out + out_bias[0]))) - wanted) / len(x)
    back = np.outer(error, out) * (inner > 0)
    return [
        x.T @ back + DECAY * hidden,
        back.sum(0),
        inner.T @ error + DECAY * out,
        np.array([error.sum()]),
    ]


def _figures(
    margin: np.ndarray, wanted: np.ndarray, rows: Sequence[Row]
) -> dict[str, dict[str, float]]:
    """Per source and style: share of unanswerable refused, of answerable wrongly refused."""
    figures: dict[str, dict[str, float]] = {}
    refused = margin < 0
    for key in sorted({(row.source, row.style) for row in rows}):
        mask = np.array([(row.source, row.style) == key for row in rows])
        no, yes = refused[mask & (wanted == 0)], refused[mask & (wanted == 1)]
        figures[" ".join(key)] = {"unanswerable": len(no)}
        if len(no):
            figures[" ".join(key)]["refused"] = round(float(no.mean()), 4)
        if len(yes):
            figures[" ".join(key)]["wrongly_refused"] = round(float(yes.mean()), 4)
    return figures
