"""What is said of the clauses that a search found."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.blocks import Note
from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.question.question import Ask
from bot.sources.documents.composer import Composer, short
from bot.sources.documents.evidence import (
    best_unit,
    children,
    parent_lead_in,
    quote_around,
)
from bot.sources.documents.lead import find_lead, key_phrase
from knowledge.models import Document, Passage
from knowledge.text import unit_spans
from prompts.wording import Wording
from retrieval.retriever import Hit, Retrieval
from retrieval.words import Words, text_words

MAX_ALSO = 2  # further clauses shown
ALSO_SHARE = 0.75  # a further clause must reach this share of the first one's coverage
MIN_LIST_PIECES = 3
MIN_LIST_ITEMS = 2
LIST_HITS = 2  # hits around which a list is looked for
MIN_HEAD_COVERAGE = 0.35  # of the question by the words that lead in a list


class ClauseDrafts:
    """Composes from ranked hits: a clause, a list, or the documents that speak of something."""

    def __init__(self, composer: Composer, say: Wording) -> None:
        self._composer, self._say = composer, say

    def draft(self, ask: Ask, found: Retrieval) -> Draft:
        """What the hits say to an ask; needs at least one hit."""
        draft = self._composed(ask, found)
        if found.missing:
            beside = self._say.text("refusals.beside", name=found.missing[0].shown)
            draft.add(Note(beside))
        return draft

    def _composed(self, ask: Ask, found: Retrieval) -> Draft:
        if ask.wants.intent == "documents":
            return self._documents(found, ask.words)
        if ask.wants.intent == "list":
            listed = self._list(found, ask.words)
            if listed:
                return listed
        return self._clause(ask, found)

    def _clause(self, ask: Ask, found: Retrieval) -> Draft:
        hit, words, meaning = found.hits[0], ask.words, ask.wants
        span = best_unit(hit, words)
        lead = find_lead(hit, span, ask.query, meaning, words)
        quote = quote_around(hit.document, hit.passage, span)
        draft = Draft()
        phrase = None if lead else key_phrase(quote, words, meaning.expects)
        self._composer.clause(draft, quote, lead, phrase)
        self._composer.also(draft, (_part(h, words) for h in _also(found.hits, words)))
        self._composer.suggest(draft, hit.document, parent_lead_in(hit.document, hit.passage))
        return draft

    def _list(self, retrieval: Retrieval, words: Words) -> Draft | None:
        """The list whose heading or lead-in speaks to the question; else the pieces of a clause."""
        draft = Draft()
        first = retrieval.hits[0]
        head = _list_head(retrieval.hits[:LIST_HITS], words)
        if head:
            document, passage = head
            self._composer.list_below(draft, document, passage, children(document, passage))
        elif len(unit_spans(first.passage.text)) >= MIN_LIST_PIECES:
            self._composer.list_inside(draft, first.document, first.passage)
        else:
            return None
        self._composer.suggest(draft, first.document)
        return draft

    def _documents(self, retrieval: Retrieval, words: Words) -> Draft:
        draft = Draft()
        first = _coverage(retrieval.hits[0], words)
        best: dict[str, Hit] = {}
        for hit in retrieval.hits:
            if _coverage(hit, words) >= ALSO_SHARE * first:
                best.setdefault(hit.document.id, hit)
        self._composer.documents(draft, [_part(h, words) for h in best.values()])
        self._composer.suggest(draft, retrieval.hits[0].document)
        return draft


def _also(hits: tuple[Hit, ...], words: Words) -> list[Hit]:
    first = _coverage(hits[0], words)
    near = [h for h in hits[1:5] if _coverage(h, words) >= max(ALSO_SHARE * first, 0.3)]
    return near[:MAX_ALSO]


def _coverage(hit: Hit, words: Words) -> float:
    unit = hit.passage.text[slice(*best_unit(hit, words))]
    return words.coverage(text_words(unit))


def _part(hit: Hit, words: Words) -> Quote:
    start, end = best_unit(hit, words)
    passage = hit.passage
    if len(passage.text) <= 220:
        return short(hit.document, passage)
    return Quote(hit.document, passage, passage.start + start, passage.start + end)


def _list_head(hits: Sequence[Hit], words: Words) -> tuple[Document, Passage] | None:
    """Of the passages that lead in a list around the hits, the one that covers the question."""
    best, best_score = None, MIN_HEAD_COVERAGE
    for hit in hits:
        above = next((p for p in hit.document.passages if p.id == hit.passage.parent_id), None)
        for head in (hit.passage, above):
            if head is None or len(children(hit.document, head)) < MIN_LIST_ITEMS:
                continue
            score = words.coverage(text_words(head.text))
            if score > best_score:
                best, best_score = (hit.document, head), score
    return best
