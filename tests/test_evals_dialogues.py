"""Our dialogues, and how they are scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from evals_answers import in_process

from evals.asking.dialogues import Dialogue, TurnScore, load_dialogues, play, summarise
from evals.errors import QuestionFileError
from evals.scoring.floors import load_floors
from evals.sets.typing_styles import STYLES


def test_our_dialogues() -> None:
    dialogues = load_dialogues()
    assert len(dialogues) >= 80
    halves = [d.half for d in dialogues]
    assert min(halves.count("tuning"), halves.count("report")) >= 40
    later = [turn for d in dialogues for turn in d.turns[1:]]
    assert sum(turn.leans for turn in later) >= 80
    assert sum(not turn.leans for turn in later) >= 20


def test_our_floors() -> None:
    floors = {(f.half, f.group, f.measure): f.at_least for f in load_floors(of="dialogues")}
    assert floors[("report", "careful", "understood")] >= 0.90
    assert floors[("report", "overall", "left_alone")] >= 0.97


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "x"}, "id"),
        ({"half": "both"}, "half"),
        ({"turns": [{"question": "a", "leans": False}]}, "turns"),
        ({"turns": [{"question": "a", "leans": True}] * 2}, "câu đầu"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_line_is_refused(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    turns = [{"question": "a", "leans": False}, {"question": "b", "leans": True}]
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps({"id": "d1", "half": "tuning", "turns": turns} | change), "utf-8")
    with pytest.raises(QuestionFileError, match=problem) as refused:
        load_dialogues(path)
    assert "d.jsonl:1" in str(refused.value)


def test_turns_are_scored() -> None:
    dialogue = Dialogue.model_validate(
        {
            "id": "d1",
            "half": "report",
            "turns": (
                {"question": "Cấp xã làm gì?", "leans": False, "cites": "ket-luan-177-kl-tw#"},
                {"question": "Hạn khi nào?", "leans": True, "cites": "ket-luan-177-kl-tw#"},
                {"question": "Kết luận?", "leans": False, "cites": "ke-hoach", "says": ("x",)},
            ),
        }
    )
    with in_process() as client:  # its ready answers never lean
        scores = play(client, dialogue, "careful")
    assert [s.right for s in scores] == [True, False, False]
    row = summarise(scores)
    assert (row.turns, row.understood, row.left_alone, row.right) == (3, 0.0, 1.0, 1 / 3)


def test_nothing_measured_is_no_number() -> None:
    row = summarise([TurnScore("d1", "report", STYLES[0], 1, "a", False, False, True)])
    assert (row.understood, row.left_alone) == (None, None)
