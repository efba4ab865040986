"""Blocks hung into a tree by their marks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.models import Role
from knowledge.structure.blocks import MIN_CHARS, Block, joined_blocks
from knowledge.structure.inline import split_inline
from knowledge.structure.labels import label_of
from knowledge.structure.marks import (
    HEADED,
    MAX_HEADING_CHARS,
    NUMBERED,
    PARAGRAPH,
    SUB_PARAGRAPH,
    FoundMark,
    Mark,
    mark_at,
)
from knowledge.structure.markup import BULLET, LIST_BULLETS, bare
from knowledge.structure.node import Node, is_short
from knowledge.structure.pieces import MAX_PASSAGE_CHARS
from knowledge.structure.signs import is_capital
from knowledge.structure.table_nodes import add_table
from knowledge.text import UPPER, collapse, trim

MAX_NAME_CHARS = 60

_GLUED_FIRST = re.compile(rf"(?<=[:.;])[\s*_]*1\.\s+(?=[{UPPER}])")


def build(
    root: Node, text: str, blocks: list[Block], roles: Mapping[int, Role], *, press: bool
) -> None:
    """Hang the blocks of a text below `root`.

    Args:
        root: of the text, or of what is attached to it.
        text: all of it.
        blocks: in reading order.
        roles: of blocks that are no body, by where they begin.
        press: a press report has no articles of its own; it may name some.
    """
    current = root
    for block in joined_blocks(text, blocks):
        if block.rows:
            current = _holder_of_paragraph(current, press)
            add_table(current, text, block.rows)
            continue
        if block.quoted:
            current = _holder_of_paragraph(current, press)
            _add_quoted(current, text, block)
            continue
        found = mark_at(text, block.start, block.end)
        if found and press and found.mark.rank < NUMBERED:
            found = None
        if found:
            current = _add_marked(current, text, found, block, press=press)
        else:
            role = roles.get(block.start, "body")
            current = _add_unmarked(current, text, (block.start, block.end), role, press=press)


def _add_quoted(holder: Node, text: str, block: Block) -> None:
    """What an amending clause quotes is of the clause: in its own words while they fit."""
    own = holder.start < holder.end
    if own and not holder.children and block.end - holder.start <= MAX_PASSAGE_CHARS:
        holder.end = block.end
        return
    runs: list[tuple[int, int]] = []
    for start, end in block.quoted:
        if runs and end - runs[-1][0] <= MAX_PASSAGE_CHARS:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    for start, end in runs:
        holder.add(Node(PARAGRAPH, "", "paragraph", start, end))


def _add_marked(current: Node, text: str, found: FoundMark, block: Block, *, press: bool) -> Node:
    """Returns the node that following blocks continue, as the next does."""
    mark, number, content = found
    if mark.rank == NUMBERED and number == "2" and not press:
        current = _recover_first(current, text, mark)
    parent = _parent(current, mark)
    parent = _apart(parent, label_of(mark, number, parent))
    start, end = bare(text, content, block.end)
    if 0 < end - start < MIN_CHARS:  # "a) Có;": with its mark it can stand alone
        start = bare(text, block.start, end)[0]
    label = label_of(mark, number, parent)
    node = Node(mark.rank, label, mark.kind, start, end, begins=block.start)
    return split_inline(parent.add(node), text)


def _apart(parent: Node, label: str) -> Node:
    """Where a list that counts anew hangs: below the paragraph that leads it in, when there is one.

    "1." under a heading without a mark comes twice in one text.
    """
    last = parent.children[-1] if parent.children else None
    anew = label.rsplit(" ", 1)[-1].strip("()") in ("1", "a", "I")
    if anew and last and last.rank == PARAGRAPH and any(c.label == label for c in parent.children):
        return last
    return parent


def _add_unmarked(
    current: Node, text: str, block: tuple[int, int], role: Role, *, press: bool
) -> Node:
    start, end = block
    bullet = text[start] if text[start] in LIST_BULLETS and BULLET.match(text, start) else ""
    above = _bullet_above(current, bullet) if bullet and not press else None
    if above:
        above.add(Node(SUB_PARAGRAPH, "", "paragraph", *bare(text, start, end), bullet))
        return above
    holder = (bullet and _holder_of_bullet(current)) or _holder_of_paragraph(current, press)
    a, b = bare(text, start, end)
    in_form = any(node.role == "form" for node in current.upward())
    headed = not (press or in_form) and role == "body" and _is_heading(text, start, end)
    untitled = holder.start == holder.end and not holder.children and role == "body"
    if untitled and _is_title(holder, text[a:b]):
        holder.start, holder.end = a, b
        return current
    if headed:
        above = next((n for n in current.upward() if n.rank < HEADED), _root(current))
        return above.add(Node(HEADED, _name(text[a:b]), "heading", a, b, begins=start))
    paragraph = holder.add(Node(PARAGRAPH, "", "paragraph", a, b, bullet, role))
    split = split_inline(paragraph, text)
    leads_in = bullet and text[b - 1] == ":"
    return split if split is not paragraph or press or leads_in else holder


def _is_heading(text: str, start: int, end: int) -> bool:
    """Whether a block without a mark is a heading: of Markdown, bold, or in capitals."""
    words = text[start:end]
    if not is_short(words.strip("*_# ")) or len(words) > MAX_HEADING_CHARS or "|" in words:
        return False
    bold = words.startswith("**") and words.endswith("**") and "**" not in words[2:-2]
    return words.startswith("#") or bold or is_capital(words)


def _name(words: str) -> str:
    """What a place below a heading without a number is called by: the heading."""
    name = collapse(words.replace("*", ""))
    return name if len(name) <= MAX_NAME_CHARS else name[:MAX_NAME_CHARS].rsplit(" ", 1)[0] + "…"


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


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
    return bool(paragraph.bullet) or (above is not None and above.parent is None)


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


def _bullet_above(current: Node, bullet: str) -> Node | None:
    """The dash that a plus stands below ("- Hồ sơ gồm:", "+ Đơn;"); None for other signs."""
    if bullet != "+":
        return None
    last = current.children[-1] if current.children else current
    dash = last if last.bullet not in ("", "+") else current
    return dash if dash.bullet in ("-", "–", "•", "*") else None
