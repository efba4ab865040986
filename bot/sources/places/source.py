"""Claims questions about places: what an old address is now, what a new one was."""

from __future__ import annotations

import math

from bot.question.places_named import unexplained
from bot.question.question import Ask
from bot.question.subject import NOTHING, Subject
from bot.sources.places.answers import PlaceAnswers
from bot.sources.source import Claim

ODDS = 4.0  # of a question whose every word is accounted for


class PlaceSource:
    """Answers from place records."""

    name = "places"

    def __init__(self, answers: PlaceAnswers) -> None:
        self._answers = answers

    def claim(self, ask: Ask) -> Claim | None:
        """What the place records say; None when the question is not about places alone."""
        if not ask.is_free or not ask.asks_about_places:
            return None
        draft = self._answers.answer(ask)
        if draft is None:
            return None
        draft.subject = Subject("place") if draft.cards else NOTHING
        rests = [reading.rest for reading in ask.places] or [ask.query.folded]
        why = {"unexplained": math.log1p(min(map(unexplained, rests)))}
        return Claim(self.name, ODDS, draft.subject, why, lambda: draft)
