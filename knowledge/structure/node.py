"""The tree that a text is read into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.models import PassageKind, Role
from knowledge.structure.marks import MAX_HEADING_CHARS, PARAGRAPH, ROW


@dataclass(slots=True)
class Node:
    """One place in the tree; `start:end` is its own text without mark, children excluded."""

    rank: int
    label: str
    kind: PassageKind
    start: int
    end: int
    bullet: str = ""  # the sign of a list that it opens with
    role: Role = "body"
    begins: int = -1  # where its block does, mark and stars included
    named_by: tuple[int, int] = (0, 0)  # words elsewhere: of a row's group, of a form's title
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def add(self, child: Node) -> Node:
        """Hang a node below this one, last."""
        child.parent = self
        self.children.append(child)
        return child

    def upward(self) -> Iterator[Node]:
        """This node and those above it; the root is left out."""
        node: Node | None = self
        while node is not None and node.parent is not None:
            yield node
            node = node.parent


def first_char(node: Node) -> int:
    """Where the first of a node and all below it begins."""
    return min((node.start, *map(first_char, node.children)))


def walk(node: Node) -> Iterator[Node]:
    """The nodes below that have words of their own, in reading order."""
    for child in node.children:
        if child.end > child.start:
            yield child
        yield from walk(child)


def kind_of(node: Node, text: str) -> PassageKind:
    """A short own text without end mark above children is a heading, whatever its mark."""
    if node.rank == ROW:
        return node.kind
    if node.children and is_short(text[node.start : node.end].rstrip("* ")):
        return "heading"
    return "paragraph" if node.kind == "heading" else node.kind


def is_short(own: str) -> bool:
    """Whether words can be a heading: few, and no sentence."""
    return len(own) <= MAX_HEADING_CHARS and own[-1:] not in (".", ":", ";", "…")


def is_paragraph(node: Node) -> bool:
    """Whether no mark opens it."""
    return node.rank >= PARAGRAPH and node.rank != ROW
