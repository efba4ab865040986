"""Fits the order of the hits that a search found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bot.models.loader import ANY
from bot.opening import Core
from bot.question.question import Ask
from bot.sources.documents.ranking import searched
from bot.sources.documents.rerank import NAMES, hit_features
from bot.sources.source import CERTAIN
from evals.sets.typing_styles import STYLES
from evals.training.cards import save
from evals.training.examples import DOCUMENTS, PAIRS, PROCEDURES, Example
from evals.training.fitting import Ranked, listwise

PENALTY: Final = 2.0
OF_EMBEDDER: Final = ("cosine",)
DECIDES: Final = "which of the 20 passages found answers the question best"


@dataclass(frozen=True, slots=True)
class Found:
    """An example whose clause is known, with the hits of its search."""

    example: Example
    ranked: Ranked


def measure(core: Core, asked: Sequence[Example]) -> list[Found]:
    """The examples with a clause that reach the search."""
    return list(_measure(core, asked))


def _measure(core: Core, asked: Sequence[Example]) -> Iterator[Found]:
    for example in asked:
        if example.kind != DOCUMENTS or not example.right:
            continue
        ask = core.reader.ask(example.text)
        if is_direct(core, ask):
            continue
        found = searched(core.retriever, ask)
        if found.hits:
            ids = {p.id for p in example.right}
            right = np.array([hit.passage.id in ids for hit in found.hits])
            unlike = core.retriever.embedder.unlike
            features = hit_features(found, ask.wants, ask.words, unlike)
            yield Found(example, Ranked(features, right))


def is_direct(core: Core, ask: Ask) -> bool:
    """Whether a question is answered without a search."""
    first = core.router.claims(ask)[0]
    return first.odds >= CERTAIN and first.source != PROCEDURES


def fit(found: Sequence[Found], folder: Path) -> None:
    """Fit on all, with the figures of fits that left each text out."""
    files = [*PAIRS, "voices_other", "tuning"]
    for name, columns in (("ranker", NAMES), (f"ranker{ANY}", _without(OF_EMBEDDER))):
        weights = _weights(found, columns)
        figures = {"clause_first_on_texts_left_out": _left_out(found, columns)}
        save(folder, name, DECIDES, files, figures, {"weights": weights})
        print(name, figures, flush=True)


def _without(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in NAMES if name not in names)


def _weights(found: Sequence[Found], columns: Sequence[str]) -> dict[str, float]:
    at = [NAMES.index(name) for name in columns]
    fitted = listwise([Ranked(f.ranked.features[:, at], f.ranked.right) for f in found], PENALTY)
    known = dict(zip(columns, (round(float(w), 5) for w in fitted), strict=True))
    return {name: known.get(name, 0.0) for name in NAMES}


def _left_out(found: Sequence[Found], columns: Sequence[str]) -> dict[str, float]:
    """Share of the tuning questions whose clause comes first, each text by a fit without it."""
    hits: dict[str, list[bool]] = {style: [] for style in STYLES}
    for document in sorted({d for f in found for d in f.example.documents}):
        inside = [f for f in found if document not in f.example.documents]
        if not inside:
            continue
        weights = np.array(list(_weights(inside, columns).values()))
        for f in found:
            if document in f.example.documents and f.example.source == "tuning":
                first = int(np.argmax(f.ranked.features @ weights))
                hits[f.example.style].append(bool(f.ranked.right[first]))
    return {style: round(float(np.mean(seen)), 4) for style, seen in hits.items() if seen}
