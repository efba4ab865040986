"""Days and hours in words: "Thứ Hai đến thứ Sáu: 7h30-11h30; thứ Bảy: 7h30-11h"."""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.offices.models import DAYS, Opening
from knowledge.text import fold

SATURDAY, SUNDAY = DAYS - 2, DAYS - 1
WEEKEND = (SATURDAY, SUNDAY)
_NAMES = {
    **{name: n for n, name in enumerate(("hai", "ba", "tu", "nam", "sau", "bay"))},
    **{str(n + 2): n for n in range(SUNDAY)},
}
_DAY = r"(?:thu\s*(?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu nhat|cn)"
_DAYS = re.compile(rf"\b({_DAY})\b(?:\s*(-|–|—|den|toi)\s*(?:het\s*)?({_DAY})\b)?")
_EVERY = re.compile(r"\b(?:hang ngay|hang tuan|moi ngay|ca tuan|tat ca cac ngay)\b")
_WEEKEND = re.compile(r"\bcuoi tuan\b")
_TIME = r"(\d{1,2})\s*(?:h|g|gio|:)\s*(\d{2})?(?:\s*phut)?"
_SPAN = re.compile(rf"\b{_TIME}\s*(?:-|–|—|den|toi)\s*{_TIME}(?![\w:])")
# All that may stand between: anything else says more than was read.
_AROUND = re.compile(r"(?:buoi|sang|chieu|toi|tu|va|cac ngay|ngay|lam viec|mo cua|[\s,:.()&+-])*")
_PART = re.compile(r"[;\n]")
_HOURS, _MINUTES = 24, 60


def week_of(hours: str) -> tuple[Opening, ...]:
    """When an office is open; empty where any of the words could not be read.

    Half of it would be a wrong no: "thứ Bảy tuần chẵn" is not "thứ Bảy".
    """
    openings: list[Opening] = []
    for part in _PART.split(fold(hours)):
        if not part.strip():
            continue
        read = _opening(part, openings[-1].days if openings else ())
        if read is None:
            return ()
        openings.append(read)
    return tuple(openings)


def days_in(folded: str) -> tuple[int, ...]:
    """The days of the week that folded words name, in order of the week."""
    if _EVERY.search(folded):
        return tuple(range(DAYS))
    found = {day for match in _DAYS.finditer(folded) for day in _between(match)}
    if _WEEKEND.search(folded):
        found |= set(WEEKEND)
    return tuple(sorted(found))


def _opening(part: str, before: tuple[int, ...]) -> Opening | None:
    times = [_times(match) for match in _SPAN.finditer(part)]
    rest = part
    for pattern in (_SPAN, _DAYS, _EVERY, _WEEKEND):
        rest = pattern.sub(" ", rest)
    days = days_in(part) or before
    if not times or not days or None in times or not _AROUND.fullmatch(rest):
        return None
    if _changes(part) > 1:  # two lists of days with hours of their own, in one part
        return None
    return Opening(days, tuple(time for time in times if time))


def _changes(part: str) -> int:
    """How often hours follow days."""
    days = [(match.start(), "day") for match in _DAYS.finditer(part)]
    times = [(match.start(), "time") for match in _SPAN.finditer(part)]
    kinds = [kind for _, kind in sorted(days + times)]
    return sum(pair == ("day", "time") for pair in pairwise(kinds))


def _between(match: re.Match[str]) -> range:
    first = _number(match[1])
    last = _number(match[3]) if match[3] else first
    return range(first, last + 1)


def _number(day: str) -> int:
    if day in ("cn", "chu nhat"):
        return SUNDAY
    return _NAMES[re.sub(r"^(?:thu|t)\s*", "", day)]


def _times(match: re.Match[str]) -> tuple[str, str] | None:
    opens, closes = _clock(match[1], match[2]), _clock(match[3], match[4])
    return (opens, closes) if opens and closes and opens < closes else None


def _clock(hour: str, minute: str | None) -> str:
    h, m = int(hour), int(minute or 0)
    return f"{h:02}:{m:02}" if h < _HOURS and m < _MINUTES else ""
