"""Words for the kinds of units, full and short: "phường", "P.", "tx"."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.spelling.marks import plain

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


_FIRST = frozenset(words[0] for words in _KINDS)

Kind = tuple[str, int]
"""A kind of unit, and how many words name it."""


def kinds_at(words: Sequence[str], folded: Sequence[str], gaps: Sequence[str]) -> list[Kind | None]:
    """The kind of unit whose word begins at each word of a text, if one does.

    Args:
        words: as typed.
        folded: the same, folded.
        gaps: what stands before each.
    """
    return [
        _kind_at(words, folded, gaps, i) if word in _FIRST else None
        for i, word in enumerate(folded)
    ]


def _kind_at(
    words: Sequence[str], folded: Sequence[str], gaps: Sequence[str], i: int
) -> Kind | None:
    for size in (2, 1):
        kind = _KINDS.get(tuple(folded[i : i + size]))
        if kind is None or (size == 2 and (i + 1 == len(folded) or "," in gaps[i + 1])):
            continue
        if not all(map(_reads_as, words[i : i + size], folded[i : i + size])):
            continue
        if words[i].isascii() and gaps[i] == " " and i > 0:
            ends_another = folded[i - 1] in _NO_KIND_AFTER.get(folded[i], ())
            if ends_another:
                return None
        return kind, size
    return None


def _reads_as(word: str, folded: str) -> bool:
    """Whether the marks typed are those of the word for the kind ("quản" is no "quận")."""
    full = _FULL.get(folded)
    return full is None or word.isascii() or plain(word) == full
