"""Floors: a number below fails, and a file that cannot be meant is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from evals_answers import made

from evals.errors import QuestionFileError
from evals.scoring.floors import Floor, Rows, load_floors, missed, value_of
from evals.scoring.metrics import Summary, summarise
from evals.scoring.record_metrics import RecordSummary
from evals.scoring.report import floor_text
from evals.sets.typing_styles import STYLES

ROW = summarise([made(rank=1)])
FLOOR = Floor(half="report", group="careful", measure="hit_at_1", at_least=0.85)
CEILING = Floor(half="report", group="careful", measure="wrongly_refused", at_most=0.05)


def good_row() -> Summary:
    return replace(
        ROW, citation_validity=1.0, hit_at_1=0.85, refusal_recall=0.95, wrongly_refused=0.05
    )


RECORDS = RecordSummary(4, 1.0, 1.0, 1.0, 1.0, 9.0, 9.0)


def halves(row: Summary, records: RecordSummary = RECORDS) -> dict[str, Rows]:
    groups = ("careful", "unaccented", "overall")
    about = [f"{t}:{s}" for t in ("procedures", "places") for s in (*STYLES, "overall")]
    rows = {**dict.fromkeys(groups, row), **dict.fromkeys(about, records)}
    return dict.fromkeys(("report", "tuning"), rows)


def test_our_floors_are_not_lowered_in_passing() -> None:
    promised = {
        ("report", "overall", "citation_validity"): (1.0, None),  # aimed at: 1
        ("tuning", "overall", "citation_validity"): (1.0, None),
        ("report", "careful", "hit_at_1"): (0.71, None),  # aimed at: .95
        ("report", "unaccented", "hit_at_1"): (0.67, None),
        ("report", "careful", "refusal_recall"): (0.82, None),  # aimed at: 1
        ("report", "careful", "wrongly_refused"): (None, 0.12),
        ("report", "procedures:overall", "nothing_unverified"): (1.0, None),
        ("tuning", "procedures:overall", "nothing_unverified"): (1.0, None),
        ("report", "places:overall", "nothing_unverified"): (1.0, None),
        ("report", "procedures:careful", "right_first"): (0.87, None),
        ("report", "procedures:overall", "right_first"): (0.87, None),
        ("tuning", "procedures:overall", "right_first"): (0.90, None),
        ("report", "places:careful", "right_place"): (0.97, None),
        ("report", "places:unaccented", "right_place"): (0.97, None),
        ("report", "places:half", "right_place"): (0.97, None),
        ("report", "places:overall", "right_place"): (0.97, None),
        ("report", "places:sloppy", "right_place"): (0.92, None),
        ("tuning", "places:overall", "right_place"): (0.98, None),
    }
    ours = {
        (floor.half, floor.group, floor.measure): (floor.at_least, floor.at_most)
        for floor in load_floors()
    }
    assert ours == promised


def test_floors_that_are_just_reached_hold() -> None:
    assert missed(load_floors(), halves(good_row())) == []


@pytest.mark.parametrize(
    ("measure", "value", "count"),
    [
        ("citation_validity", 0.9949, 2),  # in both halves
        ("hit_at_1", 0.7099, 1),
        ("hit_at_1", 0.6699, 2),
        ("refusal_recall", 0.8199, 1),
        ("wrongly_refused", 0.1201, 1),
        ("hit_at_1", None, 2),
    ],
)
def test_a_number_beyond_its_floor_is_missed(measure: str, value: float | None, count: int) -> None:
    found = missed(load_floors(), halves(replace(good_row(), **{measure: value})))
    assert len(found) == count
    assert {floor.measure for floor in found} == {measure}


@pytest.mark.parametrize(
    ("measure", "value", "count"),
    [("nothing_unverified", 0.9999, 3), ("right_first", 0.8699, 3), ("right_place", 0.9699, 5)],
)
def test_records_have_floors_too(measure: str, value: float, count: int) -> None:
    found = missed(load_floors(), halves(good_row(), replace(RECORDS, **{measure: value})))
    assert len(found) == count
    assert {floor.measure for floor in found} == {measure}


def test_a_group_that_was_not_asked_is_missed() -> None:
    assert value_of(FLOOR, {}) is None
    assert missed([FLOOR, CEILING], {"tuning": {"careful": good_row()}}) == [FLOOR, CEILING]
    assert missed([FLOOR], {"report": {"sloppy": good_row()}}) == [FLOOR]


def test_a_floor_tells_what_it_is() -> None:
    assert floor_text(FLOOR, 0.5) == "hit@1, có dấu, nửa báo cáo: 50,0 % (cần ≥ 85,0 %)"
    assert floor_text(CEILING, None) == "từ chối nhầm, có dấu, nửa báo cáo: – (cần ≤ 5,0 %)"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- {half: report, group: careful, measure: hit_at_9, at_least: 0.5}", "hit_at_9"),
        ("- {half: whole, group: careful, measure: mrr, at_least: 0.5}", "whole"),
        ("- {half: report, group: careful, measure: mrr}", "at_least"),
        ("- {half: report, group: careful, measure: mrr, at_least: 1, at_most: 1}", "at_most"),
        ("- {half: report, group: careful, measure: mrr, at_least: 85}", "85"),
        ("- {half: report, group: careful, measure: mrr, atleast: 0.5}", "atleast"),
        ("{half: report}", "half"),
        ("- [", "không đọc được"),
    ],
)
def test_a_floor_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "floors.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(QuestionFileError, match=rf"^floors\.yaml: .*{named}"):
        load_floors(path)
