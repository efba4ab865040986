"""What `haicap ingest` would take: each value with where it was read, counts, and doubts."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.answer.rendering.screen import printable
from knowledge.reading.about.reading import FIELDS
from knowledge.reading.document import REQUIRED, Reading

_LABELS = {
    "number": "Số hiệu",
    "kind": "Loại",
    "title": "Tên",
    "issuer": "Nơi ban hành",
    "issued_on": "Ngày ban hành",
    "effective_from": "Hiệu lực từ",
    "signer": "Người ký",
    "signer_role": "Chức vụ",
    "legal_bases": "Căn cứ",
}
_COUNTED = {
    "article": "điều",
    "clause": "khoản, mục",
    "point": "điểm",
    "paragraph": "đoạn",
    "heading": "tiêu đề",
    "closing": "phần cuối",
}
_EMPTY = "(trống)"
_WIDTH = 110  # where there is no terminal to ask
_MOST_CHARS = 300  # of one value


def show(readings: Sequence[Reading]) -> None:
    """Print a table for each reading."""
    width = None if sys.stdout.isatty() else _WIDTH
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    for reading in readings:
        console.print(_table(reading))


def _table(reading: Reading) -> Table:
    title = Text(printable(reading.source), style="bold")
    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_edge=False, expand=False)
    for heading in ("Mục", "Giá trị", "Đọc ở đâu"):
        table.add_column(Text(heading), overflow="fold")
    for key in FIELDS:
        value = reading.values.get(key)
        table.add_row(
            Text(_LABELS[key]),
            Text(_shown(value)),
            Text(printable(reading.origins.get(key, _why_empty(key)))),
        )
    table.add_row(Text("Đoạn"), Text(_counts(reading)), Text(_pages(reading)))
    for note in reading.notes:
        table.add_row(Text("Lưu ý"), Text(printable(note)), Text(""))
    return table


def _shown(value: object) -> str:
    if not value:
        return _EMPTY
    if isinstance(value, (list, tuple)):
        return printable(f"{len(value)}: {'; '.join(map(str, value))}")[:_MOST_CHARS]
    return printable(str(value))[:_MOST_CHARS]


def _why_empty(key: str) -> str:
    return "không đọc được: phải ghi thêm" if key in REQUIRED else "không đọc được"


def _counts(reading: Reading) -> str:
    counts = reading.counts
    parts = [f"{counts[kind]} {name}" for kind, name in _COUNTED.items() if counts[kind]]
    return f"{sum(counts.values())} ({', '.join(parts)})" if parts else "0"


def _pages(reading: Reading) -> str:
    return f"{len(reading.pages)} trang" if reading.pages else ""
