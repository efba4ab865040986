"""Fit the models of bot.answerability on questions of ours.

`python -m evals.calibrate` reads evals/questions (never report.jsonl), measures every question
through the product's own retriever, and writes bot/answerability.npz and .json. Networks of one
hidden layer, trained with Adam (Kingma and Ba, 2015) and dropout on the inputs; on the tuning
questions, not trained on, they refused 95 % of what must be refused at 5 % wrongly refused, where a
logistic regression over the same inputs refused 90 %. Takes 5 minutes on 2 cores.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.answerability import CARD_FILE, MODEL_FILE, Network
from bot.core import Core, open_core
from bot.features import features
from bot.question import understand
from bot.rerank import Reranker
from bot.settings import Settings
from bot.words import Words
from evals.typing_styles import STYLES, TypingStyle, restyle

QUESTIONS = Path(__file__).parent / "questions"
PAIRS = ("calibration_pairs", "calibration_pairs_b", "calibration_pairs_c")
EMBEDDER = "e5-small-q4"
OF_EMBEDDER = ("cosine", "cosine_best", "margin")
WRONGLY_REFUSED = (
    0.065  # share of answerable tuning questions reaching the model that it may refuse
)
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


def main() -> None:
    """Measure, fit, and write the models."""
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data_dir=Path(folder)))
        rows = [row for asked in _questions() for row in _measure(core, *asked)]
        core.close()
    names = list(rows[0].features)
    lexical = [n for n in names if n not in OF_EMBEDDER]
    plans = {"bundled": (names, True), "general": (names, False), "lexical": (lexical, False)}
    card: dict[str, Any] = {"embedder": EMBEDDER, "rows": len(rows), "models": {}}
    arrays: dict[str, np.ndarray] = {}
    for name, (inputs, uses_vector) in plans.items():
        entry, network = _fit_model(rows, inputs, uses_vector)
        card["models"][name] = entry
        arrays |= {f"{name}.{part}": value for part, value in network.items()}
        print(name, json.dumps(entry["cross_validation"], indent=1), flush=True)
    np.savez_compressed(MODEL_FILE, **arrays)  # type: ignore[arg-type]
    CARD_FILE.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _questions() -> Iterator[tuple[str, bool, str, Sequence[TypingStyle]]]:
    chance = random.Random(_SEED)  # noqa: S311 (a choice of typing styles)
    for name in PAIRS:
        for entry in read_lines(name):
            styles: list[TypingStyle] = ["careful", chance.choice(("unaccented", "half", "sloppy"))]
            yield entry["question"], entry["answerable"], "pairs", styles
    for entry in read_lines("calibration_scope"):
        if entry["scope"] in ("outside", "directive"):
            yield entry["question"], entry["scope"] == "directive", "scope", ["careful"]
    for entry in read_lines("tuning"):
        if entry["kind"] not in ("outline", "documents"):
            yield entry["question"], entry["kind"] != "refuse", "tuning", STYLES


def read_lines(name: str) -> list[dict[str, Any]]:
    """The entries of a question file, as written."""
    text = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _measure(
    core: Core, question: str, answerable: bool, source: str, styles: Sequence[TypingStyle]
) -> Iterator[Row]:
    """Rows for the styles in which the question reaches the model at all."""
    retriever = core.retriever
    for style in styles:
        query = retriever.analyse(restyle(question, style))
        named, missing = retriever.named(query)
        meaning = understand(query, bool(named))
        if core.assistant.answers_directly(query, meaning, named, missing):
            continue
        words = Words(query, retriever.restorer.rarity)
        found = Reranker().rerank(retriever.retrieve(query), meaning, words)
        if found.hits:
            row = features(found, meaning, words, retriever.vocabulary)
            yield Row(question, style, source, answerable, row, found.vector)


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
        figures[" ".join(key)] = {
            "unanswerable": int((mask & (wanted == 0)).sum()),
            "refused": round(float(refused[mask & (wanted == 0)].mean()), 4),
            "wrongly_refused": round(float(refused[mask & (wanted == 1)].mean()), 4),
        }
    return figures


if __name__ == "__main__":
    main()
