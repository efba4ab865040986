"""Blocks as safe HTML for the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from bot.answer.answer import Citation
from bot.answer.blocks import Block, Choices, Folded, Quotation, SourceLine
from bot.answer.naming import citation_label
from bot.answer.rendering.looks import Signs, signed
from bot.answer.rendering.shapes import Shape, ShapeKind, shapes
from prompts.text import Span, Text

_LINK = Markup('<a class="marker" href="{url}" aria-label="{label}">[{marker}]</a>')
_OUTSIDE = Markup('<a href="{url}" rel="noopener">{words}</a>')
_SIGNS: Signs = {"bold": ("<strong>", "</strong>"), "italic": ("<em>", "</em>")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, the paragraphs of a quotation, the items of a list, or a fold's title.

    What can be chosen is a list whose items ask a question each.
    """

    kind: ShapeKind | Literal["fold", "choices"]
    items: tuple[Markup, ...]
    citation: Citation | None = None  # what a quotation quotes
    inside: tuple[Piece, ...] = ()  # of a fold
    asks: tuple[str, ...] = ()  # the question of each choice


def html(blocks: Iterable[Block], citations: Sequence[Citation]) -> list[Piece]:
    """The pieces of `blocks`, in order.

    A source line right behind a quotation is left out: the page writes one under the quotation
    itself, with a link.
    """
    known = {citation.marker: citation for citation in citations}
    pieces, before = list[Piece](), None
    for block in blocks:
        for piece in _pieces(block, citations, known):
            if not (before and before.citation and isinstance(block, SourceLine)):
                pieces.append(piece)
            before = piece
    return pieces


def unnumbered(blocks: Iterable[Block]) -> list[Piece]:
    """The pieces of `blocks` where their sources have no numbers."""
    return [
        _choices(shape.block)
        if isinstance(shape.block, Choices)
        else Piece(shape.kind, tuple(inline(text.without_markers()) for text in shape.texts))
        for shape in shapes(blocks)
    ]


def _pieces(
    block: Block, citations: Sequence[Citation], known: Mapping[int, Citation]
) -> Iterator[Piece]:
    if isinstance(block, Folded):
        yield Piece("fold", (inline(block.title),), inside=tuple(html(block.blocks, citations)))
        return
    if isinstance(block, Choices):
        yield _choices(block)
        return
    yield from (_piece(shape, known) for shape in shapes((block,)))


def _choices(block: Choices) -> Piece:
    shown = tuple(inline(Text.of(option.shown)) for option in block.options)
    return Piece("choices", shown, asks=tuple(option.asks for option in block.options))


def _piece(shape: Shape, known: Mapping[int, Citation]) -> Piece:
    texts, citation = list(shape.texts), None
    if isinstance(shape.block, Quotation):
        citation = known.get(shape.block.marker)
        if citation and not shape.block.remark:  # the line under the quotation says it
            texts[0] = Text.of("“", shape.block.text, "”")
    return Piece(shape.kind, tuple(inline(text, known) for text in texts), citation)


def inline(text: Text, citations: Mapping[int, Citation] | None = None) -> Markup:
    """Escaped words with emphasis, line breaks and links for the markers of `citations`."""
    known = citations or {}
    return Markup(signed(text, _SIGNS, lambda span: _span(span, known)))  # noqa: S704 (escaped)


def _span(span: Span, citations: Mapping[int, Citation]) -> Markup:
    citation = citations.get(span.marker)
    if span.href:
        return _OUTSIDE.format(url=span.href, words=span.words)
    if citation is None:
        return Markup("<br>").join(span.words.split("\n"))
    return _LINK.format(url=citation.url, label=citation_label(citation), marker=citation.marker)
