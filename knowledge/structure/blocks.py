"""The blocks of a text: its paragraphs and its tables, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.structure.marks import ROMAN, mark_at
from knowledge.structure.signs import ADDRESSEES, RECIPIENTS, is_letterhead, opens_line
from knowledge.structure.tables import Span, columns_of, table_rows, tables_of
from knowledge.text import trim

MIN_CHARS = 5  # of a paragraph that can stand alone
_LONE_MARK = re.compile(
    rf"[#*_\s]*(?:Điều\s+\d{{1,4}}[a-zđ]?|\d{{1,3}}|\(\d{{1,3}}\)|[a-zđ]\)|{ROMAN})[.:)]?[*_]*"
)
_LINE = re.compile(r"[^\n]*(?:\n|$)")
_RULE = re.compile(r"[^\w]+|_+")  # "-----", "* * *", a bar alone


class Block(NamedTuple):
    """A paragraph, a table or a quotation."""

    start: int
    end: int
    rows: tuple[Span, ...] = ()  # of a table, its header first
    quoted: tuple[Span, ...] = ()  # the paragraphs of a text quoted by an amending clause


def blocks_of(text: str) -> Iterator[Block]:
    """Paragraphs and tables; what holds no word is none.

    Blank lines, rules ("-----") and bars alone part paragraphs. Within, a line that opens with a
    mark or follows a finished line parts them too (plain text with one paragraph a line).
    """
    at = 0
    for start, end, is_table in tables_of(text):
        yield from _worded(text, _paragraphs(text, at, start))
        rows = tuple(table_rows(text, start, end))
        if rows and is_table:
            yield Block(rows[0][0], rows[-1][1], rows)
        elif len(rows) == 1:
            yield from _worded(text, columns_of(text, *rows[0]))
        else:
            yield from _worded(text, _paragraphs(text, start, end))
        at = end
    yield from _worded(text, _paragraphs(text, at, len(text)))


def _worded(text: str, spans: Iterator[Span]) -> Iterator[Block]:
    return (Block(a, b) for a, b in spans if any(c.isalnum() for c in text[a:b]))


def _paragraphs(text: str, at: int, until: int) -> Iterator[Span]:
    start = previous_end = None
    for match in _LINE.finditer(text, at, until):
        a, b = trim(text, match.start(), match.end())
        if a == b or _RULE.fullmatch(text, a, b):
            if start is not None and previous_end is not None:
                yield start, previous_end
            start = previous_end = None
            continue
        if start is None:
            start = a
        elif _starts_block(text, start, previous_end or a, a, b):
            yield start, previous_end or a
            start = a
        previous_end = b
    if start is not None:
        yield start, previous_end or start


def _starts_block(text: str, start: int, previous_end: int, a: int, b: int) -> bool:
    of_recipients = RECIPIENTS.match(text, start, previous_end) or ADDRESSEES.match(
        text, start, previous_end
    )
    if (of_recipients and text[a] in "-–+") or text[a].islower():
        return False
    if RECIPIENTS.match(text, a) or mark_at(text, a, b):
        return True
    if opens_line(text, a, b):
        return True
    if _LONE_MARK.fullmatch(text, start, previous_end):
        return False  # "Điều 1." on a line of its own, its title on the next
    if text[b - 1] in ".:;" and text[a].isupper() and is_letterhead(text[start:previous_end]):
        return True  # the first sentence below a letterhead
    return text[previous_end - 1] in ".:;?!…" and (text[a].isupper() or text[a] in '-–+*“"(')


def joined_blocks(text: str, blocks: list[Block]) -> Iterator[Block]:
    """Join a paragraph that a page break cut: no end mark before, lower case after.

    One of a letter or two ("X", "12") is joined to its neighbour as well.
    """
    pending: Block | None = None
    for block in blocks:
        if pending and _goes_on(text, pending, block):
            pending = Block(pending.start, block.end)
            continue
        if pending:
            yield pending
        pending = block
    if pending:
        yield pending


def _goes_on(text: str, before: Block, block: Block) -> bool:
    if before.rows or before.quoted or block.rows or block.quoted:
        return False
    if mark_at(text, block.start, block.end):
        return False
    if _is_tiny(text, block):
        return True
    if _is_tiny(text, before) and not mark_at(text, before.start, before.end):
        return True
    return text[before.end - 1] not in '.:;?!…*”")' and text[block.start].islower()


def _is_tiny(text: str, block: Block) -> bool:
    """Too short to stand alone; "Hết." is a sentence."""
    return block.end - block.start < MIN_CHARS and text[block.end - 1] != "."
