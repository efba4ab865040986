"""One half of the questions, asked in the given typing styles and scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from evals.asking.client import Client
from evals.scoring.metrics import Score, score
from evals.sets.questions import Question, resolve
from evals.sets.sources import Sources
from evals.sets.typing_styles import TypingStyle, restyle

# English has no diacritics to lose, so the other two styles would ask the same again.
ENGLISH_STYLES: Final = ("careful", "sloppy")


def evaluate(
    client: Client,
    sources: Sources,
    questions: Sequence[Question],
    styles: Sequence[TypingStyle],
    tell: Callable[[], None] = lambda: None,
) -> list[Score]:
    """Ask and score; `tell` is called after each answer.

    Raises:
        QuestionFileError: a question whose clause cannot be found; nothing was asked yet.
        ServedError: a question that got no answer.
    """
    documents = {document_id: source.document for document_id, source in sources.items()}
    golds = [resolve(question, documents) for question in questions]
    scores = []
    for question, gold in zip(questions, golds, strict=True):
        for style in styles_of(question, styles):
            typed = restyle(question.text, style)
            asked = client.ask(typed)
            scores.append(
                score(
                    question,
                    style,
                    typed,
                    asked.answer,
                    gold,
                    sources,
                    asked.client_ms,
                    client.page,
                )
            )
            tell()
    return scores


def styles_of(question: Question, styles: Sequence[TypingStyle]) -> Iterator[TypingStyle]:
    """The styles in which a question is asked."""
    return (style for style in styles if question.language == "vi" or style in ENGLISH_STYLES)
