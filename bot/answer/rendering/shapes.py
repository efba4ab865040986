"""The four shapes that every rendering knows, made of the blocks of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.answer.blocks import Block, Choices, Field, Fields, Folded, Intro, Items, Quotation
from prompts.sources import by_number
from prompts.text import Span, Text, reference

ShapeKind = Literal["paragraph", "quote", "bullets", "numbers"]
Press = Callable[[int], Text]  # what a door says for opening source n; any source for 0


@dataclass(frozen=True, slots=True)
class Shape:
    """A paragraph; a quotation and remarks on it; or a list.

    Its texts hold words and markers alone: how to open a source is said.
    """

    kind: ShapeKind
    texts: tuple[Text, ...]
    block: Block
    leads_in: bool = False  # what follows must not be parted from it


def shapes(blocks: Iterable[Block], press: Press = by_number) -> Iterator[Shape]:
    """The shapes of `blocks`, in order."""
    for block in blocks:
        for shape in _shapes(block):
            told = tuple(_told(text, press) for text in shape.texts)
            yield Shape(shape.kind, told, shape.block, shape.leads_in)


def _shapes(block: Block) -> Iterator[Shape]:
    match block:
        case Quotation():
            words = Text.of("“", block.text, "” ", reference(block.marker))
            yield Shape("quote", (words, block.remark) if block.remark else (words,), block)
        case Items():
            yield Shape("numbers" if block.numbered else "bullets", block.items, block)
        case Field(listed=True):
            yield Shape("paragraph", (_label(block),), block, leads_in=True)
            yield Shape("bullets", block.values, block)
        case Field():
            yield Shape("paragraph", (Text.of(_label(block), " ", *block.values),), block)
        case Fields():
            lines = (Text.of(f"{one.label}: ", *one.values) for one in block.fields)
            yield Shape("bullets", tuple(lines), block)
        case Choices():
            yield Shape("bullets", tuple(Text.of(one.shown) for one in block.options), block)
        case Folded():
            yield Shape("paragraph", (heading(block),), block, leads_in=True)
            for inner in block.blocks:
                yield from _shapes(inner)
        case _:
            yield Shape("paragraph", (block.text,), block, isinstance(block, Intro))


def heading(block: Folded) -> Text:
    """The title of what is folded, where it opens nothing."""
    return Text.of(block.title, ":").looking(bold=True, italic=False)


def _label(block: Field) -> Text:
    return Text((Span(f"{block.label}:", bold=True),))


def _told(text: Text, press: Press) -> Text:
    if not any(span.press for span in text.spans):
        return text
    return Text.of(*(press(s.marker) if s.press else Text((s,)) for s in text.spans))
