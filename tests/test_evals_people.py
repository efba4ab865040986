"""People's questions: the sets, how answers to them are scored, and the command."""

from __future__ import annotations

import json
import pkgutil
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_core import FakeAssistant, FakeStore
from said import text

import evals.cli
from bot.answer.answer import Answer, Citation, Status
from bot.answer.blocks import Block, Choices, Option, Verdict
from bot.doors.cli.parser import Commands, Parser
from bot.settings import Settings
from evals.asking import people
from evals.errors import QuestionFileError
from evals.scoring import floors
from evals.scoring.floors import Floor, load_floors
from evals.scoring.people import (
    REFUSED,
    PeopleScore,
    Seen,
    marks,
    names,
    score,
    seen,
    summaries,
    summarise,
)
from evals.sets.halves import HALVES
from evals.sets.people import (
    REAL_LIKE,
    TALKS,
    WHO_MANAGES,
    Expected,
    Kind,
    Prompt,
    load_real_like,
    load_talks,
    load_who_manages,
    threads,
)
from evals.sets.questions import FOLDER
from knowledge.procedures.loading import load_procedures, load_rules
from knowledge.reading.bundled import load_bundled
from knowledge.text import collapse, fold

CODE = re.compile(r"\d\.\d{6}")
BIRTH, DEATH = names("khai-sinh", ["1.001193"]), names("khai-tu", ["1.000656"])
CLAUSE = frozenset(("ket-luan-177-kl-tw",))


def prompt(kind: Kind = "record", **values: Any) -> Prompt:
    expected = Expected(
        kind=kind,
        records=values.pop("records", ("khai-sinh",) if kind in ("record", "document") else ()),
        partly=values.pop("partly", ()),
        says=values.pop("says", ()),
    )
    base = Prompt("r1", "tuning", "question", "Hỏi gì?", "what", expected, "procedure", "sentence")
    return replace(base, **values)


def shown(*procedures: frozenset[str], status: str = "answered", **values: Any) -> Seen:
    return Seen(status, values.pop("text", "Lời đáp."), procedures, **values)


# The sets


def test_there_are_enough_of_each_in_both_halves() -> None:
    questions, talks = load_real_like()
    assert len(questions) >= 400
    for half in HALVES:
        mine = [q for q in questions if q.half == half]
        assert len(mine) >= 200
        assert min(Counter(q.form for q in mine).values()) >= 20
        assert {q.subject for q in mine} == {"procedure", "outside", "status", "place", "danger"}
        assert sum(t.half == half for t in (*talks, *load_talks())) >= 30
        managed = [bool(m.documents) for m in load_who_manages() if m.half == half]
        assert (managed.count(False), managed.count(True)) == (60, 15)


def test_every_label_names_something_of_ours() -> None:
    """A slip in a name would make every answer wrong; codes are the portal's, held elsewhere."""
    known = {p.id for p in load_procedures()} | {f"rule:{r.id}" for r in load_rules()}
    known |= {document.id for document in load_bundled()}
    used = [one.expected for thread in threads() for one in thread]
    named = {name for e in used for name in (*e.records, *e.partly)}
    named |= {n for thread in threads() for one in thread for r in one.requests for n in r}
    assert {name for name in named if not CODE.fullmatch(name)} <= known
    assert len(named) > 150


def test_a_record_is_not_both_right_and_near() -> None:
    for thread in threads():
        for one in thread:
            assert not set(one.expected.records) & set(one.expected.partly), one.id
            if one.requests:
                assert len(one.requests) >= 2, one.id


def test_every_kind_of_turn_is_there() -> None:
    kinds = Counter(e.kind for talk in load_talks() for e in talk.expects)
    assert kinds["fact"] >= 40
    assert kinds["outside"] >= 15
    assert {"record", "none", "place", "document", "lookup", "harm", "crime"} <= set(kinds)
    assert any("thôi bỏ qua" in turn.lower() for talk in load_talks() for turn in talk.turns)


def test_no_prompt_is_in_both_halves() -> None:
    halves: dict[str, set[str]] = {}
    for thread in threads():
        halves.setdefault(thread[0].text.casefold(), set()).add(thread[0].half)
    assert [text for text, found in halves.items() if len(found) > 1] == []


