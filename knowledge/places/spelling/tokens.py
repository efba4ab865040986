"""The words of a text, each with the key that all its spellings share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.places.spelling.keys import WORD, joined, key_of, letters
from knowledge.text import fold, new_tone_placement

STOPS = (",", ";", "(", ")", "\n", "|", "/", ":", "?", "!")  # part names from each other
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


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its words."""

    text: str
    words: Sequence[Token]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Where in the text the words `first` to before `end` stand."""
        return self.words[first].start, self.words[end - 1].end


def tokens(text: str, known_after_tp: frozenset[str] = frozenset()) -> list[Token]:
    """The words of a text; "Q1" and "tphcm" are taken apart.

    Args:
        text: any text.
        known_after_tp: keys that may be written together with "TP".
    """
    found: list[Token] = []
    end = 0
    for match in WORD.finditer(text):
        word, start = match[0], match.start()
        gap, end = text[end:start], match.end()
        folded = fold(word)
        cut = 0
        if numbered := _NUMBERED.fullmatch(folded):
            cut = len(numbered[1])
        elif folded.startswith("tp") and key_of(folded[2:]) in known_after_tp:
            cut = 2
        if cut and len(folded) == len(word):
            found.append(_token(word[:cut], start, gap))
            found.append(_token(word[cut:], start + cut, ""))
        else:
            found.append(_token(word, start, gap))
    return found


def _token(word: str, start: int, gap: str) -> Token:
    folded = letters(fold(word))
    # Marks as the data places them: in a name written together "hoà" would not be seen to be "hòa".
    marked = new_tone_placement(word)
    return Token(marked, folded, key_of(folded), start, start + len(word), gap)


def window_key(words: Sequence[Token], start: int, end: int) -> str:
    """The key of the words `start` to `end`, as a name's."""
    return joined([t.key for t in words[start:end]])


def follows_on(words: Sequence[Token], i: int) -> bool:
    """Whether there is a word `i` with no stop before it."""
    return i < len(words) and not any(c in words[i].gap for c in STOPS)
