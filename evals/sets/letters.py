"""Letters with the requests in them, read from letters.jsonl."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from evals.errors import QuestionFileError
from evals.sets.json_lines import MEND, read_json_lines
from evals.sets.questions import FOLDER
from evals.sets.typing_styles import TypingStyle, restyle

FILE: Final = FOLDER / "letters.jsonl"
_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Span = tuple[int, int]


class _Line(BaseModel):
    """One line; `requests` are verbatim parts of `question`, in its order."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: _Words
    question: _Words
    requests: Annotated[list[_Words], Field(min_length=1)]
    group: _Words
    second: str = ""


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """A letter, and where in it something is asked."""

    key: str
    text: str
    requests: tuple[_Span, ...]
    group: str  # what it is about: all letters of a group are left out together
    second: str = ""  # code of another procedure that it asks for as well

    def typed(self, style: TypingStyle) -> LabelledLetter:
        """The same as somebody of another typing habit writes it."""
        made, spans, at = "", [], 0
        for start, end in self.requests:
            made += _styled(self.text[at:start], style)
            asked = _styled(self.text[start:end], style)
            spans.append((len(made), len(made) + len(asked)))
            made, at = made + asked, end
        made += _styled(self.text[at:], style)
        return LabelledLetter(self.key, made, tuple(spans), self.group, self.second)

    def asked_first(self) -> LabelledLetter:
        """The same with its requests in front, as many people write."""
        asked = [self.text[a:b].strip() for a, b in self.requests]
        told, at = "", 0
        for start, end in self.requests:
            told, at = f"{told}{self.text[at:start]} ", end
        told = " ".join(f"{told}{self.text[at:]}".split())
        spans, made = [], ""
        for one in asked:
            spans.append((len(made), len(made) + len(one)))
            made += f"{one} "
        return LabelledLetter(self.key, made + told, tuple(spans), self.group, self.second)


def _styled(part: str, style: TypingStyle) -> str:
    """A part with the white space that keeps it from its neighbours."""
    core = part.strip()
    if not core:
        return part
    lead, _, trail = part.partition(core)
    return lead + restyle(core, style) + trail


def load_letters() -> list[LabelledLetter]:
    """All labelled letters.

    Raises:
        QuestionFileError: a line is wrong, or a request is no part of its letter.
    """
    return [_letter(place, line) for place, line in read_json_lines(FILE, _Line)]


def _letter(place: str, line: _Line) -> LabelledLetter:
    spans, at = [], 0
    for request in line.requests:
        start = line.question.find(request, at)
        if start < 0:
            problem = f"requests: {request!r} không có trong question, hoặc sai thứ tự"
            raise QuestionFileError(place, problem, MEND)
        at = start + len(request)
        spans.append((start, at))
    return LabelledLetter(line.id, line.question, tuple(spans), line.group, line.second)
