"""Claims what is surely asked of duties: by when, which are past their day, whose they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from bot.question.duties_asked import DutiesAsked
from bot.question.question import Ask
from bot.sources.duties.drafts import DutyDrafts, subject_of
from bot.sources.source import CERTAIN, Claim
from knowledge.duties.choosing import Duties, Wanted
from knowledge.duties.models import Duty


class DutySource:
    """Answers from the duties read off documents."""

    name = "duties"

    def __init__(
        self, duties: Duties, drafts: DutyDrafts, today: Callable[[], date] = date.today
    ) -> None:
        """`today` is the day by which a duty is past its last one."""
        self._duties, self._drafts, self._today = duties, drafts, today

    def claim(self, ask: Ask) -> Claim | None:
        """The duties asked for; None where none is asked for, or none is known."""
        if not ask.is_free or ask.letter is not None or not ask.duties.any:
            return None
        today = self._today()
        for wanted in _readings(ask.duties):
            if found := _asked_first(self._duties.chosen(wanted, today), wanted):
                draft = partial(self._drafts.draft, found, wanted, today)
                why = {"duties": len(found)}
                return Claim(self.name, CERTAIN, subject_of(found), why, draft)
        return None


def _asked_first(duties: tuple[Duty, ...], wanted: Wanted) -> tuple[Duty, ...]:
    """What the words ask for, before the rest.

    Of a body's duties what a text itself says comes before what is reported of it; of what is due
    between days only those that end then: what comes every week would hide them.
    """
    if wanted.body:
        return tuple(sorted(duties, key=lambda duty: duty.document.source_kind == "press"))
    return tuple(duty for duty in duties if duty.due.ends) or duties


def _readings(asked: DutiesAsked) -> list[Wanted]:
    if asked.bodies:
        return [Wanted(body=body) for body in asked.bodies]
    return [Wanted(from_day=asked.from_day, to_day=asked.to_day, overdue=asked.overdue)]
