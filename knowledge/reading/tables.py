"""Tables of any format as Markdown; those that only place things side by side as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.text import collapse, fold

Rows = Sequence[Sequence[str]]  # cells, whose paragraphs are parted by newlines
# What stands in the two columns of a letterhead and of a signature (Decree 30/2020/NĐ-CP).
_PLACED = re.compile(
    r"(?m)^\W*(?:cong hoa xa hoi chu nghia|doc lap\W+tu do|dang cong san viet nam|noi nhan\b|"
    r"so\s*:?\s*\.*\s*\d*\s*[-/]|(?:tm|t/m|kt|k/t|tl|t/l|tuq)\s*\.)"
)
_MOST_PLACED_ROWS = 6


def table_lines(rows: Rows) -> list[str]:
    """The lines of a table: Markdown, or the cells one after another where it is no table.

    A letterhead, a signature beside its recipients, and a box of one column are no tables.
    """
    filled = [list(row) for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return []
    width = max(map(len, filled))
    for row in filled:
        row += [""] * (width - len(row))
    used = [n for n in range(width) if any(row[n].strip() for row in filled)]
    if len(used) == 1 or _is_placing(filled):
        cells = [row[n] for n in used for row in filled]
        return [line.strip() for cell in cells for line in cell.split("\n") if line.strip()]
    head, *body = [_row([row[n] for n in used]) for row in filled]
    return ["", head, "|" + " --- |" * len(used), *body, ""]


def _is_placing(rows: Rows) -> bool:
    if len(rows) > _MOST_PLACED_ROWS:
        return False
    return any(_PLACED.search(fold(cell)) for row in rows for cell in row)


def _row(cells: Sequence[str]) -> str:
    shown = (collapse(cell).replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(shown) + " |"
