"""The figures on people's questions as Markdown: what is to be reached, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from evals.scoring.grades import GradeSummary
from evals.scoring.people import PeopleSummary
from evals.scoring.shares import table
from evals.sets.halves import HALVES, Half
from evals.sets.typing_styles import STYLES

Rows = Mapping[Half, Mapping[str, PeopleSummary]]
Grades = Mapping[Half, GradeSummary]
CAREFUL: Final = "careful"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure to reach; percents, or milliseconds."""

    label: str
    floor: str
    aim: str
    automatic: str | None = None  # field of PeopleSummary
    graded: str | None = None  # field of GradeSummary


GOALS: Final = (
    Goal("hữu ích và đúng", "≥ 65 %", "85 %", None, "useful"),
    Goal("chưa đủ", "–", "–", None, "incomplete"),
    Goal("sai hoặc gây hiểu lầm", "≤ 6 %", "2 %", "wrong_shown", "wrong"),
    Goal("từ chối nhầm", "≤ 8 %", "4 %", "wrongly_refused", "refused_wrongly"),
    Goal("từ chối đúng", "–", "–", None, "refused_rightly"),
    Goal("chuyện khác mà vẫn trả lời", "≤ 6 %", "2 %", "outside_answered", "outside_answered"),
    Goal("“ai quản lý X” trả lời sai", "≤ 3 %", "1 %", "manages_answered", "manages_wrong"),
    Goal("lượt trò chuyện đúng", "≥ 88 %", "95 %", "turn_right", "turn_right"),
    Goal("p95 cả câu trả lời (ms)", "≤ 40", "25", "took_p95_ms"),
)
_PROCEDURES: Final = {
    "đúng bản ghi đầu": "right_first",
    "đúng bản ghi trong những gì nêu": "right_shown",
    "từ chối nhầm": "wrongly_refused",
    "nêu bản ghi khác": "wrong_shown",
    "không có mà trả lời": "answered_without_record",
    "đủ mọi điều hỏi": "every_request",
}
_OTHERS: Final = {
    "chuyện khác mà trả lời": "outside_answered",
    "nơi chốn": "place_right",
    "chỉ cách tra hồ sơ": "status_pointed",
    "hồ sơ, cơ quan: nêu việc khác": "status_wrong",
    "nguy hiểm: có số gọi": "danger_numbers",
    "phạm pháp: đưa mẫu": "crime_form",
}
_SETS: Final = {
    "lượt trò chuyện đúng": "turn_right",
    "“ai quản lý”: không có mà trả lời": "manages_answered",
    "“ai quản lý”: đúng văn bản": "manages_right",
    "hỏng": "failed",
}


def report(rows: Rows, grades: Grades) -> str:
    """All tables; without `grades` the figures of readers are blank."""
    asked = [half for half in HALVES if half in rows]
    parts = [_goals(half, rows[half], grades.get(half)) for half in asked]
    careful: Rows = {h: {g: r for g, r in rows[h].items() if g in STYLES} for h in asked}
    for heading, kept, columns in (
        ("Thủ tục", rows, _PROCEDURES),
        ("Việc khác", careful, _OTHERS),
        ("Trò chuyện, “ai quản lý”", careful, _SETS),
    ):
        parts.append(f"## {heading}\n\n{table(kept, ('câu', 'questions'), columns)}")
    parts += [_told(half, grades[half]) for half in asked if half in grades]
    return "\n\n".join(parts)


def _goals(half: Half, groups: Mapping[str, PeopleSummary], graded: GradeSummary | None) -> str:
    lines = [
        f"## Cần đạt, nửa {half}\n",
        "| | tự đo | người chấm | sàn | mong |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    row = groups.get(CAREFUL)
    for goal in GOALS:
        automatic = getattr(row, goal.automatic) if row and goal.automatic else None
        by_reader = getattr(graded, goal.graded) if graded and goal.graded else None
        shown = (_shown(automatic, goal), _shown(by_reader, goal), goal.floor, goal.aim)
        lines.append(f"| {goal.label} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _shown(value: float | None, goal: Goal) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if goal.automatic == "took_p95_ms" else f"{100 * value:.1f} %"


def _told(half: Half, graded: GradeSummary) -> str:
    told = f"Nửa {half}: đã chấm {graded.graded}, chưa chấm {graded.missing}"
    if graded.stale:
        told += f"; {graded.stale} điểm chấm đã cũ vì câu trả lời đổi, không tính, cần chấm lại"
    return f"{told}."
