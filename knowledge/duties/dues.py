"""By when: dates, months, what recurs, events, as directives write them (Decree 30/2020/NĐ-CP)."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta

from knowledge.duties.models import NO_DUE, Due, Every

_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_YEAR = r"(?P<year>20\d{2})"
_DATE = rf"{_DAY}(?:\s?[/.-]\s?{_MONTH}(?:\s?[/.-]\s?{_YEAR})?|\s+tháng\s+{_MONTH.replace('month', 'month2')}(?:\s+năm\s+{_YEAR.replace('year', 'year2')})?)(?![\d/]|[.-]\d)"
_EVERY = r"(?:hằng|hàng|mỗi)"
# What makes a date a deadline: the date of a text that is named has none of these before it.
_LEAD = (
    r"(?:trước|chậm\s+nhất(?:\s+là)?|muộn\s+nhất(?:\s+là)?|không\s+muộn\s+hơn|"
    r"(?:từ\s+nay\s+)?đến(?:\s+hết)?|hết|xong|hoàn\s+thành|trong|hạn|vào|nội\s+trong)"
)
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "bốn": 2, "năm": 3, "sáu": 4, "bảy": 5}
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_FLAGS = re.IGNORECASE

_WEEKLY = re.compile(
    rf"(?:trước\s+)?(?:(?P<hour>\d{{1,2}})\s*(?:giờ|h)(?:\s*\d{{2}}(?:\s*phút)?)?\s+)?(?:(?:sáng|chiều|ngày|vào)\s+)*"
    rf"(?:thứ\s+(?P<weekday>[2-7]|hai|ba|tư|bốn|năm|sáu|bảy)|(?P<sunday>chủ\s+nhật))\s+{_EVERY}\s+tuần",
    _FLAGS,
)
_MONTHLY = re.compile(
    rf"(?:trước\s+|chậm\s+nhất\s+(?:là\s+)?)?ngày\s+{_DAY}\s+(?:của\s+)?{_EVERY}\s+tháng", _FLAGS
)
_YEARLY = re.compile(
    rf"(?:trước\s+|chậm\s+nhất\s+(?:là\s+)?)?(?:ngày\s+)?{_DAY}\s?/\s?{_MONTH}\s+{_EVERY}\s+năm",
    _FLAGS,
)
_RECURRING = re.compile(rf"{_EVERY}\s+(?P<unit>ngày|tuần|tháng|quý|năm)(?!\w)", _FLAGS)
_UNITS: dict[str, Every] = {
    "ngày": "day",
    "tuần": "week",
    "tháng": "month",
    "quý": "quarter",
    "năm": "year",
}
_RANGE = re.compile(
    r"từ\s+(?:ngày\s+)?(\d{1,2})/(\d{1,2})/(20\d{2})\s*(?:-|–|đến)\s*(?:hết\s+)?(?:ngày\s+)?(\d{1,2})/(\d{1,2})/(20\d{2})",
    _FLAGS,
)
_ON = re.compile(rf"(?<!\w){_LEAD}\s+(?:(?:hết|vào|ngày)\s+)*{_DATE}", _FLAGS)
_BARE_ON = re.compile(rf"(?<![\w/.-]){_DATE}", _FLAGS)
_PART = r"(?:(?P<part>tuần\s+(?:đầu|cuối)|(?:nửa\s+)?(?:đầu|cuối)|giữa)\s+(?:của\s+)?)?"
_SPAN = (
    rf"{_PART}(?:tháng\s+{_MONTH}(?!\d)(?:\s?[/.-]\s?{_YEAR}|\s+năm\s+{_YEAR.replace('year', 'year2')})?"
    rf"|quý\s+(?P<quarter>IV|I{{1,3}}|[1-4])(?!\w)(?:\s*[/.-]?\s*(?:năm\s+)?{_YEAR.replace('year', 'year3')})?"
    rf"|năm\s+{_YEAR.replace('year', 'year4')})"
)
_IN = re.compile(rf"(?<!\w)(?P<lead>{_LEAD})\s+(?:(?:hết|vào|trong)\s+)*{_SPAN}", _FLAGS)
_BARE_IN = re.compile(rf"(?<!\w)(?P<lead>){_SPAN}", _FLAGS)
_EVENTS = (
    re.compile(
        r"(?:trong\s+(?:thời\s+hạn|vòng)|chậm\s+nhất(?:\s+là)?(?:\s+sau)?|không\s+quá)\s+\d+\s+(?:ngày|giờ|tháng)(?:\s+làm\s+việc)?(?:\s*,?\s*(?:kể\s+)?(?:từ|sau)\s+[^,.;]+)?",
        _FLAGS,
    ),
    re.compile(
        r"(?<!\w)trước\s+(?:khi\s+[^,.;]+|(?:đại\s+hội|hội\s+nghị|kỳ\s+họp|phiên\s+họp|(?:ngày|cuộc)\s+bầu\s+cử|bầu\s+cử|năm\s+học|khai\s+giảng|tết|mùa|thời\s+điểm)(?!\w)[^,.;]*"
        r"(?:,\s+(?:xã|phường|đặc\s+khu|thị\s+trấn|tỉnh|thành\s+phố)(?!\w)[^,.;]*)*)",
        _FLAGS,
    ),
    re.compile(r"(?<!\w)(?:ngay\s+)?sau\s+khi\s+[^,.;]+", _FLAGS),
)


def read_due(text: str, start: int, end: int, issued_on: str, *, stated: bool = False) -> Due:
    """The first thing in `text[start:end]` that says by when; "none" where nothing does.

    Args:
        text: the document's.
        start: of the words.
        end: behind the words.
        issued_on: of the document, "2025-07-11" or "2025-07": gives the year that is left out.
        stated: the words are said to be a time ("Thời hạn: tháng 10/2025"), so that no word need
            lead a date in.
    """
    issued = issued_day(issued_on)
    found = (
        _recurring_at(text, start, end)
        or _on(text, start, end, issued, _ON)
        or (_on(text, start, end, issued, _BARE_ON) if stated else None)
        or _within(text, start, end, issued, _IN)
        or (_within(text, start, end, issued, _BARE_IN) if stated else None)
        or _event(text, start, end)
        or _plain_recurring(text, start, end)
    )
    if found is None:
        return NO_DUE
    return _bounded(found, text, start, end) if found.kind == "recurring" else found


def _due(match: re.Match[str], due: Due) -> Due:
    return replace(due, words=match[0], start=match.start(), end=match.end())


def _recurring_at(text: str, start: int, end: int) -> Due | None:
    """What comes again on a named day."""
    if m := _WEEKLY.search(text, start, end):
        said = (m["weekday"] or "").lower()
        weekday = 6 if m["sunday"] else int(said) - 2 if said.isdigit() else _WEEKDAYS[said]
        hour = int(m["hour"]) if m["hour"] and int(m["hour"]) < 24 else None
        return _due(m, Due("recurring", every="week", weekday=weekday, hour=hour))
    if m := _MONTHLY.search(text, start, end):
        return _due(m, Due("recurring", every="month", day=int(m["day"])))
    if (m := _YEARLY.search(text, start, end)) and _valid(2000, int(m["month"]), int(m["day"])):
        named = Due("recurring", every="year", day=int(m["day"]), month=int(m["month"]))
        return _due(m, named)
    return None


def _plain_recurring(text: str, start: int, end: int) -> Due | None:
    m = _RECURRING.search(text, start, end)
    return _due(m, Due("recurring", every=_UNITS[m["unit"].lower()])) if m else None


def _bounded(due: Due, text: str, start: int, end: int) -> Due:
    """With the days between which it recurs, where they are said."""
    m = _RANGE.search(text, start, end)
    if m is None:
        return due
    first, last = (_valid(int(m[n + 2]), int(m[n + 1]), int(m[n])) for n in (1, 4))
    return replace(due, first=first, last=last)


def _on(text: str, start: int, end: int, issued: date, form: re.Pattern[str]) -> Due | None:
    for m in form.finditer(text, start, end):
        if not (month := m["month"] or m["month2"]):
            continue
        year = m["year"] or m["year2"]
        day = _near(issued, int(year) if year else None, int(month), int(m["day"]))
        if day and day >= issued.replace(day=1):  # an earlier one is of something told
            return _due(m, Due("date", last=day))
    return None


def _within(text: str, start: int, end: int, issued: date, form: re.Pattern[str]) -> Due | None:
    for m in form.finditer(text, start, end):
        said = m["year"] or m["year2"] or m["year3"] or m["year4"]
        low, last = _span(m, int(said) if said else None, issued)
        first: date | None = low
        lead = " ".join(m["lead"].lower().split())
        if lead.startswith(("trước", "không muộn")):
            first, last = None, low - timedelta(days=1)
        elif lead.startswith(("đến", "từ nay", "hết")):
            first = None
        if last >= issued:
            return _due(m, Due("month", first=first, last=last))
    return None


def _span(m: re.Match[str], year: int | None, issued: date) -> tuple[date, date]:
    """The first and the last day of a month, quarter or year, or of the part named of it."""
    if m["month"]:
        low = high = int(m["month"])
    elif m["quarter"]:
        said = m["quarter"].lower()
        quarter = int(said) if said.isdigit() else _QUARTERS[said]
        low, high = quarter * 3 - 2, quarter * 3
    else:
        low, high = 1, 12
    if year is None:
        year = issued.year + (high < issued.month)
    first, last = date(year, low, 1), date(year, high, calendar.monthrange(year, high)[1])
    part = " ".join((m["part"] or "").lower().split())
    if part == "tuần đầu":
        last = first + timedelta(days=6)
    elif part == "tuần cuối":
        first = last - timedelta(days=6)
    return first, last


def _event(text: str, start: int, end: int) -> Due | None:
    found = (form.search(text, start, end) for form in _EVENTS)
    m = next(filter(None, found), None)
    return _due(m, Due("event")) if m else None


def issued_day(issued_on: str) -> date:
    """The day of "2025-07-11", the first of "2025-07"."""
    year, month, *day = (int(part) for part in issued_on.split("-"))
    return date(year, month, day[0] if day else 1)


def _near(issued: date, year: int | None, month: int, day: int) -> date | None:
    """The day named; without its year the first such day from the document's month on."""
    if year is None:
        year = issued.year + (month < issued.month)
    return _valid(year, month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
