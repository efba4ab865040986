"""Vietnamese text primitives: clean, fold, tone placement, sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Regular expression classes: a range such as à-ỹ holds capitals too.
_LETTERS = [chr(c) for c in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(c).isalpha()]
UPPER = "".join(c for c in _LETTERS if c.isupper())
LOWER = "".join(c for c in _LETTERS if c.islower())
_SYLLABLE = re.compile(r"[^\W_]+")

# Old tone placement -> new, on the second vowel of oa, oe, uy (Quyết định 1989/QĐ-BGDĐT uses the
# new one). Only when the syllable ends there: "hoà" -> "hòa", "thuỷ" -> "thủy"; "hoàn" stays.
_TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
OLD_TO_NEW_TONES = {
    unicodedata.normalize("NFC", a + b + tone): unicodedata.normalize("NFC", a + tone + b)
    for a, b in ("oa", "oe", "uy", "Oa", "Oe", "Uy", "OA", "OE", "UY")
    for tone in _TONES
}
_OLD_TONE = re.compile(rf"(?<![qQ])({'|'.join(OLD_TO_NEW_TONES)})(?!\w)")

# A full stop, question or exclamation mark or an ellipsis ends a sentence when a capital, digit or
# opening mark follows; not after an initial ("A."), a list number ("1.") or a common abbreviation.
_SENTENCE_END = re.compile(rf"(?<![.!?…])[.!?…]+[\"”’)\]*]*\s+(?=[\"“‘(\[*]*[{UPPER}\d])")
_NOT_AN_END = re.compile(
    r"(?:^|[\s(])(?:[A-ZĐ]|\d{1,3}|[Tt][Pp]|TS|ThS|GS|PGS|Đ/c|đ/c|[Tt]r|vs|[A-Z]\.[A-Z])\.$"
)


class Letters(dict[int, str]):
    """For `str.translate`: what a letter becomes, worked out when it is first met."""

    def __init__(self, become: Callable[[str], str]) -> None:
        """`become` gives what stands for one letter, in any text."""
        super().__init__()
        self._become = become

    def __missing__(self, letter: int) -> str:
        """The letter's own, kept."""
        self[letter] = self._become(chr(letter))
        return self[letter]


def _unmarked(letter: str) -> str:
    decomposed = unicodedata.normalize("NFD", letter.replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# A quarter of the time that NFD of each text, read letter by letter, took; `fold` is asked of every
# syllable of every text.
_UNMARKED = Letters(_unmarked)


def clean(text: str) -> str:
    """Text as stored: NFC, newline line ends, no control or invisible characters."""
    text = text.encode("utf-8", "replace").decode()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u00a0", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text)  # last: a mark may have stood behind an invisible one


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: the form in which all typing styles meet."""
    return text.lower().translate(_UNMARKED)


@lru_cache(16_384)  # the syllables of a few thousand questions; a text is folded whole, by `fold`
def fold_word(word: str) -> str:
    """`fold` of one word, kept."""
    return fold(word)


def new_tone_placement(text: str) -> str:
    """NFC text with "hoà, thuỷ" written "hòa, thủy"."""
    return _OLD_TONE.sub(lambda m: OLD_TO_NEW_TONES[m.group()], unicodedata.normalize("NFC", text))


def syllables(text: str) -> list[str]:
    """Runs of letters and digits, in order."""
    return _SYLLABLE.findall(text)


def collapse(text: str) -> str:
    """White space runs become one space."""
    return " ".join(text.split())


def has_diacritics(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark (đ counts)."""
    return fold(text) != text.lower()


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open character ranges of the sentences of `text`, without white space around them.

    Empty text gives no spans.
    """
    cuts = [
        m.end()
        for m in _SENTENCE_END.finditer(text)
        if not _NOT_AN_END.search(text[: m.start() + 1][-8:])
    ]
    bounds = [0, *cuts, len(text)]
    return [trim(text, a, b) for a, b in pairwise(bounds) if text[a:b].strip()]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The range narrowed so that it neither starts nor ends with white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def unit_spans(text: str, min_chars: int = 40) -> list[tuple[int, int]]:
    """Sentences parted at their semicolons: the smallest pieces that still say something.

    A piece shorter than `min_chars` stays with the one before it.
    """
    spans: list[tuple[int, int]] = []
    for a, b in sentence_spans(text):
        cuts = [a, *(a + m.end() for m in re.finditer(r";\s+", text[a:b])), b]
        for start, end in pairwise(cuts):
            start, end = trim(text, start, end)
            if spans and spans[-1][0] >= a and end - start < min_chars:
                spans[-1] = (spans[-1][0], end)
            elif end > start:
                spans.append((start, end))
    return spans
