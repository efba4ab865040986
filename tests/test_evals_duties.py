"""The duties that people labelled, and what is read off their texts."""

from __future__ import annotations

import json

import pytest

from bot.doors.cli import main as cli
from evals.asking.duties import BUNDLED, LEFT_OUT, TEXTS, load_labels
from evals.scoring import floors
from evals.scoring.floors import Floor
from knowledge.reading.bundled import load_bundled


def test_every_text_has_labels() -> None:
    labelled = {label.document for label in load_labels()}
    assert labelled == {d.id for d in (*load_bundled(), *load_bundled(TEXTS))}


def test_the_floors_are_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["eval", "duties", "--floors", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {name: row["duties"] for name, row in rows.items()} == {BUNDLED: 69, LEFT_OUT: 44}


def test_a_missed_floor_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = Floor(of="duties", half="report", group=LEFT_OUT, measure="recall", at_least=1.0)
    monkeypatch.setattr(floors, "load_floors", lambda of: [needed])
    assert cli.main(["eval", "duties", "--floors"]) == 1
    assert "left_out, recall" in capsys.readouterr().out
