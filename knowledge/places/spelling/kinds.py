"""Words for the kinds of units, full and short: "phường", "P.", "tx"."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.spelling.marks import plain
from knowledge.places.spelling.tokens import Token

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


def kind_at(words: Sequence[Token], i: int) -> tuple[str, int] | None:
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
    return full is None or token.text.isascii() or plain(token.text) == full
