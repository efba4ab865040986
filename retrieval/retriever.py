"""From a question to ranked passages with their documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.models import Document, Passage
from knowledge.numbers import NumberMention, matches
from knowledge.text import fold
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder
from retrieval.index import SearchIndex, SearchResult
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery, analyse, index_text

# Of the questions being answered: each is analysed up to three times, 2 ms each.
_KEPT_QUERIES = 128


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage, the document it stands in, and its scores."""

    passage: Passage
    document: Document
    result: SearchResult


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found; hits are best first."""

    query: SearchQuery
    vector: np.ndarray  # (dim,) float32, of the query text
    hits: tuple[Hit, ...]
    named: tuple[Document, ...]  # documents that the question names: they bound the search
    missing: tuple[NumberMention, ...]  # numbers it names that we do not have


def by_document(hits: Sequence[Hit]) -> list[tuple[str, float]]:
    """Document ids with their best passage's score, best first."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.document.id, hit.result.score)
    return list(best.items())


Named = tuple[
    tuple[Document, ...], tuple[NumberMention, ...]
]  # those we have, and the numbers we lack


class Retriever:
    """Looks up named documents first, then searches dense and lexical together."""

    def __init__(
        self, documents: Sequence[Document], index: SearchIndex, restorer: Restorer
    ) -> None:
        self._documents, self._index, self._restorer = tuple(documents), index, restorer
        self._by_id = {p.id: (p, d) for d in documents for p in d.passages}
        self._vocabulary = frozenset(
            t for d in documents for t in lexical_tokens(index_text(f"{d.metadata.title} {d.text}"))
        )
        self._days = {day for d in documents for day in _days_of(d)}
        self._analysed = lru_cache(_KEPT_QUERIES)(partial(analyse, restorer=restorer))

    @property
    def documents(self) -> tuple[Document, ...]:
        """All documents, in the store's order."""
        return self._documents

    @property
    def restorer(self) -> Restorer:
        """The syllable statistics, for whoever weighs words."""
        return self._restorer

    @property
    def index(self) -> SearchIndex:
        """What is searched."""
        return self._index

    @property
    def embedder_fingerprint(self) -> str:
        """Which embedding model the scores come from."""
        return self._index.embedder.fingerprint

    @property
    def vocabulary(self) -> frozenset[str]:
        """Folded tokens of all documents."""
        return self._vocabulary

    @property
    def embedder(self) -> Embedder:
        """The embedding model of the index."""
        return self._index.embedder

    def passage(self, passage_id: str) -> tuple[Passage, Document] | None:
        """A passage with its document, or None."""
        return self._by_id.get(passage_id)

    def analyse(self, question: str) -> SearchQuery:
        """The question as a search query."""
        return self._analysed(question)

    def embed(self, query: SearchQuery) -> np.ndarray:
        """(dim,) float32: the query text's vector."""
        return self._index.embedder.query(query.subject)

    def retrieve(
        self,
        question: str | SearchQuery,
        k: int = 10,
        vector: np.ndarray | None = None,
        named_and_missing: Named | None = None,
    ) -> Retrieval:
        """The `k` best passages; those of a named document alone when the question names one we have.

        `vector` and `named_and_missing`, as `embed` and `named` give them, where they are known.
        """
        query = self.analyse(question) if isinstance(question, str) else question
        named, missing = named_and_missing or self.named(query)
        if vector is None:
            vector = self.embed(query)
        # To name them all bounds nothing, and a filter on all would be slow.
        bounds = [d.id for d in named] if len(named) < len(self._documents) else []
        results = self._index.search(query, vector, k, bounds)
        hits = tuple(
            Hit(*self._by_id[r.passage_id], r) for r in results if r.passage_id in self._by_id
        )
        return Retrieval(query, vector, hits, named, missing)

    def unknown_days(self, query: SearchQuery) -> list[str]:
        """The dates a question names, as typed, that stand in no document: 30/2/2026, a wrong year."""
        return [
            shown
            for shown, day in asked_days(query.folded)
            if not any(_same_day(day, known) for known in self._days)
        ]

    def as_langchain(self, k: int = 10) -> BaseRetriever:
        """This retriever behind LangChain's interface."""
        return _LangChainRetriever(retriever=self, k=k)

    def named(self, query: SearchQuery) -> Named:
        """The documents a question names by number or by the date of the meeting, and the numbers we lack."""
        named: dict[str, Document] = {}
        missing: list[NumberMention] = []
        for mention in query.numbers:
            found = [
                d
                for d in self._documents
                if d.metadata.number and matches(mention, d.metadata.number)
            ]
            named |= {d.id: d for d in found}
            if not found:
                missing.append(mention)
        for day in named_dates(query.folded):
            named |= {d.id: d for d in self._documents if _issued(d, day)}
        return tuple(named.values()), tuple(missing)


