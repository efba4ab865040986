"""What a question is as a search query."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.numbers import NumberMention, find_numbers
from knowledge.text import clean, collapse, fold, fold_word, new_tone_placement
from retrieval.diacritics import CAREFUL_SHARE, Restorer
from retrieval.phrases import key_words, subject
from retrieval.spelling import expand_abbreviations

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "what",
        "who",
        "when",
        "where",
        "which",
        "how",
        "is",
        "are",
        "was",
        "were",
        "does",
        "did",
        "do",
        "by",
        "to",
        "in",
        "for",
        "on",
        "about",
        "and",
        "under",
        "must",
        "should",
        "has",
        "have",
        "from",
        "many",
        "much",
        "any",
        "they",
        "their",
        "it",
        "tell",
        "me",
        "please",
        "according",
        "deadline",
        "say",
        "says",
        "can",
        "will",
        "with",
        "that",
        "this",
        "be",
        "at",
        "district",
        "province",
        "commune",
        "government",
        "people",
        "students",
        "report",
        "conclusion",
        "plan",
        "meeting",
    ]
)
_ENGLISH_SHARE = 0.4
_ENGLISH_MARKED = 0.1  # such as a name in it


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question made ready for both legs of the search."""

    raw: str
    text: str  # abbreviations written out, diacritics restored
    folded: str  # `text` folded
    english: bool
    unaccented: bool  # fewer marks than careful Vietnamese has
    numbers: tuple[NumberMention, ...]  # document numbers named

    @property
    def subject(self) -> str:
        """What the dense leg reads: `text` without what is said around a question."""
        return self.text if self.english else subject(self.text)

    @property
    def key_words(self) -> str:
        """What the lexical leg reads: no words that only ask."""
        return self.folded if self.english else fold(key_words(self.text))


def analyse(question: str, restorer: Restorer) -> SearchQuery:
    """Normalise for search only; `raw` stays what the user wrote (cleaned)."""
    raw = collapse(clean(question))
    numbers = tuple(find_numbers(raw))
    share = marked_share(raw)
    english = is_english(raw)
    careful = share >= CAREFUL_SHARE
    text = raw
    if not english:
        text = expand_abbreviations(raw, chat=not careful or raw == raw.lower())
        text = restorer.restore(text)
    text = new_tone_placement(text)
    return SearchQuery(raw, text, fold(text), english, not careful and not english, numbers)


def marked_share(text: str) -> float:
    """Share of the words that carry a Vietnamese mark; 0 for a text without words."""
    words = _WORD.findall(text.lower())
    return sum(fold_word(w) != w for w in words) / len(words) if words else 0.0


def is_english(text: str) -> bool:
    """Whether a question is in English: hardly a mark, and words that English has."""
    if marked_share(text) >= _ENGLISH_MARKED:
        return False
    words = _WORD.findall(text.lower())
    return bool(words) and sum(w in _ENGLISH for w in words) >= _ENGLISH_SHARE * len(words)


def index_text(text: str) -> str:
    """A passage's words as queries have them: one line, new tone placement, no abbreviations."""
    return expand_abbreviations(new_tone_placement(collapse(text.replace("*", ""))))
