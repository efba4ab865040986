"""Tables from files and back."""

from __future__ import annotations

from pathlib import PurePath

from knowledge.places.errors import PlaceTableError
from knowledge.places.tables.csv_file import read_csv, write_csv
from knowledge.places.tables.table import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, Table, filled
from knowledge.places.tables.xlsx_file import read_xlsx, write_xlsx

FORMATS = (".csv", ".txt", ".xlsx")


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
    table = read_xlsx(data, shown) if suffix == ".xlsx" else read_csv(data, shown)
    if not any(filled(row) for row in table.rows):
        raise PlaceTableError(shown, "không có dòng nào", "Chọn tệp có địa chỉ")
    if len(table.rows) > MAX_ROWS:
        raise PlaceTableError(shown, f"quá {MAX_ROWS} dòng", "Chia thành nhiều tệp nhỏ")
    if table.width > MAX_COLUMNS:
        raise PlaceTableError(shown, f"quá {MAX_COLUMNS} cột", "Bớt cột rồi thử lại")
    return table


def write_table(table: Table) -> bytes:
    """The file of a table, no cell of which a spreadsheet would run."""
    return write_xlsx(table) if table.kind == "xlsx" else write_csv(table)