# "cuộc họp 4/7", "kết luận ngày 11 tháng 7", "bản tin tháng 6": a document meant by its date.
_DATED = re.compile(
    r"(?:cuoc hop|phien hop|buoi hop|hop|ban tin|tin|bai bao|ket luan|ke hoach|van ban|meeting|report)(?: [a-z]+,?){0,9}? "
    r"(?:(?:hom |ngay |on )?(?P<day>\d{1,2})\s*(?:[/.-]|thang)\s*(?P<month>\d{1,2})|(?:thang )(?P<only>\d{1,2}))(?:\s*(?:[/.-]|nam)\s*(?P<year>\d{4}))?(?!\d)"
)


def named_dates(folded: str) -> list[tuple[int | None, int, int | None]]:
    """(day, month, year) by which a question names a document; None where it does not say."""
    return [
        (
            int(m["day"]) if m["day"] else None,
            int(m["month"] or m["only"]),
            int(m["year"]) if m["year"] else None,
        )
        for m in _DATED.finditer(folded)
    ]


# A day that is meant as one: with its year, or behind a word that leads in a date.
_DAY = re.compile(
    r"(?<![\w/.,-])(?P<lead>(?:ngay|hom|truoc|sau|tu|den|hop|chieu|sang)\s+)?(?P<shown>(?P<day>\d{1,2})\s?(?:[/.-]|thang)\s?"
    r"(?P<month>\d{1,2})(?:\s?(?:[/.-]|nam)\s?(?P<year>\d{4}))?)(?![\d/%]|[.,-]\d)"
)
_RANGE = re.compile(
    r"(?<![\d/])(\d{1,2})\s*(?:-|–|den)\s*(?:ngay )?(\d{1,2})/(\d{1,2})(?:/(\d{4}))?"
)
# A day of the asker's own, of which no document need speak.
_OWN_DAY = re.compile(r"(?:hom nay|bay gio|sinh)(?: la)?(?: ngay)?\s*$")
_Day = tuple[int, int, int | None]  # day, month, year where it is said


def asked_days(folded: str) -> list[tuple[str, _Day]]:
    """The days that a question names: as typed, and read."""
    return [
        (m["shown"], _read(m["day"], m["month"], m["year"]))
        for m in _DAY.finditer(folded)
        if (m["year"] or m["lead"]) and not _OWN_DAY.search(folded[: m.start()])
    ]


def _days_of(document: Document) -> set[_Day]:
    folded = fold(document.text)
    days = {_read(m["day"], m["month"], m["year"]) for m in _DAY.finditer(folded)}
    for first, last, month, year in _RANGE.findall(folded):
        days |= {_read(first, month, year), _read(last, month, year)}
    issued = document.metadata.issued_on.split("-")
    return days | ({_read(issued[2], issued[1], issued[0])} if len(issued) == 3 else set())


def _read(day: str, month: str, year: str | None) -> _Day:
    return int(day), int(month), int(year) if year else None


def _same_day(asked: _Day, known: _Day) -> bool:
    return asked[:2] == known[:2] and (None in (asked[2], known[2]) or asked[2] == known[2])


def _issued(document: Document, day: tuple[int | None, int, int | None]) -> bool:
    year, month, *rest = (int(part) for part in document.metadata.issued_on.split("-"))
    if month != day[1] or (day[2] is not None and year != day[2]):
        return False
    return rest == [day[0]] if day[0] is not None else not rest


class _LangChainRetriever(BaseRetriever):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    retriever: Retriever
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [
            LangChainDocument(
                id=h.passage.id,
                page_content=h.passage.text,
                metadata={
                    "document_id": h.document.id,
                    "document_number": h.document.metadata.number,
                    "locator": h.passage.locator,
                    "start": h.passage.start,
                    "end": h.passage.end,
                    "score": h.result.score,
                },
            )
            for h in self.retriever.retrieve(query, self.k).hits
        ]
