"""`haicap eval` from its arguments to its exit status, on the real web application."""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from evals_answers import KL177, in_process, question

import evals.cli
from bot.doors.cli.parser import Command, Commands, Parser
from bot.errors import UsageError
from bot.settings import Settings
from evals.asking import questions
from evals.asking.client import served
from evals.asking.evaluate import evaluate
from evals.errors import ServedError
from evals.scoring.floors import Floor
from evals.sets.questions import Clause, Question, load_half
from evals.sets.typing_styles import STYLES

RIGHT = Clause(document=KL177, excerpt="quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp")
WRONG = Clause(document=KL177, excerpt="Khẩn trương bố trí nhà công vụ")


def small_half(half: str) -> list[Question]:
    """Questions to tests/fake_core.py, whose ready answers are right on all but the second."""
    letter = half[0]
    return [
        question(id=f"{letter}1", text="Cấp xã làm gì?", answers=(RIGHT,), lead=("đủ cán bộ",)),
        question(id=f"{letter}2", text="Nhà công vụ?", answers=(WRONG,)),
        question(id=f"{letter}3", text="What of communes?", language="en", answers=(RIGHT,)),
        question(
            id=f"{letter}4",
            text="Dự báo thời tiết?",
            kind="refuse",
            why="other_topic",
            expect=("out_of_scope",),
        ),
    ]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(questions, "served", lambda data_dir, embedder: in_process())
    monkeypatch.setattr(questions, "load_half", small_half)
    monkeypatch.setattr(questions, "load_record_questions", lambda half: [])

    def call(*words: str) -> int:
        args = parser().parse_args(["eval", *words])
        status: int = pkgutil.resolve_name(args.run)(args, Settings())
        return status

    return call


def parser() -> Parser:
    made = Parser(prog="haicap")
    commands: Commands[Parser] = made.add_subparsers(parser_class=Parser)
    evals.cli.register(commands)
    return made


def floors(**bounds: float) -> Callable[[], list[Floor]]:
    return lambda: [
        Floor(half=half, group="careful", measure="hit_at_1", **bounds)
        for half in ("report", "tuning")
    ]


