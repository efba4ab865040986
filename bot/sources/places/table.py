"""Bulk conversion: a table of old addresses with the unit of today beside each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.places.errors import PlaceTableError
from knowledge.places.models import Commune, PlaceResolution, Province
from knowledge.places.resolver import PlaceResolver
from knowledge.places.tables.headers import Part, header_parts
from knowledge.places.tables.table import Cell, Table, text_of
from prompts.wording import Wording

MAX_LISTED = 10  # units written into one cell
PROGRESS_EVERY = 200  # rows
_SAMPLE = 50  # rows read to find the column of addresses
_ENOUGH = 0.3  # of the sampled rows must be addresses
_SHOWN_CHARS = 200  # of the names of columns
_LEADS: dict[Part, str] = {"commune": "Phường", "district": "Quận"}

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the addresses of a table are."""

    parts: tuple[tuple[Part, int], ...]
    header: bool


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted table, and how many rows of each status it has."""

    table: Table
    statuses: dict[str, int]
    to_check: int
    rows: int


def convert_table(
    table: Table,
    resolver: PlaceResolver,
    say: Wording,
    *,
    column: str | None = None,
    progress: Progress | None = None,
) -> Converted:
    """The same rows and columns, with what each address is today; no row is lost.

    Args:
        table: as read.
        resolver: looks the addresses up, read as addresses of before.
        say: the wording of the new columns.
        column: header or number (from 1) of the addresses; None: found by header or content.
        progress: told (rows done, rows in all).

    Raises:
        PlaceTableError: there is no such column, or none that holds addresses.
    """
    columns = _chosen(table, column) if column else _found(table, resolver)
    width = table.width
    body = table.rows[1:] if columns.header else table.rows
    expected = len(table.rows[0]) if columns.header else 0
    out: list[list[Cell]] = []
    labels = say.lines("places.table.columns")
    if columns.header:
        out.append([*_padded(table.rows[0], width), *labels])
    else:
        out.append([*[None] * width, *labels])
    statuses: Counter[str] = Counter()
    to_check = 0
    for number, row in enumerate(body, 1):
        address = _address(row, columns)
        found = resolver.resolve(address, old_first=True) if address else None
        cells = _cells(found, say)
        index = number if columns.header else number - 1
        if (expected and len(row) > expected) or index in table.broken:
            cells[-1] = say("places.table.check.cells", count=len(row), expected=expected or width)
        statuses[found.status if found else "empty"] += 1
        to_check += cells[-1] != say("places.table.fine")
        out.append([*_padded(row, width), *cells])
        if progress and (number % PROGRESS_EVERY == 0 or number == len(body)):
            progress(number, len(body))
    converted = Table(out, table.kind, table.delimiter)
    return Converted(converted, dict(statuses), to_check, len(body))


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    return [*row, *[None] * (width - len(row))]


# Where the addresses are


def _chosen(table: Table, column: str) -> Columns:
    first = [text_of(cell) for cell in table.rows[0]]
    if column in first:
        return Columns((("address", first.index(column)),), header=True)
    if column.isdecimal() and 1 <= int(column) <= table.width:
        header = bool(header_parts(table.rows[0]))
        return Columns((("address", int(column) - 1),), header)
    raise PlaceTableError(
        "cột địa chỉ", f"không có cột {column!r}", f"Các cột: {', '.join(first)[:200]}"
    )


def _found(table: Table, resolver: PlaceResolver) -> Columns:
    named = header_parts(table.rows[0])
    if "address" in named:
        return Columns((("address", named["address"]),), header=True)
    order: tuple[Part, ...] = ("commune", "district", "province")
    if "commune" in named or "district" in named:
        return Columns(tuple((p, named[p]) for p in order if p in named), header=True)
    sample = table.rows[1 : _SAMPLE + 1] or table.rows
    shares = [_share(sample, c, resolver) for c in range(table.width)]
    best = max(range(len(shares)), key=lambda c: shares[c])
    if shares[best] < _ENOUGH and named:
        return Columns(tuple((p, named[p]) for p in order if p in named), header=True)
    if shares[best] < _ENOUGH:
        seen = ", ".join(text_of(cell) or "(trống)" for cell in table.rows[0])[:_SHOWN_CHARS]
        raise PlaceTableError(
            "cột địa chỉ",
            f"không thấy cột nào là địa chỉ; dòng đầu có: {seen}",
            "Đặt tên cột là 'Địa chỉ', hoặc 'Xã', 'Huyện', 'Tỉnh'",
        )
    heading = not _is_address(table.rows[0], best, resolver) and len(table.rows) > 1
    return Columns((("address", best),), header=bool(named) or heading)


def _share(rows: Sequence[Sequence[Cell]], column: int, resolver: PlaceResolver) -> float:
    return sum(_is_address(row, column, resolver) for row in rows) / len(rows)


def _is_address(row: Sequence[Cell], column: int, resolver: PlaceResolver) -> bool:
    text = text_of(row[column]) if column < len(row) else ""
    if not re.search(r"[^\W\d_]{2}", text):
        return False
    found = resolver.resolve(text)
    return found.status != "unknown" and found.level != "province"


def _address(row: Sequence[Cell], columns: Columns) -> str:
    texts = []
    for part, number in columns.parts:
        text = text_of(row[number]) if number < len(row) else ""
        if text.isdecimal() and part in _LEADS:
            text = f"{_LEADS[part]} {text}"
        if text:
            texts.append(text)
    return ", ".join(texts)


# What is written beside them


def _cells(found: PlaceResolution | None, say: Wording) -> list[Cell]:
    if found is None:
        return ["", "", "", "", say("places.table.check.empty")]
    communes = [u for u in found.new if isinstance(u, Commune)]
    provinces = [u.province if isinstance(u, Commune) else u for u in found.new]
    return [
        _joined([u.name for u in communes]),
        _joined(list(dict.fromkeys(p.name for p in provinces))),
        _joined([u.code for u in communes]),
        say(f"places.found.{found.how}") if found.new else say("places.status.unknown"),
        _check(found, say),
    ]


def _joined(values: Sequence[str]) -> str:
    more = "; …" if len(values) > MAX_LISTED else ""
    return "; ".join(values[:MAX_LISTED]) + more


def _check(found: PlaceResolution, say: Wording) -> str:
    if found.status == "unknown":
        if found.near:
            return say("places.table.check.unknown_near", near=" | ".join(found.near[:3]))
        return say("places.table.check.unknown")
    if found.status == "ambiguous":
        return say("places.table.check.ambiguous", count=len(found.options))
    if any(isinstance(unit, Province) for unit in found.new):
        return say("places.table.check.province_only")
    if found.status == "candidates":
        return say("places.table.check.candidates", count=len(found.new))
    if found.also:
        return say("places.table.check.also")
    if found.check:
        return say("places.table.check.how", how=say(f"places.found.{found.how}"))
    return say("places.table.fine")
