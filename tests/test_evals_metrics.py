"""Scores and summaries on hand-made answers, with numbers that can be checked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from evals_answers import KL177, clause_answer, made, outline_answer, question, sources

from bot.doors.web.schemas import AnswerOut
from evals.scoring.metrics import (
    MEASURES,
    Score,
    group,
    lead_is_right,
    percentile,
    rank_of,
    score,
    summaries,
    summarise,
)
from evals.sets.questions import Gold

REFUSE = {"kind": "refuse", "why": "near_miss", "expect": ("no_evidence",)}


def passages(*anchors: str) -> Gold:
    return Gold("passage_id", frozenset(f"{KL177}#{anchor}" for anchor in anchors))


def scored(answer: AnswerOut, gold: Gold, **values: Any) -> Score:
    return score(question(**values), "careful", "?", answer, gold, sources(), 15.5)


# One answer


@pytest.mark.parametrize(
    ("anchors", "rank"),
    [
        (["muc-4-diem-10"], 1),
        (["muc-4-diem-8"], 2),
        (["muc-4-diem-9"], 3),
        (["muc-4-diem-9", "muc-4-diem-8"], 2),
        (["muc-1"], None),
    ],
)
def test_the_rank_of_the_first_right_citation(anchors: list[str], rank: int | None) -> None:
    assert rank_of(passages(*anchors), clause_answer()) == rank
    assert scored(clause_answer(), passages(*anchors)).rank == rank


def test_a_document_is_right_by_any_of_its_passages() -> None:
    right, wrong = (Gold("document_id", frozenset({name})) for name in (KL177, "khong-co"))
    assert scored(outline_answer(), right, kind="outline").rank == 1
    assert scored(outline_answer(), wrong, kind="outline").rank is None


def test_what_the_answer_says_is_kept() -> None:
    result = scored(clause_answer(), passages("muc-4-diem-10"))
    assert result.cited[0] == f"{KL177}#muc-4-diem-10"
    assert (result.took_ms, result.client_ms) == (12, 15.5)
    assert (result.citations, result.bad_citations, result.faults) == (3, 0, ())
    assert result.lead is None
    assert not result.refused


def test_a_refused_answer_has_no_rank_whatever_it_cites() -> None:
    answer = clause_answer().model_copy(update={"status": "needs_clarification"})
    result = scored(answer, passages("muc-4-diem-10"), lead=("31/7/2025",))
    assert result.refused
    assert result.rank is None
    assert result.lead is False


def test_citations_of_a_refusal_are_checked_as_well() -> None:
    answer = clause_answer().model_copy(update={"status": "no_evidence", "text": "Không có."})
    assert scored(answer, passages("muc-1")).bad_citations == 3


@pytest.mark.parametrize(
    ("first", "accepted", "right"),
    [
        ("Hạn là **31/7/2025** [1].", ["31/7/2025"], True),
        ("Hạn là **31/7/2025** [1].", ["30/7/2025", "31/7/2025"], True),
        ("Hạn là 31/7/2025.", ["1/7/2025"], False),  # a part of another date
        ("Hạn là 1/7/2025.", ["1/7"], True),
        ("Có 18.440 đồng chí.", ["18"], False),
        ("Có 18.440 đồng chí.", ["440"], False),
        ("Có 18.440, không hơn.", ["18.440"], True),
        ("Đạt 100%.", ["100%"], True),
        ("Đạt 1100%.", ["100%"], False),
        ("**ĐẢNG UỶ** *Chính phủ* lo.", ["đảng ủy chính phủ"], True),
        ("Có hoà bình.", ["hòa bình"], True),
        ("Ban Tổ\nchức  Trung ương", ["Ban Tổ chức Trung ương"], True),
        ("Ban Tổ chức", ["Ban Tổ"], True),
        ("Ban Tổng hợp", ["Ban Tổ"], False),
        ("Không rõ.", [], False),
    ],
)
def test_lead(first: str, accepted: list[str], right: bool) -> None:
    assert lead_is_right(first, accepted) is right
    assert lead_is_right(f"{first}\n\n> “Lời khác”", accepted) is right


def test_only_the_first_paragraph_leads() -> None:
    assert not lead_is_right("Theo Mục 4:\n\n> “trước ngày 31/7/2025” [1]", ["31/7/2025"])
    assert not lead_is_right("", ["31/7/2025"])


# Many answers

MIXED = [
    made(rank=1, lead=True, citations=4),
    made(rank=2, lead=False, citations=3, bad_citations=1),
    made(rank=5),
    made(rank=None),
    made(status="no_evidence", lead=False),
    made(**REFUSE, status="no_evidence"),
    made(**REFUSE, status="out_of_scope"),
    made(**REFUSE, status="needs_clarification"),
    made(**REFUSE, status="answered", citations=1),
]


def test_a_summary_by_hand() -> None:
    row = summarise(MIXED)
    assert (row.questions, row.answerable, row.must_refuse) == (9, 5, 4)
    assert row.hit_at_1 == pytest.approx(1 / 5)
    assert row.hit_at_3 == pytest.approx(2 / 5)
    assert row.mrr == pytest.approx((1 + 1 / 2 + 1 / 5) / 5)
    assert (row.lead_questions, row.lead_correct) == (3, pytest.approx(1 / 3))
    assert (row.citations, row.citation_validity) == (8, pytest.approx(7 / 8))
    assert row.refusal_recall == pytest.approx(3 / 4)
    assert row.refusal_precision == pytest.approx(3 / 4)
    assert row.wrongly_refused == pytest.approx(1 / 5)
    assert row.expected_status == pytest.approx(1 / 4)


def test_what_was_not_there_is_not_a_number() -> None:
    empty = summarise([])
    assert {getattr(empty, name) for name in MEASURES} == {0, None}
    only_refusals = summarise([made(**REFUSE, status="no_evidence")])
    assert only_refusals.hit_at_1 is None
    assert only_refusals.wrongly_refused is None
    assert only_refusals.citation_validity is None
    only_answers = summarise([made(rank=1)])
    assert only_answers.refusal_recall is None
    assert only_answers.refusal_precision is None


def test_latency() -> None:
    row = summarise([made(took_ms=n, client_ms=n + 5.0) for n in range(1, 101)])
    assert (row.took_p50_ms, row.took_p95_ms) == (50, 95)
    assert (row.client_p50_ms, row.client_p95_ms) == (55, 100)


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([], 50, None), ([7], 95, 7), ([3, 1, 2], 50, 2), ([1, 2], 50, 1), ([1, 2], 0, 1)],
)
def test_percentile(values: list[float], percent: float, found: float | None) -> None:
    assert percentile(values, percent) == found


def test_groups() -> None:
    scores = [
        made(),
        made(style="unaccented"),
        made(persona="citizen", kind="list"),
        made(**REFUSE),
        made(language="en"),
        made(language="en", style="sloppy"),
    ]
    sizes = {name: len(members) for name, members in group(scores).items()}
    assert sizes == {
        "careful": 3,
        "unaccented": 1,
        "overall": 6,
        "english": 1,
        "english:sloppy": 1,
        "persona:official": 2,
        "persona:citizen": 1,
        "kind:fact": 1,
        "kind:list": 1,
        "why:near_miss": 1,
    }
    assert {name: row.questions for name, row in summaries(scores).items()} == sizes
