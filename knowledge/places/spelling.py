"""How names of places are written: tokens, keys in which all spellings meet, words for kinds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from knowledge.text import fold, new_tone_placement

# A word may hold an apostrophe, as in "Ea H'leo".
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*")
_NUMBERED = re.compile(r"(p|ph|f|q|phuong|quan|ward|district)(\d{1,2})")
_SINGLE_Y = re.compile(r"(?<![aeou])y")
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}
_ROMAN_NAMES = _ROMAN | {"iv": "4", "v": "5", "vii": "7"}  # whole names: the wards of Vị Thanh
COMMUNE_KINDS = frozenset({"xã", "phường", "thị trấn", "đặc khu"})
DISTRICT_KINDS = frozenset({"quận", "huyện", "thị xã", "thành phố"})
PROVINCE_KINDS = frozenset({"tỉnh", "thành phố"})
# Folded words -> kind; the longest match wins.
_KINDS: dict[tuple[str, ...], str] = {
    ("xa",): "xã",
    ("x",): "xã",
    ("phuong",): "phường",
    ("ph",): "phường",
    ("p",): "phường",
    ("f",): "phường",
    ("ward",): "phường",
    ("thi", "tran"): "thị trấn",
    ("tt",): "thị trấn",
    ("t", "t"): "thị trấn",
    ("thitran",): "thị trấn",
    ("dac", "khu"): "đặc khu",
    ("quan",): "quận",
    ("q",): "quận",
    ("district",): "quận",
    ("huyen",): "huyện",
    ("huyen", "dao"): "huyện",
    ("h",): "huyện",
    ("thi", "xa"): "thị xã",
    ("tx",): "thị xã",
    ("t", "x"): "thị xã",
    ("thanh", "pho"): "thành phố",
    ("tp",): "thành phố",
    ("t", "p"): "thành phố",
    ("thanhpho",): "thành phố",
    ("tinh",): "tỉnh",
    ("t",): "tỉnh",
}
# Folded words after which such a word, without marks, is the end of another one: "địa phương".
_NO_KIND_AFTER = {
    "phuong": frozenset({"dia", "doi", "song"}),
    "xa": frozenset({"tac", "lang"}),
    "quan": frozenset({"co", "hai", "lien", "tham", "khach", "chu"}),
}
_FULL = {
    "xa": "xã",
    "phuong": "phường",
    "thi": "thị",
    "tran": "trấn",
    "dac": "đặc",
    "khu": "khu",
    "quan": "quận",
    "huyen": "huyện",
    "dao": "đảo",
    "thanh": "thành",
    "pho": "phố",
    "tinh": "tỉnh",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text."""

    text: str
    folded: str
    key: str
    start: int
    end: int
    gap: str  # what stands between the word before and this one


def tokens(text: str, known_after_tp: frozenset[str] = frozenset()) -> list[Token]:
    """The words of a text; "Q1" and "tphcm" are taken apart.

    Args:
        text: any text.
        known_after_tp: keys that may be written together with "TP".
    """
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
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
    folded = _letters(fold(word))
    # Marks as the data places them: in a name written together "hoà" would not be seen to be "hòa".
    marked = new_tone_placement(word)
    return Token(marked, folded, key_of(folded), start, start + len(word), gap)


def _letters(folded: str) -> str:
    return "".join(c for c in folded if c.isalnum())


def key_of(folded: str) -> str:
    """The key of one folded word: y as i where that is one sound, no leading zeros."""
    if folded.isdecimal():
        return folded.lstrip("0") or "0"
    return _SINGLE_Y.sub("i", folded)


def name_key(name: str) -> str:
    """The key of a whole name: its words' keys, written together."""
    words = [key_of(_letters(fold(w))) for w in _WORD.findall(name)]
    if len(words) == 1:
        return _ROMAN_NAMES.get(words[0], words[0])
    if words and words[-1] in _ROMAN:
        words[-1] = _ROMAN[words[-1]]
    return "".join(words)


def window_key(words: list[Token], start: int, end: int) -> str:
    """The key of the words `start` to `end`, as a name's."""
    keys = [t.key for t in words[start:end]]
    if len(keys) == 1:
        return _ROMAN_NAMES.get(keys[0], keys[0])
    if keys and keys[-1] in _ROMAN:
        keys[-1] = _ROMAN[keys[-1]]
    return "".join(keys)


def kind_at(words: list[Token], i: int) -> tuple[str, int] | None:
    """The word for a kind of unit at position i, and how many tokens it takes."""
    for size in (2, 1):
        part = words[i : i + size]
        kind = _KINDS.get(tuple(t.folded for t in part)) if len(part) == size else None
        if kind is None or not all(_reads_as(t) for t in part):
            continue
        if size == 2 and "," in part[1].gap:
            continue
        if part[0].text.isascii() and part[0].gap == " " and i > 0:
            ends_another = words[i - 1].folded in _NO_KIND_AFTER.get(part[0].folded, ())
            if ends_another:
                return None
        return kind, size
    return None


def _reads_as(token: Token) -> bool:
    """Whether the marks typed are those of the word for the kind ("quản" is no "quận")."""
    full = _FULL.get(token.folded)
    return full is None or token.text.isascii() or _plain(token.text) == full


def marks_off(typed: str, name: str) -> int:
    """How many letters carry other marks than the name's; missing marks are no fault.

    Both must have the same key; otherwise every letter counts.
    """
    a, b = _pair(typed, name)
    if len(a) != len(b):
        return len(b)
    return sum(_differs(x, y) for x, y in zip(a, b, strict=True))


def marks_missing(typed: str, name: str) -> int:
    """How many letters lack marks that the name's have, or have others."""
    a, b = _pair(typed, name)
    return sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else len(b)


def _pair(typed: str, name: str) -> tuple[str, str]:
    """Both without spaces and in small letters, numbers written alike ("05", "II")."""
    a, b = _plain(typed), _plain(name)
    if a.isdecimal():
        return a.lstrip("0"), _ROMAN_NAMES.get(b, b)
    if b[-1:].isdecimal() and not a[-1:].isdecimal():
        for roman in ("iii", "ii", "i"):
            if a.endswith(roman):
                return a.removesuffix(roman) + _ROMAN[roman], b
    return a, b


@lru_cache(16_384)  # names are compared again and again
def _plain(text: str) -> str:
    text = new_tone_placement(text.lower()).lower()
    return "".join(c for c in text if c.isalnum())


def _differs(typed: str, meant: str) -> bool:
    if typed == meant:
        return False
    base_a, marks_a = _parts(typed)
    base_b, marks_b = _parts(meant)
    if {base_a, base_b} == {"i", "y"}:
        base_a = base_b
    return base_a != base_b or not marks_a <= marks_b


def _parts(letter: str) -> tuple[str, frozenset[str]]:
    if letter == "đ":
        return "d", frozenset("đ")
    decomposed = unicodedata.normalize("NFD", letter)
    return decomposed[0], frozenset(decomposed[1:])
