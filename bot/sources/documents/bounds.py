"""Whether the clauses of an answer speak of what a follow-up asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.answer.quote import Quote
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

Where = Literal["words", "above", "both"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a clause must speak of to answer."""

    refusal: str  # the sentence to say when none does
    says: str = ".*"  # a pattern on its words in lower case, such as "xã(?! hội)|phường"
    matter: str = ""  # words that it shares with the earlier question
    passage: str = ""  # id of the clause it must be, where words cannot tell (a talk in English)
    where: Where = "words"  # a duty is told by what leads a clause in, to whom it speaks

    def holds(
        self,
        quotes: Iterable[Quote],
        analyse: Callable[[str], SearchQuery],
        rarity: Callable[[str], float],
    ) -> bool:
        """Whether one of the clauses is of it."""
        words = Words(analyse(self.matter), rarity) if self.matter else None
        return any(self._is_of(quote, words) for quote in quotes)

    def _is_of(self, quote: Quote, words: Words | None) -> bool:
        if self.passage and quote.passage.id != self.passage:
            return False
        lead = parent_lead_in(quote.document, quote.passage)
        above = f"{quote.passage.context} {lead.text if lead else ''}"
        if self.where == "above":
            own = quote.passage.text.strip()
            return self._says(f"{above} {own if own.endswith(':') else ''}")
        beside = above if self.where == "both" else ""
        units = [quote.text[a:b] for a, b in unit_spans(quote.text)] or [quote.text]
        return any(
            self._says(f"{unit} {beside}")
            and (words is None or words.coverage(text_words(f"{unit} {above}")) >= MIN_MATTER)
            for unit in units
        )

    def _says(self, text: str) -> bool:
        said = new_tone_placement(collapse(text)).lower()
        return re.search(rf"(?<!\w)(?:{self.says})(?!\w)", said) is not None


@dataclass(frozen=True, slots=True)
class Mention:
    """A matter that a document is asked to speak of."""

    document_id: str
    matter: str
    refusal: str  # the sentence to say when it does not


def mention(document: Document, words: Words) -> Quote | None:
    """The clause of a document that speaks most of the words' matter; None when none does."""
    units = (
        (words.coverage(said), words.pair_coverage(said), passage, (a, b))
        for passage in document.passages
        for a, b in unit_spans(passage.text)
        for said in [text_words(passage.text[a:b])]
    )
    best = max(units, key=lambda u: (round(u[0] + u[1], 2), u[3][0] - u[3][1]), default=None)
    if best is None or best[0] < MENTION_WORDS or best[1] < MENTION_PAIRS:
        return None
    return quote_around(document, best[2], best[3])
