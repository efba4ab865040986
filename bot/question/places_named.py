"""The place that a question names, however it was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.question import rules
from bot.question.place_roles import roles
from bot.question.situation import PlaceTold
from knowledge.places.models import CERTAIN_HOWS, LEVELS, NewUnit, OldUnit, PlaceResolution
from knowledge.places.resolver import PlaceResolver
from knowledge.places.spelling.keys import name_key
from knowledge.places.spelling.marks import marks_off
from knowledge.slips import distance
from knowledge.text import fold, fold_word
from retrieval.query import SearchQuery
from retrieval.spelling import telex

_RECENT = 128  # questions being answered: each is read up to three times, 4 ms each
_FEW_WORDS = 4  # a question this short may be nothing but a name
# Letters of chat, on text without marks: "quận 1 h là p nào".
_CHAT = (
    (re.compile(r"\bthi x\b", re.IGNORECASE), "thi xa"),
    (re.compile(r"\bthi t(?:an|rn|arn|rna)\b(?= )", re.IGNORECASE), "thi tran"),
    (re.compile(r"\bbay h\b", re.IGNORECASE), "bay gio"),
    (re.compile(r"\bh(?= (?:la|thuoc|goi|doi|nhap|sap|ten|thi|con)\b)", re.IGNORECASE), "gio"),
    (re.compile(r"(?<![\w.])p(?=\s+[^\W\d])", re.IGNORECASE), "phuong"),
    (re.compile(r"(?<![\w.])x(?=\s+[^\W\d])", re.IGNORECASE), "xa"),
    (re.compile(r"(?<![\w.])q(?=\s+[^\W\d])", re.IGNORECASE), "quan"),
    (re.compile(r"\b(?!(?:tp|tx|tt|ql|dt|ap|so|to|lo)\d)([a-z]{2,})[1-9]\b"), r"\1"),  # VNI keys
    (re.compile(r"\bj\b", re.IGNORECASE), "gi"),
    (re.compile(r"\b(?:bh|bjo)\b", re.IGNORECASE), "bay gio"),
    (
        re.compile(r"\bbn(?:h?iu|h)?(?= (?:xa|phuong|thi tran|quan|huyen|tinh|don vi)\b)"),
        "bao nhieu",
    ),
    (re.compile(r"\bls(?= (?:xa|phuong|gi)\b)", re.IGNORECASE), "la"),
    (re.compile(r"\bnhg?(?= (?:xa|phuong|thi tran|quan|huyen|tinh|don vi)\b)"), "nhung"),
)
# Of what is asked about places, folded; the keys left in these are taken out as well.
_ASKING_WORDS = """
    la gi nao gio nay bay hien thuoc goi doi ten moi cu sau khi sap nhap vao voi thanh chia tach gom
    nhung truoc day bao nhieu may co con khong dau xa phuong quan huyen tinh thi tran dac khu pho o
"""
_ASKING = frozenset(_ASKING_WORDS.split())
_A_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"[1-9]")
_LATE_KEYS = re.compile(r"(\w*([aeo])\w*)(?:\2|w|d)[sfrxj]?")
_KIND_WORDS = ("phuong", "huyen", "thanh")  # long enough to know with a slip in them
_KIND = re.compile(r"(?:xa|x|phuong|p|f|thi tran|tt|dac khu|quan|q|huyen|h|thi xa|tx|tinh|tp)\b")
_OF_PROVINCES = re.compile(r"\btinh|thanh pho|\btp\b|\bnhap\b")
_TWICE = re.compile(r"([a-z])\1")


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A place that a question names."""

    found: PlaceResolution
    text: str  # the question as it was read
    rest: str  # folded, with "_" where the place stood
    sure: bool  # the words can hardly be anything but a place

    @property
    def words(self) -> tuple[int, int]:
        """Which word of the question is the place's first, and how many it has."""
        return len(self.text[: self.found.start].split()), len(self.found.matched.split())


