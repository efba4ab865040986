"""The columns of a table of offices: what each is called, and what a cell of it may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal, get_args

from knowledge.offices.models import Kind
from knowledge.places.tables.table import Cell, text_of
from knowledge.text import clean, collapse, fold

Column = Literal[
    "code",
    "commune",
    "province",
    "kind",
    "name",
    "address",
    "hours",
    "phones",
    "email",
    "website",
    "as_of",
    "source",
    "note",
]
COLUMNS: tuple[Column, ...] = get_args(Column)
# As the template heads them.
HEADINGS: Final[Mapping[Column, str]] = {
    "code": "Mã xã",
    "commune": "Xã, phường",
    "province": "Tỉnh, thành phố",
    "kind": "Loại",
    "name": "Tên trụ sở",
    "address": "Địa chỉ",
    "hours": "Giờ làm việc",
    "phones": "Điện thoại",
    "email": "Email",
    "website": "Trang web",
    "as_of": "Ngày cập nhật",
    "source": "Nguồn",
    "note": "Ghi chú",
}
# Other headings that people give them, folded, without punctuation.
_ALSO: Mapping[Column, tuple[str, ...]] = {
    "code": ("ma", "ma don vi", "ma phuong", "ma xa phuong", "code"),
    "commune": ("xa", "phuong", "don vi", "xa phuong dac khu", "ten xa", "commune"),
    "province": ("tinh", "tinh thanh", "thanh pho", "province"),
    "kind": ("loai tru so", "kind"),
    "name": ("ten", "ten co quan", "name"),
    "address": ("dia chi tru so", "address"),
    "hours": ("gio", "gio mo cua", "lich lam viec", "thoi gian lam viec", "hours"),
    "phones": ("so dien thoai", "dt", "sdt", "phone", "phones"),
    "email": ("thu dien tu", "e mail"),
    "website": ("web", "trang thong tin dien tu"),
    "as_of": ("ngay", "cap nhat", "tinh den ngay", "as of"),
    "source": ("nguon tin", "noi cung cap", "source"),
    "note": ("luu y", "note"),
}
KIND_NAMES: Final[Mapping[Kind, str]] = {
    "one_stop": "một cửa",
    "committee": "UBND",
    "police": "công an",
}
_KIND_WORDS: Mapping[Kind, re.Pattern[str]] = {
    "police": re.compile(r"cong an|police"),
    "one_stop": re.compile(r"mot cua|1 cua|hanh chinh cong|one.?stop"),
    "committee": re.compile(r"uy ban|ubnd|committee"),
}
MAX_CHARS: Final = 500  # of a cell
_CODE = re.compile(r"\d{5}")
_CODE_DIGITS = 5
_PHONES = re.compile(r"[;/,\n]| - |\bvà\b|\bhoặc\b")
_PHONE_MARKS = re.compile(r"[\s().\-–]")
_PHONE = re.compile(r"0\d{9,10}|1[89]00\d{4,6}|1\d{2}")
_LOST_ZERO = re.compile(r"(?!1[89]00)[1-9]\d{8,9}")  # a spreadsheet took it for a number
_EMAIL = re.compile(r"[^\s@<>]+@[\w-]+(?:\.[\w-]+)+")
_WEBSITE = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+(?:[/?#][^\s<>]*)?)", re.IGNORECASE)
_DAY = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")


class CellError(ValueError):
    """A cell refused: what is wrong, and how to mend it."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.problem, self.mend = problem, mend


def columns_of(header: Sequence[Cell]) -> dict[Column, int]:
    """Which column of a table holds what, by its first row; columns of other names are left."""
    found: dict[Column, int] = {}
    for number, cell in enumerate(header):
        words = _plain(text_of(cell))
        for column in COLUMNS:
            named = words == _plain(HEADINGS[column]) or words in _ALSO[column]
            if named and column not in found:
                found[column] = number
    return found


def _plain(heading: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(heading)))


