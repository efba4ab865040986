"""What the columns of a table hold, by what stands above them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from knowledge.places.tables.table import Cell, text_of
from knowledge.text import fold

Part = Literal["address", "commune", "district", "province"]
# Headers, folded, without punctuation -> what the column holds.
_HEADERS: dict[Part, tuple[str, ...]] = {
    "address": (
        "dia chi",
        "dia chi cu",
        "dia chi thuong tru",
        "thuong tru",
        "noi thuong tru",
        "noi o",
        "noi cu tru",
        "ho khau",
        "que quan",
        "dia chi day du",
        "address",
    ),
    "commune": (
        "xa",
        "phuong",
        "xa phuong",
        "phuong xa",
        "xa phuong thi tran",
        "phuong xa thi tran",
        "xa cu",
        "phuong cu",
        "xa phuong cu",
        "phuong xa cu",
        "ward",
        "commune",
    ),
    "district": (
        "huyen",
        "quan",
        "quan huyen",
        "huyen quan",
        "quan huyen cu",
        "quan huyen thi xa",
        "huyen quan thi xa",
        "district",
    ),
    "province": (
        "tinh",
        "tinh thanh",
        "tinh thanh pho",
        "thanh pho",
        "tinh tp",
        "tinh cu",
        "tinh thanh cu",
        "province",
        "city",
    ),
}


def header_parts(row: Sequence[Cell]) -> dict[Part, int]:
    """Which columns a header row says hold what; empty when it is no header we know."""
    found: dict[Part, int] = {}
    for number, cell in enumerate(row):
        words = " ".join(re.findall(r"[a-z0-9]+", fold(text_of(cell))))
        for part, names in _HEADERS.items():
            if words in names and part not in found:
                found[part] = number
    return found
