"""Errors of the evaluation.

EvalError                  (a BotError, so that the command line tells it in one line)
├── QuestionFileError      a line of a question file, or a file of floors, that cannot be used
└── ServedError            the server under test did not start, or did not answer
"""

from __future__ import annotations

from pathlib import Path

from bot.errors import BotError


class EvalError(BotError):
    """Base of everything raised on purpose by `evals`."""


class QuestionFileError(EvalError):
    """A file of the evaluation refused.

    Args:
        place: file and line ("tuning.jsonl:12"), or the file alone.
        problem: what is wrong, with the offending value.
        mend: what to do about it.
    """

    def __init__(self, place: str | Path, problem: str, mend: str) -> None:
        super().__init__(f"{place}: {problem}. {mend}")


class ServedError(EvalError):
    """The server under test failed; the message holds the last words of its log."""
