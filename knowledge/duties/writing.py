"""Duties as files: CSV, XLSX, iCalendar (RFC 5545)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from knowledge.duties.dues import issued_day
from knowledge.duties.models import Due, Duty
from knowledge.places.tables.table import guarded

FileKind = Literal["csv", "xlsx", "ics"]
KINDS: tuple[FileKind, ...] = get_args(FileKind)
COLUMNS = (
    "Cơ quan",
    "Phối hợp",
    "Chỉ đạo",
    "Việc",
    "Hạn (nguyên văn)",
    "Ngày cuối",
    "Đã qua hạn",
    "Văn bản",
    "Chỗ",
    "Liên kết",
)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MAX_SUMMARY_CHARS = 120
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_QUARTER_ENDS = (3, 6, 9, 12)
_DAYS_OF_A_YEAR = 367
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write(kind: FileKind, duties: Sequence[Duty], today: date, public_url: str = "") -> bytes:
    """A file of duties.

    Args:
        kind: of the file.
        duties: in the order in which they are written.
        today: by which "overdue" is told; a calendar's entries are stamped with it.
        public_url: in front of the links, such as "https://hoi.example.vn".
    """
    writers: Mapping[FileKind, Callable[[Sequence[Duty], date, str], bytes]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "ics": _ics,
    }
    return writers[kind](duties, today, public_url.rstrip("/"))


def _rows(duties: Iterable[Duty], today: date, public_url: str) -> Iterable[tuple[str, ...]]:
    for duty in duties:
        yield tuple(
            guarded(_plain(cell))
            for cell in (
                duty.bearer,
                duty.partners,
                duty.directed,
                duty.deed,
                duty.due.words,
                duty.due.ends.isoformat() if duty.due.ends else "",
                "có" if duty.overdue(today) else "",
                duty.document.label,
                duty.passage.locator,
                f"{public_url}{duty.passage.url}",
            )
        )


def _csv(duties: Sequence[Duty], today: date, public_url: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(duties, today, public_url))
    return out.getvalue().encode("utf-8-sig")  # Excel takes it for UTF-8 by its mark


def _xlsx(duties: Sequence[Duty], today: date, public_url: str) -> bytes:
    from openpyxl import Workbook  # a fifth of a second that no other command should wait
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 (a new workbook has one)
    sheet.title = "Việc được giao"
    sheet.append(COLUMNS)
    for row in _rows(duties, today, public_url):
        sheet.append([_NOT_XML.sub("", cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJ", (34, 28, 28, 70, 26, 12, 12, 24, 20, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(words: str) -> str:
    """Words in one line, without the stars of Markdown."""
    return " ".join(words.replace("*", "").split())


def in_calendar(duty: Duty) -> bool:
    """Whether a duty has a day that a calendar can show."""
    return duty.due.ends is not None or duty.due.kind == "recurring"


def _ics(duties: Sequence[Duty], today: date, public_url: str) -> bytes:
    """An event for each duty with a day: a date is a whole day, as calendars show deadlines."""
    from icalendar import Calendar  # a tenth of a second

    calendar = Calendar()
    calendar.add("prodid", "-//Hai Cap//Viec duoc giao//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Việc được giao")
    for duty in filter(in_calendar, duties):
        calendar.add_component(_event(duty, today, public_url))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(duty: Duty, today: date, public_url: str) -> Any:
    from icalendar import Event

    due = duty.due
    event = Event()
    event.add("uid", f"{duty.id}@haicap")
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("summary", _summary(duty))
    event.add("description", _description(duty))
    event.add("url", f"{public_url}{duty.passage.url}")
    event.add("transp", "TRANSPARENT")
    if due.ends:
        event.add("dtstart", due.ends)
        event.add("dtend", due.ends + timedelta(days=1))
        return event
    rule = _rule(due)
    day = _first_day(due, due.first or issued_day(duty.document.issued_on))
    if due.hour is None:
        event.add("dtstart", day)
    else:
        starts = datetime.combine(day, time(due.hour), ZONE)
        event.add("dtstart", starts)
        event.add("dtend", starts)
    event.add("rrule", rule)
    return event


def _summary(duty: Duty) -> str:
    shown = f"{duty.bearer}: {_plain(duty.deed)}"
    if len(shown) <= MAX_SUMMARY_CHARS:
        return shown
    return f"{shown[:MAX_SUMMARY_CHARS].rsplit(' ', 1)[0]} …"


def _description(duty: Duty) -> str:
    partners = f"\nPhối hợp: {duty.partners}" if duty.partners else ""
    where = f"{duty.document.label}, {duty.passage.locator}"
    return f"{_plain(duty.deed)}\nHạn: {duty.due.words}{partners}\nNguồn: {where}"


def _rule(due: Due) -> dict[str, Any]:
    """When it recurs; without a day of its own on the last one of its week, month, year."""
    rule: dict[str, Any] = {}
    match due.every:
        case "day":
            rule = {"freq": "DAILY"}
        case "week":
            weekday = 6 if due.weekday is None else due.weekday
            rule = {"freq": "WEEKLY", "byday": _WEEKDAYS[weekday]}
        case "month":
            rule = {"freq": "MONTHLY", "bymonthday": due.day or -1}
        case "quarter":
            rule = {"freq": "YEARLY", "bymonth": list(_QUARTER_ENDS), "bymonthday": -1}
        case _:
            rule = {"freq": "YEARLY", "bymonth": due.month or 12, "bymonthday": due.day or -1}
    if due.last:  # as dtstart is: a day, or a time of the world's clock
        ends = datetime.combine(due.last, time(23, 59), ZONE).astimezone(UTC)
        rule["until"] = due.last if due.hour is None else ends
    return rule


def _first_day(due: Due, start: date) -> date:
    """The first day on which it falls: a calendar counts its start in, whatever it is."""
    days = (start + timedelta(days=n) for n in range(_DAYS_OF_A_YEAR))
    return next((day for day in days if _falls_on(due, day)), start)


def _falls_on(due: Due, day: date) -> bool:
    ends_month = (day + timedelta(days=1)).day == 1
    on_day = day.day == due.day if due.day else ends_month
    match due.every:
        case "day":
            return True
        case "week":
            return day.weekday() == (6 if due.weekday is None else due.weekday)
        case "month":
            return on_day
        case "quarter":
            return day.month in _QUARTER_ENDS and ends_month
    return day.month == (due.month or 12) and on_day
