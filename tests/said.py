"""Texts and answers for tests of doors, made without a core."""

from __future__ import annotations

import re
from typing import Any

from bot.answer.answer import Answer
from bot.answer.blocks import Block
from bot.answer.rendering.markdown import markdown
from prompts.template import Template
from prompts.text import Text, reference


def text(source: str) -> Text:
    """Words with **looks**, and [n] as the marker of a source."""
    parts = re.split(r"\[(\d+)\]", source)
    return Text.of(
        *(reference(int(p)) if n % 2 else Template.read(p).fill({}) for n, p in enumerate(parts))
    )


def texts(*sources: str) -> tuple[Text, ...]:
    return tuple(map(text, sources))


def said(*blocks: Block, **values: Any) -> Answer:
    """An answer that says these blocks."""
    own = {"answer_id": "a", "conversation_id": "c", "status": "answered"}
    return Answer(**{**own, "text": markdown(blocks), "blocks": blocks, **values})
