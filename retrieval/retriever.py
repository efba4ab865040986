"""From a question to ranked passages with their documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice

import numpy as np

from knowledge.models import Document, Passage
from knowledge.numbers import NumberMention, matches
from retrieval.days import asked_days, issued, named_dates, same_day
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder
from retrieval.index import SearchIndex, SearchResult
from retrieval.query import SearchQuery, analyse
from retrieval.tables import number_key

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
        self._of_itself = {p.id for d in documents for p in d.passages if p.of_itself}
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
        return self._index.tables.vocabulary

    def naming(self, mention: NumberMention) -> list[tuple[Passage, Document]]:
        """The passages that name a document number, in reading order."""
        named = self._index.tables.naming.get(number_key(mention), ())
        return [self._by_id[passage_id] for passage_id in named if passage_id in self._by_id]

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
        of_itself: bool = False,
    ) -> Retrieval:
        """The `k` best passages; those of a named document alone where we have what is named.

        Args:
            question: as typed or analysed.
            k: how many.
            vector: as `embed` gives it, where it is known.
            named_and_missing: as `named` gives it, where it is known.
            of_itself: among them what a document says of itself: who signed it, to whom it goes.
        """
        query = self.analyse(question) if isinstance(question, str) else question
        named, missing = named_and_missing or self.named(query)
        if vector is None:
            vector = self.embed(query)
        # To name them all bounds nothing, and a filter on all would be slow.
        bounds = [d.id for d in named] if len(named) < len(self._documents) else []
        found = self._index.search(query, vector, k + min(k, len(self._of_itself)), bounds)
        known = (r for r in found if r.passage_id in self._by_id)
        kept = (r for r in known if of_itself or r.passage_id not in self._of_itself)
        hits = tuple(
            Hit(*self._by_id[r.passage_id], replace(r, rank=rank))
            for rank, r in enumerate(islice(kept, k), 1)
        )
        return Retrieval(query, vector, hits, named, missing)

    def unknown_days(self, query: SearchQuery) -> list[str]:
        """The dates a question names, as typed, that no document has: 30/2/2026, a wrong year."""
        return [
            shown
            for shown, day in asked_days(query.folded)
            if not any(same_day(day, known) for known in self._index.tables.days)
        ]

    def named(self, query: SearchQuery) -> Named:
        """The documents a question names by number or by their date, and the numbers we lack."""
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
            named |= {d.id: d for d in self._documents if issued(d, day)}
        return tuple(named.values()), tuple(missing)
