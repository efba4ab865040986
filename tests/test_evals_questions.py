"""Question files: what is read, what is refused, and that the project's own files hold together."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from bot.doors.web.schemas import DocumentOut, document_out
from evals.errors import QuestionFileError
from evals.sets.halves import HALVES
from evals.sets.questions import (
    FOLDER,
    PERSONAS,
    Clause,
    Half,
    Question,
    load_half,
    load_questions,
    passages_with,
    resolve,
)
from knowledge.reading.bundled import load_bundled
from knowledge.text import collapse, fold

KL177 = "ket-luan-177-kl-tw"
ANSWERABLE: dict[str, Any] = {
    "id": "t001",
    "persona": "official",
    "language": "vi",
    "question": "Nhà công vụ phải bố trí thế nào?",
    "kind": "fact",
    "answers": [{"document": KL177, "excerpt": "Khẩn trương bố trí nhà công vụ"}],
    "lead": ["khẩn trương"],
}
REFUSE: dict[str, Any] = {
    "id": "t002",
    "persona": "citizen",
    "language": "vi",
    "question": "Mai có mưa không?",
    "kind": "refuse",
    "why": "other_topic",
    "expect": ["out_of_scope"],
}


@pytest.fixture(scope="module")
def documents() -> dict[str, DocumentOut]:
    return {d.id: DocumentOut.model_validate(document_out(d)) for d in load_bundled()}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "some.jsonl"
    shown = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(shown) + "\n", "utf-8")
    return path


def changed(**values: Any) -> Question:
    fields = {**ANSWERABLE, **values}
    text = fields.pop("question")
    fields["answers"] = tuple(Clause(**clause) for clause in fields["answers"])
    return Question(place="some.jsonl:1", text=text, **fields)


def test_what_a_line_says_is_kept(tmp_path: Path) -> None:
    first, second = load_questions(write(tmp_path, ANSWERABLE, "", REFUSE))
    assert (first.place, second.place) == ("some.jsonl:1", "some.jsonl:3")
    assert first.text == ANSWERABLE["question"]
    assert first.answers == (Clause(document=KL177, excerpt="Khẩn trương bố trí nhà công vụ"),)
    assert first.lead == ("khẩn trương",)
    assert not first.must_refuse
    assert second.must_refuse
    assert second.expect == ("out_of_scope",)


@pytest.mark.parametrize(
    ("base", "values", "named"),
    [
        (ANSWERABLE, {"id": "x"}, "id"),
        (ANSWERABLE, {"persona": "robot"}, "persona"),
        (ANSWERABLE, {"language": "fr"}, "language"),
        (ANSWERABLE, {"question": "  "}, "question"),
        (ANSWERABLE, {"kind": "riddle"}, "kind"),
        (ANSWERABLE, {"answers": []}, "answers"),
        (ANSWERABLE, {"answers": [{"document": KL177}]}, "excerpt"),
        (ANSWERABLE, {"answers": [{"document": "", "excerpt": ""}]}, "document"),
        (ANSWERABLE, {"lead": [""]}, "lead"),
        (ANSWERABLE, {"lead": "khẩn trương"}, "lead"),
        (ANSWERABLE, {"lede": ["khẩn trương"]}, "lede"),
        (ANSWERABLE, {"expect": ["no_evidence"]}, "expect"),
        (REFUSE, {"expect": []}, "expect"),
        (REFUSE, {"expect": ["answered"]}, "expect"),
        (REFUSE, {"why": None}, "why"),
        (REFUSE, {"lead": ["mưa"]}, "lead"),
        (REFUSE, {"answers": ANSWERABLE["answers"]}, "answers"),
    ],
)
def test_a_broken_line_is_refused_with_its_place(
    tmp_path: Path, base: dict[str, Any], values: dict[str, Any], named: str
) -> None:
    path = write(tmp_path, {**ANSWERABLE, "id": "t000"}, {**base, **values})
    with pytest.raises(QuestionFileError, match=rf"^some\.jsonl:2: .*{named}"):
        load_questions(path)


@pytest.mark.parametrize("line", ["{", "[]", "null", '"t001"', "{} {}"])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(QuestionFileError, match=r"^some\.jsonl:1: "):
        load_questions(write(tmp_path, line))


@pytest.mark.parametrize("missing", ["id", "persona", "language", "question", "kind", "answers"])
def test_a_missing_field_is_named(tmp_path: Path, missing: str) -> None:
    line = {name: value for name, value in ANSWERABLE.items() if name != missing}
    with pytest.raises(QuestionFileError, match=rf"^some\.jsonl:1: .*{missing}"):
        load_questions(write(tmp_path, line))


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"some\.jsonl:2: .*'t001'.*some\.jsonl:1"):
        load_questions(write(tmp_path, ANSWERABLE, ANSWERABLE))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"none\.jsonl"):
        load_questions(tmp_path / "none.jsonl")
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b"\xff\xfe")
    with pytest.raises(QuestionFileError, match=r"latin\.jsonl"):
        load_questions(latin)
    with pytest.raises(QuestionFileError, match="không có câu hỏi"):
        load_questions(write(tmp_path, ""))


# Where the answer stands


def test_an_excerpt_gives_its_passage(documents: dict[str, DocumentOut]) -> None:
    gold = resolve(changed(), documents)
    assert (gold.field, gold.ids) == ("passage_id", {f"{KL177}#muc-4-diem-9"})


def test_unicode_form_and_white_space_make_no_difference(
    documents: dict[str, DocumentOut],
) -> None:
    excerpt = unicodedata.normalize("NFD", "Khẩn trương \n bố trí\tnhà công vụ")
    spread = [{"document": KL177, "excerpt": excerpt}]
    assert resolve(changed(answers=spread), documents) == resolve(changed(), documents)


def test_an_empty_excerpt_is_any_passage(documents: dict[str, DocumentOut]) -> None:
    whole = [{"document": KL177, "excerpt": ""}]
    everything = {p.id for p in documents[KL177].passages}
    assert resolve(changed(answers=whole), documents).ids == everything
    outline = resolve(changed(answers=whole, kind="outline"), documents)
    assert (outline.field, outline.ids) == ("document_id", {KL177})


@pytest.mark.parametrize("kind", ["fact", "documents"])
@pytest.mark.parametrize(
    ("clause", "named"),
    [
        ({"document": KL177, "excerpt": "nhà công cộng"}, "nhà công cộng"),
        ({"document": "khong-co", "excerpt": ""}, "khong-co"),
    ],
)
def test_a_clause_that_is_not_there_is_refused(
    documents: dict[str, DocumentOut], kind: str, clause: dict[str, str], named: str
) -> None:
    with pytest.raises(QuestionFileError, match=rf"^some\.jsonl:1: t001: .*{named}"):
        resolve(changed(answers=[clause], kind=kind), documents)


# The project's own questions


def test_every_clause_of_our_questions_is_found(documents: dict[str, DocumentOut]) -> None:
    for half in HALVES:
        for question in load_half(half):
            assert bool(resolve(question, documents).ids) != question.must_refuse, question.id


def test_an_excerpt_names_one_passage(documents: dict[str, DocumentOut]) -> None:
    """Words that stand in many passages would make every one of them right."""
    vague = [
        question.id
        for half in HALVES
        for question in load_half(half)
        for clause in question.answers
        if clause.excerpt and len(passages_with(documents[clause.document], clause.excerpt)) > 1
    ]
    assert vague == []


def test_ids_are_unique_across_the_halves() -> None:
    ids = [question.id for half in HALVES for question in load_half(half)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    # Dialogues tune follow-ups alone; what they ask first is meant to be ordinary. Nothing is
    # fitted on the questions like real ones.
    "name",
    sorted(
        p.stem
        for p in FOLDER.glob("*.jsonl")
        if p.stem not in ("report", "dialogues", "sentences", "real_like", "talks")
    ),
)
def test_no_question_of_the_report_is_seen_before(name: str) -> None:
    """A question that something was tuned or trained on measures nothing."""
    held_out = {_words(question.text): question.id for question in load_half("report")}
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    seen = [json.loads(line) for line in lines if line.strip()]
    asked = [one for one in seen if "question" in one]  # some lines label those of another file
    both = {one["id"]: held_out.get(_words(one["question"])) for one in asked}
    assert {mine: theirs for mine, theirs in both.items() if theirs} == {}


@pytest.mark.parametrize("half", HALVES)
def test_no_question_is_asked_twice(half: Half) -> None:
    texts = [_words(question.text) for question in load_half(half)]
    assert len(texts) == len(set(texts))


def test_there_are_enough_questions_of_every_sort() -> None:
    for half in HALVES:
        questions = load_half(half)
        assert sum(not q.must_refuse for q in questions) >= 60
        assert sum(q.must_refuse for q in questions) >= 30
        assert {q.persona for q in questions} == set(PERSONAS)
        assert {q.language for q in questions} == {"vi", "en"}


def _words(text: str) -> str:
    return collapse(re.sub(r"\W+", " ", fold(text)))


def test_the_questions_like_real_ones_are_whole() -> None:
    """Written without sight of code or records; half of them is kept unread for the report."""
    lines = (FOLDER / "real_like.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    ids = [entry["id"] for entry in entries]
    questions = [entry for entry in entries if "question" in entry]
    assert len(ids) == len(set(ids))
    assert len(questions) >= 400
    assert {entry["half"] for entry in entries} == {"tuning", "report"}
    assert all(entry["question"].strip() and entry["asks"].strip() for entry in questions)
    assert all(len(entry["turns"]) >= 4 for entry in entries if "turns" in entry)
