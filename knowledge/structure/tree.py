"""Blocks hung into a tree by their marks."""

from __future__ import annotations

import re

from knowledge.structure.blocks import Block, joined_blocks
from knowledge.structure.inline import split_inline
from knowledge.structure.labels import label_of
from knowledge.structure.marks import NUMBERED, PARAGRAPH, FoundMark, Mark, mark_at
from knowledge.structure.markup import BULLET, LIST_BULLETS, bare
from knowledge.structure.node import Node, is_short
from knowledge.text import UPPER, trim

_GLUED_FIRST = re.compile(rf"(?<=[:.;])[\s*_]*1\.\s+(?=[{UPPER}])")


def build(root: Node, text: str, blocks: list[Block], *, press: bool) -> None:
    """Hang the blocks of a text below `root`."""
    current = root
    for start, end in joined_blocks(text, blocks):
        found = mark_at(text, start, end)
        if found and press and found.mark.rank < NUMBERED:
            found = None  # a press report has no articles of its own; it may name some
        if found:
            current = _add_marked(current, text, found, end, press=press)
        else:
            current = _add_unmarked(current, text, (start, end), press=press)


def _add_marked(current: Node, text: str, found: FoundMark, end: int, *, press: bool) -> Node:
    """Returns the node that following blocks continue, as the next does."""
    mark, number, content = found
    if mark.rank == NUMBERED and number == "2" and not press:
        current = _recover_first(current, text, mark)
    parent = _parent(current, mark)
    start, end = bare(text, content, end)
    label = label_of(mark, number, parent)
    return split_inline(parent.add(Node(mark.rank, label, mark.kind, start, end)), text)


def _add_unmarked(current: Node, text: str, block: Block, *, press: bool) -> Node:
    start, end = block
    bullet = text[start] in LIST_BULLETS and BULLET.match(text, start) is not None
    holder = (bullet and _holder_of_bullet(current)) or _holder_of_paragraph(current, press)
    a, b = bare(text, start, end)
    if holder.start == holder.end and not holder.children and _is_title(holder, text[a:b]):
        holder.start, holder.end = a, b
        return current
    paragraph = holder.add(Node(PARAGRAPH, "", "paragraph", a, b, bullet))
    split = split_inline(paragraph, text)
    leads_in = bullet and text[b - 1] == ":"
    return split if split is not paragraph or press or leads_in else holder


def _is_title(node: Node, own: str) -> bool:
    """Whether an unmarked block is the title of a heading or article that has none yet."""
    return node.kind in ("heading", "article") and node.parent is not None and is_short(own)


def _parent(current: Node, mark: Mark) -> Node:
    """The nearest node of higher rank."""
    parent = current
    while parent.parent is not None and parent.rank >= mark.rank:
        if parent.rank == PARAGRAPH and mark.rank >= NUMBERED and _leads_in_list(parent):
            break
        parent = parent.parent
    return parent


def _leads_in_list(paragraph: Node) -> bool:
    """A paragraph of a press report, or a bullet that ends with a colon, may hold a list."""
    above = paragraph.parent
    return paragraph.bullet or (above is not None and above.parent is None)


def _recover_first(current: Node, text: str, mark: Mark) -> Node:
    """Find a "1." that was glued to the paragraph before it ("... như sau:1. Giao ...").

    Called when "2." has just been met. Returns the node to go on from.
    """
    parent = current
    while parent.parent is not None and parent.rank >= mark.rank:
        parent = parent.parent
    for at, child in enumerate(parent.children):
        found = _GLUED_FIRST.search(text, child.start, child.end)
        rest = parent.children[at + 1 :]
        if child.rank < PARAGRAPH:
            return current
        if found and all(c.rank == PARAGRAPH for c in rest):
            del parent.children[at + 1 :]
            start, end = bare(text, found.end(), child.end)
            first = parent.add(Node(mark.rank, label_of(mark, "1", parent), mark.kind, start, end))
            for paragraph in rest:
                first.add(paragraph)
            child.start, child.end = trim(text, child.start, found.start())
            return first
    return current


def _holder_of_paragraph(current: Node, press: bool) -> Node:
    """Whose paragraph an unmarked block is: the clause's; in a press report the root's."""
    node = current
    while node.rank == PARAGRAPH or (press and node.parent is not None):
        if node.parent is None:
            break
        node = node.parent
    return node


def _holder_of_bullet(current: Node) -> Node | None:
    """The node that holds the bullet which `current` is, or stands below; else None."""
    return next((node.parent for node in current.upward() if node.bullet), None)
