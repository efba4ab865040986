"""The citable passages of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from knowledge.models import Passage, Role
from knowledge.structure.blocks import blocks_of
from knowledge.structure.labels import number_paragraphs, path_of
from knowledge.structure.locators import Places
from knowledge.structure.marks import ANNEX, FORM, PARAGRAPH, ROOT
from knowledge.structure.node import Node, first_char, is_paragraph, kind_of, walk
from knowledge.structure.parts import Part, parts_of
from knowledge.structure.pieces import pieces
from knowledge.structure.quotations import with_quotations
from knowledge.structure.tree import build
from knowledge.text import collapse, sentence_spans

MAX_CONTEXT_CHARS = 220
_STARS = re.compile(r"\*+")
# Stars, the signs of a heading, the line below the header of a table: no words.
_MARKUP = re.compile(r"\*|(?m:^[ \t]*#{1,6}[ \t]+)|\|[ \t]*\n[\s|:-]*-{2,}[\s|:-]*\n[ \t]*(?=\|)")


def parse_passages(document_id: str, text: str, *, press: bool = False) -> tuple[Passage, ...]:
    """Split `text` into passages in reading order.

    Args:
        document_id: prefix of the passages' ids.
        text: cleaned text (knowledge.text.clean); offsets refer to it.
        press: number the paragraphs ("Đoạn 3") instead of looking for what stands around articles.

    Returns:
        Passages; headings are among them (kind "heading"). Empty text gives none.
    """
    root = Node(ROOT, "", "heading", 0, 0)
    blocks = list(blocks_of(text))
    if not press:
        blocks = list(with_quotations(text, blocks))
    holder = root
    for part in parts_of(text, blocks, press=press):
        if part.label:
            holder = _holder(root, holder, part)
        _fill(holder, text, part, press=press)
    root.children.sort(key=first_char)
    passages = tuple(_emit(document_id, text, root))
    if all(p.of_itself or p.kind == "heading" for p in passages):
        return tuple(replace(p, role="body") for p in passages)
    return passages


def _holder(root: Node, before: Node, part: Part) -> Node:
    """The node of what is attached: a form below its annex, others below the text."""
    begins = (part.title or part.body[0]).start
    start, end = (begins, part.title.end if part.title else begins)
    rank, above = ANNEX, root
    if part.inner and before is not root:
        rank, above = FORM, before if before.rank == ANNEX else (before.parent or root)
    role: Role = "form" if part.form else "annex"
    named_by = (part.named_by.start, part.named_by.end) if part.named_by else (0, 0)
    return above.add(Node(rank, part.label, "heading", start, end, role=role, named_by=named_by))


def _fill(holder: Node, text: str, part: Part, *, press: bool) -> None:
    """Hang what a part holds below its node."""
    build(holder, text, part.body, part.roles, press=press)
    _join_titles(holder, text)
    number_paragraphs(holder, text, press=press)
    for label, role, block in part.closing:
        holder.add(Node(PARAGRAPH, label, "closing", block.start, block.end, role=role))


def _join_titles(node: Node, text: str) -> None:
    """An article that is a title and one paragraph is one place, and one passage."""
    for child in node.children:
        _join_titles(child, text)
    only = node.children[0] if len(node.children) == 1 else None
    if (
        only
        and node.rank > FORM
        and node.start < node.end
        and is_paragraph(only)
        and not only.children
        and kind_of(node, text) == "heading"
    ):
        node.end, node.children = only.end, []
        if len(_STARS.findall(text, node.start, node.end)) % 2 and node.begins >= 0:
            node.start = node.begins  # "**Điều 5. Hiệu lực**": half of its stars would be lost


def _emit(document_id: str, text: str, root: Node) -> Iterator[Passage]:
    places = Places()
    ids: dict[int, str] = {}
    leads: dict[int, str] = {}
    ordinal = 0
    for node in walk(root):
        path = path_of(node)
        kind = kind_of(node, text)
        for piece, (start, end) in pieces(text, node.start, node.end):
            full, locator, anchor = places.of((*path, piece) if piece else path)
            passage_id = f"{document_id}#{anchor}"
            ids.setdefault(id(node), passage_id)
            yield Passage(
                id=passage_id,
                document_id=document_id,
                ordinal=ordinal,
                kind=kind,
                path=full,
                locator=locator,
                anchor=anchor,
                start=start,
                end=end,
                text=text[start:end],
                parent_id=_parent_id(node, ids),
                context=_context(node, text, leads),
                role=_role(node),
            )
            ordinal += 1


def _role(node: Node) -> Role:
    """Its own, else that of what it is attached in."""
    if node.role != "body":
        above = next((n for n in node.upward() if n.role == "form"), node)
        return above.role
    return next((n.role for n in node.upward() if n.rank <= FORM), "body")


def _parent_id(node: Node, ids: dict[int, str]) -> str | None:
    above = list(node.upward())[1:]
    return next((ids[id(n)] for n in above if id(n) in ids), None)


def _context(node: Node, text: str, leads: dict[int, str]) -> str:
    """Headings and lead-in sentences above, outermost first, each cut to its last sentence."""
    above = list(node.upward())[1:]
    said = []
    for one in reversed(above):
        if id(one) not in leads:
            own = (one.start, one.end) if one.start < one.end else one.named_by
            leads[id(one)] = _last_sentence(text[slice(*own)])
        said.append(leads[id(one)])
    said.append(_last_sentence(text[slice(*node.named_by)]) if node.kind == "row" else "")
    return " ".join(filter(None, said))


def _last_sentence(own: str) -> str:
    """Without stars, cut at a blank from the left where it is too long; "" when there is none."""
    own = collapse(_MARKUP.sub(" ", own))
    spans = sentence_spans(own)
    last = own[slice(*spans[-1])] if spans else ""
    return last if len(last) <= MAX_CONTEXT_CHARS else last[-MAX_CONTEXT_CHARS:].split(" ", 1)[-1]
