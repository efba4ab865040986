"""CSV: UTF-8, with or without BOM; commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from knowledge.places.errors import PlaceTableError
from knowledge.places.tables.headers import header_parts
from knowledge.places.tables.table import MAX_FILE_BYTES, Cell, Table, guarded

BOM = "\ufeff"
_DELIMITERS = (",", ";", "\t")
_SNIFFED_LINES = 20
_MAX_LINES_IN_CELL = 20  # more: a quotation mark that nobody closed


def read_csv(data: bytes, name: str) -> Table:
    """The table in a file.

    Raises:
        PlaceTableError: it is no UTF-8 text.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PlaceTableError(
            name,
            f"không phải chữ UTF-8 (byte thứ {error.start})",
            "Trong Excel chọn Lưu thành, dạng 'CSV UTF-8', hoặc dùng tệp .xlsx",
        ) from error
    text = text.removeprefix(BOM)
    if "\0" in text:
        raise PlaceTableError(name, "không phải tệp chữ", "Lưu lại dạng 'CSV UTF-8'")
    delimiter = _delimiter(text)
    rows, broken = _rows(text, delimiter or "\x1f")
    return Table(rows, "csv", delimiter or ",", broken)


def _delimiter(text: str) -> str:
    """What parts the cells; "" for a file of one column."""
    lines = [line for line in text.splitlines() if line.strip()][:_SNIFFED_LINES]
    if not lines:
        return ","
    header = header_parts([lines[0].strip('"')])
    if header and not any(d in lines[0] for d in _DELIMITERS):
        return "" if "," in "".join(lines) and not _all_quoted(lines[1:]) else ","
    best, score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count) if widths else 1
        if usual > 1 and (widths.count(usual) / len(widths), usual) > score:
            best, score = delimiter, (widths.count(usual) / len(widths), usual)
    return best


def _all_quoted(lines: Iterable[str]) -> bool:
    return all(line.startswith('"') for line in lines)


def _rows(text: str, delimiter: str) -> tuple[list[list[Cell]], frozenset[int]]:
    csv.field_size_limit(MAX_FILE_BYTES)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        if not any(cell.count("\n") > _MAX_LINES_IN_CELL for row in rows for cell in row):
            return [list(row) for row in rows], frozenset()
    except csv.Error:
        pass
    # A quotation mark out of place: line by line, so that one bad line spoils no other.
    loose: list[list[Cell]] = []
    broken: set[int] = set()
    for number, line in enumerate(text.splitlines()):
        try:
            parsed = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            parsed = line.split(delimiter)
            broken.add(number)
        loose.append(list(parsed))
    return loose, frozenset(broken)


def write_csv(table: Table) -> bytes:
    """The file of a table, parted as it came; Excel knows UTF-8 by its BOM alone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\r\n")
    for row in table.rows:
        writer.writerow([guarded("" if cell is None else str(cell)) for cell in row])
    return (BOM + out.getvalue()).encode("utf-8", "replace")
