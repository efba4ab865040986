"""Claims questions about procedures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.answer.subject import NOTHING, Subject
from bot.question.question import Ask
from bot.sources.procedures.answers import ProcedureAnswers
from bot.sources.source import Claim

# Log-odds that a question is about a procedure, of models fitted on the other half of 1,190
# questions in four typing styles: of 952 on procedures 923 reach the first and 940 the second, of
# 1,480 on the directives 8 reach either (one question, which names the leadership and is left out).
SURE, LIKELY = 0.5, -0.5
# A record is named outright when the question has this share of one of its names, or scores so.
NAMED_COVERAGE, NAMED_SCORE = 0.8, 0.36


class ProcedureSource:
    """Answers from procedure records and the general rules about them."""

    name = "procedures"

    def __init__(self, answers: Callable[[], ProcedureAnswers]) -> None:
        """`answers` gives those of today's records: an import replaces them."""
        self._answers = answers

    def claim(self, ask: Ask) -> Claim | None:
        """What the records say; None when the question is hardly about a procedure."""
        if not ask.is_free:
            return None
        answers = self._answers()
        chosen = answers.chooser.choose(ask)
        if chosen is None or chosen.odds < LIKELY:
            return None
        subject = Subject("procedure", chosen.procedure.name) if chosen.procedure else NOTHING
        odds = 20.0 if chosen.odds >= SURE else 5.0
        answer = partial(answers.drafts.draft, chosen, ask)
        return Claim(self.name, odds, subject, chosen.why, answer)

    def names(self, ask: Ask) -> bool:
        """Whether the words of an ask name a procedure."""
        hits = self._answers().search.search(ask.query, 1, ask.vector)
        return bool(hits) and (hits[0].coverage >= NAMED_COVERAGE or hits[0].score >= NAMED_SCORE)
