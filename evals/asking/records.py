"""The questions about procedures and places of one half, asked in the given typing styles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evals.asking.client import Client
from evals.asking.evaluate import ENGLISH_STYLES
from evals.scoring.citations import check_citations
from evals.scoring.record_metrics import (
    RecordQuestion,
    Records,
    RecordScore,
    score_place,
    score_procedure,
)
from evals.sets.halves import Half
from evals.sets.record_questions import (
    ProcedureQuestion,
    load_place_questions,
    load_procedure_questions,
)
from evals.sets.sources import Sources
from evals.sets.typing_styles import TypingStyle, restyle
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import load_procedures


def load_record_questions(half: Half) -> list[RecordQuestion]:
    """The questions of one half about procedures, then about places."""
    questions: list[RecordQuestion] = [*load_procedure_questions(), *load_place_questions()]
    return [question for question in questions if question.half == half]


def evaluate_records(
    client: Client,
    sources: Sources,
    questions: Sequence[RecordQuestion],
    styles: Sequence[TypingStyle],
    tell: Callable[[], None] = lambda: None,
) -> list[RecordScore]:
    """Ask and score; `tell` is called after each answer.

    Raises:
        ServedError: a question that got no answer.
    """
    catalogue = Catalogue(load_procedures(), portal=load_facts())
    records: Records = {procedure.id: procedure for procedure in catalogue.all}
    scores = []
    for question in questions:
        for style in record_styles(question, styles):
            typed = restyle(question.question, style)
            answer = client.ask(typed).answer
            if isinstance(question, ProcedureQuestion):
                one = score_procedure(question, style, typed, answer, records)
            else:
                one = score_place(question, style, typed, answer, records)
            check = check_citations(answer, sources, client.page)
            scores.append(replace(one, citations=check.checked, faults=check.faults))
            tell()
    return scores


def record_styles(
    question: RecordQuestion, styles: Sequence[TypingStyle]
) -> tuple[TypingStyle, ...]:
    """The styles in which a question is asked; English has no marks to lose."""
    english = question.question.isascii()
    return tuple(style for style in styles if not english or style in ENGLISH_STYLES)
