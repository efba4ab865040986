"""Texts stamped as state secrets are not taken (Law on protecting state secrets, article 8).

A stamp stands by itself, in the head or the margins of a page. A text that speaks of secrets, or
whose title does ("Danh mục bí mật nhà nước độ Tối mật"), is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.reading.about.lines import Lines
from knowledge.text import collapse, fold

_DEGREE = r"(?:tuyet mat|toi mat|mat)"
_STAMP = re.compile(rf"\W*(?:(?:do|muc do|muc|dau)\s+mat\s*[:.-]?\s*)?(?P<degree>{_DEGREE})\W*")
_LABELLED = re.compile(rf"\W*(?:do|muc do|muc)\s+mat\s*[:.-]\s*(?P<degree>{_DEGREE})\b")
_SPACED = re.compile(r"(?<!\w)((?:\w ){2,}\w)(?!\w)")
# The line before a stamp that is none: it goes on there.
_GOES_ON = re.compile(r"(?:\b(?:do|muc|danh muc|bi mat nha nuoc|va|hoac|cac do|thuoc do)|,)\W*$")
_NAMES = {"mat": "MẬT", "toi mat": "TỐI MẬT", "tuyet mat": "TUYỆT MẬT"}
_MIXED = {"mật", "tối mật", "tuyệt mật"}


def stamped(lines: Lines, margins: Iterable[str]) -> str | None:
    """The degree that a document is stamped with, and None for one that is not."""
    before = ""
    for line in lines.head:
        if degree := _degree(line.text, before):
            return degree
        before = line.text
    return next((degree for margin in margins if (degree := _degree(margin, ""))), None)


def _degree(text: str, before: str) -> str | None:
    shown = collapse(_SPACED.sub(lambda m: m[1].replace(" ", ""), text))
    folded = fold(shown)
    if match := _LABELLED.match(folded):
        return _NAMES[match["degree"]]
    match = _STAMP.fullmatch(folded)
    if match is None or _GOES_ON.search(fold(before)):
        return None
    # A word in small letters must be itself; in capitals a scan may have lost its marks.
    bare = re.sub(r"[^\w ]", "", shown).strip()
    mixed = bare.lower().split(":")[-1].strip()
    labelled = len(folded.split()) > len(match["degree"].split())
    if bare.isupper() or labelled or mixed in _MIXED:
        return _NAMES[match["degree"]]
    return None
