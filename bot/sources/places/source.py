"""Claims questions about places: what an old address is now, what a new one was."""

from __future__ import annotations

import math

from bot.answer.draft import Draft
from bot.question import rules
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
        if not ask.is_free:
            return None
        ruled = self._answers.answer(ask)
        draft = ruled or self._plain(ask)
        if draft is None:
            return None
        draft.subject = Subject("place") if draft.cards else NOTHING
        rests = [reading.rest for reading in ask.places] or [ask.query.folded]
        why = {
            "unexplained": math.log1p(min(map(unexplained, rests))),
            "ruled": float(ruled is not None),
        }
        return Claim(self.name, ODDS, draft.subject, why, lambda: draft)

    def _plain(self, ask: Ask) -> Draft | None:
        """What the place named is today, where no rule says what else is asked of it."""
        place = ask.known_place
        asked = rules.search("place_questions.of_places", ask.asked.folded)
        return self._answers.drafts.describe(place, ask.query.raw) if place and asked else None
