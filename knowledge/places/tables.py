"""Tables of addresses: CSV and XLSX in, the same rows with more columns out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any, Literal

from knowledge.places.errors import PlaceTableError
from knowledge.text import fold

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024  # of an XLSX, which is a ZIP
MAX_ROWS = 50_000  # the header included
MAX_COLUMNS = 200
FORMATS = (".csv", ".txt", ".xlsx")
BOM = "\ufeff"
_DELIMITERS = (",", ";", "\t")
_SNIFFED_LINES = 20
_MAX_LINES_IN_CELL = 20  # more: a quotation mark that nobody closed
# A spreadsheet would run a cell that begins with one of these; a plain number is harmless.
_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^\s*[+-]?\d[\d., ]*$")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Cell = str | int | float | bool | date | datetime | time | None
Part = Literal["address", "commune", "district", "province"]
# Headers, folded, without punctuation -> what the column holds.
_HEADERS: dict[Part, tuple[str, ...]] = {
    "address": (
        "dia chi",
        "dia chi cu",
        "dia chi thuong tru",
        "thuong tru",
        "noi thuong tru",
        "noi o",
        "noi cu tru",
        "ho khau",
        "que quan",
        "dia chi day du",
        "address",
    ),
    "commune": (
        "xa",
        "phuong",
        "xa phuong",
        "phuong xa",
        "xa phuong thi tran",
        "phuong xa thi tran",
        "xa cu",
        "phuong cu",
        "xa phuong cu",
        "phuong xa cu",
        "ward",
        "commune",
    ),
    "district": (
        "huyen",
        "quan",
        "quan huyen",
        "huyen quan",
        "quan huyen cu",
        "quan huyen thi xa",
        "huyen quan thi xa",
        "district",
    ),
    "province": (
        "tinh",
        "tinh thanh",
        "tinh thanh pho",
        "thanh pho",
        "tinh tp",
        "tinh cu",
        "tinh thanh cu",
        "province",
        "city",
    ),
}


@dataclass(slots=True)
class Table:
    """The cells of a file, and how it was written."""

    rows: list[list[Cell]]
    kind: Literal["csv", "xlsx"]
    delimiter: str = ","
    bom: bool = False
    broken: frozenset[int] = field(default_factory=frozenset)  # rows that were no proper CSV

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max((len(row) for row in self.rows), default=0)


def read_table(data: bytes, name: str) -> Table:
    """Read a CSV (UTF-8, with or without BOM; comma, semicolon or tab) or an XLSX.

    Raises:
        PlaceTableError: too large, of another format, or not UTF-8.
    """
    shown = PurePath(name).name or "bảng"
    if len(data) > MAX_FILE_BYTES:
        size = f"{len(data) / 1024 / 1024:.1f} MB"
        limit = f"{MAX_FILE_BYTES // 1024 // 1024} MB"
        raise PlaceTableError(shown, f"tệp {size}, tối đa {limit}", "Chia thành nhiều tệp nhỏ")
    suffix = PurePath(name).suffix.lower()
    if suffix not in FORMATS:
        raise PlaceTableError(shown, "chỉ nhận tệp .csv và .xlsx", "Lưu lại ở một trong hai dạng")
    table = _read_xlsx(data, shown) if suffix == ".xlsx" else _read_csv(data, shown)
    if not any(_filled(row) for row in table.rows):
        raise PlaceTableError(shown, "không có dòng nào", "Chọn tệp có địa chỉ")
    if len(table.rows) > MAX_ROWS:
        raise PlaceTableError(shown, f"quá {MAX_ROWS} dòng", "Chia thành nhiều tệp nhỏ")
    if table.width > MAX_COLUMNS:
        raise PlaceTableError(shown, f"quá {MAX_COLUMNS} cột", "Bớt cột rồi thử lại")
    return table


def write_table(table: Table) -> bytes:
    """The file of a table, no cell of which a spreadsheet would run."""
    return _write_xlsx(table) if table.kind == "xlsx" else _write_csv(table)


def header_parts(row: Sequence[Cell]) -> dict[Part, int]:
    """Which columns a header row says hold what; empty when it is no header we know."""
    found: dict[Part, int] = {}
    for number, cell in enumerate(row):
        words = " ".join(re.findall(r"[a-z0-9]+", fold(text_of(cell))))
        for part, names in _HEADERS.items():
            if words in names and part not in found:
                found[part] = number
    return found


def text_of(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else str(cell).strip()


def guarded(text: str) -> str:
    """The text, quoted with ' when a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


# CSV


def _read_csv(data: bytes, name: str) -> Table:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PlaceTableError(
            name,
            f"không phải chữ UTF-8 (byte thứ {error.start})",
            "Trong Excel chọn Lưu thành, dạng 'CSV UTF-8', hoặc dùng tệp .xlsx",
        ) from error
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    if "\0" in text:
        raise PlaceTableError(name, "không phải tệp chữ", "Lưu lại dạng 'CSV UTF-8'")
    delimiter = _delimiter(text)
    rows, broken = _rows(text, delimiter or "\x1f")
    return Table(rows, "csv", delimiter or ",", bom, broken)


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


def _write_csv(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\r\n")
    for row in table.rows:
        writer.writerow([guarded("" if cell is None else str(cell)) for cell in row])
    return ((BOM if table.bom else "") + out.getvalue()).encode("utf-8", "replace")


# XLSX


def _read_xlsx(data: bytes, name: str) -> Table:
    from openpyxl import load_workbook  # a fifth of a second that no other command should wait
    from openpyxl.utils.exceptions import InvalidFileException

    mend = "Mở bằng Excel rồi lưu lại dạng .xlsx"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise PlaceTableError(name, "nội dung quá lớn sau khi giải nén", mend)
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not always true
        rows: list[list[Cell]] = []
        for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True):
            if len(rows) > MAX_ROWS:
                break
            rows.append(_trimmed(row))
        book.close()
    except PlaceTableError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        IndexError,
        ValueError,
        OSError,
        SyntaxError,  # of the XML inside
        EOFError,
    ) as error:
        raise PlaceTableError(name, "không đọc được tệp .xlsx này", mend) from error
    while rows and not _filled(rows[-1]):
        rows.pop()
    return Table(rows, "xlsx")


def _trimmed(row: Iterable[Any]) -> list[Cell]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _filled(row: Iterable[Cell]) -> bool:
    return any(text_of(cell) for cell in row)


def _write_xlsx(table: Table) -> bytes:
    from openpyxl import Workbook  # as in _read_xlsx

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Địa chỉ")
    for row in table.rows:
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(sheet: Any, cell: Cell) -> Any:
    """A cell of its own type; text stays text, even when it looks like a formula."""
    from openpyxl.cell import WriteOnlyCell  # as in _read_xlsx

    if not isinstance(cell, str):
        return cell
    written = WriteOnlyCell(sheet, value=_NOT_XML.sub(" ", cell))
    written.data_type = "s"
    return written
