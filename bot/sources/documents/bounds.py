"""Whether the clauses of an answer speak of what a follow-up asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot.answer.quote import Quote
from bot.question.bounds import Scope
from bot.sources.documents.evidence import parent_lead_in, quote_around
from knowledge.models import Document
from knowledge.text import collapse, new_tone_placement, unit_spans
from retrieval.query import SearchQuery
from retrieval.words import Words, text_words

# Of the earlier question's words, weighted by rarity, in one unit of a clause with its lead-in.
MIN_MATTER = 0.5
# The same, and of its pairs of neighbouring words, for a document to speak of a matter: of 22
# matters the 38 units that do reach them, of the best units of other documents 3 of 57.
MENTION_WORDS, MENTION_PAIRS = 0.7, 0.35


class ScopeCheck:
    """Holds clauses to the scope of a follow-up."""

    def __init__(
        self, analyse: Callable[[str], SearchQuery], rarity: Callable[[str], float]
    ) -> None:
        self._analyse, self._rarity = analyse, rarity

    def holds(self, scope: Scope, quotes: Iterable[Quote]) -> bool:
        """Whether one of the clauses is of the scope."""
        words = Words(self._analyse(scope.matter), self._rarity) if scope.matter else None
        return any(_is_of(scope, quote, words) for quote in quotes)


def _is_of(scope: Scope, quote: Quote, words: Words | None) -> bool:
    if scope.passage and quote.passage.id != scope.passage:
        return False
    lead = parent_lead_in(quote.document, quote.passage)
    above = f"{quote.passage.context} {lead.text if lead else ''}"
    if scope.where == "above":
        own = quote.passage.text.strip()
        return _says(scope, f"{above} {own if own.endswith(':') else ''}")
    beside = above if scope.where == "both" else ""
    units = [quote.text[a:b] for a, b in unit_spans(quote.text)] or [quote.text]
    return any(
        _says(scope, f"{unit} {beside}")
        and (words is None or words.coverage(text_words(f"{unit} {above}")) >= MIN_MATTER)
        for unit in units
    )


def _says(scope: Scope, text: str) -> bool:
    said = new_tone_placement(collapse(text)).lower()
    return re.search(rf"(?<!\w)(?:{scope.says})(?!\w)", said) is not None


def mention(document: Document, words: Words) -> Quote | None:
    """The clause of a document that speaks most of the words' matter; None when none does."""
    units = [(p, a, b) for p in document.passages for a, b in unit_spans(p.text)]
    said = words.shares(text_words(p.text[a:b]) for p, a, b in units)
    scored = zip(said, units, strict=True)
    best = max(scored, key=lambda u: (round(sum(u[0]), 2), u[1][1] - u[1][2]), default=None)
    if best is None or best[0][0] < MENTION_WORDS or best[0][1] < MENTION_PAIRS:
        return None
    passage, *span = best[1]
    return quote_around(document, passage, (span[0], span[1]))
