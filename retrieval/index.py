"""The search index: dense and lexical over the same passages, built apart and switched at once."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.models import Document, Passage
from knowledge.text import unit_spans
from retrieval.dense import DenseIndex, UnitRow, open_client
from retrieval.embedding import Embedder
from retrieval.errors import IndexMismatchError
from retrieval.fusion import fuse
from retrieval.lexical import LexicalIndex
from retrieval.query import SearchQuery, index_text

INDEX_FORMAT = 1  # raise when what is indexed, or how, changes
CANDIDATES = 50  # passages from each leg before fusion
UNITS_PER_PASSAGE = 2  # measured on the five texts: 200 units in 99 passages
EMBED_BATCH = 16
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One ranked passage; `score` is the fused one, higher is better, `rank` counts from 1."""

    passage_id: str
    rank: int
    score: float
    cosine: float | None  # of its best unit; None: not among the dense candidates
    bm25: float | None  # None: not among the lexical candidates
    unit: tuple[int, int] | None  # where that unit stands in the passage's text


class VectorCache(Protocol):
    """Keeps vectors by (embedder fingerprint, hash of the text), so that a build can go on."""

    def vectors(self, fingerprint: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Those of `keys` that are known, as float32 bytes."""

    def save_vectors(self, fingerprint: str, rows: dict[str, bytes]) -> None:
        """Keep new ones."""


class SearchIndex:
    """Ranks passages for a query; opened for one generation of the documents."""

    def __init__(
        self, embedder: Embedder, dense: DenseIndex, lexical: LexicalIndex, generation: str
    ) -> None:
        self._embedder, self._dense, self._lexical = embedder, dense, lexical
        self.generation = generation

    def search(
        self, query: SearchQuery, k: int = 10, document_ids: Sequence[str] = ()
    ) -> list[SearchResult]:
        """The `k` best passages, of `document_ids` alone when given; an empty query finds none."""
        if not query.text.strip() or k < 1:
            return []
        depth = max(k, CANDIDATES)
        vector = self._embedder.query(query.text)
        units = {
            u.passage_id: u
            for u in self._dense.search(vector, depth * UNITS_PER_PASSAGE, document_ids)
        }
        cosines = {i: u.cosine for i, u in units.items()}
        bm25 = dict(self._lexical.search(query.folded, depth, document_ids))
        results = []
        for rank, (passage_id, score) in enumerate(
            fuse(cosines, bm25, english=query.english)[:k], 1
        ):
            unit = units.get(passage_id)
            span = (unit.start, unit.end) if unit else None
            results.append(
                SearchResult(
                    passage_id, rank, score, cosines.get(passage_id), bm25.get(passage_id), span
                )
            )
        return results


def passage_text(document: Document, passage: Passage) -> str:
    """What the lexical leg indexes: the words that place the passage, then its own."""
    return index_text(f"{document.metadata.label}. {passage.context} {passage.text}")


class IndexStore:
    """The folder (or Chroma server) that holds the built index.

    `current` names the folder in use. A build writes a new folder and renames the pointer last, so
    a killed build leaves the old index serving.
    """

    def __init__(self, folder: Path, embedder: Embedder, chroma_url: str | None = None) -> None:
        self._folder, self._embedder, self._url = folder, embedder, chroma_url
        folder.mkdir(parents=True, exist_ok=True)

    def open(self, generation: str) -> SearchIndex:
        """The index in use.

        Raises:
            IndexMismatchError: there is none, or it is of other documents or another embedder.
        """
        pointer = self._folder / "current"
        name = pointer.read_text().strip() if pointer.is_file() else ""
        manifest = self._folder / name / "manifest.json"
        wanted = self._manifest(generation)
        found = json.loads(manifest.read_text()) if name and manifest.is_file() else None
        if found != wanted:
            raise IndexMismatchError(
                f"Chỉ mục trong {str(self._folder)!r} không khớp kho văn bản. Chạy: haicap reindex"
            )
        return self._open(name, generation)

    def build(
        self,
        documents: Sequence[Document],
        generation: str,
        cache: VectorCache,
        progress: Progress | None = None,
    ) -> SearchIndex:
        """Index every passage of `documents` but headings, then switch to the new index."""
        name = Path(tempfile.mkdtemp(prefix=f"{generation[:12]}-", dir=self._folder)).name
        index = self._open(name, generation)
        cited = [(d, p) for d in documents for p in d.passages if p.kind != "heading"]
        units = [unit for d, p in cited for unit in _units(d, p)]
        for at in range(0, len(units), EMBED_BATCH):
            part = units[at : at + EMBED_BATCH]
            index._dense.add(part, embed_cached(self._embedder, [u.text for u in part], cache))
            if progress:
                progress(at + len(part), len(units))
        index._lexical.add((p.id, d.id, passage_text(d, p)) for d, p in cited)
        manifest = self._folder / name / "manifest.json"
        manifest.write_text(json.dumps(self._manifest(generation)))
        pointer = self._folder / f"current.{name}"
        pointer.write_text(name)
        pointer.replace(self._folder / "current")
        return index

    def clear_old(self) -> None:
        """Delete the folders that no pointer names; call when nobody reads them."""
        pointer = self._folder / "current"
        current = pointer.read_text().strip() if pointer.is_file() else ""
        for path in self._folder.iterdir():
            if path.is_dir() and path.name != current:
                shutil.rmtree(path, ignore_errors=True)

    def _open(self, name: str, generation: str) -> SearchIndex:
        folder = self._folder / name
        client = open_client(folder / "dense", self._url)
        dense = DenseIndex(client, f"haicap-{name}")
        return SearchIndex(self._embedder, dense, LexicalIndex(folder / "lexical"), generation)

    def _manifest(self, generation: str) -> dict[str, object]:
        return {
            "format": INDEX_FORMAT,
            "generation": generation,
            "embedder": self._embedder.fingerprint,
        }


def embed_cached(embedder: Embedder, texts: Sequence[str], cache: VectorCache) -> np.ndarray:
    """Rows for `texts`, (n, dim) float32: from the cache, else computed and kept."""
    keys = [hashlib.sha256(t.encode()).hexdigest() for t in texts]
    known = cache.vectors(embedder.fingerprint, keys)
    missing = [i for i, key in enumerate(keys) if key not in known]
    fresh = embedder.passages([texts[i] for i in missing])
    new = {keys[i]: row.tobytes() for i, row in zip(missing, fresh, strict=True)}
    if new:
        cache.save_vectors(embedder.fingerprint, new)
    known |= new
    rows = [np.frombuffer(known[key], np.float32) for key in keys]
    return np.stack(rows) if rows else np.zeros((0, embedder.dim), np.float32)


def _units(document: Document, passage: Passage) -> Iterator[UnitRow]:
    for start, end in unit_spans(passage.text):
        yield UnitRow(passage.id, document.id, start, end, index_text(passage.text[start:end]))
