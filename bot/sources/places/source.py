"""Claims questions about places: what an old address is now, what a new one was."""

from __future__ import annotations

from bot.answer.subject import NOTHING, Subject
from bot.question.question import Ask
from bot.sources.places.answers import PlaceAnswers
from bot.sources.source import Claim

ODDS = 25.0


class PlaceSource:
    """Answers from place records."""

    name = "places"

    def __init__(self, answers: PlaceAnswers) -> None:
        self._answers = answers

    def claim(self, ask: Ask) -> Claim | None:
        """What the place records say; None when the question is not about places alone."""
        if not ask.is_free:
            return None
        draft = self._answers.answer(ask)
        if draft is None:
            return None
        draft.subject = Subject("place") if draft.cards else NOTHING
        return Claim(self.name, ODDS, draft.subject, {"place": 1.0}, lambda: draft)
