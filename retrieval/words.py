"""How the words of a question and of a passage meet, weighed by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge.text import fold
from retrieval.lexical import lexical_pairs, lexical_tokens
from retrieval.query import SearchQuery, index_text

# Words that ask or are polite; they say nothing about what is asked.
_ASKING = frozenset(
    [
        "la",
        "gi",
        "nao",
        "ai",
        "co",
        "khong",
        "duoc",
        "bao",
        "nhieu",
        "may",
        "khi",
        "va",
        "cua",
        "cho",
        "o",
        "a",
        "nhe",
        "thi",
        "ma",
        "den",
        "tu",
        "nhu",
        "vay",
        "sao",
        "nhung",
        "cac",
        "mot",
        "nay",
        "do",
        "roi",
        "ra",
        "vao",
        "se",
        "da",
        "dang",
        "phai",
        "toi",
        "em",
        "anh",
        "chi",
        "minh",
        "cau",
        "hoi",
        "oi",
        "nhi",
        "nha",
        "ve",
        "trong",
        "tai",
        "gio",
        "hom",
        "luc",
        "hay",
        "dau",
        "theo",
        "biet",
        "muon",
        "xin",
        "vui",
        "long",
        "giup",
        "neu",
        "bi",
        "boi",
        "voi",
        "cung",
        "lai",
        "con",
        "nua",
        "han",
        "ha",
        "dung",
        "chua",
        "the",
        "ta",
        "nghe",
        "noi",
        "nguoi",
        "bac",
        "chau",
        "ong",
        "ba",
        "con",
        "u",
        "vang",
        "da",
        "thua",
        "chao",
        "xem",
        "is",
        "are",
        "was",
        "were",
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "by",
        "with",
        "at",
        "from",
        "do",
        "does",
        "did",
        "must",
        "should",
        "can",
        "will",
        "what",
        "which",
        "when",
        "where",
        "who",
        "how",
        "many",
        "much",
        "under",
        "please",
        "me",
        "my",
        "our",
        "tell",
        "about",
        "it",
        "its",
        "this",
        "that",
        "be",
        "been",
        "has",
        "have",
        "had",
        "any",
    ]
)
Rarity = Callable[[str], float]
MAX_RARITY = 14.0
_NUMBER_RARITY = 8.0


_CACHED_TEXTS = 4_096  # passages and units met again in the next question: under 20 MB


@dataclass(frozen=True, slots=True)
class TextWords:
    """What a text says, folded."""

    tokens: frozenset[str]
    pairs: frozenset[str]  # of adjacent tokens


@lru_cache(_CACHED_TEXTS)
def text_words(text: str) -> TextWords:
    """The words of a passage, a unit or a phrase."""
    tokens = lexical_tokens(index_text(text))
    return TextWords(frozenset(tokens), frozenset(lexical_pairs(tokens)))


class Words:
    """The content words of a query (without document numbers), each with its rarity."""

    def __init__(self, query: SearchQuery, rarity: Rarity) -> None:
        """`rarity` gives -log of a folded syllable's share of general text."""
        self.asked = query.text
        named = {t for n in query.numbers for t in lexical_tokens(fold(query.raw)[n.start : n.end])}
        self.tokens = [t for t in lexical_tokens(query.folded) if t not in named]
        self.content = [t for t in self.tokens if t not in _ASKING] or self.tokens
        weights = {
            t: min(rarity(t), MAX_RARITY) if t.isalpha() else _NUMBER_RARITY for t in self.tokens
        }
        pairs = pairwise(self.tokens)
        self._weighed = [(t, weights[t]) for t in self.content]
        self._pairs = [
            (f"{a}_{b}", weights[a] + weights[b])
            for a, b in pairs
            if not (a in _ASKING and b in _ASKING)
        ]
        self._of_words = sum(weight for _, weight in self._weighed) or math.inf
        self._of_pairs = sum(weight for _, weight in self._pairs) or math.inf

    def shares(self, texts: Iterable[TextWords]) -> list[tuple[float, float]]:
        """(coverage, pair coverage) of each text, 0 to 1.

        The share of the content words' rarity found in it, and the same over adjacent pairs.
        """
        return [
            (
                sum([w for word, w in self._weighed if word in text.tokens]) / self._of_words,
                sum([w for pair, w in self._pairs if pair in text.pairs]) / self._of_pairs,
            )
            for text in texts
        ]

    def coverage(self, text: TextWords) -> float:
        """Share of the content words' rarity found in a text, 0 to 1."""
        return self.shares((text,))[0][0]

    def uncovered(self, have: Set[str]) -> list[float]:
        """Rarities of the content words that are not among the tokens `have`, rarest first."""
        return sorted((weight for t, weight in self._weighed if t not in have), reverse=True)
