"""The paragraphs of a text, and which of them are its body, its closing, its annexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.structure.marks import ANNEX, ROMAN, mark_at
from knowledge.text import trim

_LONE_MARK = re.compile(
    rf"[#*_\s]*(?:Điều\s+\d{{1,4}}[a-zđ]?|\d{{1,3}}|\(\d{{1,3}}\)|[a-zđ]\)|{ROMAN})[.:)]?[*_]*"
)
_RULE = re.compile(r"[^\w|]+|_+")  # "-----", "* * *"; a table's bars stay in their block
_CLOSING = re.compile(r"[*_]{0,2}\s*nơi nhận\s*:?", re.IGNORECASE)
_ENCLOSED = re.compile(r"\(\s*kèm theo[^()]*\)\.?$", re.IGNORECASE)

Block = tuple[int, int]  # half-open range of the text


class Parted(NamedTuple):
    """The blocks of a text by what they are."""

    body: list[Block]
    closing: list[tuple[str, Block]]  # with what each is cited as
    annexes: list[Block]


def blocks_of(text: str) -> Iterator[Block]:
    """Paragraphs: blank lines, and rules ("-----") part them; bars alone are none.

    Within, a line that opens with a mark or follows a finished line parts them too (plain text
    with one paragraph a line).
    """
    start = previous_end = None
    for match in re.finditer(r"[^\n]*(?:\n|$)", text):
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
    if (_CLOSING.match(text[start:previous_end]) and text[a] in "-–+") or text[a].islower():
        return False
    if _CLOSING.match(text, a) or mark_at(text, a, b):
        return True
    if _LONE_MARK.fullmatch(text, start, previous_end):
        return False  # "Điều 1." on a line of its own, its title on the next
    return text[previous_end - 1] in ".:;?!…" and (text[a].isupper() or text[a] in '-–+*“"(')


def split_closing(text: str, blocks: list[Block], *, press: bool) -> Parted:
    """The body, the closing and the annexes after it.

    The closing is the recipients and the signature, and a line "(Kèm theo ...)" before them.
    """
    first = next((i for i, (a, _) in enumerate(blocks) if _CLOSING.match(text, a)), None)
    if press or first is None:
        return Parted(blocks, [], [])
    annex = next(
        (i for i in range(first + 1, len(blocks)) if _is_annex(text, blocks[i])), len(blocks)
    )
    last = first
    while last + 1 < annex and text[blocks[last + 1][0]] in "-–+":
        last += 1
    closing = [("Nơi nhận", (blocks[first][0], blocks[last][1]))]
    if last + 1 < annex:
        closing.append(("Chữ ký", (blocks[last + 1][0], blocks[annex - 1][1])))
    if first and _ENCLOSED.match(text[slice(*blocks[first - 1])]):
        first -= 1
        closing.insert(0, ("Tài liệu kèm theo", blocks[first]))
    return Parted(blocks[:first], closing, blocks[annex:])


def _is_annex(text: str, block: Block) -> bool:
    found = mark_at(text, *block)
    return found is not None and found.mark.rank == ANNEX


def joined_blocks(text: str, blocks: list[Block]) -> Iterator[Block]:
    """Join a paragraph that a page break cut: no end mark before, lower case after."""
    pending: Block | None = None
    for start, end in blocks:
        if (
            pending
            and text[pending[1] - 1] not in '.:;?!…*”")'
            and text[start].islower()
            and not mark_at(text, start, end)
        ):
            pending = (pending[0], end)
            continue
        if pending:
            yield pending
        pending = (start, end)
    if pending:
        yield pending
