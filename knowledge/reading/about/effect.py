"""Legal bases, and the day from which a document is in force."""

from __future__ import annotations

import re

from knowledge.reading.about.found import Found, found
from knowledge.reading.about.lines import Lines
from knowledge.text import collapse

MAX_BASES = 60
_BASIS = re.compile(r"[Cc]ăn cứ\b")
_CLAUSE = re.compile(r";\s*(?=[Cc]ăn cứ\b)")
_ENDS_BASES = re.compile(
    r"(?:Theo đề nghị|Xét|Điều\s+1\b|Chương\s+I\b|QUYẾT ĐỊNH|QUYẾT NGHỊ|.{0,120}\bban hành (?:Nghị định|Luật|Thông tư|Nghị quyết|Quyết định)\b)"
)
_SELF = (
    r"(?:Luật|Bộ luật|Pháp lệnh|Nghị định|Nghị quyết|Quyết định|Thông tư|Chỉ thị|Quy chế|Quy định|"
    r"Kế hoạch|Hướng dẫn|Kết luận|Văn bản|Điều lệ)"
)
_EFFECT = re.compile(
    rf"{_SELF}\s+này\s+(?:chính\s+thức\s+)?có\s+hiệu\s+lực\s*(?:thi\s+hành\s*)?(?:kể\s+)?từ\s+"
    r"(?:ngày\s+(?:(?P<signed>(?:ký|ban\s+hành)(?:\s+ban\s+hành)?)\b|"
    r"(?P<day>\d{1,2})(?:\s+tháng\s+|\s*[/.-]\s*)(?P<month>\d{1,2})"
    r"(?:\s+năm\s+|\s*[/.-]\s*)(?P<year>\d{4})))",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"trừ\s+(?:trường hợp|các|quy định|khoản|điểm|điều)", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”", re.DOTALL)


def read_bases(lines: Lines) -> Found | None:
    """What the document rests on, each as it is named, without "Căn cứ"."""
    bases: list[str] = []
    first = None
    open_ = False
    for line in lines.main:
        if _BASIS.match(line.text):
            first = first or line
            bases += _CLAUSE.split(line.text)
            open_ = not line.text.rstrip().endswith((";", "."))
        elif first is not None:
            if _ENDS_BASES.match(line.text) or len(bases) >= MAX_BASES:
                break
            if open_:
                bases[-1] += f" {line.text}"
                open_ = not line.text.rstrip().endswith((";", "."))
    if first is None:
        return None
    shown = (collapse(_BASIS.sub("", each, count=1)).rstrip(" ;.,") for each in bases)
    return found(tuple(each[:500] for each in shown if each)[:MAX_BASES], first)


def read_effect(lines: Lines, issued_on: str | None) -> tuple[Found | None, bool]:
    """The day of effect, and whether some of it has another day.

    Empty where the text gives several days, a span ("sau 45 ngày"), or no day of signing is known.
    """
    text = "\n".join(line.text for line in lines.main)
    hidden = _QUOTED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    days: dict[str, Found] = {}
    excepted = False
    for match in _EFFECT.finditer(hidden):
        day = issued_on if match["signed"] else _iso(match)
        if day is None:
            return None, False
        line = lines.main[text.count("\n", 0, match.start())]
        days.setdefault(day, found(day, line))
        rest = re.split(r"[.;]\s|\n", hidden[match.end() : match.end() + 200], maxsplit=1)[0]
        excepted = excepted or bool(_EXCEPT.search(rest))
    return (next(iter(days.values())), excepted) if len(days) == 1 else (None, False)


def _iso(match: re.Match[str]) -> str:
    return f"{int(match['year']):04d}-{int(match['month']):02d}-{int(match['day']):02d}"
