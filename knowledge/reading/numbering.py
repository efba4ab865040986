"""The automatic numbers of a DOCX, as Word shows them: "Điều 1.", "1.", "a)".

No library that was tried keeps them: python-docx leaves them out, mammoth makes lists of them,
docx2python writes "1)" for every kind (ECMA-376 part 1, 17.9, says what each element means).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_LEVELS = 9
_HELD = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST_SHOWN = 9_999


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restarts_after: int | None = None  # the level, from 0, above which none restarts this one
    legal: bool = False  # all numbers in it as digits
    style: str | None = None


@dataclass(slots=True)
class _List:
    shared: str  # the abstract list whose counters it uses
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The numbers of one document; asked of its paragraphs in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        """From word/numbering.xml and word/styles.xml, either of which may be missing."""
        self._styles = _style_lists(styles)
        self._lists = _lists(numbering)
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def of(self, paragraph: etree._Element) -> str:
        """The number that stands before a paragraph; "" where there is none."""
        name, level = self._place(paragraph)
        listed = self._lists.get(name or "")
        if listed is None or name is None or level not in listed.levels:
            return ""
        counts = self._counts.setdefault(listed.shared, [None] * MOST_LEVELS)
        if level in listed.restarts and (name, level) not in self._begun:
            counts[level] = listed.restarts[level] - 1
        self._begun.add((name, level))
        here = counts[level]
        counts[level] = listed.levels[level].start if here is None else here + 1
        for below in range(level + 1, MOST_LEVELS):
            limit = listed.levels[below].restarts_after if below in listed.levels else None
            if limit is None or level < limit:
                counts[below] = None
        return self._shown(listed, level, counts)

    def _place(self, paragraph: etree._Element) -> tuple[str | None, int]:
        """The list of a paragraph and its level there."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        name, level = self._of_style(style)
        if own is not None:
            name = _value(own.find(f"{W}numId")) or name
            own_level = _value(own.find(f"{W}ilvl"))
            level = _whole(own_level, level)
        listed = self._lists.get(name or "")
        if own is None and listed is not None and style:
            level = next((n for n, each in listed.levels.items() if each.style == style), level)
        return (None if name == "0" else name), min(max(level, 0), MOST_LEVELS - 1)

    def _of_style(self, style: str | None) -> tuple[str | None, int]:
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            name, level, style = self._styles.get(style, (None, 0, None))
            if name:
                return name, level
        return None, 0

    def _shown(self, listed: _List, level: int, counts: list[int | None]) -> str:
        here = listed.levels[level]
        if here.form == "bullet":
            return "-"
        if here.form == "none":
            return here.text if not _HELD.search(here.text) else ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            there = listed.levels.get(at, _Level())
            count = counts[at]
            form = "decimal" if here.legal else there.form
            return _formed(there.start if count is None else count, form)

        return _HELD.sub(number, here.text).strip()


def _lists(numbering: etree._Element | None) -> dict[str, _List]:
    if numbering is None:
        return {}
    abstract: dict[str, dict[int, _Level]] = {}
    linked: dict[str, str] = {}  # an abstract list to the style whose list it is
    of_style: dict[str, str] = {}
    for one in numbering.findall(f"{W}abstractNum"):
        name = one.get(f"{W}abstractNumId", "")
        abstract[name] = {
            _whole(lvl.get(f"{W}ilvl"), 0): _level(lvl) for lvl in one.findall(f"{W}lvl")
        }
        if link := _value(one.find(f"{W}numStyleLink")):
            linked[name] = link
        if link := _value(one.find(f"{W}styleLink")):
            of_style[link] = name
    found: dict[str, _List] = {}
    for one in numbering.findall(f"{W}num"):
        shared = _value(one.find(f"{W}abstractNumId")) or ""
        shared = of_style.get(linked.get(shared, ""), shared)
        listed = _List(shared, dict(abstract.get(shared, {})))
        for override in one.findall(f"{W}lvlOverride"):
            at = _whole(override.get(f"{W}ilvl"), 0)
            if (other := override.find(f"{W}lvl")) is not None:
                listed.levels[at] = _level(other)
            if start := _value(override.find(f"{W}startOverride")):
                listed.restarts[at] = _whole(start, 1)
        found[one.get(f"{W}numId", "")] = listed
    return found


def _level(element: etree._Element) -> _Level:
    restart = _value(element.find(f"{W}lvlRestart"))
    legal = element.find(f"{W}isLgl")
    return _Level(
        _whole(_value(element.find(f"{W}start")), 1),
        _value(element.find(f"{W}numFmt")) or "decimal",
        _value(element.find(f"{W}lvlText")) or "",
        None if restart is None else _whole(restart, 0),
        legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        _value(element.find(f"{W}pStyle")),
    )


def _style_lists(styles: etree._Element | None) -> dict[str, tuple[str | None, int, str | None]]:
    """For each style: its list, the level there, and the style that it is based on."""
    found: dict[str, tuple[str | None, int, str | None]] = {}
    for one in styles.findall(f"{W}style") if styles is not None else ():
        place = one.find(f"{W}pPr/{W}numPr")
        name = level = None
        if place is not None:
            name, level = _value(place.find(f"{W}numId")), _value(place.find(f"{W}ilvl"))
        found[one.get(f"{W}styleId", "")] = (
            name,
            _whole(level, 0),
            _value(one.find(f"{W}basedOn")),
        )
    return found


def _value(element: etree._Element | None) -> str | None:
    return None if element is None else element.get(f"{W}val")


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise


def _formed(count: int, form: str) -> str:
    made = _FORMS.get(form)
    return made(count) if made and 0 < count <= _LARGEST_SHOWN else str(count)


def _roman(count: int) -> str:
    shown = ""
    for worth, letters in _ROMAN:
        shown += letters * (count // worth)
        count %= worth
    return shown


def _letter(count: int) -> str:
    """As Word: a to z, then aa, bb."""
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
}
