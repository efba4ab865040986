"""What was read of a document, with where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knowledge.reading.about.lines import Line

_MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the line that it was read from."""

    value: Any
    line: int
    words: str

    @property
    def where(self) -> str:
        """Where, for people: "dòng 3: “Số: 12/QĐ-UBND”"."""
        return f"dòng {self.line}: “{self.words}”"


def found(value: Any, line: Line) -> Found:
    """A value that `line` gives."""
    short = line.text if len(line.text) <= _MOST_SHOWN else line.text[:_MOST_SHOWN] + "…"
    return Found(value, line.number, short)
