"""Other ways to cut and to place what is indexed, beside the product's own, for the ablation."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from evals.retrieval.run_file import Opened
from knowledge.models import Document, Passage
from knowledge.text import unit_spans
from retrieval.index import LegScores, embed_cached, passage_text
from retrieval.lexical import LexicalIndex
from retrieval.query import index_text

Rows = Callable[[Document, Passage], list[str]]
_BATCH: Final = 1_024  # texts embedded between two writes to the cache
_NEAREST: Final = 2  # rows looked at for each candidate, as in the product


def sentences(_: Document, passage: Passage) -> list[str]:
    """Each sentence of a clause on its own."""
    return [index_text(passage.text[start:end]) for start, end in unit_spans(passage.text)]


def bare(_: Document, passage: Passage) -> list[str]:
    """A clause's own words alone."""
    return [index_text(passage.text)]


def whole(document: Document, passage: Passage) -> list[str]:
    """A clause as the lexical leg has it."""
    return [passage_text(document, passage)]


@dataclass(frozen=True, slots=True)
class Variant:
    """Passages embedded and indexed otherwise; whole articles stay as they are."""

    owners: list[str]  # the passage of each row
    vectors: np.ndarray  # (n_rows, dim) float32
    words: LexicalIndex

    def legs(self, legs: LegScores, words: str, vector: np.ndarray, depth: int) -> LegScores:
        """`legs` with this variant's passages in the place of the product's; exact search."""
        cosines = self.vectors @ vector
        best: dict[str, float] = {}
        for row in np.argsort(-cosines, kind="stable")[: depth * _NEAREST]:
            best.setdefault(self.owners[row], float(cosines[row]))
        return replace(legs, units={}, cosines=best, bm25=dict(self.words.search(words, depth)))


@contextlib.contextmanager
def variant(ready: Opened, embedded: Rows, indexed: Rows) -> Iterator[Variant]:
    """Embed and index every passage of the set as `embedded` and `indexed` say."""
    passages = [
        (d, p) for d in ready.retriever.documents for p in d.passages if p.kind != "heading"
    ]
    rows = [(p.id, text) for d, p in passages for text in embedded(d, p)]
    vectors = [
        embed_cached(
            ready.retriever.embedder, [text for _, text in rows[at : at + _BATCH]], ready.cache
        )
        for at in range(0, len(rows), _BATCH)
    ]
    with tempfile.TemporaryDirectory(prefix="haicap-variant-") as folder:
        words = LexicalIndex(Path(folder))
        words.add((p.id, d.id, " ".join(indexed(d, p))) for d, p in passages)
        yield Variant([owner for owner, _ in rows], np.concatenate(vectors), words)
