"""Blocks as words without any markup."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.blocks import Block
from bot.answer.rendering.shapes import shapes


def plain(blocks: Iterable[Block]) -> str:
    """What is read, a line each."""
    return "\n".join(text.words for shape in shapes(blocks) for text in shape.texts)
