"""Letters of an old encoding inside Unicode text, recognised and converted, paragraph by paragraph.

A text saved from an old program, or copied from a PDF with old fonts, is Unicode whose letters are
those that windows-1252 shows for the old bytes ("§iÒu 1"). What decides is how many words with a
mark can be Vietnamese syllables: as they stand, and as each table would have them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from knowledge.reading.encodings.syllables import TONES, is_syllable
from knowledge.reading.encodings.tables import OLD

# A paragraph alone is converted on this many words; with fewer it follows the rest of the text.
ENOUGH_WORDS = 4
GOOD, BAD = 0.85, 0.5  # shares of words that can be Vietnamese: convert above GOOD, from below BAD
# What windows-1252 shows for the old bytes of letters are signs as well, and control characters.
_SIGNS = (
    "\u00a0-\u00ff\u0100-\u0178\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
    "\x01\x02\x04-\x06\x11-\x17\x80-\x9f"
)
_WORD = re.compile(rf"[^\W\d_{_SIGNS}]*[{_SIGNS}][^\W\d_]*[{_SIGNS}\w]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_AROUND = "“”‘’\"'…–—•«»°§©®™\u00a0"
_ALPHABET = frozenset("aăâbcdđeêghiklmnoôơpqrstuưvxy")  # of Vietnamese, without tones
_OTHER_LETTER = 0.1  # a word of its letters that is no syllable, such as "BCĐ"


@dataclass(frozen=True, slots=True)
class Converted:
    """Text in Unicode, and the old encodings that some of it was in, with paragraphs of each."""

    text: str
    found: dict[str, int]


def to_unicode(text: str) -> Converted:
    """Convert what is in an old encoding; proper Vietnamese, English and the like stay."""
    parts = re.split(r"(\n)", text)
    words = [_words(part) for part in parts]
    votes = [_sure(each) for each in words]
    counts = Counter(name for name in votes if name)
    if not counts:
        return Converted(text, {})
    usual = counts.most_common(1)[0][0]
    mixed = any(len(each) >= ENOUGH_WORDS and _good(each) > GOOD for each in words)
    found: Counter[str] = Counter()
    for place, name in enumerate(votes):
        chosen = name or (usual if _follows(words[place], usual, mixed=mixed) else None)
        if chosen:
            parts[place] = OLD[chosen](parts[place])
            found[chosen] += 1
    return Converted("".join(parts), dict(found))


def share_of_syllables(text: str) -> float | None:
    """How many of the words with Vietnamese marks can be Vietnamese; None when there are none."""
    words = [w for w in _LETTERS.findall(unicodedata.normalize("NFC", text)) if not w.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else None


def _words(paragraph: str) -> list[str]:
    """The words that hold a letter or sign beyond ASCII."""
    if paragraph.isascii() and not any(c < "\x20" for c in paragraph):
        return []
    return _WORD.findall(unicodedata.normalize("NFC", paragraph))


def _sure(words: list[str]) -> str | None:
    """The old encoding of a paragraph that is sure of it by itself."""
    if len(words) < ENOUGH_WORDS or _good(words) > BAD:
        return None
    scores = {name: _good([table(w) for w in words]) for name, table in OLD.items()}
    name = max(scores, key=lambda n: scores[n])
    return name if scores[name] >= GOOD else None


def _follows(words: list[str], usual: str, *, mixed: bool) -> bool:
    """Whether a short or doubtful paragraph is in the encoding of the others.

    In a text that is not mixed a tie is theirs: "Soá" can be read as it stands, and is "Số".
    """
    if not words:
        return False
    stays, becomes = _good(words), _good([OLD[usual](w) for w in words])
    return becomes > stays or (not mixed and becomes == stays > 0)


def _good(words: list[str]) -> float:
    """From 0 to 1, how much these are words of Vietnamese."""
    return sum(map(_worth, words)) / len(words)


def _worth(word: str) -> float:
    """Quotes and dashes around a word do not count; a sign inside it does."""
    parts = [bare for part in word.split("\u00a0") if (bare := part.strip(_AROUND))]
    if not parts or all(part.isascii() for part in parts):
        return 0.0
    return sum(_worth_of_part(part) for part in parts) / len(parts)


def _worth_of_part(part: str) -> float:
    runs = _LETTERS.findall(part)
    if "".join(runs) != re.sub(r"[\d_/.,;:()\[\]-]", "", part):
        return 0.0
    if all(map(is_syllable, runs)):
        return 1.0
    return _OTHER_LETTER if all(_is_ours(c) for run in runs for c in run) else 0.0


def _is_ours(letter: str) -> bool:
    parts = [c for c in unicodedata.normalize("NFD", letter.lower()) if c not in TONES]
    return unicodedata.normalize("NFC", "".join(parts)) in _ALPHABET
