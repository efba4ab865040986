"""Where the tables of a text stand, and their rows.

Three forms: a line a row with bars between the cells (Markdown), a line a row with tabs between
them (copied from a word processor), and a line a cell with bars alone on the lines between (what
converters of web pages leave).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.structure.marks import mark_at
from knowledge.structure.signs import NATION, RECIPIENTS, SIGNATURE
from knowledge.text import trim

Span = tuple[int, int]  # half-open range of the text
MAX_CELL_CHARS = 300  # of a cell on lines of its own; a longer one is text behind the table
MIN_CELLS = 4
_LINE = re.compile(r"[^\n]*(?:\n|$)")
_SEPARATOR = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_BAR_ALONE = re.compile(r"\s*\|\s*")
_COLUMN_NUMBERS = re.compile(r"[\s|\t()\d=+x:/A-ZĐ*-]*")
_BAR = re.compile(r"(?<!\\)\|")


def tables_of(text: str) -> Iterator[tuple[int, int, bool]]:
    """The tables, in order; each from the beginning of a line to the end of one.

    The last value is False for a letterhead or a closing that was set in columns.
    """
    if "|" not in text and "\t" not in text:
        return
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.end() > m.start()]
    at = 0
    while at < len(lines):
        end = _barred(text, lines, at) or _tabbed(text, lines, at) or _celled(text, lines, at)
        if end:
            start, behind = lines[at][0], lines[end - 1][1]
            yield start, behind, _is_table(text, start, behind)
            at = end
        else:
            at += 1


def table_rows(text: str, start: int, end: int) -> Iterator[Span]:
    """The rows that hold words, the header first, each without the bars around it.

    What continues a row (its first cell is empty) belongs to it.
    """
    rows = _rows_of_cells(text, start, end)
    if rows is None:
        rows = [(m.start(), m.end()) for m in _LINE.finditer(text, start, end)]
    begun: Span | None = None
    for count, (a, b) in enumerate(rows):
        first_empty = _first_is_empty(text[a:b])
        a, b = _without_bars(text, a, b)
        if a == b or not any(c.isalnum() for c in text[a:b]):
            continue
        if begun and ((first_empty and count > 1) or begun[1] - begun[0] < MIN_CELLS):
            begun = (begun[0], b)
            continue
        if begun:
            yield begun
        begun = (a, b)
    if begun:
        yield begun


def columns_of(text: str, start: int, end: int) -> Iterator[Span]:
    """The cells of one row, where they stand."""
    bars = (m.end() for m in re.compile(r"[|\t]").finditer(text, start, end))
    for a, b in pairwise([start, *bars, end]):
        a, b = _without_bars(text, a, b)
        if a < b:
            yield a, b


def header_rows(text: str, rows: Sequence[Span]) -> int:
    """How many rows from the first on name the columns or number them."""
    if len(rows) < 2:
        return 0
    second = text[slice(*rows[1])]
    return 2 if len(rows) > 2 and _COLUMN_NUMBERS.fullmatch(second) else 1


def cells(row: str) -> list[str]:
    """The words of a row's cells, empty ones too."""
    parts = row.split("\t") if "\t" in row and "|" not in row else _BAR.split(row)
    return [" ".join(part.split()).strip("* ") for part in parts]


def _barred(text: str, lines: Sequence[Span], at: int) -> int | None:
    """The line behind a Markdown table that begins with line `at`."""
    end = at
    while end < len(lines) and len(_BAR.findall(text, *lines[end])) >= (1 if end > at else 2):
        line = text[slice(*lines[end])].strip()
        if not line.startswith("|") and not _followed_by_rule(text, lines, at):
            break
        if _BAR_ALONE.fullmatch(line):
            break
        end += 1
    if end == at and _followed_by_rule(text, lines, at) and "|" in text[slice(*lines[at])]:
        end = at + 2
    return end if end > at and (end - at > 1 or text[lines[at][0]] == "|") else None


def _followed_by_rule(text: str, lines: Sequence[Span], at: int) -> bool:
    if at + 1 >= len(lines):
        return False
    below = text[slice(*lines[at + 1])].strip()
    return "|" in below and _SEPARATOR.fullmatch(below) is not None


def _tabbed(text: str, lines: Sequence[Span], at: int) -> int | None:
    """The line behind two or more lines with equally many cells between tabs."""
    wide = _tabs(text, lines[at])
    end = at
    while wide and end < len(lines) and _tabs(text, lines[end]) == wide:
        end += 1
    return end if end - at > 1 else None


def _tabs(text: str, line: Span) -> int:
    return text[slice(*line)].strip(" \n").count("\t")


def _celled(text: str, lines: Sequence[Span], at: int) -> int | None:
    """The line behind a table whose cells stand on lines between lone bars."""
    if not _BAR_ALONE.fullmatch(text, *lines[at]):
        return None
    last = at
    for end in range(at + 1, len(lines)):
        a, b = lines[end]
        if not text[a:b].strip() or a - lines[last][1] > MAX_CELL_CHARS:
            break
        if _BAR_ALONE.fullmatch(text, a, b):
            last = end
        elif (found := mark_at(text, *trim(text, a, b))) and found.mark.kind == "article":
            break
    return last + 1 if last > at else None


def _rows_of_cells(text: str, start: int, end: int) -> list[Span] | None:
    """The rows of a table with a line a cell; None for one with a line a row.

    A row of n cells has n + 1 bars, and nothing stands between the last and the next row's first.
    Where that does not come out even, two bars in a row part rows.
    """
    if not re.match(r"\s*\|\s*\n", text[start:end]):
        return None
    bars = [start + m.start(1) for m in re.finditer(r"(?m)^[ \t]*(\|)[ \t]*$", text[start:end])]
    parts = [trim(text, a + 1, b) for a, b in pairwise(bars)]
    wide = next((i for i, (a, b) in enumerate(parts) if i and a == b), len(parts))
    step = wide + 1
    between = parts[wide::step]
    if len(bars) % step == 0 and all(a == b for a, b in between):
        runs = [parts[i : i + wide] for i in range(0, len(parts), step)]
    else:
        runs, run = [], []
        for part in [*parts, (0, 0)]:
            if part[0] < part[1]:
                run.append(part)
            elif run:
                runs.append(run)
                run = []
    filled = [[(a, b) for a, b in run if a < b] for run in runs]
    return [(run[0][0], run[-1][1]) for run in filled if run]


def _first_is_empty(row: str) -> bool:
    row = row.strip(" \n")
    inner = row[1:] if row.startswith("|") else row
    parts = cells(inner)
    return len(parts) > 1 and not parts[0]


def _without_bars(text: str, start: int, end: int) -> Span:
    while start < end and (text[start].isspace() or text[start] == "|"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "|"):
        end -= 1
    return start, end


def _is_table(text: str, start: int, end: int) -> bool:
    """Whether it is no letterhead and no closing in two columns, and no bars around nothing."""
    lines = text[start:end].split("\n")
    parts = [piece for line in lines for part in _BAR.split(line) for piece in part.split("\t")]
    filled = [part.strip("* ") for part in parts if any(c.isalnum() for c in part)]
    if any(RECIPIENTS.match(part) or NATION.match(part) for part in filled):
        return False
    if len(filled) < MIN_CELLS and _BAR_ALONE.fullmatch(lines[0]):
        return False
    return len(filled) > MIN_CELLS or not any(SIGNATURE.match(part) for part in filled)