def test_nothing_of_the_report_half_is_fitted_on() -> None:
    """Models are fitted on the other sets; a question that stands there measures nothing."""
    held_out = {
        collapse(fold(one.text)): one.id
        for thread in threads()
        for one in thread
        if one.half == "report" and len(one.text.split()) > 4  # "mất bao lâu?" is in any set
    }
    ours = {path.name for path in (REAL_LIKE, TALKS, WHO_MANAGES)}
    seen_before = {
        held_out.get(collapse(fold(str(json.loads(line).get("question", "")))))
        for path in FOLDER.glob("*.jsonl")
        if path.name not in ours
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    }
    assert seen_before - {None} == set()


QUESTION: dict[str, Any] = {
    "id": "r1", "half": "tuning", "question": "a", "subject": "procedure", "form": "letter",
    "asks": "b", "retyped": False, "records": [], "wants": ["fee"],
}  # fmt: skip
TALK: dict[str, Any] = {
    "id": "c1", "half": "report", "turns": ["a", "b"], "asks": ["a", "b"],
    "expects": [{"kind": "fact"}, {"kind": "outside"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (QUESTION | {"wants": ["money"]}, "wants"),
        (QUESTION | {"wants": []}, "wants không hợp"),
        (QUESTION | {"needs": "lookup"}, "needs không hợp"),
        (QUESTION | {"subject": "status", "wants": []}, "needs không hợp"),
        (QUESTION | {"id": "x1"}, "id"),
        (QUESTION | {"more": 1}, "more"),
        (TALK | {"asks": ["a"]}, "mỗi lượt"),
        (TALK | {"expects": [{"kind": "fact"}, {"kind": "record"}]}, "record cần records"),
        (TALK | {"expects": [{"kind": "fact"}, {"kind": "guess"}]}, "kind"),
    ],
)
def test_a_wrong_line_is_refused(tmp_path: Path, line: dict[str, Any], problem: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(line), "utf-8")
    with pytest.raises(QuestionFileError, match=problem) as refused:
        load_real_like(path)
    assert "q.jsonl:1" in str(refused.value)


def test_good_lines_are_read_by_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (QUESTION, TALK)), "utf-8")
    questions, talks = load_real_like(path)
    assert (questions[0].id, questions[0].expected.kind, talks[0].id) == ("r1", "none", "c1")


@pytest.mark.parametrize("load", [load_talks, load_who_manages, load_real_like])
def test_an_id_comes_once(tmp_path: Path, load: Callable[[Path], object]) -> None:
    lines = {
        load_talks: TALK,
        load_who_manages: {"id": "m1", "half": "tuning", "question": "ai?", "documents": []},
        load_real_like: QUESTION,
    }
    path = tmp_path / "q.jsonl"
    path.write_text(f"{json.dumps(lines[load])}\n" * 2, "utf-8")
    with pytest.raises(QuestionFileError, match="hai lần"):
        load(path)


# What an answer shows


def test_names_of_records_of_the_portal() -> None:
    assert "1.013080" in names("dvcqg-1-013080")
    assert "1.013080" in names("1.013080")
    assert names("khai-sinh", ["1.001193"]) == {"khai-sinh", "1.001193"}


def citation(document_id: str, url: str) -> Citation:
    return Citation(
        1, document_id, None, "Tên", "Nơi", "2025-07-11", "official", "unknown", "Mục 1", "Lời",
        url, f"{document_id}#1", 0, 3,
    )  # fmt: skip


def answer(
    *blocks: Block,
    status: Status = "answered",
    cards: tuple[dict[str, Any], ...] = (),
    citations: tuple[Citation, ...] = (),
) -> Answer:
    return Answer("a", "c", status, "Lời đáp.", citations, cards, blocks=blocks, took_ms=7)


def test_what_an_answer_shows() -> None:
    cards = ({"kind": "place"}, {"kind": "procedure", "id": "khai-tu", "codes": ["1.000656"]})
    cited = (
        citation("quy-dinh-chung", "/quy-dinh-chung#ba-cach-nop"),
        citation("ket-luan-177-kl-tw", "/van-ban/ket-luan-177-kl-tw#muc-1"),
        citation("thu-tuc/khai-tu", "/thu-tuc/khai-tu#phi"),
    )
    found = seen(answer(cards=cards, citations=cited), {})
    assert found.first == DEATH
    assert found.others == (frozenset(("rule:ba-cach-nop",)), CLAUSE, frozenset(("place",)))
    assert found.took_ms == 7


