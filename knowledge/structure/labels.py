"""How the places of a text are called: "Mục 4", "điểm (10)", "đoạn 2"."""

from __future__ import annotations

from knowledge.structure.marks import DECIMAL, FORM, NUMBERED, PARAGRAPH, Mark
from knowledge.structure.node import Node, is_paragraph, kind_of


def label_of(mark: Mark, number: str, parent: Node) -> str:
    """What a marked place below `parent` is called."""
    if mark.rank in (NUMBERED, DECIMAL) and any(n.kind == "article" for n in parent.upward()):
        return f"khoản {number}"
    if mark.rank in (NUMBERED, DECIMAL) and parent.parent is None:
        return f"Mục {number}"
    return mark.label.format(number).rstrip()


def number_paragraphs(node: Node, text: str, *, press: bool) -> None:
    """Label the unmarked paragraphs.

    "Đoạn 3" at the root of a press report or of a text without marks, "Phần mở đầu" before the
    first mark, "đoạn 2" inside a clause, whose own text is its first paragraph.
    """
    loose = [c for c in node.children if is_paragraph(c)]
    marked = any(c.rank < PARAGRAPH for c in node.children)
    own = node.start < node.end and kind_of(node, text) != "heading"
    for number, child in enumerate(loose, 1 + own):
        if node.rank <= FORM and marked and not press:
            child.label = f"Phần mở đầu, đoạn {number}" if len(loose) > 1 else "Phần mở đầu"
        elif node.parent is not None:
            child.label = f"đoạn {number}" if own or len(node.children) > 1 else ""
        else:
            child.label = f"Đoạn {number}"
    for child in node.children:
        number_paragraphs(child, text, press=press)


def path_of(node: Node) -> tuple[str, ...]:
    """The labels from the outermost place to this one."""
    return tuple(reversed([n.label for n in node.upward() if n.label]))
