"""The measurements as Markdown tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from evals.scoring.floors import Floor, Rows, value_of
from evals.scoring.metrics import Score, Summary
from evals.scoring.record_metrics import RecordSummary
from evals.sets.halves import Half

HALVES: Final[dict[Half, str]] = {
    "report": "Nửa để báo cáo (không dùng khi chỉnh)",
    "tuning": "Nửa để chỉnh",
}
_HALF: Final[dict[Half, str]] = {"report": "báo cáo", "tuning": "chỉnh"}
GROUPS: Final = {
    "careful": "có dấu",
    "unaccented": "không dấu",
    "half": "nửa dấu",
    "sloppy": "gõ ẩu",
    "overall": "tất cả",
    "english": "tiếng Anh",
    "english:sloppy": "tiếng Anh, gõ ẩu",
    "persona:official": "có dấu, cán bộ",
    "persona:citizen": "có dấu, người dân",
    "persona:volunteer": "có dấu, tình nguyện viên",
    "kind:fact": "có dấu, hỏi một điều",
    "kind:list": "có dấu, hỏi danh sách",
    "kind:locator": "có dấu, hỏi một mục",
    "kind:metadata": "có dấu, hỏi về văn bản",
    "kind:outline": "có dấu, tóm tắt",
    "kind:documents": "có dấu, tìm văn bản",
    "why:other_topic": "có dấu, chuyện khác",
    "why:near_miss": "có dấu, gần chủ đề",
    "why:missing_document": "có dấu, văn bản không có",
    "why:false_premise": "có dấu, tiền đề sai",
    "why:unsafe": "có dấu, không an toàn",
    "procedures:careful": "thủ tục, có dấu",
    "procedures:unaccented": "thủ tục, không dấu",
    "procedures:half": "thủ tục, nửa dấu",
    "procedures:sloppy": "thủ tục, gõ ẩu",
    "procedures:overall": "thủ tục, tất cả",
    "places:careful": "địa chỉ, có dấu",
    "places:unaccented": "địa chỉ, không dấu",
    "places:half": "địa chỉ, nửa dấu",
    "places:sloppy": "địa chỉ, gõ ẩu",
    "places:overall": "địa chỉ, tất cả",
}
MEASURES: Final = {
    "hit_at_1": "hit@1",
    "refusal_recall": "đã từ chối",
    "wrongly_refused": "từ chối nhầm",
    "citation_validity": "trích dẫn đúng",
    "right_first": "đúng thủ tục",
    "right_place": "đúng nơi",
    "nothing_unverified": "không nêu điều chưa kiểm chứng",
}
MAX_FAULTS_SHOWN: Final = 20

_Cell = Callable[[Summary], str]


@dataclass(frozen=True, slots=True)
class _Table:
    """Which rows a table shows and how each column is read off a row."""

    title: str
    shows: Callable[[str, Summary], bool]  # of a group's name and its numbers
    columns: tuple[tuple[str, _Cell], ...]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}".replace(".", ",") + " %"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".replace(".", ",")


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


_TABLES: Final = (
    _Table(
        "Câu có lời đáp trong văn bản",
        lambda _, row: row.answerable > 0,
        (
            ("câu", lambda row: str(row.answerable)),
            ("hit@1", lambda row: _percent(row.hit_at_1)),
            ("hit@3", lambda row: _percent(row.hit_at_3)),
            ("MRR", lambda row: _ratio(row.mrr)),
            ("ý đầu đúng", lambda row: _percent(row.lead_correct)),
            ("(số câu)", lambda row: str(row.lead_questions)),
            ("từ chối nhầm", lambda row: _percent(row.wrongly_refused)),
        ),
    ),
    _Table(
        "Câu phải từ chối",
        lambda _, row: row.must_refuse > 0,
        (
            ("câu", lambda row: str(row.must_refuse)),
            ("đã từ chối", lambda row: _percent(row.refusal_recall)),
            ("từ chối đúng", lambda row: _percent(row.refusal_precision)),
            ("đúng loại", lambda row: _percent(row.expected_status)),
        ),
    ),
    _Table(
        "Trích dẫn và thời gian (ms)",
        lambda group, _: not group.startswith(("kind:", "why:")),
        (
            ("câu", lambda row: str(row.questions)),
            ("trích dẫn", lambda row: str(row.citations)),
            ("đúng", lambda row: _percent(row.citation_validity)),
            ("p50", lambda row: _ms(row.took_p50_ms)),
            ("p95", lambda row: _ms(row.took_p95_ms)),
            ("p50 nơi hỏi", lambda row: _ms(row.client_p50_ms)),
            ("p95 nơi hỏi", lambda row: _ms(row.client_p95_ms)),
        ),
    ),
)


def markdown(
    halves: Mapping[Half, Rows], floors: Sequence[Floor], scores: Mapping[Half, Sequence[Score]]
) -> str:
    """The whole report: tables of each half, wrong citations, floors."""
    parts: list[str] = []
    for half, rows in halves.items():
        parts.append(f"## {HALVES[half]}")
        summaries = {group: row for group, row in rows.items() if isinstance(row, Summary)}
        records = {g: row for g, row in rows.items() if isinstance(row, RecordSummary)}
        for table in _TABLES:
            parts += [f"### {table.title}", _table(table, summaries)]
        parts += ["### Thủ tục và địa chỉ", _record_table(records)] if records else []
        parts += _fault_section(scores.get(half, ()))
    if floors:
        parts += ["## Mức sàn", _aligned(_floor_lines(floors, halves))]
    return "\n\n".join(parts) + "\n"


def as_json(
    halves: Mapping[Half, Rows], floors: Sequence[Floor], scores: Mapping[Half, Sequence[Score]]
) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "halves": {
            half: {group: asdict(row) for group, row in rows.items()}
            for half, rows in halves.items()
        },
        "faults": [
            {"half": half, "id": s.question.id, "style": s.style, "fault": fault}
            for half, listed in scores.items()
            for s in listed
            for fault in s.faults
        ],
        "floors": [
            floor.model_dump(exclude={"measured"})
            | {"value": value_of(floor, halves), "holds": floor.holds(value_of(floor, halves))}
            for floor in floors
        ],
    }


def answer_lines(scores: Sequence[Score], *, words: bool) -> str:
    """One JSON object for each answer; `words` adds the question as it was typed."""
    return "".join(
        json.dumps(_answer(one, words=words), ensure_ascii=False) + "\n" for one in scores
    )


def floor_text(floor: Floor, value: float | None) -> str:
    """One floor with what was measured, in one line."""
    return f"{_subject(floor)}, nửa {_HALF[floor.half]}: {_percent(value)} (cần {_bound(floor)})"


def _subject(floor: Floor) -> str:
    measure = MEASURES.get(floor.measure, floor.measure)
    return f"{measure}, {GROUPS.get(floor.group, floor.group)}"


def _bound(floor: Floor) -> str:
    if floor.at_least is not None:
        return f"≥ {_percent(floor.at_least)}"
    return f"≤ {_percent(floor.at_most)}"


def _answer(one: Score, *, words: bool) -> dict[str, Any]:
    return {
        "id": one.question.id,
        "style": one.style,
        **({"typed": one.typed} if words else {}),
        "kind": one.question.kind,
        "status": one.status,
        "rank": one.rank,
        "lead": one.lead,
        "cited": list(one.cited),
        "faults": list(one.faults),
        "took_ms": one.took_ms,
        "client_ms": round(one.client_ms, 1),
    }


def _record_table(rows: Mapping[str, RecordSummary]) -> str:
    head = [
        "",
        "câu",
        "đúng thủ tục",
        "đúng nơi",
        "không nêu điều chưa kiểm chứng",
        "trích dẫn đúng",
        "p50",
        "p95",
    ]
    lines = [
        [
            GROUPS.get(group, group),
            str(row.questions),
            _percent(row.right_first),
            _percent(row.right_place),
            _percent(row.nothing_unverified),
            _percent(row.citation_validity),
            _ms(row.took_p50_ms),
            _ms(row.took_p95_ms),
        ]
        for group, row in rows.items()
    ]
    return _aligned([head, *lines])


def _table(table: _Table, rows: Mapping[str, Summary]) -> str:
    head = ["", *(name for name, _ in table.columns)]
    lines = [
        [GROUPS.get(group, group), *(cell(row) for _, cell in table.columns)]
        for group, row in rows.items()
        if table.shows(group, row)
    ]
    return _aligned([head, *lines])


def _floor_lines(floors: Sequence[Floor], halves: Mapping[Half, Rows]) -> list[list[str]]:
    lines = [["", "nửa", "cần", "đo được", ""]]
    for floor in floors:
        value = value_of(floor, halves)
        verdict = "đạt" if floor.holds(value) else "CHƯA ĐẠT"
        lines.append([_subject(floor), _HALF[floor.half], _bound(floor), _percent(value), verdict])
    return lines


def _fault_section(scores: Sequence[Score]) -> list[str]:
    faults = [f"- {s.question.id}, {s.style}: {fault}" for s in scores for fault in s.faults]
    if not faults:
        return []
    rest = len(faults) - MAX_FAULTS_SHOWN
    more = [f"- và {rest} lỗi nữa"] if rest > 0 else []
    return ["### Trích dẫn sai", "\n".join(faults[:MAX_FAULTS_SHOWN] + more)]


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table, readable as it is; the first column to the left, the others right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_row(line, widths) for line in (lines[0], rule, *lines[1:]))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    shown = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    return f"| {' | '.join(shown)} |"
