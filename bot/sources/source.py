"""The seam between a question and what may answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.answer.blocks import Block, Option
from bot.answer.draft import Draft
from bot.question.question import Ask
from bot.question.subject import Subject

CERTAIN = 30.0  # log-odds of what a closed rule decides: a greeting, a clause called by its place


@dataclass(frozen=True, slots=True)
class Claim:
    """That a source can answer an ask."""

    source: str  # its name
    odds: float  # log-odds that its answer would be right, were the ask of its kind
    subject: Subject  # what the answer would be about
    why: Mapping[str, float]  # what was measured: for the router and `haicap ask --explain`
    answer: Callable[[], Draft]
    near: tuple[Option, ...] = ()  # what may be meant where this claim does not stand
    beside: Block | None = None  # to be read first where another claim answers


class Source(Protocol):
    """Where answers come from. No source knows another, or what is not its business."""

    name: str

    def claim(self, ask: Ask) -> Claim | None:
        """What this source would answer; None: it has nothing to say of it. Cheap."""
