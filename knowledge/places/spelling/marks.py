"""How far the marks typed are from those of a name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from knowledge.places.spelling.keys import ROMAN, ROMAN_NAMES
from knowledge.text import new_tone_placement

_COMPARED = 16_384  # names are compared again and again


@lru_cache(_COMPARED)
def marks_off(typed: str, name: str) -> int:
    """How many letters carry other marks than the name's; missing marks are no fault.

    Both must have the same key; otherwise every letter counts.
    """
    a, b = _pair(typed, name)
    if len(a) != len(b):
        return len(b)
    return sum(_differs(x, y) for x, y in zip(a, b, strict=True))


@lru_cache(_COMPARED)
def marks_missing(typed: str, name: str) -> int:
    """How many letters lack marks that the name's have, or have others."""
    a, b = _pair(typed, name)
    return sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else len(b)


def _pair(typed: str, name: str) -> tuple[str, str]:
    """Both without spaces and in small letters, numbers written alike ("05", "II")."""
    a, b = plain(typed), plain(name)
    if a.isdecimal():
        return a.lstrip("0"), ROMAN_NAMES.get(b, b)
    if b[-1:].isdecimal() and not a[-1:].isdecimal():
        for roman in ("iii", "ii", "i"):
            if a.endswith(roman):
                return a.removesuffix(roman) + ROMAN[roman], b
    return a, b


@lru_cache(_COMPARED)
def plain(text: str) -> str:
    """A text in small letters, marks placed as the data has them, without what is no letter."""
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
