"""A retrieval set through the product's own store, index and retriever."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evals.metrics import percentile
from evals.retrieval_metrics import Figures, figures, trec_lines
from evals.retrieval_sets import RetrievalSet, load_set
from evals.typing_styles import TypingStyle, restyle
from knowledge.store import Store
from retrieval.diacritics import Restorer
from retrieval.embedding import open_embedder
from retrieval.errors import IndexMismatchError
from retrieval.index import IndexStore, Progress
from retrieval.retriever import Retriever, by_document

DEPTH: Final = 100  # articles of a query in the run
TOP: Final = 10  # passages the assistant looks at: what the time is measured for
TAG: Final = "haicap"
_PASSAGES: Final = 400  # first try for DEPTH articles; more passages are asked for where they fail
_MORE: Final = 4

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """A set that is indexed."""

    data: RetrievalSet
    retriever: Retriever
    passages: int
    ingest_s: float
    index_s: float


@dataclass(frozen=True, slots=True)
class StyleResult:
    """How a typing style did."""

    figures: Figures
    p50_ms: float  # of a search for TOP passages, the query's embedding included
    p95_ms: float
    run: dict[str, list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class SetResult:
    """A set in every typing style asked for; the first one leads."""

    opened: Opened
    embedder: str
    styles: dict[TypingStyle, StyleResult]

    def runs(self) -> dict[TypingStyle, str]:
        """The lines of a TREC run file for each style."""
        return {style: trec_lines(result.run, TAG) for style, result in self.styles.items()}

    def as_json(self) -> dict[str, Any]:
        """What the command prints."""
        first = next(iter(self.styles.values()))
        return {
            "set": self.opened.data.name,
            "embedder": self.embedder,
            "documents": len(self.opened.data.documents),
            "passages": self.opened.passages,
            "queries": first.figures.queries,
            "ingest_s": round(self.opened.ingest_s, 2),
            "index_s": round(self.opened.index_s, 2),
            "metrics": first.figures.means,
            "styles": {style: _style(result) for style, result in self.styles.items()},
            "nDCG@10_of_careful": self.of_careful(),
        }

    def of_careful(self, measure: str = "nDCG@10") -> dict[str, float]:
        """Each style's figure as a share of careful typing's; empty without careful typing."""
        careful = self.styles.get("careful")
        base = careful.figures.means[measure] if careful else 0.0
        means = {style: result.figures.means[measure] for style, result in self.styles.items()}
        return {style: round(mean / base, 4) for style, mean in means.items()} if base else {}


def measure(
    folder: Path,
    embedder: str,
    styles: Sequence[TypingStyle],
    seed: int,
    data_dir: Path | None,
    tell: Tell,
    progress: Progress | None = None,
) -> SetResult:
    """Index the set in `folder` and ask its queries in each style.

    Args:
        folder: the set.
        embedder: as in the settings.
        styles: at least one.
        seed: of the typing styles.
        data_dir: keeps index and vectors for the next time; None: a temporary folder.
        tell: told what is done next.
        progress: told (done, total) while passages are embedded.

    Raises:
        QuestionFileError: the set cannot be read.
    """
    data = load_set(folder)
    tell(f"{data.name}: {len(data.documents)} bài, {len(data.queries)} câu hỏi; đang lập chỉ mục")
    with opened(data, embedder, data_dir, progress) as ready:
        results: dict[TypingStyle, StyleResult] = {}
        for style in styles:
            tell(f"Đang hỏi: {style} ...")
            results[style] = run_style(ready, style, seed)
    return SetResult(ready, embedder, results)


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
        store = Store(f"sqlite:///{folder / 'set.sqlite3'}")
        stack.callback(store.close)
        started = time.perf_counter()
        store.ingest(data.documents)
        documents = store.documents()
        ingest_s = time.perf_counter() - started
        indexes = IndexStore(folder / "index", open_embedder(embedder, folder / "models"))
        started = time.perf_counter()
        try:
            index = indexes.open(store.generation())
        except IndexMismatchError:
            index = indexes.build(documents, store.generation(), store, progress)
            indexes.clear_old()
        index_s = time.perf_counter() - started
        retriever = Retriever(documents, index, Restorer(own_texts=[d.text for d in documents]))
        cited = sum(p.kind != "heading" for d in documents for p in d.passages)
        yield Opened(data, retriever, cited, ingest_s, index_s)


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


def _style(result: StyleResult) -> dict[str, Any]:
    found = result.figures
    return {
        **found.means,
        "intervals_95": {name: list(interval) for name, interval in found.intervals.items()},
        "query_p50_ms": round(result.p50_ms, 1),
        "query_p95_ms": round(result.p95_ms, 1),
    }
