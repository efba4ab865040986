"""Procedure and place questions: read strictly, scored on real answers, unverified parts found."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import built
import pytest
from asks import read_ask
from built import embedder
from procedure_core import open_procedures, restorer

import knowledge.procedures.models as models
from bot.answer.answer import Answer
from bot.answer.codec import to_public
from bot.answer.draft import Draft
from bot.doors.web.schemas import AnswerOut
from bot.question.places_named import PlaceReader, PlaceReading
from bot.sources.places.answers import PlaceAnswers
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.procedures.answers import ProcedureAnswers
from evals.asking.sweep import WAYS, sweep, sweep_sentences, table
from evals.errors import QuestionFileError
from evals.scoring.record_metrics import (
    leaks,
    record_groups,
    score_place,
    score_procedure,
)
from evals.sets.record_questions import (
    PlaceQuestion,
    ProcedureQuestion,
    load_place_questions,
    load_procedure_questions,
)
from knowledge.places.resolver import PlaceResolver, open_resolver
from knowledge.places.units.catalogue import load_catalogue
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import load_procedures, load_rules
from prompts.wording import load_wording

CATALOGUE = Catalogue(load_procedures(), portal=load_facts())
RECORDS = {p.id: p for p in CATALOGUE.all}
OURS = {p.id for p in CATALOGUE.own}


@cache
def sources() -> tuple[PlaceReader, PlaceAnswers, ProcedureAnswers]:
    resolver = open_resolver()
    places = PlaceAnswers(resolver, PlaceDrafts(resolver, load_wording()))
    procedures = open_procedures(built.new_folder())
    return PlaceReader(resolver), places, procedures.answers


def draft_of(question: str) -> Draft | None:
    reader, places, procedures = sources()
    asked = read_ask(question, restorer(), reader.readings, lambda q: embedder().query(q.text))
    if draft := places.answer(asked):
        return draft
    chosen = procedures.chooser.choose(asked)
    return procedures.drafts.draft(chosen, asked) if chosen else None


def ask(question: str) -> AnswerOut:
    draft = draft_of(question)
    assert draft is not None, question
    answer = Answer(
        "a", "c", draft.status, draft.text, draft.citations(), tuple(draft.cards), took_ms=1
    )
    return AnswerOut(**to_public(answer))


def procedure(text: str, **values: object) -> ProcedureQuestion:
    given = {"id": "p1", "half": "tuning", "persona": "citizen", "question": text, **values}
    return ProcedureQuestion.model_validate(given)


def place(text: str, **values: object) -> PlaceQuestion:
    given = {"id": "a1", "half": "tuning", "persona": "citizen", "question": text, **values}
    return PlaceQuestion.model_validate(given)


# The question files


def test_there_are_enough_questions_in_both_halves():
    for questions in (load_procedure_questions(), load_place_questions()):
        halves = Counter(q.half for q in questions)
        assert sum(halves.values()) >= 150
        assert min(halves["tuning"], halves["report"]) >= 75


def test_every_answer_that_a_question_names_exists():
    rules = {f"rule:{rule.id}" for rule in load_rules()}
    catalogue = load_catalogue()
    today = {*catalogue.communes, *catalogue.provinces}
    for question in load_procedure_questions():
        named = {question.record, *question.also} - {None}
        assert named <= RECORDS.keys() | rules, question.id
        assert set(question.codes) <= today, question.id
    for other in load_place_questions():
        assert set(other.codes) <= today, other.id


def test_every_record_is_asked_for():
    for half in ("tuning", "report"):
        asked = {q.record for q in load_procedure_questions() if q.half == half}
        assert asked >= OURS


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"half": "exam"}, r"p\.jsonl:1: half"),
        ({"question": ""}, r"p\.jsonl:1: question"),
        ({"place": "Huế"}, r"p\.jsonl:1: place"),
        ({"id": "1"}, r"p\.jsonl:1: id"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, change, told):
    line = {"id": "p1", "half": "tuning", "persona": "citizen", "question": "A?", "record": None}
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps(line | change), "utf-8")
    with pytest.raises(QuestionFileError, match=told):
        load_procedure_questions(path)


def test_a_repeated_question_is_refused(tmp_path):
    line = {"id": "p1", "half": "tuning", "persona": "citizen", "question": "A?", "record": None}
    path = tmp_path / "p.jsonl"
    path.write_text("\n".join(json.dumps(line | {"id": i}) for i in ("p1", "p2")), "utf-8")
    with pytest.raises(QuestionFileError, match=r"p\.jsonl:2.*hai lần"):
        load_procedure_questions(path)
    path.write_text("\n".join([json.dumps(line)] * 2), "utf-8")
    with pytest.raises(QuestionFileError, match="p1"):
        load_procedure_questions(path)


# Scores


def test_the_right_record_first():
    text = "Làm giấy khai sinh cho con ở đâu?"
    right = score_procedure(procedure(text, record="khai-sinh"), "careful", text, ask(text), {})
    wrong = score_procedure(procedure(text, record="khai-tu"), "careful", text, ask(text), {})
    assert (right.first, wrong.first, right.place) == (True, False, None)


def test_a_rule_and_nothing_are_answers_too():
    text = "nộp hồ sơ ở xã khác trong cùng tỉnh có được không"
    question = procedure(text, record="rule:khong-phu-thuoc-dia-gioi")
    assert score_procedure(question, "careful", text, ask(text), {}).first
    silent = AnswerOut(**to_public(Answer("a", "c", "no_evidence", "Không rõ.")))
    assert score_procedure(procedure("Xin visa?", record=None), "careful", "", silent, {}).first
    assert not score_procedure(procedure(text, record=None), "careful", "", ask(text), {}).first


def test_the_place_in_a_question_about_a_procedure():
    text = "Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?"
    question = procedure(text, record="khai-sinh", codes=["26740"])
    assert score_procedure(question, "careful", text, ask(text), RECORDS).place
    elsewhere = procedure(text, record="khai-sinh", codes=["00004"])
    assert score_procedure(elsewhere, "careful", text, ask(text), RECORDS).place is False


def test_the_right_place():
    text = "Phường Bến Nghé quận 1 giờ là phường nào?"
    right = place(text, kind="old", status=["resolved"], codes=["26740"])
    assert score_place(right, "careful", text, ask(text), {}).place
    for wrong in (
        place(text, kind="old", status=["resolved"], codes=["26743"]),
        place(text, kind="ambiguous", status=["ambiguous"]),
        place(text, kind="old", status=["resolved"], codes=["26740"], says=["Phường Ba Đình"]),
    ):
        assert score_place(wrong, "careful", text, ask(text), {}).place is False


def test_rows_by_topic_and_style():
    text = "Làm giấy khai sinh cho con ở đâu?"
    question = procedure(text, record="khai-sinh")
    scores = [score_procedure(question, s, text, ask(text), RECORDS) for s in ("careful", "half")]
    rows = record_groups(scores)
    assert set(rows) == {"procedures:careful", "procedures:half", "procedures:overall"}
    assert rows["procedures:overall"].right_first == 1.0
    assert rows["procedures:overall"].right_place is None


# Unverified values


def questions_for_every_record() -> list[str]:
    return [f"{p.name}: nộp ở đâu, lệ phí, mấy ngày, giấy tờ gì?" for p in CATALOGUE.own]


def all_leaks() -> list[str]:
    found: list[str] = []
    for text in questions_for_every_record():
        if draft := draft_of(text):
            answer = Answer(
                "a", "c", draft.status, draft.text, draft.citations(), tuple(draft.cards)
            )
            found += leaks(AnswerOut(**to_public(answer)), RECORDS)
    return found


def test_no_answer_shows_an_unverified_value():
    assert all_leaks() == []


def test_the_check_fails_when_unverified_values_are_shown(monkeypatch):
    records = dict(RECORDS)  # as they are
    answer_before = ask("Đăng ký kết hôn ở đâu, hết bao nhiêu tiền?")
    assert leaks(answer_before, records) == ()
    honest = models.Part.shown.fget
    monkeypatch.setattr(models.Part, "shown", property(lambda part: True))
    answer = ask("Đăng ký kết hôn ở đâu, hết bao nhiêu tiền?")
    monkeypatch.setattr(models.Part, "shown", property(honest))
    assert leaks(answer, records)


def test_a_number_that_is_not_verified_is_found_in_the_text():
    record = RECORDS["cai-chinh-ho-tich"]
    unverified = next(p.text for p in record.parts("time_limit") if not p.shown)
    answer = ask("Cải chính hộ tịch mất mấy ngày?")
    assert leaks(answer, RECORDS) == ()
    told = answer.model_copy(update={"text": f"{answer.text}\n\nMất {unverified}."})
    assert any("time_limit" in leak for leak in leaks(told, RECORDS))


# The sweep over old communes


def test_a_wrong_unit_in_the_sweep_is_counted(monkeypatch):
    resolver = PlaceResolver(load_catalogue())
    units = [u for u in resolver.catalogue.old if u.level == "commune"][:40]
    monkeypatch.setattr(resolver.catalogue, "old", tuple(units))
    way = {"đủ địa chỉ": WAYS["đủ địa chỉ"]}
    fine = sweep(resolver, way)["đủ địa chỉ"]
    assert sum(fine.values()) == len(units)
    assert "sai" not in fine
    whole = next(unit for unit in units if not unit.split)
    honest = resolver.resolve
    monkeypatch.setattr(resolver, "resolve", lambda text: honest(whole.address))
    counts = sweep(resolver, way)
    assert counts["đủ địa chỉ"]["sai"] > 0
    assert "| đủ địa chỉ |" in table(counts)


def test_sentences_with_slips_are_counted_and_a_wrong_reading_is_seen(monkeypatch) -> None:
    resolver = open_resolver()
    counts = sweep_sentences(resolver, every=500)
    assert sum(counts.values()) == 21
    assert counts["resolved"] > 10
    honest = resolver.resolve("Phường Bến Thành, Thành phố Hồ Chí Minh")
    reading = PlaceReading(honest, "", "", True)
    monkeypatch.setattr(PlaceReader, "read", lambda self, query: reading)
    assert sweep_sentences(resolver, every=500)["sai"] > 15
