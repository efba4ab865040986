"""Duties that stand in a table, or behind labels: "Cơ quan chủ trì: …", "Thời hạn: …"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from knowledge.text import fold, trim

Role = Literal["deed", "bearer", "partners", "due"]
Span = tuple[int, int]

# Folded words of a column's head, the first that fits.
_COLUMNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("partners", re.compile(r"phoi hop")),
    ("due", re.compile(r"thoi (?:gian|han)|tien do|han (?:hoan|xu|bao)")),
    ("bearer", re.compile(r"chu tri|thuc hien|phu trach|don vi|co quan|nguoi")),
    ("deed", re.compile(r"nhiem vu|noi dung|cong viec|viec|hoat dong")),
)
_LABEL = re.compile(
    r"(?<!\w)(?:(?:(?:cơ\s+quan|đơn\s+vị|bộ\s+phận|tổ\s+chức|người)\s+)?(?P<bearer>chủ\s+trì(?:\s+thực\s+hiện)?|phụ\s+trách|thực\s+hiện)"
    r"|(?:(?:cơ\s+quan|đơn\s+vị)\s+)?(?P<partners>phối\s+hợp(?:\s+thực\s+hiện)?)"
    r"|(?P<due>thời\s+(?:gian|hạn)(?:\s+(?:hoàn\s+thành|thực\s+hiện|trình|báo\s+cáo))?|hạn\s+hoàn\s+thành|tiến\s+độ(?:\s+hoàn\s+thành)?))\s*:\s*",
    re.IGNORECASE,
)
_EDGE = " \t\n|*_;.-–+"


class Labelled(NamedTuple):
    """Words in front of the labels, and what stands behind each."""

    before: Span
    values: Mapping[Role, Span]


def labelled(text: str, start: int, end: int) -> Labelled | None:
    """What labels say in `text[start:end]`; None where there are none."""
    found = [m for m in _LABEL.finditer(text, start, end) if _opens(text, start, m.start())]
    if not found:
        return None
    ends = [*(m.start() for m in found[1:]), end]
    values: dict[Role, Span] = {}
    for label, until in zip(found, ends, strict=True):
        role: Role = "bearer" if label["bearer"] else "partners" if label["partners"] else "due"
        values.setdefault(role, bare(text, label.end(), until))
    return Labelled(bare(text, start, found[0].start()), values)


def _opens(text: str, start: int, at: int) -> bool:
    """Whether a label stands first, or behind the end of what was before it."""
    before = text[start:at].rstrip(" *_-–+")
    return not before or before[-1] in ".;\n"


def row(text: str, head: Span, start: int, end: int) -> Mapping[Role, Span]:
    """A row's cells by what its head calls them; none where the head names no bearer or no deed."""
    columns = _columns([text[a:b] for a, b in _cells(text, *head)])
    if not {"bearer", "deed"} <= set(columns.values()):
        return {}
    cells = enumerate(_cells(text, start, end))
    return {columns[number]: cell for number, cell in cells if number in columns}


def _cells(text: str, start: int, end: int) -> Iterator[Span]:
    a, b = _bare_line(text, start, end)
    while a <= b:
        bar = text.find("|", a, b)
        yield trim(text, a, b if bar < 0 else bar)
        if bar < 0:
            return
        a = bar + 1


def _bare_line(text: str, start: int, end: int) -> Span:
    start, end = trim(text, start, end)
    if text[start:end].startswith("|"):
        start += 1
    if text[start:end].endswith("|"):
        end -= 1
    return start, end


def _columns(heads: list[str]) -> dict[int, Role]:
    columns: dict[int, Role] = {}
    for number, head in enumerate(heads):
        role = next((role for role, form in _COLUMNS if form.search(fold(head))), None)
        if role and role not in columns.values():
            columns[number] = role
    return columns


def bare(text: str, start: int, end: int) -> Span:
    """Words without the marks around them."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end
