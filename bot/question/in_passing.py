"""A decree that a question names in passing: the ground of something else that it asks."""

from __future__ import annotations

from bot.question import rules
from bot.question.question import Ask
from knowledge.text import fold


def in_passing(ask: Ask) -> bool:
    """Whether the only documents named are ones we lack, as the ground of a procedure asked for."""
    if ask.named or not ask.missing or not ask.aspects:
        return False
    folded = fold(ask.query.raw)
    return all(rules.search("documents.in_passing", folded[: m.start]) for m in ask.missing)
