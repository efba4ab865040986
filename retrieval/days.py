"""Days that questions and texts name: 4/7, ngày 11 tháng 7 năm 2025, 1-5/7."""

from __future__ import annotations

import re

from knowledge.models import Document
from knowledge.text import fold

# "cuộc họp 4/7", "kết luận ngày 11 tháng 7", "bản tin tháng 6": a document meant by its date.
_DATED = re.compile(
    r"(?:cuoc hop|phien hop|buoi hop|hop|ban tin|tin|bai bao|ket luan|ke hoach|van ban|meeting|report)(?: [a-z]+,?){0,9}? "
    r"(?:(?:hom |ngay |on )?(?P<day>\d{1,2})\s*(?:[/.-]|thang)\s*(?P<month>\d{1,2})|(?:thang )(?P<only>\d{1,2}))(?:\s*(?:[/.-]|nam)\s*(?P<year>\d{4}))?(?!\d)"
)


def named_dates(folded: str) -> list[tuple[int | None, int, int | None]]:
    """(day, month, year) by which a question names a document; None where it does not say."""
    return [
        (
            int(m["day"]) if m["day"] else None,
            int(m["month"] or m["only"]),
            int(m["year"]) if m["year"] else None,
        )
        for m in _DATED.finditer(folded)
    ]


# A day that is meant as one: with its year, or behind a word that leads in a date.
_DAY = re.compile(
    r"(?<![\w/.,-])(?P<lead>(?:ngay|hom|truoc|sau|tu|den|hop|chieu|sang)\s+)?(?P<shown>(?P<day>\d{1,2})\s?(?:[/.-]|thang)\s?"
    r"(?P<month>\d{1,2})(?:\s?(?:[/.-]|nam)\s?(?P<year>\d{4}))?)(?![\d/%]|[.,-]\d)"
)
_RANGE = re.compile(
    r"(?<![\d/])(\d{1,2})\s*(?:-|–|den)\s*(?:ngay )?(\d{1,2})/(\d{1,2})(?:/(\d{4}))?"
)
# A day of the asker's own, of which no document need speak.
_OWN_DAY = re.compile(r"(?:hom nay|bay gio|sinh)(?: la)?(?: ngay)?\s*$")
Day = tuple[int, int, int | None]  # day, month, year where it is said


def asked_days(folded: str) -> list[tuple[str, Day]]:
    """The days that a question names: as typed, and read."""
    return [
        (m["shown"], _read(m["day"], m["month"], m["year"]))
        for m in _DAY.finditer(folded)
        if (m["year"] or m["lead"]) and not _OWN_DAY.search(folded[: m.start()])
    ]


def days_of(document: Document) -> set[Day]:
    """The days that a document names, and its own."""
    folded = fold(document.text)
    days = {_read(m["day"], m["month"], m["year"]) for m in _DAY.finditer(folded)}
    for first, last, month, year in _RANGE.findall(folded):
        days |= {_read(first, month, year), _read(last, month, year)}
    own = document.metadata.issued_on.split("-")
    return days | ({_read(own[2], own[1], own[0])} if len(own) == 3 else set())


def _read(day: str, month: str, year: str | None) -> Day:
    return int(day), int(month), int(year) if year else None


def same_day(asked: Day, known: Day) -> bool:
    """Whether two days may be one: a year that is not said is any year."""
    return asked[:2] == known[:2] and (None in (asked[2], known[2]) or asked[2] == known[2])


def issued(document: Document, day: tuple[int | None, int, int | None]) -> bool:
    """Whether a document is of the day, or of the month, by which a question names it."""
    year, month, *rest = (int(part) for part in document.metadata.issued_on.split("-"))
    if month != day[1] or (day[2] is not None and year != day[2]):
        return False
    return rest == [day[0]] if day[0] is not None else not rest