def words_of(cell: Cell) -> str:
    """A cell as one line of text.

    Raises:
        CellError: it is too long.
    """
    text = collapse(clean(text_of(cell)))
    if len(text) > MAX_CHARS:
        raise CellError(f"dài {len(text)} ký tự", f"Viết trong {MAX_CHARS} ký tự")
    return text


def hours_of(cell: Cell) -> str:
    """Hours as written, lines parted by semicolons."""
    lines = (collapse(line).strip(" ;") for line in clean(text_of(cell)).split("\n"))
    return words_of("; ".join(line for line in lines if line))


def code_of(cell: Cell) -> str:
    """A commune's code; a spreadsheet drops the noughts in front.

    Raises:
        CellError: it is no code.
    """
    text = words_of(cell).removesuffix(".0")
    code = text.zfill(_CODE_DIGITS) if text.isdecimal() else text
    if text and not _CODE.fullmatch(code):
        raise CellError(
            f"{text[:40]!r} không phải mã xã", "Viết mã 5 chữ số, hoặc để trống và ghi tên"
        )
    return code if text else ""


def kind_of(cell: Cell) -> Kind:
    """What office it is.

    Raises:
        CellError: it is none that we know.
    """
    text = words_of(cell)
    for kind, pattern in _KIND_WORDS.items():
        if pattern.search(fold(text)):
            return kind
    raise CellError(
        f"{text[:40]!r} không phải loại trụ sở", f"Viết một trong: {', '.join(KIND_NAMES.values())}"
    )


def phones_of(cell: Cell) -> tuple[str, ...]:
    """Telephone numbers, as dialled in the country.

    Raises:
        CellError: one is no number.
    """
    given = (part.strip() for part in _PHONES.split(words_of(cell).removesuffix(".0")))
    return tuple(dict.fromkeys(_phone(part) for part in given if part))


def _phone(text: str) -> str:
    number = re.sub(r"^\+?84(?=\d{9,10}$)", "0", _PHONE_MARKS.sub("", text))
    if _LOST_ZERO.fullmatch(number):
        number = f"0{number}"
    if not _PHONE.fullmatch(number):
        raise CellError(
            "có số không phải số điện thoại", "Viết đủ chữ số, nhiều số cách nhau bằng ';'"
        )
    return number


def email_of(cell: Cell) -> str:
    """An address for mail.

    Raises:
        CellError: it is none.
    """
    text = words_of(cell)
    if text and not _EMAIL.fullmatch(text):
        raise CellError("không phải địa chỉ email", "Viết một địa chỉ, dạng ten@tinh.gov.vn")
    return text


def website_of(cell: Cell) -> str:
    """An address of a page, with its scheme.

    Raises:
        CellError: it is none.
    """
    text = words_of(cell)
    found = _WEBSITE.fullmatch(text)
    if text and not found:
        raise CellError(
            f"{text[:40]!r} không phải địa chỉ trang web", "Viết dạng https://xa.tinh.gov.vn"
        )
    return f"https://{found[1]}" if found else ""


def day_of(cell: Cell) -> str:
    """A day, as an ISO date; empty for an empty cell.

    Raises:
        CellError: it is none, or has not come yet.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    text = words_of(cell)
    found = _ISO.fullmatch(text) or _DAY.fullmatch(text)
    try:
        day = date(**{name: int(n) for name, n in found.groupdict().items()}) if found else None
    except ValueError:
        day = None
    if text and day is None:
        raise CellError(f"{text[:40]!r} không phải ngày", "Viết dạng 2026-11-01 hoặc 1/11/2026")
    if day and day > date.today():
        raise CellError(f"ngày {text} chưa tới", "Viết ngày lấy số liệu")
    return day.isoformat() if day else ""


READERS: Mapping[Column, Callable[[Cell], object]] = {
    **dict.fromkeys(COLUMNS, words_of),
    "code": code_of,
    "kind": kind_of,
    "hours": hours_of,
    "phones": phones_of,
    "email": email_of,
    "website": website_of,
    "as_of": day_of,
}
