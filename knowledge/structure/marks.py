"""The marks of structure: how each looks, ranks and is cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.models import PassageKind
from knowledge.text import UPPER, collapse

# Smaller is higher.
ROOT, ANNEX, FORM, HEADED, NUMBERED, DECIMAL, BRACKETED, LETTERED = -10, -5, -4, 45, 50, 52, 60, 70
PARAGRAPH, SUB_PARAGRAPH, ROW = 90, 92, 95
MAX_HEADING_CHARS = 220
ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
_ORDINAL = r"thứ\s+(?:nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)"


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of structure mark looks, ranks (smaller is higher) and is cited."""

    rank: int
    pattern: re.Pattern[str]
    label: str
    kind: PassageKind
    heading: bool = False  # stands alone as a heading: never a running paragraph


_I = re.IGNORECASE
MARKS = (
    Mark(
        ANNEX,
        re.compile(rf"phụ lục(?:\s+(?:số\s+)?({ROMAN}|\d{{1,3}}|[A-H]))?(?!\w)[.:]?\s*", _I),
        "Phụ lục {}",
        "heading",
        True,
    ),
    Mark(
        0,
        re.compile(rf"phần\s+({_ORDINAL}|{ROMAN}|\d{{1,2}})\b[.:]?\s*", _I),
        "Phần {}",
        "heading",
        True,
    ),
    Mark(
        10,
        re.compile(rf"chương\s+({ROMAN}|\d{{1,3}})\b[.:]?\s*", _I),
        "Chương {}",
        "heading",
        True,
    ),
    Mark(20, re.compile(rf"mục\s+({ROMAN}|\d{{1,3}})\b[.:]?\s*", _I), "Mục {}", "heading", True),
    Mark(30, re.compile(r"tiểu mục\s+(\d{1,3})\b[.:]?\s*", _I), "Tiểu mục {}", "heading", True),
    Mark(40, re.compile(r"(?:Điều|ĐIỀU)\s+(\d{1,4}[a-zđ]?)\s*[.:]\s*"), "Điều {}", "article"),
    Mark(
        15, re.compile(rf"([A-H])\s*[.\-–][*_]{{0,3}}\s+(?=[{UPPER}]{{2}})"), "Phần {}", "heading"
    ),
    Mark(
        25,
        re.compile(rf"({ROMAN})\s*[.\-–]\s*(?!\w\.)(?=[*_\s]*[{UPPER}\d])"),  # not "V.I. Lê-nin"
        "Mục {}",
        "heading",
    ),
    Mark(
        DECIMAL,
        re.compile(r"(\d{1,3}(?:\.\d{1,3})+)\.?(?=[*_]{0,3}\s)\s*(?=[\"“(*_\s]*[^\W\d_])"),
        "mục {}",
        "clause",
    ),
    Mark(NUMBERED, re.compile(r"(\d{1,3})[.)]\s*(?=[\"“(*_\s]*[^\W\d_])"), "mục {}", "clause"),
    Mark(BRACKETED, re.compile(r"\((\d{1,3})\)\s*(?=\S)"), "điểm ({})", "point"),
    Mark(LETTERED, re.compile(r"([a-zđ]{1,2}\d?)\)\s*(?=\S)"), "điểm {}", "point"),
)
_MARKDOWN_PREFIX = re.compile(r"(?:#{1,6}\s+|>\s?)?(?:([*_]{1,3})\s?)?")


class FoundMark(NamedTuple):
    """A mark in a text."""

    mark: Mark
    number: str
    content: int  # where what it marks begins


def mark_at(text: str, start: int, end: int) -> FoundMark | None:
    """The mark that a block opens with, or None."""
    prefix = _MARKDOWN_PREFIX.match(text, start, end)
    begin = prefix.end() if prefix else start
    for mark in MARKS:
        found = mark.pattern.match(text, begin, end)
        if not found or (mark.heading and not _is_heading_line(text[found.end() : end])):
            continue
        content = found.end()
        emphasis = prefix.group(1) if prefix else None
        if emphasis and text.startswith(emphasis, content):  # "**1.** Giao ..."
            content += len(emphasis)
        return FoundMark(mark, collapse(found.group(1) or ""), content)
    return None


def _is_heading_line(rest: str) -> bool:
    """A heading's rest is short and no running sentence ("Phần 2 của báo cáo nêu ...")."""
    rest = rest.strip()
    capital = not rest or not rest.lstrip("*_ ")[:1].islower()
    return len(rest) <= MAX_HEADING_CHARS and rest[-1:] not in (".", ";", ",") and capital
