"""The citable passages of a text."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.models import Passage
from knowledge.structure.blocks import blocks_of, split_closing
from knowledge.structure.labels import number_paragraphs, path_of
from knowledge.structure.locators import anchor_of, locator
from knowledge.structure.marks import PARAGRAPH, ROOT
from knowledge.structure.node import Node, first_char, kind_of, walk
from knowledge.structure.pieces import pieces
from knowledge.structure.tree import build
from knowledge.text import collapse, sentence_spans

MAX_CONTEXT_CHARS = 220


def parse_passages(document_id: str, text: str, *, press: bool = False) -> tuple[Passage, ...]:
    """Split `text` into passages in reading order.

    Args:
        document_id: prefix of the passages' ids.
        text: cleaned text (knowledge.text.clean); offsets refer to it.
        press: number the paragraphs ("Đoạn 3") instead of looking for a preamble and closing.

    Returns:
        Passages; headings are among them (kind "heading"). Empty text gives none.
    """
    root = Node(ROOT, "", "heading", 0, 0)
    blocks = [b for b in blocks_of(text) if any(c.isalnum() for c in text[slice(*b)])]
    parted = split_closing(text, blocks, press=press)
    build(root, text, parted.body, press=press)
    build(root, text, parted.annexes, press=press)
    number_paragraphs(root, text, press=press)
    for label, (start, end) in parted.closing:
        root.add(Node(PARAGRAPH, label, "closing", start, end))
    root.children.sort(key=first_char)
    return tuple(_emit(document_id, text, root))


def _emit(document_id: str, text: str, root: Node) -> Iterator[Passage]:
    anchors: dict[str, int] = {}
    ids: dict[int, str] = {}
    ordinal = 0
    for node in walk(root):
        path = path_of(node)
        kind = kind_of(node, text)
        for piece, (start, end) in pieces(text, node.start, node.end):
            full = (*path, piece) if piece else path
            anchor = anchor_of(full, anchors)
            passage_id = f"{document_id}#{anchor}"
            ids.setdefault(id(node), passage_id)
            yield Passage(
                id=passage_id,
                document_id=document_id,
                ordinal=ordinal,
                kind=kind,
                path=full,
                locator=locator(full),
                anchor=anchor,
                start=start,
                end=end,
                text=text[start:end],
                parent_id=_parent_id(node, ids),
                context=_context(node, text),
            )
            ordinal += 1


def _parent_id(node: Node, ids: dict[int, str]) -> str | None:
    above = list(node.upward())[1:]
    return next((ids[id(n)] for n in above if id(n) in ids), None)


def _context(node: Node, text: str) -> str:
    """Headings and lead-in sentences above, outermost first, each cut to its last sentence."""
    above = list(node.upward())[1:]
    return " ".join(filter(None, (_last_sentence(text[n.start : n.end]) for n in reversed(above))))


def _last_sentence(own: str) -> str:
    """Without stars, cut at a blank from the left where it is too long; "" when there is none."""
    own = collapse(own).replace("*", "")
    spans = sentence_spans(own)
    last = own[slice(*spans[-1])] if spans else ""
    return last if len(last) <= MAX_CONTEXT_CHARS else last[-MAX_CONTEXT_CHARS:].split(" ", 1)[-1]
