"""What an amending text quotes: “3. Ủy ban nhân dân cấp xã ...” is no clause of its own.

A quotation goes from the mark that opens it behind a colon to the mark that closes it, over as many
paragraphs as it takes, and is one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.structure.blocks import Block
from knowledge.structure.marks import mark_at

_OPENING = re.compile(r"[#>*_\s]*([“\"«])")
_OPENED_INSIDE = re.compile(r":[*_\s]*([“\"«])")
_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|\"[^\"]*\"")
_CLOSING = {"“": "”", "«": "»", '"': '"'}
MAX_BLOCKS = 400  # of a quotation: what no mark closes within is not read to the end of the text
_LETTERS = "abcdđeghiklmnopqrstuvxy"


def with_quotations(text: str, blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, those of a quotation as one."""
    at = 0
    counted: dict[int, str] = {}  # rank -> the number met last, outside of quotations
    behind_colon = False
    while at < len(blocks):
        block = blocks[at]
        found = mark_at(text, block.start, block.end)
        if found:
            counted = {rank: n for rank, n in counted.items() if rank < found.mark.rank}
            counted[found.mark.rank] = found.number
        opening = _OPENING.match(text, block.start, block.end) if behind_colon else None
        if opening and not block.rows:
            last = _last(text, blocks, at, opening[1], opening.start(1), counted)
            inner = blocks[at : last + 1]
            spans = tuple((b.start, b.end) for b in inner)
            yield Block(block.start, inner[-1].end, (), spans)
            at = last + 1
        elif not block.rows and (mark := _left_open(text, block)):
            last = _last(text, blocks, at, mark[0], mark[1], counted)
            yield Block(block.start, blocks[last].end)
            at = last + 1
        else:
            yield block
            at += 1
        end = blocks[at - 1].end
        behind_colon = text[max(end - 4, 0) : end].rstrip("*_ ").endswith(":")


def quoted_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What stands between quotation marks that are closed."""
    return [m.span() for m in _QUOTED.finditer(text, start, end)]


def _left_open(text: str, block: Block) -> tuple[str, int] | None:
    """The mark behind a colon that opens what this block does not close, and where it stands."""
    for found in _OPENED_INSIDE.finditer(text, block.start, block.end):
        opened = found[1]
        if opened != '"' and _depth(text, found.start(1), block.end, opened) > 0:
            return opened, found.start(1)
        if opened == '"' and text.count('"', block.start, block.end) % 2:
            return opened, found.start(1)
    return None


def _depth(text: str, start: int, end: int, opened: str) -> int:
    """How many quotations are open at `end`."""
    if opened == '"':
        return text.count('"', start, end) % 2
    return text.count(opened, start, end) - text.count(_CLOSING[opened], start, end)


def _last(
    text: str, blocks: Sequence[Block], first: int, opened: str, start: int, counted: dict[int, str]
) -> int:
    """The block that closes the quotation which `first` opens.

    Without one it ends before what the text itself goes on with, else where it began.
    """
    depth, at, until = 0, start, min(first + MAX_BLOCKS, len(blocks))
    for i in range(first, until):
        if opened == '"':
            depth = (depth + text.count('"', at, blocks[i].end)) % 2
        else:
            depth += _depth(text, at, blocks[i].end, opened)
        at = blocks[i].end
        if depth <= 0:
            return i
    for i in range(first + 1, until):
        found = mark_at(text, blocks[i].start, blocks[i].end)
        before = _before(found.number) if found else None
        if found and before and counted.get(found.mark.rank) == before:
            return i - 1
    return first


def _before(number: str) -> str | None:
    """The number that comes before another."""
    if number.isdigit():
        return str(int(number) - 1)
    at = _LETTERS.find(number) if len(number) == 1 else -1
    return _LETTERS[at - 1] if at > 0 else None
