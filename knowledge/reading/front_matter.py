"""What is said about a document beside its words: the keys, and what values they may have."""

from __future__ import annotations

import calendar
import re
import reprlib
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from knowledge.errors import DocumentError
from knowledge.text import clean, collapse

EARLIEST_YEAR = 1945
MOST_YEARS_AHEAD = 10  # a law may come into force years after it is passed
_PARTIAL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def _partial_date(value: str, years_ahead: int = 1) -> str:
    """Refuse a date that cannot be: year 2929, 31 June."""
    match = _PARTIAL_DATE.fullmatch(value)
    if not match:
        raise ValueError(f"{value!r} không phải ngày dạng 2025-07-11 hoặc tháng dạng 2025-07")
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    latest = date.today().year + years_ahead
    if not EARLIEST_YEAR <= year <= latest:
        raise ValueError(f"{value!r} có năm ngoài khoảng {EARLIEST_YEAR} đến {latest}")
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"{value!r} không có trong lịch")
    return value


def _day_of_effect(value: str) -> str:
    """The same, but it may lie some years ahead."""
    return _partial_date(value, years_ahead=MOST_YEARS_AHEAD)


PartialDate = Annotated[str, AfterValidator(_partial_date)]
EffectDate = Annotated[str, AfterValidator(_day_of_effect)]


def _plain_line(value: object) -> object:
    """One line without control or invisible characters: they hide a number that is taken."""
    return collapse(clean(value)) if isinstance(value, str) and _encodable(value) else value


def _plain_number(value: object) -> object:
    """The same, with the digits and letters of a full-width keyboard as others have them."""
    line = _plain_line(value)
    return unicodedata.normalize("NFKC", line) if isinstance(line, str) else line


def _encodable(value: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in value)  # pydantic refuses the others


_Line = Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(_plain_line)]
_Number = Annotated[str, Field(pattern=r"^[^\s].{0,59}$"), BeforeValidator(_plain_number)]


class FrontMatter(BaseModel):
    """The keys a document file may carry; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,99}$")] | None = None
    number: _Number | None = None
    kind: _Line = "Văn bản"
    title: _Line
    issuer: _Line
    signer: _Line | None = None
    signer_role: _Line | None = None
    issued_on: PartialDate
    effective_from: EffectDate | None = None
    in_force: Literal["in_force", "expired", "replaced", "unknown"] = "unknown"
    replaced_by: _Line | None = None
    implements: tuple[_Line, ...] = ()
    legal_bases: tuple[_Line, ...] = ()
    source_kind: Literal["official", "press"] = "official"
    source_note: str = ""
    sources_as_of: PartialDate | None = None


def checked(source: str, values: Mapping[str, Any]) -> FrontMatter:
    """The values as front matter.

    Args:
        source: named in errors.
        values: by key, as read.

    Raises:
        DocumentError: a key is not known, a value is missing or cannot be.
    """
    try:
        front = FrontMatter.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "front matter"
        raise DocumentError(
            source, where, _problem(first), "Sửa giá trị này rồi nạp lại"
        ) from error
    if front.in_force == "replaced" and not front.replaced_by:
        raise DocumentError(
            source,
            "replaced_by",
            "thiếu giá trị, mà in_force là 'replaced'",
            "Ghi số văn bản thay thế",
        )
    return front


def _problem(error: Any) -> str:
    kind, given = error["type"], _Shown(error.get("input"))
    expected = error.get("ctx", {}).get("expected", "")
    known = {
        "missing": "thiếu giá trị bắt buộc",
        "extra_forbidden": "khóa không được biết",
        "string_pattern_mismatch": f"giá trị {given!r} sai dạng",
        "string_too_short": "giá trị trống",
        "string_too_long": f"giá trị {given!r} quá dài",
        "string_type": f"giá trị {given!r} phải là chữ; đặt trong dấu nháy",
        "tuple_type": f"giá trị {given!r} phải là danh sách",
        "literal_error": f"giá trị {given!r} phải là một trong {expected}",
    }
    return known.get(kind, f"giá trị {given!r}: {error['msg'].removeprefix('Value error, ')}")


class _Shown:
    """A refused value whose repr fits a line."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return reprlib.repr(self._value)
