"""Retrieval alone, ours beside the usual recipe: cut every text to one size, store it in Chroma.

Same texts, same embedder, same questions, ten results.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bot.doors.web.schemas import DocumentOut, document_out
from bot.models.loader import Models
from bot.opening import Core
from bot.question.understanding import understand
from bot.sources.documents.rerank import Reranker
from evals.bench.usual import Place, UsualStore, chunks
from evals.scoring.metrics import percentile
from evals.sets.questions import Gold, Question, resolve
from evals.sets.typing_styles import TypingStyle, restyle
from knowledge.models import Document
from retrieval.embedding import Embedder, open_embedder
from retrieval.index import IndexStore
from retrieval.words import Words

TOP: Final = 10
STYLES: Final[tuple[TypingStyle, ...]] = ("careful", "unaccented")
# Characters of a chunk and of its overlap with the next: as in LangChain's tutorial, and half that.
CHUNKS: Final = ((1_000, 200), (500, 100))


@dataclass(frozen=True, slots=True)
class SearchRow:
    """How one way of searching did."""

    name: str  # "search", "rerank", "chunks"
    size: int  # characters of a chunk; 0: ours
    overlap: int
    pieces: int  # vectors in the index
    build_s: float | None  # None: as the row before
    questions: int
    hit_at_1: dict[TypingStyle, float]
    hit_at_3: dict[TypingStyle, float]
    first_chars: float  # median length of the first result
    p50_ms: float
    p95_ms: float


_Search = Callable[[str], list[Place]]  # at most TOP, best first


def compare_search(
    core: Core, questions: Sequence[Question], scratch: Path
) -> tuple[SearchRow, ...]:
    """Ours without and with its reranker, then the usual recipe in each size of chunk.

    Args:
        core: opened, with the documents indexed.
        questions: those that must be refused are passed over.
        scratch: an empty place for indexes.
    """
    documents = core.store.documents.all()
    embedder = open_embedder(core.settings.embedder, core.settings.data_dir / "models")
    embedder.query("làm nóng")
    answerable = [question for question in questions if not question.must_refuse]
    judge = _Judge(documents, answerable)
    build_s, pieces = _build_ours(core, embedder, scratch / "ours")
    reranker = Reranker.load(Models(core.retriever.embedder_fingerprint), embedder.unlike)
    rows = [
        _row(judge, _ours(core), "search", (0, 0), pieces, build_s),
        _row(
            judge,
            _ours(core, reranker),
            "rerank",
            (0, 0),
            pieces,
            None,
        ),
    ]
    for size, overlap in CHUNKS:
        started = time.perf_counter()
        places = list(chunks(documents, size, overlap))
        usual = UsualStore(embedder, documents, places, scratch / f"chunks-{size}")
        build_s = time.perf_counter() - started
        search = _top_of(usual)
        rows.append(_row(judge, search, "chunks", (size, overlap), len(places), build_s))
    return tuple(rows)


def _top_of(usual: UsualStore) -> _Search:
    return lambda text: usual.search(text, TOP)


class _NoCache:
    """Knows no vector, so that a build embeds everything."""

    def vectors(self, fingerprint: str, keys: Sequence[str]) -> dict[str, bytes]:
        return {}

    def save_vectors(self, fingerprint: str, rows: dict[str, bytes]) -> None:
        return None


def _build_ours(core: Core, embedder: Embedder, folder: Path) -> tuple[float, int]:
    """Seconds to build our index anew, and the vectors in it."""
    done = [0]
    started = time.perf_counter()
    documents = core.store.documents
    IndexStore(folder, embedder).build(
        documents.all(), documents.generation(), _NoCache(), lambda at, _: done.append(at)
    )
    return time.perf_counter() - started, done[-1]


def _ours(core: Core, reranker: Reranker | None = None) -> _Search:
    retriever = core.retriever

    def search(text: str) -> list[Place]:
        found = retriever.retrieve(text, TOP)
        if reranker:
            meaning = understand(found.query, bool(found.named))
            words = Words(found.query, retriever.restorer.rarity)
            found = reranker.rerank(found, meaning, words)
        return [Place(h.document.id, h.passage.start, h.passage.end) for h in found.hits]

    return search


# Judging


class _Judge:
    """Knows what is right for each question, for any way of cutting the texts.

    A result is right when it and a passage that answers share at least half of the shorter of the
    two; of a question for whole documents, when it stands in a right one.
    """

    def __init__(self, documents: Sequence[Document], questions: Sequence[Question]) -> None:
        served = {d.id: DocumentOut.model_validate(document_out(d)) for d in documents}
        spans = {p.id: Place(d.id, p.start, p.end) for d in documents for p in d.passages}
        self.questions = questions
        self._right = {q.id: _places(resolve(q, served), spans) for q in questions}

    def rank(self, question: Question, found: Sequence[Place]) -> int | None:
        """Of the first right result, from 1."""
        right = self._right[question.id]
        return next(
            (n for n, place in enumerate(found, 1) if any(same_place(place, r) for r in right)),
            None,
        )


def _places(gold: Gold, spans: dict[str, Place]) -> list[Place]:
    if gold.field == "document_id":
        return [Place(document_id, 0, 0) for document_id in gold.ids]
    return [spans[passage_id] for passage_id in gold.ids]


def same_place(place: Place, right: Place) -> bool:
    """Whether they mean the same words; a right place without length is a whole document."""
    shared = min(place.end, right.end) - max(place.start, right.start)
    shorter = min(place.end - place.start, right.end - right.start)
    return place.document_id == right.document_id and (right.end == 0 or shared * 2 >= shorter > 0)


def _row(
    judge: _Judge,
    search: _Search,
    name: str,
    chunk: tuple[int, int],
    pieces: int,
    build_s: float | None,
) -> SearchRow:
    times: list[float] = []
    first_chars: list[int] = []
    ranks: dict[TypingStyle, list[int | None]] = {style: [] for style in STYLES}
    for question in judge.questions:
        for style in STYLES:
            if style != "careful" and question.language != "vi":
                continue
            typed = restyle(question.text, style)
            started = time.perf_counter()
            found = search(typed)
            times.append((time.perf_counter() - started) * 1_000)
            ranks[style].append(judge.rank(question, found))
            if found:
                first_chars.append(found[0].end - found[0].start)
    return SearchRow(
        name=name,
        size=chunk[0],
        overlap=chunk[1],
        pieces=pieces,
        build_s=build_s,
        questions=len(judge.questions),
        hit_at_1={style: _share(listed, 1) for style, listed in ranks.items()},
        hit_at_3={style: _share(listed, 3) for style, listed in ranks.items()},
        first_chars=median(first_chars),
        p50_ms=percentile(times, 50) or 0.0,
        p95_ms=percentile(times, 95) or 0.0,
    )


def _share(ranks: Sequence[int | None], k: int) -> float:
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)
