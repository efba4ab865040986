"""Questions as people really put them, with the records that rightly answer them.

real_like.jsonl: single questions, and conversations (`turns`); talks.jsonl: more conversations;
who_manages.jsonl: "ai quản lý X". Written before any answer to them was seen. `records` holds
what is right (ids of our records, codes of the national portal, "rule:ID", ids of documents),
`partly` what is near and useful; where nothing is right, the honest no is. docs/grading.md says
what a reader makes of a whole answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

from evals.errors import QuestionFileError
from evals.sets.halves import Half
from evals.sets.json_lines import read_json_lines
from evals.sets.questions import FOLDER

REAL_LIKE: Final = FOLDER / "real_like.jsonl"
TALKS: Final = FOLDER / "talks.jsonl"
WHO_MANAGES: Final = FOLDER / "who_manages.jsonl"

Subject = Literal["procedure", "outside", "status", "place", "danger"]
Form = Literal["fragment", "sentence", "letter"]
Want = Literal["where", "papers", "fee", "time", "yes_no", "who", "how", "deadline", "other"]
# record: its record answers. fact: told, to be kept. none: nothing of ours answers. outside: not
# our subject. lookup: of a dossier. dossier, office: ours to point on. harm: numbers come first.
Kind = Literal[
    "record", "fact", "none", "outside", "place", "document", "lookup", "dossier", "office",
    "harm", "crime",
]  # fmt: skip
_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Expected(_Line):
    """What a right answer is of."""

    kind: Kind
    records: tuple[_Words, ...] = ()
    partly: tuple[_Words, ...] = ()
    says: tuple[_Words, ...] = ()  # words the answer has

    @model_validator(mode="after")
    def _something_to_show(self) -> Expected:
        if self.kind in ("record", "document") and not self.records:
            raise ValueError(f"{self.kind} cần records")
        return self


class RealQuestion(_Line):
    """One question, in one piece."""

    id: Annotated[str, Field(pattern=r"^r\d+$")]
    half: Half
    question: _Words
    subject: Subject
    form: Form
    asks: _Words  # in our words, for who grades
    retyped: bool  # without diacritics, from a careful one
    records: tuple[_Words, ...] = ()
    partly: tuple[_Words, ...] = ()
    wants: tuple[Want, ...] = ()  # the main one first
    asks_records: tuple[tuple[_Words, ...], ...] = ()  # where several things are asked
    needs: Literal["lookup", "dossier", "office", "harm", "crime"] | None = None

    @model_validator(mode="after")
    def _labelled(self) -> RealQuestion:
        if (self.needs is not None) != (self.subject in ("status", "danger")):
            raise ValueError(f"needs không hợp với subject {self.subject!r}")
        if bool(self.wants) != (self.subject == "procedure"):
            raise ValueError(f"wants không hợp với subject {self.subject!r}")
        return self

    @property
    def expected(self) -> Expected:
        """What a right answer is of."""
        return Expected(kind=self._kind, records=self.records, partly=self.partly)

    @property
    def _kind(self) -> Kind:
        if self.subject == "procedure":
            return "record" if self.records else "none"
        return self.needs or ("outside" if self.subject == "outside" else "place")


class Conversation(_Line):
    """Turns of one conversation, in order."""

    id: Annotated[str, Field(pattern=r"^c\d+$")]
    half: Half
    turns: Annotated[tuple[_Words, ...], Field(min_length=2)]
    asks: tuple[_Words, ...]
    expects: tuple[Expected, ...]

    @model_validator(mode="after")
    def _one_each(self) -> Conversation:
        if not len(self.turns) == len(self.asks) == len(self.expects):
            raise ValueError("mỗi lượt cần một asks và một expects")
        return self


class ManagesQuestion(_Line):
    """Who manages something; `documents`: those of ours that say it, mostly none."""

    id: Annotated[str, Field(pattern=r"^m\d+$")]
    half: Half
    question: _Words
    documents: tuple[_Words, ...]


def _sort(value: Any) -> str:
    turns = "turns" in value if isinstance(value, dict) else isinstance(value, Conversation)
    return "conversation" if turns else "question"


class _RealLike(
    RootModel[
        Annotated[
            Annotated[RealQuestion, Tag("question")] | Annotated[Conversation, Tag("conversation")],
            Discriminator(_sort),
        ]
    ]
):
    """A line of real_like.jsonl."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to type, and what a right answer to it is of."""

    id: str  # of a turn: "c01.2"
    half: Half
    of: Literal["question", "talk", "manages"]
    text: str
    asks: str
    expected: Expected
    subject: str = ""  # of a question
    form: str = ""  # of a question
    requests: tuple[tuple[str, ...], ...] = ()  # the records that answer each, where several


_Read = TypeVar("_Read", Conversation, ManagesQuestion)
Thread = tuple[Prompt, ...]  # of one conversation


def load_real_like(path: Path = REAL_LIKE) -> tuple[list[RealQuestion], list[Conversation]]:
    """The single questions and the conversations of a file.

    Raises:
        QuestionFileError: unreadable file, a wrong line, or an id that comes twice.
    """
    lines = [line.root for _, line in read_json_lines(path, _RealLike)]
    _unlike([line.id for line in lines], path)
    questions = [line for line in lines if isinstance(line, RealQuestion)]
    return questions, [line for line in lines if isinstance(line, Conversation)]


def load_talks(path: Path = TALKS) -> list[Conversation]:
    """The conversations of a file.

    Raises:
        QuestionFileError: unreadable file, a wrong line, or an id that comes twice.
    """
    return _load(path, Conversation)


def load_who_manages(path: Path = WHO_MANAGES) -> list[ManagesQuestion]:
    """The questions "who manages X" of a file.

    Raises:
        QuestionFileError: unreadable file, a wrong line, or an id that comes twice.
    """
    return _load(path, ManagesQuestion)


def threads() -> list[Thread]:
    """Everything of the three files: a question alone, or the turns of a conversation."""
    questions, talks = load_real_like()
    singles = [*map(_of_question, questions), *map(_of_manages, load_who_manages())]
    return [*((one,) for one in singles), *(tuple(_turns(t)) for t in (*talks, *load_talks()))]


def _of_question(one: RealQuestion) -> Prompt:
    return Prompt(
        one.id, one.half, "question", one.question, one.asks, one.expected, one.subject, one.form,
        one.asks_records,
    )  # fmt: skip


def _of_manages(one: ManagesQuestion) -> Prompt:
    kind: Kind = "document" if one.documents else "none"
    expected = Expected(kind=kind, records=one.documents)
    return Prompt(one.id, one.half, "manages", one.question, "who manages it", expected)


def _turns(talk: Conversation) -> Iterator[Prompt]:
    for number, turn in enumerate(zip(talk.turns, talk.asks, talk.expects, strict=True), 1):
        text, asks, expected = turn
        yield Prompt(f"{talk.id}.{number}", talk.half, "talk", text, asks, expected)


def _load(path: Path, model: type[_Read]) -> list[_Read]:
    lines = [line for _, line in read_json_lines(path, model)]
    _unlike([line.id for line in lines], path)
    return lines


def _unlike(ids: Sequence[str], path: Path) -> None:
    twice = next((one for number, one in enumerate(ids) if one in ids[:number]), None)
    if twice is not None:
        raise QuestionFileError(path.name, f"id {twice!r} có hai lần", "Đặt id khác")