def test_what_can_be_chosen_counts_as_shown() -> None:
    choices = Choices((Option("Đăng ký khai sinh", "?"), Option("Phường Một", "?")))
    asked_back = answer(Verdict(text("Việc nào?")), choices, status="needs_clarification")
    found = seen(asked_back, {"Đăng ký khai sinh": BIRTH})
    assert (found.options, found.offered) == ((BIRTH,), 2)
    assert marks(prompt(), found)["right_shown"]
    assert not marks(prompt(), found)["right_first"]
    assert not marks(prompt(), found)["wrongly_refused"]


# Scores


def test_the_right_record() -> None:
    assert marks(prompt(), shown(BIRTH)) == {
        "right_first": True,
        "right_shown": True,
        "wrongly_refused": False,
        "wrong_shown": False,
    }


def test_another_record_is_wrong_and_a_near_one_is_not() -> None:
    assert marks(prompt(), shown(DEATH))["wrong_shown"]
    near = marks(prompt(partly=("khai-tu",)), shown(DEATH))
    assert (near["wrong_shown"], near["right_first"]) == (False, False)
    assert marks(prompt(), shown(others=(CLAUSE,)))["wrong_shown"]
    assert marks(prompt(), shown(DEATH, BIRTH))["right_shown"]


@pytest.mark.parametrize("status", REFUSED)
def test_a_refusal_where_a_record_fits_is_wrong(status: str) -> None:
    found = marks(prompt(), shown(status=status))
    assert found["wrongly_refused"]
    assert not found["right_shown"]


def test_a_record_with_nothing_verified_is_right_only_where_there_is_no_other() -> None:
    told = shown(names("karaoke"), status="no_evidence")
    alone = marks(prompt(records=("karaoke",)), told)
    assert alone["right_first"]
    assert not alone["wrongly_refused"]
    beside = marks(prompt(records=("karaoke", "1.000001")), told)
    assert beside["wrongly_refused"]
    assert not beside["right_first"]


def test_several_requests_each_need_their_record() -> None:
    both = prompt(requests=(("khai-sinh",), ("khai-tu",), ()))
    assert not marks(both, shown(BIRTH))["every_request"]
    assert marks(both, shown(BIRTH, DEATH))["every_request"]
    many = prompt(requests=(("khai-sinh",), ("khai-tu",), ("khai-sinh",), ("ket-hon",)))
    assert marks(many, shown(BIRTH, DEATH))["every_request"]  # three are answered, the rest named


def test_where_nothing_of_ours_fits_the_honest_no_is_right() -> None:
    asked = prompt("none", partly=("khai-tu",))
    for good in (shown(status="no_evidence"), shown(DEATH), shown()):  # the last is a courtesy
        assert not any(marks(asked, good).values())
    assert marks(asked, shown(BIRTH)) == {"answered_without_record": True, "wrong_shown": True}


@pytest.mark.parametrize(
    ("kind", "good", "bad", "measure", "when_good"),
    [
        ("outside", shown(status="out_of_scope"), shown(BIRTH), "outside_answered", False),
        ("outside", shown(), shown(others=(CLAUSE,)), "outside_answered", False),
        (
            "lookup",
            shown(text="Tra cứu ở dichvucong.gov.vn hoặc gọi 18001096."),
            shown(text="Tra cứu mã số thuế."),
            "status_pointed",
            True,
        ),
        (
            "lookup",
            shown(text="Tra cứu trên VNeID."),
            shown(BIRTH, text="Tra cứu trên VNeID."),
            "status_pointed",
            True,
        ),
        ("lookup", shown(), shown(BIRTH), "status_wrong", False),
        ("office", shown(status="no_evidence"), shown(BIRTH), "status_wrong", False),
        ("dossier", shown(), shown(BIRTH), "status_wrong", False),
        (
            "office",
            shown(others=(frozenset(("place",)),)),
            shown(others=(CLAUSE,)),
            "status_wrong",
            False,
        ),
        ("harm", shown(text="Gọi ngay 113."), shown(text="Xem 1113."), "danger_numbers", True),
        ("harm", shown(text="Gọi 111."), shown(BIRTH, text="Gọi 111."), "danger_numbers", True),
        ("crime", shown(status="out_of_scope"), shown(BIRTH), "crime_form", False),
        ("place", shown(others=(frozenset(("place",)),)), shown(BIRTH), "place_right", True),
        (
            "place",
            shown(status="needs_clarification", offered=2),
            shown(status="needs_clarification"),
            "place_right",
            True,
        ),
    ],
)
def test_the_other_subjects(
    kind: Kind, good: Seen, bad: Seen, measure: str, when_good: bool
) -> None:
    assert marks(prompt(kind), good)[measure] is when_good
    assert marks(prompt(kind), bad)[measure] is not when_good


