"""XLSX: the first sheet of a workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from knowledge.places.errors import PlaceTableError
from knowledge.places.tables.table import MAX_COLUMNS, MAX_ROWS, Cell, Table, filled, guarded

MAX_UNPACKED_BYTES = 200 * 1024 * 1024  # an XLSX is a ZIP
_ZEROS = re.compile(r"0{2,20}")  # the format of a code
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_xlsx(data: bytes, name: str) -> Table:
    """The table in a file.

    Raises:
        PlaceTableError: it is no workbook, or too large unpacked.
    """
    from openpyxl import load_workbook  # a fifth of a second that no other command should wait

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
        for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1):
            if len(rows) > MAX_ROWS:
                break
            rows.append(_trimmed(map(_value, row)))
        book.close()
    except PlaceTableError:
        raise
    except Exception as error:  # the library raises whatever it trips over: 82 of 400 broken files
        raise PlaceTableError(name, "không đọc được tệp .xlsx này", mend) from error
    while rows and not filled(rows[-1]):
        rows.pop()
    return Table(rows, "xlsx")


def _value(cell: Any) -> Cell:
    """A cell's value; a code that is kept as a number is shown with its zeros, and has them."""
    value: Cell = cell.value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        shown = str(cell.number_format)
        return str(value).zfill(len(shown)) if _ZEROS.fullmatch(shown) else value
    return value


def _trimmed(row: Iterable[Any]) -> list[Cell]:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def write_xlsx(table: Table) -> bytes:
    """The file of a table."""
    from openpyxl import Workbook  # as in read_xlsx

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Địa chỉ")
    for row in table.rows:
        sheet.append([_typed(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(sheet: Any, cell: Cell) -> Any:
    """A cell of its own type; text stays text, even when it looks like a formula."""
    from openpyxl.cell import WriteOnlyCell  # as in read_xlsx

    if not isinstance(cell, str):
        return cell
    written = WriteOnlyCell(sheet, value=_NOT_XML.sub(" ", cell))
    written.data_type = "s"
    if guarded(cell) != cell:  # or it would run once somebody presses Enter in it
        written.quotePrefix = 1
    return written
