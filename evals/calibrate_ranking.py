"""Fit the weights of bot.rerank on questions of ours whose clause is known.

`python -m evals.calibrate_ranking` reads the calibration pairs (never report.jsonl), tests on the
tuning questions, and writes bot/rerank.json. Run it before `evals.calibrate`, which measures
reranked hits. Listwise softmax, gradient ascent with momentum and an L2 penalty.
"""

from __future__ import annotations

import json
import random
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.core import Core, open_core
from bot.question import understand
from bot.rerank import NAMES, WEIGHTS_FILE, hit_features
from bot.settings import Settings
from bot.words import Words
from evals.calibrate import PAIRS, read_lines
from evals.typing_styles import STYLES, TypingStyle, restyle
from knowledge.models import Document

PENALTY = 2.0
STEPS, PACE, MOMENTUM = 400, 0.15, 0.9
_SEED = 7


@dataclass(frozen=True, slots=True)
class Ranked:
    """The hits of one question: their features, and which of them answer."""

    source: str
    style: str
    features: np.ndarray  # (n_hits, n_features)
    right: np.ndarray  # (n_hits,) bool


def main() -> None:
    """Measure, fit, test, and write the weights."""
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data_dir=Path(folder)))
        rows = [row for asked in _questions() for row in _measure(core, *asked)]
        core.close()
    pairs = [r for r in rows if r.source == "pairs" and r.right.any()]
    tested = _fit(pairs)  # on the pairs alone, so that the tuning questions can test it
    weights = _fit([*pairs, *(r for r in rows if r.source == "tuning" and r.right.any())])
    first_only = np.array([float(name == "fused") for name in NAMES])
    figures = {
        style: {
            "fused": _hit_rate(rows, style, first_only),
            "reranked": _hit_rate(rows, style, tested),
        }
        for style in STYLES
    }
    data = {
        "weights": {name: round(float(w), 5) for name, w in zip(NAMES, weights, strict=True)},
        "tuning_hit_at_1": figures,
    }
    WEIGHTS_FILE.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1))


def _questions() -> Iterator[tuple[str, list[dict[str, str]], str, Sequence[TypingStyle]]]:
    chance = random.Random(_SEED)  # noqa: S311 (a choice of typing styles)
    for name in PAIRS:
        for entry in read_lines(name):
            styles: list[TypingStyle] = ["careful", chance.choice(("unaccented", "half", "sloppy"))]
            if entry["answerable"]:
                yield entry["question"], [entry], "pairs", styles
    for entry in read_lines("tuning"):
        if entry["kind"] in ("fact", "metadata", "locator"):
            yield entry["question"], entry["answers"], "tuning", STYLES


def _measure(
    core: Core,
    question: str,
    answers: list[dict[str, str]],
    source: str,
    styles: Sequence[TypingStyle],
) -> Iterator[Ranked]:
    retriever = core.retriever
    right = {i for a in answers if a["excerpt"] for i in _holding(retriever.documents, a)}
    for style in styles:
        query = retriever.analyse(restyle(question, style))
        named, missing = retriever.named(query)
        meaning = understand(query, bool(named))
        if not right or core.assistant.answers_directly(query, meaning, named, missing):
            continue
        found = retriever.retrieve(query)
        rows = hit_features(found, meaning, Words(query, retriever.restorer.rarity))
        yield Ranked(source, style, rows, np.array([h.passage.id in right for h in found.hits]))


def _holding(documents: Sequence[Document], answer: dict[str, Any]) -> Iterator[str]:
    words = _collapsed(answer["excerpt"])
    for document in documents:
        if document.id == answer["document"]:
            yield from (p.id for p in document.passages if words in _collapsed(p.text))


def _collapsed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _fit(rows: Sequence[Ranked]) -> np.ndarray:
    scale = np.concatenate([r.features for r in rows]).std(0) + 1e-9
    tables = [(r.features / scale, r.right) for r in rows]
    weights, speed = np.zeros(len(NAMES)), np.zeros(len(NAMES))
    for _ in range(STEPS):
        slope = -PENALTY * weights
        for table, right in tables:
            odds = np.exp((score := table @ weights) - score.max())
            share = odds / odds.sum()
            wanted = share * right / (share * right).sum()
            slope = slope + table.T @ (wanted - share)
        speed = MOMENTUM * speed + slope / len(tables)
        weights = weights + PACE * speed
    fitted: np.ndarray = weights / scale
    return fitted


def _hit_rate(rows: Sequence[Ranked], style: str, weights: np.ndarray) -> float:
    of_style = [r for r in rows if r.source == "tuning" and r.style == style]
    hits = [bool(r.right[np.argmax(r.features @ weights)]) for r in of_style]
    return round(float(np.mean(hits)), 4)


if __name__ == "__main__":
    main()
