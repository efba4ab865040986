"""Grades of readers: read, matched with the answers they were given for, and counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.errors import QuestionFileError
from evals.scoring.grades import (
    Grade,
    Graded,
    fingerprint,
    load_grades,
    summarise_grades,
)
from evals.sets.people import Expected, Prompt

HASH = fingerprint("answered", "Lời đáp.", [])
LINE: dict[str, Any] = {"id": "r1", "grade": "right", "hash": HASH}


def prompt(name: str, of: Any = "question", subject: str = "procedure") -> Prompt:
    return Prompt(name, "tuning", of, "Hỏi?", "what", Expected(kind="none"), subject)


def graded(name: str, grade: Grade, hash: str = HASH) -> dict[str, Graded]:
    return {name: Graded(id=name, grade=grade, hash=hash)}


def test_an_answer_is_known_again_by_all_a_reader_saw() -> None:
    assert fingerprint("answered", "Lời đáp.", []) == HASH
    for other in (
        fingerprint("no_evidence", "Lời đáp.", []),
        fingerprint("answered", "Lời đáp", []),
        fingerprint("answered", "Lời đáp.", ["Xe"]),
    ):
        assert other != HASH


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"grade": "fine"}, "grade"),
        ({"hash": "abc"}, "hash"),
        ({"id": "c1"}, "id"),
        ({"id": "r9"}, "không có câu"),
        ({"by": "me"}, "by"),
    ],
)
def test_a_wrong_line_is_refused(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(LINE | change), "utf-8")
    with pytest.raises(QuestionFileError, match=problem) as refused:
        load_grades(path, {"r1"})
    assert "g.jsonl:1" in str(refused.value)


def test_one_grade_each(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE)}", "utf-8")
    with pytest.raises(QuestionFileError, match="hai lần"):
        load_grades(path, {"r1"})


def test_what_is_counted_of_what() -> None:
    prompts = [
        *(prompt(f"r{n}") for n in range(1, 6)),
        prompt("r6", subject="outside"),
        prompt("r7", subject="outside"),
        prompt("c1.1", "talk", ""),
        prompt("c1.2", "talk", ""),
        prompt("m1", "manages", ""),
        prompt("r8"),
    ]
    kinds: list[Grade] = [
        "right", "incomplete", "wrong", "refused_wrongly", "refused_rightly",
        "wrong", "refused_rightly", "refused_rightly", "incomplete", "wrong",
    ]  # fmt: skip
    given: dict[str, Graded] = {}
    for one, grade in zip(prompts, kinds, strict=False):
        given |= graded(one.id, grade)
    row = summarise_grades(prompts, {one.id: HASH for one in prompts}, given)
    assert (row.graded, row.stale, row.missing) == (10, 0, 1)
    assert (row.useful, row.incomplete, row.wrong) == (0.2, 0.2, 0.2)
    assert (row.refused_wrongly, row.refused_rightly) == (0.2, 0.2)
    assert (row.outside_answered, row.turn_right, row.manages_wrong) == (0.5, 0.5, 1.0)


def test_a_stale_grade_counts_for_nothing_but_itself() -> None:
    prompts = [prompt("r1"), prompt("r2")]
    given = graded("r1", "wrong", "0" * 16) | graded("r2", "right")
    row = summarise_grades(prompts, {"r1": HASH, "r2": HASH}, given)
    assert (row.graded, row.stale, row.missing) == (2, 1, 0)
    assert (row.useful, row.wrong) == (1.0, 0.0)


def test_nothing_graded_is_no_number() -> None:
    row = summarise_grades([prompt("r1")], {"r1": HASH}, {})
    assert (row.missing, row.useful, row.turn_right) == (1, None, None)
