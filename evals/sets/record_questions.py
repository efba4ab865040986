"""Questions about procedures and places with their right answers, read from JSON lines.

One object a line. procedures.jsonl: `record` is the id of the record that must come first,
"rule:ID" for a general rule, null where no record answers; `also` names records that are as
right; `codes` are today's communes where the question also names a place. places.jsonl: `status`
holds the statuses that are right for the look-up (empty: no look-up is asked), `codes` today's
units, `says` words that the answer must have.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from evals.errors import QuestionFileError
from evals.sets.halves import Half
from evals.sets.json_lines import read_json_lines
from evals.sets.questions import FOLDER
from knowledge.places.models import Status as PlaceStatus

Topic = Literal["procedures", "places"]
Persona = Literal["citizen", "farmer", "student", "volunteer", "official"]
PlaceKind = Literal["old", "split", "made_of", "province", "country", "ambiguous", "unknown"]
RULE: Final = "rule:"

_Words = Annotated[
    str, Field(min_length=1), BeforeValidator(lambda v: unicodedata.normalize("NFC", v))
]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z]\d+$")]
    half: Half
    persona: Persona
    question: _Words
    codes: tuple[str, ...] = ()


class ProcedureQuestion(_Line):
    """A question about a procedure, in its careful form."""

    record: _Words | None
    also: tuple[_Words, ...] = ()  # records that answer it as well

    @property
    def rule(self) -> str | None:
        """The id of the general rule that answers it, if one does."""
        known = self.record is not None and self.record.startswith(RULE)
        return self.record.removeprefix(RULE) if known and self.record else None


class PlaceQuestion(_Line):
    """A question about a place, in its careful form."""

    kind: PlaceKind
    status: tuple[PlaceStatus, ...]
    says: tuple[_Words, ...] = ()

    @model_validator(mode="after")
    def _something_to_check(self) -> PlaceQuestion:
        if not (self.status or self.says):
            raise ValueError("cần status hoặc says")
        return self


_Question = TypeVar("_Question", ProcedureQuestion, PlaceQuestion)


def load_procedure_questions(path: Path = FOLDER / "procedures.jsonl") -> list[ProcedureQuestion]:
    """The questions about procedures, in file order.

    Raises:
        QuestionFileError: unreadable file, or a line with a wrong, unknown or repeated value.
    """
    return _load(path, ProcedureQuestion)


def load_place_questions(path: Path = FOLDER / "places.jsonl") -> list[PlaceQuestion]:
    """The questions about places, in file order.

    Raises:
        QuestionFileError: unreadable file, or a line with a wrong, unknown or repeated value.
    """
    return _load(path, PlaceQuestion)


def _load(path: Path, model: type[_Question]) -> list[_Question]:
    questions: list[_Question] = []
    for place, question in read_json_lines(path, model):
        _unseen(question, questions, place)
        questions.append(question)
    return questions


def _unseen(question: _Line, earlier: Sequence[_Line], place: str) -> None:
    if any(question.id == q.id for q in earlier):
        problem = f"id {question.id!r} có hai lần"
        raise QuestionFileError(place, problem, "Mỗi câu hỏi cần một id riêng")
    if any(question.question == q.question for q in earlier):
        problem = f"câu {question.question!r} có hai lần"
        raise QuestionFileError(place, problem, "Bỏ một câu")