class PlaceReader:
    """Reads a question as it was typed, then with its slips mended and its marks aside."""

    def __init__(self, resolver: PlaceResolver) -> None:
        self.resolver = resolver
        self._syllables = resolver.catalogue.syllables | _ASKING
        self._recent = lru_cache(_RECENT)(self._readings)  # one question is read several times

    def read(self, query: SearchQuery) -> PlaceReading | None:
        """The place beyond doubt that a question names; None when it names none."""
        return next(iter(self.readings(query)), None)

    def readings(self, query: SearchQuery) -> Sequence[PlaceReading]:
        """How the question may be read, the best first; they differ in what stands around."""
        return self._recent(query)

    def told(self, text: str) -> tuple[PlaceTold, ...]:
        """Every place that a text names beyond doubt, with what it is to the teller."""
        return roles(text, self.resolver.find_all(text))

    def _readings(self, query: SearchQuery) -> Sequence[PlaceReading]:
        readings = self._without_slips(query)
        plain = without_keys(query.raw, self._syllables)
        slipped = self._read(plain) if plain not in (r.text for r in readings) else None
        slipped = _seen_as_typed(slipped, query.raw, plain)
        if slipped:
            if not readings or _better(slipped, readings[0]):
                readings = [slipped, *readings]
            elif _same_words(readings[0], slipped):
                readings.append(replace(readings[0], text=plain, rest=slipped.rest))
        return [replace(r, found=self._meant(r.found)) for r in readings]

    def _meant(self, found: PlaceResolution) -> PlaceResolution:
        """The place itself, where a name that nothing has can only be a slip of it."""
        if not found.meant:
            return found
        meant = self.resolver.resolve(found.meant)
        return replace(meant, matched=found.matched, how="slip", start=found.start, end=found.end)

    def _without_slips(self, query: SearchQuery) -> list[PlaceReading]:
        typed = self._read(query.raw)
        plain = mended(query)
        guessed = self._read(plain) if plain != query.raw else None
        guessed = _seen_as_typed(guessed, query.raw, plain)
        if guessed is None:
            return [typed] if typed else []
        if typed is None:
            return [guessed]
        if _better(guessed, typed):
            return [guessed]
        if _same_words(guessed, typed):  # the same place; the words around it are mended
            return [replace(typed, text=plain, rest=guessed.rest), typed]
        return [typed]

    def _read(self, text: str) -> PlaceReading | None:
        found, sure = self.resolver.find(text), True
        if found is None or not (
            found.new or found.options or found.meant or self.resolver.provinces(text)
        ):
            strong = self._strong(text)
            found, sure = strong or found, strong is None
        return PlaceReading(found, text, rest_of(text, found), sure) if found else None

    def _strong(self, text: str) -> PlaceResolution | None:
        """A name without its kind, when the question can only be about a place."""
        folded = fold(text)
        few = len(folded.split()) <= _FEW_WORDS
        if not (
            rules.search("places.now", folded) or rules.search("places.made_of", folded) or few
        ):
            return None
        found = self.resolver.resolve(text)
        if found.status == "unknown" and _OF_PROVINCES.search(folded):
            found = self.resolver.find_province(text) or found
            if found.meant:
                return found
        rest = rest_of(text, found)
        if found.status == "unknown":
            return found if _named(found, text) and rules.search("places.now", rest) else None
        if found.how == "other_marks":
            return None
        whole = rules.search("places.only_the_place", rest)
        capital = all(word[0].isupper() or word[0].isdigit() for word in found.matched.split())
        asked = rules.search("places.beside", rest)
        return found if whole or (capital and rules.search("places.now", rest)) or asked else None


def _named(found: PlaceResolution, text: str) -> bool:
    """Whether an unknown place is named as one: its kind, then words with capitals."""
    words = found.matched.split()
    kind = 2 if fold(" ".join(words[:2])) in ("thi tran", "dac khu") else 1
    name = words[kind:]
    return found.matched != text.strip() and bool(name) and all(w[0].isupper() for w in name)


def rest_of(text: str, found: PlaceResolution) -> str:
    """What a question says around the place, folded, with "_" for the place."""
    return " ".join(fold(f"{text[: found.start]} _ {text[found.end :]}").split())


def unexplained(words: str) -> int:
    """How many folded words of a question are none of those that ask about places.

    Args:
        words: with "_" where a place was named.
    """
    return sum(word not in _ASKING for word in _A_WORD.findall(words) if len(word) > 1)


def mended(query: SearchQuery) -> str:
    """The question without marks, its slips mended and letters of chat written out."""
    return _unchatted(_unmarked(query.text))


def without_keys(text: str, syllables: Set[str]) -> str:
    """As `mended`, where names of places are the words that keys of Telex and VNI are taken out of.

    Args:
        text: as typed.
        syllables: folded, of names of places and of their kinds.
    """

    def known(match: re.Match[str]) -> str:
        word = match[0]
        if fold_word(word) in syllables:
            return word
        return next((f for f in _keys_out(word) if fold(f) in syllables), word)

    return _unchatted(_unmarked(_A_WORD.sub(known, text)))


def _keys_out(word: str) -> Iterator[str]:
    """What a word may be without the keys for marks that stayed in it, or its slips."""
    folded = fold(word)
    if meant := telex(word):
        yield meant
    yield _DIGITS.sub("", folded)  # VNI: "d9ien62"
    yield _TWICE.sub(r"\1", folded)
    if late := _LATE_KEYS.fullmatch(folded):  # "diener": the keys came last
        yield late[1]
    for kind in _KIND_WORDS:
        if distance(folded, kind, 1) == 1:
            yield kind


def _unmarked(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def _unchatted(plain: str) -> str:
    """Letters of chat written out, on text without marks."""
    for pattern, words in _CHAT:
        plain = pattern.sub(words, plain)
    return plain


def _same_words(a: PlaceReading, b: PlaceReading) -> bool:
    """Whether two readings take the same words of a question for the same place or places."""
    same = a.found.new == b.found.new or a.words == b.words
    return same and a.found.level == b.found.level


def _better(guess: PlaceReading, other: PlaceReading) -> bool:
    """Whether a guessed reading says more than the one nearer to what was typed."""
    ours, theirs = guess.found, other.found
    finer = LEVELS.index(theirs.level) - LEVELS.index(ours.level)
    if finer or not _known(ours):
        return finer > 0
    if not _known(theirs) or guess.sure > other.sure:
        return True
    if theirs.status == "ambiguous" and ours.status != "ambiguous":
        return True
    longer = len(ours.matched.split()) > len(theirs.matched.split())
    return longer and (ours.how in CERTAIN_HOWS or not _KIND.match(fold(theirs.matched)))


def _known(found: PlaceResolution) -> bool:
    """Whether a name is a place's, or can only be a slip of one's."""
    return found.status != "unknown" or found.meant is not None


def _seen_as_typed(reading: PlaceReading | None, raw: str, plain: str) -> PlaceReading | None:
    """A reading of words without marks, held to the marks typed: "Chủ tịch" is not in Chũ."""
    if reading is None:
        return None
    found = _as_typed(reading.found, raw, plain)
    if found.how == "other_marks" and not reading.sure:
        return None
    return replace(reading, found=found)


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
