"""The clauses that an ask may be answered by, best first."""

from __future__ import annotations

from dataclasses import replace

from bot.models.loader import Models
from bot.question import rules
from bot.question.question import Ask
from bot.sources.documents.rerank import Reranker
from retrieval.retriever import Retrieval, Retriever
from retrieval.values import find_values
from retrieval.words import text_words

TOP = 20  # passages put in order: 99 % hold the answering clause, of 10 only 97 %


class Ranking:
    """Searches and puts in order; safe to use from many threads."""

    def __init__(self, retriever: Retriever, models: Models) -> None:
        self._retriever = retriever
        self._reranker = Reranker.load(models, retriever.embedder.unlike)

    def ranked(self, ask: Ask) -> Retrieval:
        """The hits of an ask, those of a document it names alone where it names one we have."""
        ordered = self._reranker.rerank(searched(self._retriever, ask), ask.wants, ask.words)
        return _near_first(ordered, ask) if ask.bounds.near else ordered


def searched(retriever: Retriever, ask: Ask) -> Retrieval:
    """What the search finds for an ask; what documents say of themselves only where it asks that."""
    of_itself = bool(rules.search("documents.of_itself", ask.query.folded))
    named = (ask.named, ask.missing)
    return retriever.retrieve(ask.query, TOP, ask.vector, named, of_itself=of_itself)


def _near_first(found: Retrieval, ask: Ask) -> Retrieval:
    """The clause talked about first, where it has what is asked for and as much of the question."""
    hit = next((h for h in found.hits if h.passage.id == ask.bounds.near), None)
    if hit is None or not any(v.kind in ask.wants.expects for v in find_values(hit.passage.text)):
        return found
    covered, best = (ask.words.coverage(text_words(h.passage.text)) for h in (hit, found.hits[0]))
    if covered < best:
        return found
    return replace(found, hits=(hit, *(h for h in found.hits if h is not hit)))
