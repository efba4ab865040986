"""The closed Markdown subset of answers as Telegram HTML, in pieces that may be parted anywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final, Literal

BlockKind = Literal["text", "quote", "item"]
Link = Callable[[int], str | None]  # the address of a source by its marker

LINE_CHARS: Final = 38  # of a phone held upright
FOLDED_LINES: Final = 3  # shown of a quotation that must be tapped to open
FOLD_FROM_LINES: Final = 9

_INLINE = re.compile(
    r"\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*|\*(?=[^\s*])(?P<italic>[^*]*?)(?<=\S)\*|\[(?P<marker>\d{1,4})\]",
    re.DOTALL,
)
_ITEM = re.compile(r"(?P<sign>-|\d{1,4}\.) +(?P<rest>.*)")
# C0 but line breaks, DEL and C1: Telegram drops them or refuses the message.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look."""

    text: str
    tags: tuple[str, ...] = ()  # of "b" and "i", outermost first
    href: str | None = None

    def html(self) -> str:
        """Escaped, with its tags closed."""
        inner = escape(self.text, quote=False)
        if self.href:
            inner = f'<a href="{escape(self.href)}">{inner}</a>'
        for tag in reversed(self.tags):
            inner = f"<{tag}>{inner}</{tag}>"
        return inner


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a quotation or one item of a list."""

    kind: BlockKind
    spans: tuple[Span, ...]
    sign: str = ""  # "•" or "3." of an item
    fold_from: int = FOLD_FROM_LINES  # a quotation of so many lines is folded

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

    def parted(self, max_chars: int) -> Iterator[Block]:
        """Itself, or blocks of at most `max_chars` UTF-16 units, cut at sentences or blanks."""
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


def read_blocks(text: str, link: Link = lambda _: None) -> list[Block]:
    """The blocks of `Answer.text`, in order."""
    blocks: list[Block] = []
    flow: list[str] = []
    kind: BlockKind = "text"
    for line in [*_CONTROL.sub(" ", text).split("\n"), ""]:
        item = _ITEM.fullmatch(line)
        is_quote = line.startswith(">")
        if flow and (item or not line.strip() or is_quote != (kind == "quote")):
            blocks += _block(kind, flow, link)
            flow = []
        if item:
            sign = "•" if item["sign"] == "-" else item["sign"]
            blocks.append(Block("item", tuple(spans(item["rest"], link)), sign))
        elif line.strip():
            kind = "quote" if is_quote else "text"
            flow.append(line.removeprefix(">").removeprefix(" ") if is_quote else line)
    return blocks


def _block(kind: BlockKind, lines: Sequence[str], link: Link) -> Iterator[Block]:
    inner = "\n".join(lines).strip()
    if inner:
        yield Block(kind, tuple(spans(re.sub(r"\n\s*\n", "\n", inner), link)))


def spans(text: str, link: Link = lambda _: None, tags: tuple[str, ...] = ()) -> Iterator[Span]:
    """Runs of one look; everything but emphasis and markers is text."""
    position = 0
    for match in _INLINE.finditer(text):
        if match.start() > position:
            yield Span(text[position : match.start()], tags)
        if match["marker"]:
            yield Span(match[0], tags, link(int(match["marker"])))
        elif match["bold"]:
            yield from spans(match["bold"], link, (*tags, "b"))
        else:
            yield from spans(match["italic"], link, (*tags, "i"))
        position = match.end()
    if position < len(text):
        yield Span(text[position:], tags)


def to_html(blocks: Iterable[Block]) -> str:
    """Blocks as one message: short items close together, all else a blank line apart.

    A quotation is set apart by itself.
    """
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        if before:
            parts.append("\n" if _close(before, block) else "\n\n")
        parts.append(block.html())
        before = block
    return "".join(parts)


def _close(before: Block, block: Block) -> bool:
    if "quote" in (before.kind, block.kind):
        return True
    return before.kind == block.kind == "item" and max(before.lines, block.lines) < 3


def to_text(blocks: Iterable[Block]) -> str:
    """The same without any markup."""
    return "\n\n".join(f"{b.sign} {b.text}".strip() for b in blocks)


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