def test_the_tables_show_both_halves(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    out = capsys.readouterr().out
    assert "## Nửa để báo cáo" in out
    assert "## Nửa để chỉnh" in out
    assert "Mức sàn" not in out
    assert " hit@1 |" in out


def test_the_numbers(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--set", "tuning", "--styles", "careful", "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert list(values["halves"]) == ["tuning"]
    rows = values["halves"]["tuning"]
    careful = rows["careful"]
    assert (careful["questions"], careful["answerable"], careful["must_refuse"]) == (3, 2, 1)
    assert careful["hit_at_1"] == 0.5
    assert careful["lead_correct"] == 1.0
    assert careful["refusal_recall"] == 1.0
    assert careful["citation_validity"] == 1.0
    assert careful["client_p95_ms"] > 0
    assert rows["english"]["hit_at_1"] == 1.0
    assert values["faults"] == []


def test_english_is_not_asked_without_diacritics(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    run("--set", "report", "--json")
    rows = json.loads(capsys.readouterr().out)["halves"]["report"]
    assert {style: rows[style]["questions"] for style in STYLES} == dict.fromkeys(STYLES, 3)
    assert (rows["english"]["questions"], rows["english:sloppy"]["questions"]) == (1, 1)
    assert rows["overall"]["questions"] == 3 * len(STYLES) + 2


def test_a_missed_floor_fails_and_is_named(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(questions, "load_floors", floors(at_least=0.51))
    assert run("--floors") == 1
    out, err = capsys.readouterr()
    assert "CHƯA ĐẠT" in out
    assert "hit@1, có dấu, nửa báo cáo: 50,0 % (cần ≥ 51,0 %)" in err
    assert "hit@1, có dấu, nửa chỉnh: 50,0 % (cần ≥ 51,0 %)" in err
    assert run("--set", "tuning", "--floors") == 1
    assert "nửa báo cáo" not in capsys.readouterr().err
    assert run() == 0  # floors only count when they are asked for


def test_floors_that_hold(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(questions, "load_floors", floors(at_least=0.5))
    assert run("--floors", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["floors"]
    assert [floor["holds"] for floor in listed] == [True, True]


def test_a_wrong_citation_is_shown_and_misses_our_floor(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fake_core import FakeAssistant

    honest = FakeAssistant._quote

    def forged(self: FakeAssistant) -> Any:
        answer = honest(self)
        object.__setattr__(answer, "text", answer.text.replace("trước ngày", "sau ngày"))
        return answer

    monkeypatch.setattr(FakeAssistant, "_quote", forged)
    assert run("--floors") == 1
    out, err = capsys.readouterr()
    assert "### Trích dẫn sai" in out
    assert "trích dẫn đúng, tất cả, nửa báo cáo" in err


def test_the_report_is_written(run: Callable[..., int], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    assert run("--out", str(folder)) == 0
    assert "hit@1" in (folder / "report.md").read_text("utf-8")
    assert json.loads((folder / "report.json").read_text("utf-8"))["halves"]
    tuning, report = (
        [json.loads(line) for line in (folder / f"answers-{half}.jsonl").open("r")]
        for half in ("tuning", "report")
    )
    assert len(tuning) == len(report) == 3 * len(STYLES) + 2
    assert tuning[0]["typed"] == "Cấp xã làm gì?"
    assert (tuning[0]["id"], tuning[0]["rank"], tuning[0]["lead"]) == ("t1", 1, True)
    assert not any("typed" in line for line in report)  # nobody is to tune on them


@pytest.mark.parametrize("words", [["--set", "mine"], ["--styles", "neat"], ["--styles"]])
def test_wrong_usage_is_refused(run: Callable[..., int], words: list[str]) -> None:
    with pytest.raises(UsageError, match="haicap eval --help"):
        run(*words)


def test_every_evaluation_runs_what_it_names() -> None:
    for evaluation in (evals.cli.EVAL, *evals.cli.EVALUATIONS):
        assert callable(pkgutil.resolve_name(evaluation.run)), evaluation.name


def test_another_evaluation_has_its_own_command(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes(parser: Parser) -> None:
        parser.add_argument("--size", type=int, default=0)

    other = SimpleNamespace(run=lambda args, settings: args.size)
    monkeypatch.setitem(sys.modules, "made_up_evaluation", other)
    made_up = Command("other", "phép đo khác", "made_up_evaluation:run", takes)
    monkeypatch.setattr(evals.cli, "EVALUATIONS", (made_up,))
    assert run("other", "--size", "7") == 7
    assert run("--set", "tuning", "--styles", "careful") == 0
    with pytest.raises(UsageError, match="riddles"):
        run("riddles")


# The server under test


def test_a_question_without_an_answer_stops_the_evaluation() -> None:
    with in_process() as client:
        with pytest.raises(ServedError, match=r"POST /api/ask .*hỏng.*500"):
            client.ask("Câu này hỏng")
        with pytest.raises(ServedError, match="422"):
            client.ask(" ")


def test_a_server_that_does_not_start_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho hỏng rồi\nexit 3\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(ServedError, match="hỏng rồi"), served():
        pass


def test_the_server_sees_no_setting_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nenv | grep -i haicap_ | sort\npwd\nexit 3\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    monkeypatch.setenv("HAICAP_DATABASE_URL", "postgresql://real")
    monkeypatch.setattr("evals.asking.client._LOG_LINES", 20)
    with pytest.raises(ServedError) as error, served(tmp_path / "data", "some-model"):
        pass
    told = str(error.value)
    assert "postgresql" not in told
    assert "HAICAP_EMBEDDER=some-model" in told
    assert f"HAICAP_DATA_DIR={tmp_path / 'data'}" in told
    assert "HAICAP_RATE_LIMIT=off" in told


@pytest.mark.slow
def test_ten_questions_to_the_real_server() -> None:
    half = load_half("tuning")
    answerable = [q for q in half if not q.must_refuse][::20][:8]
    missing = [q for q in half if q.why == "missing_document"][:2]
    with served() as client:
        scores = evaluate(client, client.sources(), answerable + missing, ["careful"])
    assert len(scores) == 10
    assert [fault for one in scores for fault in one.faults] == []
    assert sum(one.citations for one in scores) >= 8
    assert any(one.rank == 1 for one in scores)  # how many is for the floors
    assert all(one.refused for one in scores if one.question.must_refuse)


def test_arguments_have_defaults() -> None:
    args: argparse.Namespace = parser().parse_args(["eval"])
    assert (args.half, args.floors, args.data, args.out, args.json) == (
        "all",
        False,
        None,
        None,
        False,
    )
    assert tuple(args.styles) == STYLES
