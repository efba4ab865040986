"""Claims questions about procedures."""

from __future__ import annotations

from functools import partial

from bot.question.in_passing import in_passing
from bot.question.question import Ask
from bot.question.situation import Situation
from bot.question.subject import NOTHING, Subject
from bot.sources.procedures.procedures import Procedures
from bot.sources.procedures.ranking import told
from bot.sources.refusals import Refusals
from bot.sources.source import CERTAIN, Claim
from knowledge.text import fold

# A record is named outright when the question has this share of one of its names, or scores so.
NAMED_COVERAGE, NAMED_SCORE = 0.8, 0.5


class ProcedureSource:
    """Answers from procedure records and the general rules about them."""

    name = "procedures"

    def __init__(self, procedures: Procedures, refusals: Refusals) -> None:
        """`procedures` holds the answers of today's records: an import replaces them."""
        self._procedures, self._refusals = procedures, refusals

    def claim(self, ask: Ask) -> Claim | None:
        """What the records say; None where no record has a word of the question."""
        grounded = in_passing(ask)
        if not ask.is_free and not (grounded and self.names(ask)):
            return None
        answers = self._procedures.answers
        chosen = answers.chooser.choose(ask)
        if chosen is None:
            return None
        subject = Subject("procedure", chosen.procedure.name) if chosen.procedure else NOTHING
        odds = CERTAIN if grounded else chosen.odds
        near = answers.drafts.near(chosen)
        answer = partial(answers.drafts.draft, chosen, ask)
        if chosen.unsure:
            answer = partial(self._refusals.not_held, near)
        return Claim(self.name, odds, subject, chosen.why, answer, near)

    def names(self, ask: Ask) -> bool:
        """Whether the words of an ask name a procedure."""
        hits = self._procedures.search.search(ask.query, 1, ask.vector)
        return bool(hits) and (hits[0].coverage >= NAMED_COVERAGE or hits[0].score >= NAMED_SCORE)

    def covering(self, name: str, situation: Situation) -> str:
        """The name of who covers a case told of a procedure of that name that does not; or `name`."""
        catalogue = self._procedures.catalogue
        procedure = catalogue.get(self.thing(fold(name)))
        others = catalogue.neighbours(procedure, told(situation)) if procedure else []
        return others[0].name if others else name

    def thing(self, folded: str) -> str:
        """The id of the one record that bears a name; else empty."""
        return self._procedures.answers.thing(folded)
