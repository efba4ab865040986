"""Grades that readers gave to whole answers (docs/grading.md), and figures of them.

One object a line: `id` of a question or turn ("r001", "c01.2"), `grade`, `hash` of the answer that
was read. A grade whose answer has changed since is stale: it is counted, told, and left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.errors import QuestionFileError
from evals.scoring.shares import mean
from evals.sets.json_lines import read_json_lines
from evals.sets.people import Prompt

Grade = Literal["right", "incomplete", "wrong", "refused_wrongly", "refused_rightly"]
_HASH_CHARS = 16


class Graded(BaseModel):
    """What a reader made of one answer."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^([rm]\d+|c\d+\.\d+)$")]
    grade: Grade
    hash: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{_HASH_CHARS}}}$")]
    note: str = ""


@dataclass(frozen=True, slots=True)
class GradeSummary:
    """Grades in one row; shares from 0 to 1, None where nothing was graded."""

    graded: int
    stale: int  # graded, but the answer is another one now
    missing: int  # never graded
    useful: float | None  # these five of the questions that are our subject
    incomplete: float | None
    wrong: float | None
    refused_wrongly: float | None
    refused_rightly: float | None
    outside_answered: float | None  # of other subjects
    turn_right: float | None  # of the turns of conversations
    manages_wrong: float | None  # of "who manages X"


def fingerprint(status: str, text: str, options: Sequence[str]) -> str:
    """What a grade holds of an answer, to know it again: 16 hexadecimal digits."""
    whole = "\n".join((status, text, *options))
    return hashlib.sha256(whole.encode()).hexdigest()[:_HASH_CHARS]


def load_grades(path: Path, known: Collection[str]) -> dict[str, Graded]:
    """The grades of a file, by id.

    Args:
        path: JSON lines.
        known: ids that there are.

    Raises:
        QuestionFileError: unreadable file, a wrong line, or an id unknown or graded twice.
    """
    found: dict[str, Graded] = {}
    for place, graded in read_json_lines(path, Graded):
        if graded.id not in known:
            raise QuestionFileError(place, f"không có câu {graded.id!r}", "Sửa id")
        if graded.id in found:
            raise QuestionFileError(place, f"id {graded.id!r} có hai lần", "Giữ một dòng")
        found[graded.id] = graded
    return found


def summarise_grades(
    prompts: Sequence[Prompt], hashes: Mapping[str, str], grades: Mapping[str, Graded]
) -> GradeSummary:
    """The figures of some prompts.

    Args:
        prompts: those that were asked.
        hashes: the fingerprint of today's answer, by id of prompt.
        grades: what readers gave, by id.
    """
    given = [(prompt, grades[prompt.id]) for prompt in prompts if prompt.id in grades]
    fresh = [(prompt, one.grade) for prompt, one in given if one.hash == hashes[prompt.id]]
    ours = [g for p, g in fresh if p.of == "question" and p.subject != "outside"]
    outside = [g for p, g in fresh if p.of == "question" and p.subject == "outside"]
    turns = [g for p, g in fresh if p.of == "talk"]
    manages = [g for p, g in fresh if p.of == "manages"]
    return GradeSummary(
        len(given),
        len(given) - len(fresh),
        len(prompts) - len(given),
        mean(g == "right" for g in ours),
        mean(g == "incomplete" for g in ours),
        mean(g == "wrong" for g in ours),
        mean(g == "refused_wrongly" for g in ours),
        mean(g == "refused_rightly" for g in ours),
        mean(g in ("wrong", "incomplete") for g in outside),
        mean(g in ("right", "refused_rightly") for g in turns),
        mean(g == "wrong" for g in manages),
    )
