"""The key of a name: what stays when case, marks, blanks and ways of numbering are set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.text import fold

# A word may hold an apostrophe, as in "Ea H'leo".
WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W_]+)*")
ROMAN = {"i": "1", "ii": "2", "iii": "3"}
ROMAN_NAMES = ROMAN | {"iv": "4", "v": "5", "vii": "7"}  # whole names: the wards of Vị Thanh
_SINGLE_Y = re.compile(r"(?<![aeou])y")


@lru_cache(16_384)  # 35,000 names are keyed at the start, 8,000 of them different
def name_key(name: str) -> str:
    """The key of a whole name: its words' keys, written together."""
    return joined([key_of(letters(fold(word))) for word in WORD.findall(name)])


def joined(keys: Sequence[str]) -> str:
    """The key of a name from the keys of its words."""
    if len(keys) == 1:
        return ROMAN_NAMES.get(keys[0], keys[0])
    if keys and keys[-1] in ROMAN:
        return "".join((*keys[:-1], ROMAN[keys[-1]]))
    return "".join(keys)


def key_of(folded: str) -> str:
    """The key of one folded word: y as i where that is one sound, no leading zeros."""
    if folded.isdecimal():
        return folded.lstrip("0") or "0"
    return _SINGLE_Y.sub("i", folded) if "y" in folded else folded


def letters(folded: str) -> str:
    """A folded word without the apostrophes inside it."""
    return folded if folded.isalnum() else "".join(c for c in folded if c.isalnum())
