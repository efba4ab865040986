"""Items counted inside a running paragraph: "(1) ...; (2) ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.structure.labels import label_of
from knowledge.structure.marks import BRACKETED, LETTERED, MARKS, NUMBERED
from knowledge.structure.node import Node
from knowledge.structure.quotations import quoted_spans
from knowledge.text import UPPER, trim

_INLINE = {
    BRACKETED: re.compile(r"(?<=[:;.,…])\s+\((\d{1,2})\)\s+(?=\S)"),
    NUMBERED: re.compile(rf"(?<=[;.:])\s+(\d{{1,2}})\.\s+(?=[{UPPER}])"),
    LETTERED: re.compile(r"(?<=[:;.])\s+([a-zđ])\)\s+(?=\S)"),
}
_ALPHABET = "abcdđeghiklmnopqrstuvxy"


def split_inline(node: Node, text: str) -> Node:
    """Cut "(1) ...; (2) ..." inside a running paragraph into items below `node`.

    The sequence must begin at 1 (or go on from the node's own number) and count up without gaps.
    What is quoted is of another text.
    Returns the node that following blocks continue.
    """
    quoted = quoted_spans(text, node.start, node.end)
    for rank, pattern in _INLINE.items():
        if rank <= node.rank and not (rank == node.rank == NUMBERED):
            continue
        found = pattern.finditer(text, node.start, node.end)
        own = (m for m in found if not any(a < m.start() < b for a, b in quoted))
        cuts = _sequence(own, rank, node)
        if not cuts:
            continue
        target = node.parent if rank == node.rank and node.parent else node
        mark = next(m for m in MARKS if m.rank == rank)
        ends = [*(m.start() for m in cuts[1:]), node.end]
        last = node
        for match, end in zip(cuts, ends, strict=True):
            a, b = trim(text, match.end(), end)
            label = label_of(mark, match.group(1), target)
            last = split_inline(target.add(Node(rank, label, mark.kind, a, b)), text)
        node.start, node.end = trim(text, node.start, cuts[0].start())
        return last
    return node


def _sequence(matches: Iterator[re.Match[str]], rank: int, node: Node) -> list[re.Match[str]]:
    """The matches that count 1, 2, 3 ... (a, b, c ...); at least two, or one that goes on."""
    going_on = rank == node.rank
    expected = int(node.label.rsplit(" ", 1)[1]) + 1 if going_on else 1
    cuts: list[re.Match[str]] = []
    for match in matches:
        value = match.group(1)
        wanted = _ALPHABET[expected - 1 : expected] if rank == LETTERED else str(expected)
        if value == wanted:
            cuts.append(match)
            expected += 1
    return cuts if len(cuts) >= 2 or (going_on and cuts) else []