def test_turns() -> None:
    def right(kind: Kind, found: Seen, **values: Any) -> bool:
        return marks(prompt(kind, of="talk", **values), found)["turn_right"]

    assert right("record", shown(BIRTH))
    assert not right("record", shown(DEATH))
    assert not right("record", shown(BIRTH), says=("lệ phí",))
    assert right("record", shown(BIRTH, text="Lệ phí: không."), says=("lệ phí",))
    assert right("fact", shown(status="needs_clarification"))
    assert not right("fact", shown(status="out_of_scope"))
    assert not right("fact", shown(DEATH), records=("khai-sinh",))
    assert right("document", shown(others=(CLAUSE,)), records=tuple(CLAUSE))


def test_who_manages() -> None:
    none, held = prompt("none", of="manages"), prompt("document", of="manages")
    assert marks(none, shown(others=(CLAUSE,))) == {"manages_answered": True}
    assert marks(none, shown(status="no_evidence")) == {"manages_answered": False}
    assert marks(held, shown(others=(CLAUSE,))) == {"manages_right": False}


def test_rows_of_forms_hold_what_was_typed_carefully() -> None:
    scores = [
        score(prompt(form="letter"), "careful", shown(BIRTH, took_ms=5)),
        score(prompt(form="letter"), "sloppy", shown(DEATH, took_ms=50)),
        score(prompt("outside", form="fragment"), "careful", shown(failed=True, status="error")),
    ]
    rows = summaries(scores)
    assert set(rows) == {"careful", "sloppy", "letter", "fragment"}
    assert (rows["letter"].questions, rows["letter"].right_first) == (1, 1.0)
    assert rows["sloppy"].wrong_shown == 1.0
    assert rows["careful"].failed == 0.5
    assert (rows["fragment"].right_first, rows["sloppy"].took_p95_ms) == (None, 50)


def test_nothing_measured_is_no_number() -> None:
    row = summarise([])
    assert (row.questions, row.right_first, row.took_p95_ms) == (0, None, None)


# The command

SMALL = (
    (prompt(id="r1", records=("ket-luan-177-kl-tw",), text="Cấp xã làm gì?"),),
    (prompt("outside", id="r2", half="report", subject="outside", text="Dự báo thời tiết?"),),
    (prompt("outside", id="r3", subject="outside", text="Giá vàng?"),),
    (
        prompt("fact", id="c1.1", of="talk", text="Còn cái đó?"),
        prompt("fact", id="c1.2", of="talk", text="Máy hỏng"),
        prompt("none", id="c1.3", of="talk", text="x" * 5000),
    ),
)


@pytest.fixture
def asked() -> list[tuple[str, str | None]]:
    return []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, str | None]]) -> Callable[..., int]:
    def opened(settings: Settings) -> Any:
        assistant = FakeAssistant(FakeStore())
        assistant.asked = asked
        catalogue = SimpleNamespace(all=load_procedures())
        procedures = SimpleNamespace(catalogue=catalogue)
        return SimpleNamespace(assistant=assistant, procedures=procedures, close=lambda: None)

    monkeypatch.setattr(people, "open_core", opened)
    monkeypatch.setattr(people, "threads", lambda: list(SMALL))

    def call(*words: str) -> int:
        parser = Parser(prog="haicap")
        commands: Commands[Parser] = parser.add_subparsers(parser_class=Parser)
        evals.cli.register(commands)
        args = parser.parse_args(["eval", "people", *words])
        status: int = pkgutil.resolve_name(args.run)(args, Settings())
        return status

    return call


