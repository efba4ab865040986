"""The search index: dense and lexical over the same passages, built apart and switched at once."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.models import Document, Passage
from knowledge.text import unit_spans
from retrieval.articles import Article, articles
from retrieval.dense import DenseIndex, UnitHit, UnitRow, delete_collections, open_client
from retrieval.embedding import Embedder
from retrieval.errors import IndexMismatchError, RetrievalError
from retrieval.fusion import ArticleScores, fuse
from retrieval.lexical import LexicalIndex
from retrieval.query import SearchQuery, index_text
from retrieval.tables import TextTables

INDEX_FORMAT = 8  # raise when what is indexed, or how, changes
# How people ask for the closing parts, whose own words never say it.
_CLOSING_WORDS = {
    "Nơi nhận": "gửi tới, gửi cho những nơi nào, cơ quan nào nhận",
    "Chữ ký": "người ký, ai ký, chức vụ, chức danh người ký",
}
FEW_CHARS = 60  # of a passage that does not say by itself what it is about
CANDIDATES = 50  # passages from each leg before fusion
CANDIDATES_OF_LAWS = 100  # and articles; where there are any
UNITS_PER_PASSAGE = 2  # measured on the five texts: 200 units in 99 passages
EMBED_BATCH = 16
ADD_BATCH = 1_024  # vectors added to Chroma at once: 16 at a time took several times as long
_COUNTED = ("units", "passages", "articles")
_ARTICLES_FILE, _TABLES_FILE = "articles.json", "tables.json"
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


@dataclass(frozen=True, slots=True)
class LegScores:
    """What the legs found, each best first."""

    units: Mapping[str, UnitHit]  # by passage id
    cosines: Mapping[str, float]
    bm25: Mapping[str, float]
    articles: ArticleScores | None


@dataclass(frozen=True, slots=True)
class ArticleLegs:
    """Both legs over whole articles, and which passage stands in which."""

    dense: DenseIndex
    lexical: LexicalIndex
    of: Mapping[str, str]  # passage id -> article id, in reading order
    laws: Mapping[str, str]  # article id -> what names its law

    def count(self) -> int:
        """Articles that both legs hold; -1 when they disagree."""
        dense, lexical = self.dense.count(), self.lexical.count()
        return dense if dense == lexical else -1


class SearchIndex:
    """Ranks passages for a query; opened for one generation of the documents."""

    def __init__(
        self,
        embedder: Embedder,
        dense: DenseIndex,
        lexical: LexicalIndex,
        generation: str,
        tables: TextTables,
        of_articles: ArticleLegs | None = None,
    ) -> None:
        """`of_articles` where the documents have any."""
        self._embedder, self._dense, self._lexical = embedder, dense, lexical
        self._articles, self.tables = of_articles, tables
        self.generation = generation

    @property
    def embedder(self) -> Embedder:
        """What the dense leg was built with, and queries are embedded by."""
        return self._embedder

    def search(
        self,
        query: SearchQuery,
        vector: np.ndarray,
        k: int = 10,
        document_ids: Sequence[str] = (),
    ) -> list[SearchResult]:
        """The `k` best passages; an empty query finds none.

        Fewer are the first of more: what lies deeper than the usual candidates follows them.

        Args:
            query: for the lexical leg and the mix of both.
            vector: (dim,) float32, the embedded query text, for the dense leg.
            k: how many.
            document_ids: search these documents alone; none means all.
        """
        if not query.text.strip() or k < 1:
            return []
        depth = CANDIDATES_OF_LAWS if self._articles else CANDIDATES
        found = self._ranked(query, vector, depth, document_ids, k)
        if len(found) < k and depth < k:
            known = {row.passage_id for row in found}
            deeper = self._ranked(query, vector, k, document_ids, k + len(found))
            lowest = found[-1].score if found else 0.0
            found += [
                replace(row, score=min(row.score, lowest))
                for row in deeper
                if row.passage_id not in known
            ]
        return [replace(row, rank=rank) for rank, row in enumerate(found[:k], 1)]

    def _ranked(
        self,
        query: SearchQuery,
        vector: np.ndarray,
        depth: int,
        document_ids: Sequence[str],
        k: int,
    ) -> list[SearchResult]:
        """The `k` best that a search of that depth finds, best first."""
        found = self.legs(query.key_words, vector, depth, document_ids)
        fused = fuse(found.cosines, found.bm25, english=query.english, articles=found.articles)
        return [
            SearchResult(
                i, rank, score, found.cosines.get(i), found.bm25.get(i), _span(found.units.get(i))
            )
            for rank, (i, score) in enumerate(fused[:k], 1)
        ]

    def legs(
        self, words: str, vector: np.ndarray, depth: int, document_ids: Sequence[str] = ()
    ) -> LegScores:
        """What each leg finds, before they are fused; `depth` candidates of the lexical one."""
        units = {
            u.passage_id: u
            for u in self._dense.search(vector, depth * UNITS_PER_PASSAGE, document_ids)
        }
        scores = None
        if self._articles:
            near = self._articles.dense.search(vector, depth, document_ids)
            scores = ArticleScores(
                {u.passage_id: u.cosine for u in near},
                dict(self._articles.lexical.search(words, depth, document_ids)),
                self._articles.of,
                self._articles.laws,
            )
        return LegScores(
            units,
            {i: u.cosine for i, u in units.items()},
            dict(self._lexical.search(words, depth, document_ids)),
            scores,
        )

    def holds(self, units: int, passages: int, of_articles: int) -> bool:
        """Whether all legs hold what was built, and the dense one finds something in it."""
        if (self._dense.count(), self._lexical.count()) != (units, passages):
            return False
        if of_articles != (self._articles.count() if self._articles else 0):
            return False
        probe = np.full(self._embedder.dim, self._embedder.dim**-0.5, np.float32)
        return not units or bool(self._dense.search(probe, 1))


def _span(unit: UnitHit | None) -> tuple[int, int] | None:
    return (unit.start, unit.end) if unit else None


def passage_text(document: Document, passage: Passage) -> str:
    """What the lexical leg indexes: the words that place the passage, then its own."""
    placed = _CLOSING_WORDS.get(passage.locator, "") if passage.kind == "closing" else ""
    named = document.metadata.label
    of_article = any(part.startswith("Điều ") for part in passage.path)
    if document.metadata.number and (of_article or _says_little(passage)):
        named = f"{named} {document.metadata.title}"  # where no number is, the label is the title
    return index_text(f"{named}. {passage.context} {placed} {passage.text}")


def _says_little(passage: Passage) -> bool:
    """Whether it is a row of a table or part of an attachment: its title says what it is about."""
    return passage.kind == "row" or passage.role in ("annex", "form")


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
            IndexMismatchError: there is none, it is of other documents or another embedder, or it
                is damaged.
            RetrievalError: the Chroma server does not answer.
        """
        name = self._current()
        found = self._read_manifest(name)
        counts = [found.get(name) for name in _COUNTED]
        wanted = self._manifest(generation, counts)
        if not name or found != wanted:
            raise IndexMismatchError(self._mismatch("không khớp kho văn bản"))
        try:
            index = self._open(name, generation, bool(found["articles"]))
            whole = index.holds(*(int(count or 0) for count in counts))
        except RetrievalError as error:
            if self._url and not isinstance(error, IndexMismatchError):
                raise
            raise IndexMismatchError(self._mismatch(f"hỏng ({error})")) from error
        if not whole:
            raise IndexMismatchError(self._mismatch("không đủ"))
        return index

    def build(
        self,
        documents: Sequence[Document],
        generation: str,
        cache: VectorCache,
        progress: Progress | None = None,
    ) -> SearchIndex:
        """Index every passage of `documents` but headings, then switch to the new index."""
        name = f"{generation[:12]}-{secrets.token_hex(4)}"  # Chroma allows no "_" at the end
        (self._folder / name).mkdir()
        cited = [(d, p) for d in documents for p in d.passages if p.kind != "heading"]
        units, wholes = rows_to_embed(documents)
        found = list(articles(documents))
        of = {p.id: article.id for article in found for p in article.passages}
        laws = {article.id: article.law for article in found}
        (self._folder / name / _ARTICLES_FILE).write_text(json.dumps({"of": of, "laws": laws}))
        TextTables.of(documents).write(self._folder / name / _TABLES_FILE)
        index = self._open(name, generation, bool(wholes))
        legs = [(index._dense, units)]
        if index._articles:
            legs.append((index._articles.dense, wholes))
        done, total = 0, len(units) + len(wholes)
        for dense, rows in legs:
            for at in range(0, len(rows), ADD_BATCH):
                added = rows[at : at + ADD_BATCH]
                vectors = []
                for start in range(0, len(added), EMBED_BATCH):
                    texts = [u.text for u in added[start : start + EMBED_BATCH]]
                    vectors.append(embed_cached(self._embedder, texts, cache))
                    done += len(texts)
                    if progress:
                        progress(done, total)
                dense.add(added, np.concatenate(vectors))
        index._lexical.add((p.id, d.id, passage_text(d, p)) for d, p in cited)
        if index._articles:
            index._articles.lexical.add((u.passage_id, u.document_id, u.text) for u in wholes)
        counts = [len(units), len(cited), len(wholes)]
        manifest = self._folder / name / "manifest.json"
        manifest.write_text(json.dumps(self._manifest(generation, counts)))
        pointer = self._folder / f"current.{name}"
        pointer.write_text(name)
        pointer.replace(self._folder / "current")
        return index

    def clear_old(self) -> None:
        """Delete what no pointer names, on the server too; call when nobody reads it.

        Raises:
            RetrievalError: the Chroma server does not answer.
        """
        current = self._current()
        old = [p for p in self._folder.iterdir() if p.is_dir() and p.name != current]
        if self._url and old:
            names = [_collection(p.name, part) for p in old for part in ("", "-articles")]
            delete_collections(self._url, names)
        for path in old:
            shutil.rmtree(path, ignore_errors=True)

    def _current(self) -> str:
        """The name of the folder in use, or ""."""
        try:
            name = (self._folder / "current").read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""
        return name if re.fullmatch(r"[\w-]{1,60}", name) else ""

    def _read_manifest(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self._folder / name / "manifest.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _mismatch(self, problem: str) -> str:
        return f"Chỉ mục trong {str(self._folder)!r} {problem}"

    def _open(self, name: str, generation: str, with_articles: bool) -> SearchIndex:
        folder = self._folder / name
        client = open_client(folder / "dense", self._url)
        dense = DenseIndex(client, _collection(name))
        of_articles = None
        if with_articles:
            try:
                kept = json.loads((folder / _ARTICLES_FILE).read_bytes())
                of, laws = kept["of"], kept["laws"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise IndexMismatchError(self._mismatch(f"hỏng ({error})")) from error
            of_articles = ArticleLegs(
                DenseIndex(client, _collection(name, "-articles")),
                LexicalIndex(folder / "articles"),
                of,
                laws,
            )
        lexical = LexicalIndex(folder / "lexical")
        tables = TextTables.read(folder / _TABLES_FILE)
        return SearchIndex(self._embedder, dense, lexical, generation, tables, of_articles)

    def _manifest(self, generation: str, counts: Sequence[object]) -> dict[str, object]:
        return {
            "format": INDEX_FORMAT,
            "generation": generation,
            "embedder": self._embedder.fingerprint,
            **dict(zip(_COUNTED, counts, strict=True)),
        }


def _collection(name: str, part: str = "") -> str:
    return f"haicap-{name}{part}"


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


def rows_to_embed(documents: Iterable[Document]) -> tuple[list[UnitRow], list[UnitRow]]:
    """What an index of the documents holds vectors of: units of passages, and articles."""
    units: list[UnitRow] = []
    wholes: list[UnitRow] = []
    for document in documents:
        found = list(articles([document]))
        inside = {p.id for article in found for p in article.passages}
        for passage in document.passages:
            if passage.kind != "heading":
                units.extend(_units(document, passage, passage.id in inside))
        wholes.extend(_whole(article) for article in found)
    return units, wholes


def _units(document: Document, passage: Passage, of_article: bool) -> Iterator[UnitRow]:
    """What of a passage is embedded: its sentences, or all of it where it is of an article.

    On laws the clause whole, with the words that place it, gave nDCG@10 .58 against .47 for its
    sentences alone; on directives sentences are better (see DenseIndex), but for rows, attachments,
    and a few words below a heading: "Nhà văn hóa tổ 1." does not say what takes place there.
    """
    whole = (passage.id, document.id, 0, len(passage.text))
    if of_article or _says_little(passage):
        yield UnitRow(*whole, passage_text(document, passage))
        return
    if passage.context and len(passage.text) <= FEW_CHARS:
        yield UnitRow(*whole, index_text(f"{passage.context} {passage.text}"))
        return
    for start, end in unit_spans(passage.text):
        yield UnitRow(passage.id, document.id, start, end, index_text(passage.text[start:end]))


def _whole(article: Article) -> UnitRow:
    first = article.passages[0]
    meta = article.document.metadata
    named = f"{meta.label} {meta.title}" if meta.number else meta.label
    text = index_text(f"{named}. {first.context} {article.text}")
    return UnitRow(article.id, article.document.id, 0, len(article.text), text)
