"""Letters that only an old font shows as capitals."""

from __future__ import annotations

import re

from knowledge.reading.encodings.tables import from_tcvn3

# Fonts of ABC whose name ends with H show small letters as capitals: TCVN3 has few capitals.
_CAPITALS = re.compile(r"\.Vn[A-Za-z0-9 ]*H\b")


_UNICODE_ONLY = re.compile(
    "[\u0102-\u01b0\u1ea0-\u1ef9]"
)  # letters that no byte of TCVN3 is shown as


def in_font(text: str, font: str) -> str:
    """The text as its font shows it; other fonts and text that is Unicode already stay."""
    if not _CAPITALS.match(font) or _UNICODE_ONLY.search(text):
        return text
    return from_tcvn3(text).upper()
