"""The rows of a table in the tree: each a place of its own, below what names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.structure.marks import ROMAN, ROW
from knowledge.structure.node import Node
from knowledge.structure.tables import Span, cells, header_rows

MAX_GROUP_CELLS = 2  # filled, of a row that names a group of rows: its number and its name
MIN_COLUMNS = 3  # of a table whose rows with few cells filled name groups

_GROUP_NUMBER = re.compile(rf"(?:{ROMAN}|[A-HĐ])[.)]?")


def add_table(holder: Node, text: str, rows: Sequence[Span]) -> None:
    """Hang a table below the node that it belongs to."""
    number = 1 + sum(c.rank == ROW for c in holder.children)
    label = "bảng" if number == 1 else f"bảng {number}"
    heads = header_rows(text, rows)
    start, end = (rows[0][0], rows[heads - 1][1]) if heads else (rows[0][0], rows[0][0])
    table = holder.add(Node(ROW, label, "heading", start, end, role=holder.role))
    columns = len(cells(text[slice(*rows[0])]))
    group: Span = (0, 0)
    for at, (a, b) in enumerate(rows[heads:], 1):
        row = table.add(Node(ROW, f"dòng {at}", "row", a, b, named_by=group))
        if columns >= MIN_COLUMNS and _names_group(text[a:b], columns):
            group, row.named_by = (a, b), (0, 0)


def _names_group(row: str, columns: int) -> bool:
    """As "II | LĨNH VỰC HỘ TỊCH" does: a name alone, or behind a Roman number or a letter."""
    filled = [cell for cell in cells(row) if cell]
    if len(filled) > min(MAX_GROUP_CELLS, columns - 1) or filled[-1].isdigit():
        return False
    return len(filled) == 1 or _GROUP_NUMBER.fullmatch(filled[0]) is not None
