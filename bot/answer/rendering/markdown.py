"""Blocks as the Markdown of `Answer.text`: for programs and for people, read back by nobody."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.blocks import Block
from bot.answer.rendering.looks import Signs, signed
from bot.answer.rendering.shapes import Shape, shapes
from prompts.text import Text

_SIGNS: Signs = {"bold": ("**", "**"), "italic": ("*", "*")}


def markdown(blocks: Iterable[Block]) -> str:
    """The Markdown of `blocks`, with [n] markers."""
    return "\n\n".join(_markdown(shape) for shape in shapes(blocks))


def _markdown(shape: Shape) -> str:
    texts = [_inline(text) for text in shape.texts]
    match shape.kind:
        case "quote":
            return "\n>\n".join(f"> {text}" for text in texts)
        case "bullets":
            return "\n".join(f"- {text}" for text in texts)
        case "numbers":
            return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))
        case "paragraph":
            return texts[0]


def _inline(text: Text) -> str:
    return signed(text, _SIGNS, lambda span: span.words)
