"""A retrieval set through the product's own store, index and retriever."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.retrieval.metrics import Figures, figures
from evals.retrieval.sets import RetrievalSet
from evals.scoring.metrics import percentile
from evals.sets.typing_styles import TypingStyle, restyle
from knowledge.store.store import open_store
from retrieval.diacritics import Restorer
from retrieval.embedding import open_embedder
from retrieval.errors import IndexMismatchError
from retrieval.index import IndexStore, Progress, VectorCache
from retrieval.retriever import Retriever, by_document

DEPTH: Final = 100  # articles of a query in the run
TOP: Final = 10  # passages the assistant looks at: what the time is measured for
_PASSAGES: Final = 400  # first try for DEPTH articles; more passages are asked for where they fail
_MORE: Final = 4


@dataclass(frozen=True, slots=True)
class Opened:
    """A set that is indexed."""

    data: RetrievalSet
    retriever: Retriever
    passages: int
    ingest_s: float
    index_s: float
    cache: VectorCache  # of the set's own store


@dataclass(frozen=True, slots=True)
class StyleResult:
    """How a typing style did."""

    figures: Figures
    p50_ms: float  # of a search for TOP passages, the query's embedding included
    p95_ms: float
    run: dict[str, list[tuple[str, float]]]


@contextlib.contextmanager
def opened(
    data: RetrievalSet, embedder: str, folder: Path | None, progress: Progress | None = None
) -> Iterator[Opened]:
    """Ingest and index a set in `folder`, else in a temporary one.

    A folder that is given keeps the vectors, so that a second run embeds only what is new.
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haicap-set-")))
        folder.mkdir(parents=True, exist_ok=True)
        store = open_store(f"sqlite:///{folder / 'set.sqlite3'}")
        stack.callback(store.close)
        started = time.perf_counter()
        store.documents.ingest(data.documents)
        documents = store.documents.all()
        ingest_s = time.perf_counter() - started
        indexes = IndexStore(folder / "index", open_embedder(embedder, folder / "models"))
        started = time.perf_counter()
        try:
            index = indexes.open(store.documents.generation())
        except IndexMismatchError:
            index = indexes.build(documents, store.documents.generation(), store.vectors, progress)
            indexes.clear_old()
        index_s = time.perf_counter() - started
        retriever = Retriever(documents, index, Restorer(own_texts=[d.text for d in documents]))
        cited = sum(p.kind != "heading" for d in documents for p in d.passages)
        yield Opened(data, retriever, cited, ingest_s, index_s, store.vectors)


def run_style(ready: Opened, style: TypingStyle, seed: int) -> StyleResult:
    """Ask every query as that style types it."""
    run: dict[str, list[tuple[str, float]]] = {}
    times = []
    for query, text in ready.data.queries.items():
        typed = restyle(text, style, seed)
        started = time.perf_counter()
        ready.retriever.retrieve(typed, TOP)
        times.append((time.perf_counter() - started) * 1_000)
        run[query] = _articles(ready, typed)
    return StyleResult(
        figures(ready.data.qrels, run),
        percentile(times, 50) or 0.0,
        percentile(times, 95) or 0.0,
        run,
    )


def _articles(ready: Opened, typed: str) -> list[tuple[str, float]]:
    """The DEPTH best articles (all, where there are fewer): a passage's score is its article's."""
    query = ready.retriever.analyse(typed)
    vector, wanted = ready.retriever.embed(query), min(DEPTH, len(ready.data.documents))
    passages = _PASSAGES
    while True:
        found = by_document(ready.retriever.retrieve(query, passages, vector).hits)
        if len(found) >= wanted or passages >= ready.passages:
            break
        passages *= _MORE
    return [(ready.data.articles[i], score) for i, score in found[:DEPTH]]
