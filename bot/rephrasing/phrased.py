"""What comes of rewording a draft; without a language model it stays as it was composed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.answer.answer import Mode
from bot.answer.draft import Draft


@dataclass(frozen=True, slots=True)
class Phrased:
    """What came of asking the model: its verified words, or none."""

    mode: Mode
    sentences: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)  # kept with the answer


COMPOSED = Phrased("composed")


class Rewords(Protocol):
    """What may put a draft in other words."""

    def reword(self, draft: Draft, question: str, tell: Callable[[str], None] | None) -> Phrased:
        """What came of it; the draft is changed only where other words stand."""


class AsComposed:
    """No language model: every draft stays as it is."""

    def reword(self, draft: Draft, question: str, tell: Callable[[str], None] | None) -> Phrased:
        """Nothing came of it."""
        return COMPOSED
