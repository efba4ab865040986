"""A document as nested pieces: every passage is one, and no word of the text is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answer.rendering.html import inline
from bot.answer.verbatim import paragraphs
from knowledge.models import Document, Passage

_OUTLINE_CHARS = 72
_MAX_MARK_CHARS = 24  # "Tiểu mục 3.", "Điều 12."


@dataclass(frozen=True)
class Piece:
    """A passage with the pieces inside it, or one paragraph of text (`passage` is None).

    `mark` is the number that stands before a passage on its line ("(1)"); it is no part of it.
    """

    passage: Passage | None
    html: str = ""  # safe
    mark: str = ""
    depth: int = 0  # passages above it
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class OutlineEntry:
    """One line of the table of contents."""

    passage: Passage
    words: str  # how it begins
    entries: tuple[OutlineEntry, ...]


def document_pieces(document: Document) -> tuple[Piece, ...]:
    """The whole text in reading order."""
    passages = sorted(document.passages, key=lambda p: (p.start, -p.end, p.ordinal))
    depths: dict[str, int] = {}
    for passage in document.passages:
        depths[passage.id] = depths.get(passage.parent_id or "", -1) + 1
    return _pieces(document.text, (0, len(document.text)), passages, depths)


def outline(document: Document) -> tuple[OutlineEntry, ...]:
    """The passages by parent, in reading order."""
    return _entries(document.passages, None)


def _pieces(
    text: str, span: tuple[int, int], passages: Sequence[Passage], depths: Mapping[str, int]
) -> tuple[Piece, ...]:
    """Pieces of `text[slice(*span)]`; `passages` lie inside, outer ones before inner ones."""
    pieces: list[Piece] = []
    position, end = span
    while passages:
        first = passages[0]
        inner = [p for p in passages[1:] if p.start < first.end]
        passages = [p for p in passages[1:] if p.start >= first.end]
        before, mark = _part_mark(text[position : first.start])
        begin, position = max(position, first.start), max(position, first.end)
        inside = _pieces(text, (begin, position), inner, depths)
        pieces += _paragraphs(before)
        pieces.append(Piece(first, mark=mark, depth=depths[first.id], pieces=inside))
    return (*pieces, *_paragraphs(text[position:end]))


def _part_mark(gap: str) -> tuple[str, str]:
    """Part the text between two passages from the number on the line of the second."""
    before, _, line = gap.rpartition("\n")
    mark = " ".join(part.words for part in paragraphs(line))
    return (before, mark) if len(mark) <= _MAX_MARK_CHARS else (gap, "")


def _paragraphs(text: str) -> list[Piece]:
    return [Piece(None, inline(part)) for part in paragraphs(text)]


def _entries(passages: Sequence[Passage], parent_id: str | None) -> tuple[OutlineEntry, ...]:
    children = [p for p in passages if p.parent_id == parent_id and p.kind != "closing"]
    return tuple(OutlineEntry(p, _beginning(p.text), _entries(passages, p.id)) for p in children)


def _beginning(text: str) -> str:
    words = " ".join(word for part in paragraphs(text) for word in part.words.split())
    if len(words) <= _OUTLINE_CHARS:
        return words
    return words[:_OUTLINE_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"
