"""Questions with the clauses that answer them, read from JSON lines.

One object a line. Answerable: `answers` ([{document, excerpt}], an empty excerpt stands for any
passage of the document) and `lead` (direct answers, each accepted). Must be refused (kind
`refuse`): `why`, and `expect`, the statuses that are right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.doors.web.schemas import DocumentOut
from evals.errors import QuestionFileError
from evals.sets.halves import Half
from evals.sets.json_lines import MEND, read_json_lines
from knowledge.text import collapse

Persona = Literal["official", "citizen", "volunteer"]
Language = Literal["vi", "en"]
Kind = Literal["fact", "list", "locator", "metadata", "outline", "documents", "refuse"]
Refusal = Literal["no_evidence", "out_of_scope", "needs_clarification"]

PERSONAS: Final[tuple[Persona, ...]] = get_args(Persona)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WHOLE_DOCUMENT_KINDS: Final = frozenset({"outline", "documents"})
FOLDER: Final = Path(__file__).parent

_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Clause(BaseModel):
    """Where an answer stands: words of one passage, or "" for any passage of the document."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    document: _Words
    excerpt: str


class _Line(BaseModel):
    """One line of a question file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z]+\d+$")]
    persona: Persona
    language: Language
    question: _Words
    kind: Kind
    answers: tuple[Clause, ...] = ()
    lead: tuple[_Words, ...] = ()
    why: _Words | None = None
    expect: tuple[Refusal, ...] = ()

    @model_validator(mode="after")
    def _belongs_together(self) -> _Line:
        refuse = self.kind == "refuse"
        needed = ("why", "expect") if refuse else ("answers",)
        foreign = ("answers", "lead") if refuse else ("why", "expect")
        for name in needed:
            if not getattr(self, name):
                raise ValueError(f"kind {self.kind!r} cần trường {name!r}")
        for name in foreign:
            if getattr(self, name):
                raise ValueError(f"kind {self.kind!r} không đi với trường {name!r}")
        return self


@dataclass(frozen=True, slots=True)
class Question:
    """One question in its careful form; `place` is its file and line."""

    place: str
    id: str
    persona: Persona
    language: Language
    text: str
    kind: Kind
    answers: tuple[Clause, ...] = ()
    lead: tuple[str, ...] = ()
    why: str | None = None
    expect: tuple[Refusal, ...] = ()

    @property
    def must_refuse(self) -> bool:
        """Whether no document of ours answers it."""
        return self.kind == "refuse"


@dataclass(frozen=True, slots=True)
class Gold:
    """What a right citation cites: one of these passages, or one of these documents."""

    field: Literal["passage_id", "document_id"]
    ids: frozenset[str]


def load_half(half: Half) -> list[Question]:
    """The questions of one half, in file order."""
    return load_questions(FOLDER / f"{half}.jsonl")


def load_questions(path: Path) -> list[Question]:
    """Read and validate a question file; blank lines are passed over.

    Raises:
        QuestionFileError: unreadable file, or a line with a wrong, missing, unknown or repeated
            value; the message names file and line.
    """
    questions: list[Question] = []
    places: dict[str, str] = {}
    for place, line in read_json_lines(path, _Line):
        if line.id in places:
            problem = f"id {line.id!r} đã có ở {places[line.id]}"
            raise QuestionFileError(place, problem, "Mỗi câu hỏi cần một id riêng")
        places[line.id] = place
        fields = {name: getattr(line, name) for name in _Line.model_fields if name != "question"}
        text = unicodedata.normalize("NFC", line.question)
        questions.append(Question(place=place, text=text, **fields))
    if not questions:
        raise QuestionFileError(path.name, "không có câu hỏi nào", "Thêm ít nhất một dòng")
    return questions


def resolve(question: Question, documents: Mapping[str, DocumentOut]) -> Gold:
    """The passages (for outline and documents: the documents) that answer the question.

    A must-refuse question has none.

    Raises:
        QuestionFileError: an unknown document, or an excerpt that stands in none of its passages.
    """
    found: set[str] = set()
    for clause in question.answers:
        if clause.document not in documents:
            known = ", ".join(sorted(documents))
            problem = f"{question.id}: không có văn bản {clause.document!r} (có: {known})"
            raise QuestionFileError(question.place, problem, MEND)
        passages = passages_with(documents[clause.document], clause.excerpt)
        if not passages:
            problem = f"{question.id}: không đoạn nào của {clause.document!r} chứa nguyên văn "
            raise QuestionFileError(question.place, problem + repr(clause.excerpt), MEND)
        found.update({clause.document} if question.kind in WHOLE_DOCUMENT_KINDS else passages)
    by_document = question.kind in WHOLE_DOCUMENT_KINDS
    return Gold("document_id" if by_document else "passage_id", frozenset(found))


def passages_with(document: DocumentOut, excerpt: str) -> list[str]:
    """Ids of the passages that hold the excerpt, white space and Unicode form aside."""
    words = _plain(excerpt)
    spans = [(p.id, document.text[p.start : p.end]) for p in document.passages]
    return [passage_id for passage_id, text in spans if words in _plain(text)]


def _plain(text: str) -> str:
    return collapse(unicodedata.normalize("NFC", text))
