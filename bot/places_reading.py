"""The place that a question names, however it was typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from bot import places_question as asks
from knowledge.places.models import NewUnit, OldUnit, PlaceResolution
from knowledge.places.resolver import LEVELS, PlaceResolver
from knowledge.places.spelling import marks_off, name_key
from knowledge.text import fold
from retrieval.query import SearchQuery

_FEW_WORDS = 4  # a question this short may be nothing but a name
# Letters of chat, on text without marks: "quận 1 h là p nào".
_CHAT = (
    (re.compile(r"\bthi x\b", re.IGNORECASE), "thi xa"),
    (re.compile(r"\bbay h\b", re.IGNORECASE), "bay gio"),
    (re.compile(r"\bh(?= (?:la|thuoc|goi|doi|nhap|sap|ten|thi|con)\b)", re.IGNORECASE), "gio"),
    (re.compile(r"(?<![\w.])p(?=\s+[^\W\d])", re.IGNORECASE), "phuong"),
    (re.compile(r"(?<![\w.])x(?=\s+[^\W\d])", re.IGNORECASE), "xa"),
    (re.compile(r"(?<![\w.])q(?=\s+[^\W\d])", re.IGNORECASE), "quan"),
    (re.compile(r"\b(?!(?:tp|tx|tt|ql|dt|ap|so|to|lo)\d)([a-z]{2,})[1-9]\b"), r"\1"),  # VNI keys
    (re.compile(r"\bj\b", re.IGNORECASE), "gi"),
)


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A place that a question names."""

    found: PlaceResolution
    text: str  # the question as it was read
    rest: str  # folded, with "_" where the place stood
    sure: bool  # the words can hardly be anything but a place


class PlaceReader:
    """Reads a question as it was typed, then with its slips mended and its marks aside."""

    def __init__(self, resolver: PlaceResolver) -> None:
        self.resolver = resolver

    def read(self, query: SearchQuery) -> PlaceReading | None:
        """The place beyond doubt that a question names; None when it names none."""
        return next(iter(self.readings(query)), None)

    def readings(self, query: SearchQuery) -> list[PlaceReading]:
        """How the question may be read, the best first; they differ in what stands around."""
        typed = self._read(query.raw)
        plain = mended(query)
        guessed = self._read(plain) if plain != query.raw else None
        if guessed is None:
            return [typed] if typed else []
        guessed = replace(guessed, found=_as_typed(guessed.found, query.raw, plain))
        if typed is None:
            return [guessed]
        if _better(guessed, typed):
            return [guessed]
        if guessed.found.new == typed.found.new:  # the same place; the words around it are mended
            return [replace(typed, text=plain, rest=guessed.rest), typed]
        return [typed]

    def _read(self, text: str) -> PlaceReading | None:
        found, sure = self.resolver.find(text), True
        if found is None or (found.status == "unknown" and not self.resolver.provinces(text)):
            strong = self._strong(text)
            found, sure = strong or found, strong is None
        return PlaceReading(found, text, rest_of(text, found), sure) if found else None

    def _strong(self, text: str) -> PlaceResolution | None:
        """A name without its kind, when the question can only be about a place."""
        folded = fold(text)
        few = len(folded.split()) <= _FEW_WORDS
        if not (asks.NOW.search(folded) or asks.MADE_OF.search(folded) or few):
            return None
        found = self.resolver.resolve(text)
        rest = rest_of(text, found)
        if found.status == "unknown":
            return found if _named(found, text) and asks.NOW.search(rest) else None
        if found.how == "other_marks":
            return None
        whole = asks.FILLER.fullmatch(rest)
        capital = all(word[0].isupper() or word[0].isdigit() for word in found.matched.split())
        asked = asks.BESIDE.match(rest)
        return found if whole or (capital and asks.NOW.search(rest)) or asked else None


def _named(found: PlaceResolution, text: str) -> bool:
    """Whether an unknown place is named as one: its kind, then words with capitals."""
    words = found.matched.split()
    kind = 2 if fold(" ".join(words[:2])) in ("thi tran", "dac khu") else 1
    name = words[kind:]
    return found.matched != text.strip() and bool(name) and all(w[0].isupper() for w in name)


def rest_of(text: str, found: PlaceResolution) -> str:
    """What a question says around the place, folded, with "_" for the place."""
    return " ".join(fold(f"{text[: found.start]} _ {text[found.end :]}").split())


def mended(query: SearchQuery) -> str:
    """The question without marks, its slips mended and letters of chat written out."""
    decomposed = unicodedata.normalize("NFD", query.text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    for pattern, words in _CHAT:
        plain = pattern.sub(words, plain)
    return plain


def _better(guessed: PlaceReading, typed: PlaceReading) -> bool:
    """Whether the mended reading says more than the one of the words as typed."""
    ours, theirs = guessed.found, typed.found
    finer = LEVELS.index(ours.level) < LEVELS.index(theirs.level)
    if ours.status == "unknown" or finer:
        return finer
    if theirs.status == "unknown" or guessed.sure > typed.sure:
        return True
    longer = len(ours.matched.split()) > len(theirs.matched.split())
    return longer or (theirs.status == "ambiguous" and ours.status != "ambiguous")


def _as_typed(found: PlaceResolution, raw: str, plain: str) -> PlaceResolution:
    """The same with the words as they were typed; other marks than the name's are told."""
    words, mended_words = raw.split(), plain.split()
    first = len(plain[: found.start].split())
    size = len(found.matched.split())
    if len(words) == len(mended_words):
        typed = " ".join(words[first : first + size]).strip(",;?!")
        found = replace(found, matched=typed)
    unit = found.old or (found.new[0] if len(found.new) == 1 else None)
    if unit and found.how in ("exact", "unmarked") and not _fits(found.matched, unit):
        found = replace(found, how="other_marks")
    return found


def _fits(typed: str, unit: OldUnit | NewUnit) -> bool:
    """Whether some words typed are the unit's name, save for marks left out."""
    if typed.isascii():
        return True
    words = [word.strip(",.;") for word in typed.split()]
    name = re.sub(r"^(?:xã|phường|thị trấn|đặc khu|tỉnh|thành phố) ", "", unit.name.lower())
    size = len(name.split())
    windows = (" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
    return any(name_key(w) == name_key(name) and not marks_off(w, name) for w in windows)
