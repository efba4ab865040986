"""The words of a text, each with the key that all its spellings share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from knowledge.places.spelling.keys import WORD, joined, key_of, letters
from knowledge.places.spelling.kinds import Kind, kinds_at
from knowledge.text import fold, new_tone_placement

STOPS = (",", ";", "(", ")", "\n", "|", "/", ":", "?", "!")  # part names from each other
_CACHED_WORDS = 16_384  # syllables in their spellings: those of a few thousand questions
_NUMBERED = re.compile(r"(p|ph|f|q|phuong|quan|ward|district)(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text."""

    text: str
    folded: str
    key: str
    start: int
    end: int
    gap: str  # what stands between the word before and this one
    stopped: bool  # it parts names from each other
    kind: Kind | None  # the word for a kind of unit that begins here


class Words(tuple[Token, ...]):
    """The words of a text, and how they are written: asked of every word, looked at once."""

    @cached_property
    def marked(self) -> bool:
        """Whether any word has marks."""
        return any(not token.text.isascii() for token in self)

    @cached_property
    def cased(self) -> bool:
        """Whether any word begins with a capital."""
        return any(token.text[0].isupper() for token in self)

    @cached_property
    def cased_inside(self) -> bool:
        """Whether any word but the first does."""
        return any(token.text[0].isupper() for token in islice(self, 1, None))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its words."""

    text: str
    words: Words

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Where in the text the words `first` to before `end` stand."""
        return self.words[first].start, self.words[end - 1].end


def tokens(text: str, known_after_tp: frozenset[str] = frozenset()) -> Words:
    """The words of a text; "Q1" and "tphcm" are taken apart.

    Args:
        text: any text.
        known_after_tp: keys that may be written together with "TP".
    """
    spans = list(_spans(text, known_after_tp))
    words = [_spelt(text[start:end]) for start, end in spans]
    ends = [0, *(end for _, end in spans)]
    gaps = [text[end:start] for end, (start, _) in zip(ends, spans, strict=False)]
    kinds = kinds_at([marked for marked, _, _ in words], [folded for _, folded, _ in words], gaps)
    return Words(
        Token(*word, *span, gap, any(stop in gap for stop in STOPS), kind)
        for word, span, gap, kind in zip(words, spans, gaps, kinds, strict=True)
    )


def _spans(text: str, known_after_tp: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where each word stands."""
    for match in WORD.finditer(text):
        start, end = match.span()
        cut = _written_together(match[0], known_after_tp)
        if cut:
            yield start, start + cut
        yield start + cut, end


@lru_cache(_CACHED_WORDS)
def _written_together(word: str, known_after_tp: frozenset[str]) -> int:
    """How many letters of a word are a kind of unit with the name behind it; 0: none."""
    folded = fold(word)
    cut = 0
    if numbered := _NUMBERED.fullmatch(folded):
        cut = len(numbered[1])
    elif folded.startswith("tp") and key_of(folded[2:]) in known_after_tp:
        cut = 2
    return cut if len(folded) == len(word) else 0


@lru_cache(_CACHED_WORDS)
def _spelt(word: str) -> tuple[str, str, str]:
    """A word with marks as the data places them, the same folded, and its key."""
    folded = letters(fold(word))
    # In a name written together "hoà" would not be seen to be "hòa".
    return new_tone_placement(word), folded, key_of(folded)


def window_key(words: Sequence[Token], start: int, end: int) -> str:
    """The key of the words `start` to `end`, as a name's."""
    return joined([t.key for t in words[start:end]])


def follows_on(words: Sequence[Token], i: int) -> bool:
    """Whether there is a word `i` with no stop before it."""
    return i < len(words) and not words[i].stopped