def test_the_tables(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    out = capsys.readouterr().out
    for half in HALVES:
        assert f"## Cần đạt, nửa {half}" in out
    assert "| chuyện khác mà vẫn trả lời | 100.0 % | – | ≤ 6 % | 2 % |" in out  # the price of gold
    assert "| chuyện khác mà vẫn trả lời | 0.0 % | – | ≤ 6 % | 2 % |" in out
    assert "| lượt trò chuyện đúng | 66.7 % | – | ≥ 88 % | 95 % |" in out


def test_a_conversation_goes_on_behind_a_failure(
    run: Callable[..., int], asked: list[tuple[str, str | None]]
) -> None:
    assert run("--half", "tuning") == 0
    assert [one for one in asked if "Dự báo" in one[0]] == []  # of the other half
    talk = [conversation for typed, conversation in asked if typed[0] in "CMx"][1:]
    assert talk == [None, "conversation-0001", "conversation-0001"]


def test_answers_are_written_whole(run: Callable[..., int], tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    assert run("--answers", str(file)) == 0
    rows = {row["id"]: row for row in map(json.loads, file.read_text("utf-8").splitlines())}
    assert list(rows) == ["r1", "r2", "r3", "c1.1", "c1.2", "c1.3"]
    first = rows["r1"]
    assert (first["status"], first["citations"][0]["document_number"]) == ("answered", "177-KL/TW")
    assert "Nguồn:" in first["text"]
    assert re.fullmatch(r"[0-9a-f]{16}", first["hash"])
    assert rows["c1.2"]["text"].startswith("RuntimeError")
    assert rows["c1.3"]["status"] == "error"


def test_json_names_no_question_of_the_report_half(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert {one["id"] for one in values["marks"]} == {"r1", "r3", "c1.1", "c1.2", "c1.3"}
    tuning = values["halves"]["tuning"]["careful"]
    assert (tuning["right_first"], tuning["failed"]) == (1.0, 0.2)


def test_styles(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--styles", "careful", "unaccented", "--half", "tuning", "--json") == 0
    rows = json.loads(capsys.readouterr().out)["halves"]["tuning"]
    assert (rows["careful"]["questions"], rows["unaccented"]["questions"]) == (5, 5)


def test_grades_of_a_changed_answer_are_told_and_left_out(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, grades = tmp_path / "answers.jsonl", tmp_path / "grades.jsonl"
    run("--answers", str(answers))
    hashes = {row["id"]: row["hash"] for row in map(json.loads, answers.open(encoding="utf-8"))}
    given = [
        {"id": "r1", "grade": "right", "hash": hashes["r1"]},
        {"id": "r3", "grade": "right", "hash": "0" * 16},
        {"id": "c1.1", "grade": "incomplete", "hash": hashes["c1.1"]},
    ]
    grades.write_text("\n".join(map(json.dumps, given)), "utf-8")
    capsys.readouterr()
    assert run("--grades", str(grades)) == 0
    out = capsys.readouterr().out
    assert "| hữu ích và đúng | – | 100.0 % |" in out
    assert "| chuyện khác mà vẫn trả lời | 100.0 % | – |" in out  # only a stale grade
    assert "| lượt trò chuyện đúng | 66.7 % | 0.0 % |" in out
    assert "Nửa tuning: đã chấm 3, chưa chấm 2; 1 điểm chấm đã cũ" in out
    assert "Nửa report: đã chấm 0, chưa chấm 1." in out


def test_a_missed_floor_fails(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def held(at_most: float) -> None:
        floor = Floor(
            of="people", half="tuning", group="careful", measure="outside_answered",
            at_most=at_most,
        )  # fmt: skip
        monkeypatch.setattr(floors, "load_floors", lambda of: [floor])

    held(0.99)
    assert run("--floors") == 1
    assert "outside_answered" in capsys.readouterr().out
    assert run() == 0  # floors only count when they are asked for
    held(1.0)
    assert run("--floors") == 0


def test_our_floors_bound_both_halves() -> None:
    ours = {(f.half, f.measure) for f in load_floors(of="people")}
    needed = ("right_first", "wrongly_refused", "wrong_shown", "outside_answered", "turn_right")
    assert {(half, measure) for half in HALVES for measure in (*needed, "failed")} <= ours


def test_a_score_keeps_what_was_asked() -> None:
    one = score(prompt(), "careful", shown(BIRTH))
    assert isinstance(one, PeopleScore)
    assert (one.prompt.id, one.marks["failed"]) == ("r1", False)


def test_lines_of_each_set_become_prompts() -> None:
    prompts = [one for thread in threads() for one in thread]
    assert len({one.id for one in prompts}) == len(prompts)
    assert {one.of for one in prompts} == {"question", "talk", "manages"}
