"""What a screen reader says of an answer as it comes: the sentence that answers, no title."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.blocks import Block, Choices, Field, Intro, Items, Lead, Verdict

MAX_CHARS = 300  # heard in one go; the answer itself is there to be read


def lead(blocks: Sequence[Block]) -> str:
    """The first block that answers, in words without markers; the first of all where none does."""
    said = (block for block in blocks if isinstance(block, Lead | Verdict | Field | Intro | Items))
    block = next(said, None) or next(iter(blocks), None)
    if block is None:
        return ""
    values = "; ".join(text.without_markers().words.strip() for text in block.texts)
    words = f"{block.label}: {values}" if isinstance(block, Field) else values
    words = " ".join(words.split())
    return words if len(words) <= MAX_CHARS else words[:MAX_CHARS].rsplit(" ", 1)[0] + "…"


def choices(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The questions that the choices of an answer ask."""
    offered = (block.options for block in blocks if isinstance(block, Choices))
    return tuple(option.asks for options in offered for option in options)
