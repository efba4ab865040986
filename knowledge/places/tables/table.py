"""The cells of a table, whatever file they came in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000  # the header included
MAX_COLUMNS = 200
# A spreadsheet would run a cell that begins with one of these; a plain number is harmless. Which of
# the separators it cuts at, it decides itself: what stands behind any of them may become a cell.
_SEPARATORS = r",;|\t\r\n"
_FORMULA = re.compile(
    rf"(?:^|(?<=[{_SEPARATORS}]))"
    r"(?=[\s\"']*[=+\-@＝＋－＠])"
    rf"(?!\s*[+-]?\d[\d., ]*(?:$|[{_SEPARATORS}]))"
)
_CONTROL = re.compile(r"^[\t\r]")

Cell = str | int | float | bool | date | datetime | time | None


@dataclass(slots=True)
class Table:
    """The cells of a file, and how it was written."""

    rows: list[list[Cell]]
    kind: Literal["csv", "xlsx"]
    delimiter: str = ","
    broken: frozenset[int] = field(default_factory=frozenset)  # rows that were no proper CSV

    @property
    def width(self) -> int:
        """Cells of the longest row."""
        return max((len(row) for row in self.rows), default=0)


def text_of(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else str(cell).strip()


def guarded(text: str) -> str:
    """The text, with ' wherever a spreadsheet would begin to run it."""
    text = _FORMULA.sub("'", text)
    return f"'{text}" if _CONTROL.match(text) else text


def filled(row: Iterable[Cell]) -> bool:
    """Whether any cell of a row says something."""
    return any(text_of(cell) for cell in row)
