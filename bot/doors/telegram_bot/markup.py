"""Blocks as Telegram HTML, in pieces that may be parted anywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final, Literal

from bot.answer.blocks import Block, Folded, SourceLine
from bot.answer.rendering.shapes import Press, Shape, heading, shapes
from prompts.sources import by_number
from prompts.text import Text

PieceKind = Literal["text", "quote", "item"]
Link = Callable[[int], str | None]  # the address of a source by its marker

LINE_CHARS: Final = 38  # of a phone held upright
FOLDED_LINES: Final = 3  # shown of a quotation that must be tapped to open
FOLD_FROM_LINES: Final = 9

# C0 but line breaks, DEL and C1: Telegram drops them or refuses the message.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look."""

    text: str
    tags: tuple[str, ...] = ()  # of "b" and "i", outermost first
    href: str | None = None
    marker: int = 0  # of the source that it names

    def html(self) -> str:
        """Escaped, with its tags closed."""
        inner = escape(self.text, quote=False)
        if self.href:
            inner = f'<a href="{escape(self.href)}">{inner}</a>'
        for tag in reversed(self.tags):
            inner = f"<{tag}>{inner}</{tag}>"
        return inner


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, a quotation or one item of a list."""

    kind: PieceKind
    spans: tuple[Span, ...]
    sign: str = ""  # "•" or "3." of an item
    fold_from: int = FOLD_FROM_LINES  # a quotation of so many lines is folded
    leads_in: bool = False  # what follows stands on the same screen
    closes: bool = False  # says where the answer comes from: at the foot of the first screen

    @property
    def text(self) -> str:
        """What is read, without the sign."""
        return "".join(span.text for span in self.spans)

    @property
    def folded(self) -> bool:
        """Whether it shows three lines until it is tapped."""
        return self.kind == "quote" and lines_of(self.text) >= self.fold_from

    @property
    def lines(self) -> int:
        """Lines it takes on a phone."""
        return FOLDED_LINES if self.folded else lines_of(f"{self.sign} {self.text}")

    def html(self) -> str:
        """As Telegram HTML."""
        inner = "".join(span.html() for span in self.spans)
        if self.kind == "quote":
            return f"<blockquote{' expandable' if self.folded else ''}>{inner}</blockquote>"
        return f"{self.sign} {inner}" if self.sign else inner

    def parted(self, max_chars: int) -> Iterator[Piece]:
        """Itself, or pieces of at most `max_chars` UTF-16 units, cut at sentences or blanks."""
        rest = self.spans
        while sum(units(span.text) for span in rest) > max_chars:
            head, rest = _cut(rest, max_chars)
            yield replace(self, spans=head)
        if rest:
            yield replace(self, spans=rest)


def lines_of(text: str) -> int:
    """Lines that a text takes on a phone."""
    return sum(max(1, math.ceil(len(line) / LINE_CHARS)) for line in text.split("\n"))


def units(text: str) -> int:
    """Its length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "replace")) // 2


def pieces(
    blocks: Iterable[Block], link: Link = lambda _: None, press: Press = by_number
) -> list[Piece]:
    """The pieces of `blocks`, in order.

    Args:
        blocks: what is said.
        link: gives the address of a source; None: its marker is words.
        press: how a source is opened.
    """
    told = (piece for block in blocks for piece in _of_block(block, link, press))
    return [piece for piece in told if piece.text.strip()]


def _of_block(block: Block, link: Link, press: Press) -> Iterator[Piece]:
    if not isinstance(block, Folded):
        for shape in shapes((block,), press):
            yield from _pieces(shape, link)
        return
    lines = [Piece("text", tuple(_spans(heading(block), link)))]
    lines += pieces(block.blocks, link, press)
    signs = (Span(f"\n{line.sign} " if line.sign else "\n") for line in lines)
    spans = (span for sign, line in zip(signs, lines, strict=True) for span in (sign, *line.spans))
    yield Piece("quote", tuple(spans)[1:], fold_from=0)


def _pieces(shape: Shape, link: Link) -> Iterator[Piece]:
    texts = [tuple(_spans(text, link)) for text in shape.texts]
    match shape.kind:
        case "bullets":
            yield from (Piece("item", text, "•") for text in texts)
        case "numbers":
            yield from (Piece("item", text, f"{n}.") for n, text in enumerate(texts, 1))
        case "quote":
            lines = (span for text in texts for span in (Span("\n"), *text))
            yield Piece("quote", tuple(lines)[1:])
        case "paragraph":
            closes = isinstance(shape.block, SourceLine)
            yield Piece("text", texts[0], leads_in=shape.leads_in, closes=closes)


def _spans(text: Text, link: Link) -> Iterator[Span]:
    for span in text.spans:
        tags = ("b",) * span.bold + ("i",) * span.italic
        href = link(span.marker) if span.marker else (span.href or None)
        yield Span(_CONTROL.sub(" ", span.words), tags, href, span.marker)


def to_html(said: Iterable[Piece]) -> str:
    """Pieces as one message: short items close together, all else a blank line apart.

    A quotation is set apart by itself.
    """
    parts: list[str] = []
    before: Piece | None = None
    for piece in said:
        if before:
            parts.append("\n" if _close(before, piece) else "\n\n")
        parts.append(piece.html())
        before = piece
    return "".join(parts)


def _close(before: Piece, piece: Piece) -> bool:
    if "quote" in (before.kind, piece.kind):
        return True
    return before.kind == piece.kind == "item" and max(before.lines, piece.lines) < 3


def to_text(said: Iterable[Piece]) -> str:
    """The same without any markup."""
    return "\n\n".join(f"{p.sign} {p.text}".strip() for p in said)


def _cut(given: Sequence[Span], max_chars: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    head: list[Span] = []
    room = max_chars
    for number, span in enumerate(given):
        if units(span.text) <= room:
            head.append(span)
            room -= units(span.text)
            continue
        at = _place_to_cut(span.text, room)
        if at:
            head.append(replace(span, text=span.text[:at].rstrip()))
        tail = replace(span, text=span.text[at:].lstrip())
        return tuple(head), (tail, *given[number + 1 :])
    return tuple(head), ()


def _place_to_cut(text: str, room: int) -> int:
    """The index after the last sentence, else word, that fits; never inside a character."""
    fits = len(text.encode("utf-16-le", "replace")[: 2 * room].decode("utf-16-le", "ignore"))
    for pattern in (r"[.;:!?…][”\"]?\s", r"\s"):
        ends = [m.end() for m in re.finditer(pattern, text[:fits])]
        if ends and ends[-1] > fits // 2:
            return ends[-1]
    return fits
