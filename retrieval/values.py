"""Direct answers that stand in a text: dates, numbers, people, agencies, document numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.numbers import find_numbers
from knowledge.text import LOWER, UPPER

_KEPT_TEXTS = 4_096  # passages and units met again in the next question: a few MB

ValueKind = Literal["date", "number", "person", "agency", "document"]


@dataclass(frozen=True, slots=True)
class Value:
    """A typed span: `text[start:end]`."""

    kind: ValueKind
    start: int
    end: int
    text: str


_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])(?!\d)"
_YEAR = r"(?:19|20)\d{2}"
_NUMERIC_DATE = rf"{_DAY}\s?[/-]\s?{_MONTH}(?:\s?[/-]\s?{_YEAR})?(?![\d/]|-\w)"
_DATE = re.compile(
    rf"""
    (?:(?:[Tt]rước|[Ss]au|[Tt]ừ|[Đđ]ến|[Ss]áng|[Cc]hiều|[Tt]ối)\s+)?
    (?:
      \d{{1,2}}\s+giờ\s+ngày\s+thứ\s+\w+(?:\s+hàng\s+tuần)?
    | thứ\s+(?:\d|hai|ba|tư|năm|sáu|bảy)\s+hàng\s+tuần
    | (?:[Nn]gày\s+)?{_DAY}\s+tháng\s+{_MONTH}(?:\s+năm\s+{_YEAR})?
    | (?:[Tt]ừ\s+)?(?:ngày\s+)?{_DAY}(?:[/-]{_MONTH}(?:[/-]{_YEAR})?)?\s*(?:-|–|đến)\s*(?:ngày\s+)?{_DAY}[/-]{_MONTH}[/-]{_YEAR}
    | (?:[Nn]gày\s+)?(?<![\w/.-]){_NUMERIC_DATE}
    | (?:(?:hết|cuối|đầu|giữa|tuần\s+đầu|tuần\s+cuối)\s+)*tháng\s+{_MONTH}(?:\s?[/-]\s?{_YEAR}|\s+năm\s+{_YEAR})?
    | (?:quý\s+(?:I{{1,3}}|IV|[1-4])\s*[/-]?\s*)(?:năm\s+)?{_YEAR}
    | (?:nhiệm\s+kỳ|giai\s+đoạn)\s+{_YEAR}\s*[-–]\s*{_YEAR}
    | (?:[Nn]ăm\s+){_YEAR}
    )
    """,
    re.VERBOSE,
)
_QUALIFIER = (
    r"(?:hơn|khoảng|trên|dưới|gần|không\s+quá|tối\s+đa|tối\s+thiểu|ít\s+nhất|đạt\s+khoảng|đạt)"
)
_UNIT = (
    r"(?:%|phần\s+trăm|biên\s+chế|đại\s+biểu|tổ\s+chức(?:\s+đảng)?|đảng\s+bộ|cơ\s+quan|đầu\s+mối|người|xã|phường|"
    r"đặc\s+khu|tỉnh|ngày|tháng|năm|đồng|triệu|tỷ|chi\s+bộ|cán\s+bộ|đơn\s+vị|giờ|lần|trường\s+hợp)"
)
# A bare number that names something ("2 cấp", "Hội nghị Trung ương 11", "thứ 9") answers no "how many".
_NUMBER = re.compile(
    rf"(?:{_QUALIFIER}\s+)*(?<![\w/.,-])(?<!thứ )(?<!Trung ương )\d{{1,3}}(?:\.\d{{3}})*(?:,\d+)?(?:/\d{{2,4}})?(?![\w/]|[.,-]\d)(?!\s+(?:cấp|chiều)\b)(?:\s*{_UNIT}(?!\w))?"
)
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Tô|Lương|Đinh|Trịnh|Mai|Đoàn|Cao|Hà|"
    "Trương|Tạ|Đào|Lâm|Thái|Quách|Chu|La|Nông|Vương|Tống|Triệu|Phùng|Kim"
)
_CAPITAL = rf"[{UPPER}][{LOWER}]+"
_PERSON = re.compile(rf"(?<![\w])(?:{_SURNAMES})(?:\s+{_CAPITAL}){{1,3}}(?!\w)")
_NOT_PERSON = re.compile(
    r"(?:Hồ Chí Minh|Hà Nội|Hà Tĩnh|Hà Giang|Hà Nam|Cao Bằng|Lâm Đồng|Thái Nguyên|Thái Bình|Đoàn Thanh|Mai\\b)"
)
_AGENCY = re.compile(
    r"""(?<!\w)(?:
      Trung\ ương\ Đoàn(?:\ Thanh\ niên\ Cộng\ sản\ Hồ\ Chí\ Minh)?
    | (?:Thường\ trực\ )?Ban\ Chỉ\ đạo(?:\ (?:Trung\ ương\ về\ tổng\ kết\ )?Nghị\ quyết\ \d+|\ Trung\ ương)?
    | [Bb]an\ [Tt]hường\ vụ(?:\ các)?\ tỉnh\ (?:uỷ|ủy),\ thành\ (?:uỷ|ủy)(?:\ trực\ thuộc\ Trung\ ương)?
    | (?:[Cc]ác\ )?[Tt]ỉnh\ (?:uỷ|ủy),\ thành\ (?:uỷ|ủy)(?:,?\ (?:đảng\ (?:uỷ|ủy)\ )?trực\ thuộc\ Trung\ ương)?
    | [Cc]ác\ đảng\ (?:uỷ|ủy)\ trực\ thuộc\ Trung\ ương
    | (?:[Cc]ác\ )?[Đđ]ảng\ (?:uỷ|ủy)\ (?:các\ cơ\ quan\ Đảng\ Trung\ ương|Chính\ phủ|Quốc\ hội|Mặt\ trận\ Tổ\ quốc(?:,\ các\ đoàn\ thể\ Trung\ ương)?)
    | Bộ\ Chính\ trị(?:,\ Ban\ Bí\ thư)?|Ban\ Bí\ thư
    | Ban\ Chấp\ hành\ Trung\ ương(?:\ Đảng)?
    | Ban\ (?:Tổ\ chức|Tuyên\ giáo(?:\ và\ Dân\ vận)?|Nội\ chính|Chính\ sách,\ chiến\ lược)\ Trung\ ương
    | (?:Uỷ|Ủy)\ ban\ (?:Kiểm\ tra\ Trung\ ương|Trung\ ương\ Mặt\ trận\ Tổ\ quốc(?:\ Việt\ Nam)?)
    | Văn\ phòng\ Trung\ ương(?:\ Đảng)?
    | (?:[Cc]ác\ )?(?:bộ|[Bb]ộ),\ ngành(?:,\ địa\ phương)?|(?:[Cc]ác\ )?đồng\ chí\ bộ\ trưởng(?:,\ [^.;:]{3,80}?)?(?=\ (?:chịu|căn\ cứ|trực\ tiếp))
    | [Cc]ác\ cấp\ (?:uỷ|ủy)(?:,\ tổ\ chức\ đảng)?|[Cc]ấp\ (?:uỷ|ủy),\ tổ\ chức\ đảng\ trực\ thuộc\ Trung\ ương
    | [Cc]ác\ cơ\ quan,\ đơn\ vị\ của\ Đảng\ ở\ Trung\ ương
    | (?:uỷ|ủy|Uỷ|Ủy)\ ban\ nhân\ dân\ (?:các\ )?(?:cấp\ )?(?:xã|tỉnh|huyện)|UBND\ (?:các\ )?(?:cấp\ )?(?:tỉnh|xã|huyện)(?:,\ thành\ phố)?
    | [Hh]ội\ đồng\ nhân\ dân\ (?:các\ )?(?:cấp\ )?(?:xã|tỉnh|huyện)
    | Mặt\ trận\ Tổ\ quốc(?:\ Việt\ Nam)?(?:,\ các\ đoàn\ thể)?|Chính\ phủ|Quốc\ hội
    | Bộ\ (?:Tư\ pháp|Nội\ vụ|Nông\ nghiệp\ và\ Môi\ trường|Y\ tế|Giáo\ dục\ và\ Đào\ tạo|Công\ an|Tài\ chính|Quốc\ phòng|Xây\ dựng|Công\ Thương|Ngoại\ giao)
    | Trung\ tâm\ Phục\ vụ\ hành\ chính\ công
    )(?!\w)""",
    re.VERBOSE,
)


@lru_cache(_KEPT_TEXTS)
def find_values(text: str) -> tuple[Value, ...]:
    """Typed spans of NFC `text` in reading order; dates and document numbers win over bare numbers."""
    found: list[Value] = []
    for match in _DATE.finditer(text):
        found.append(_trimmed("date", match.start(), match.end(), text))
    for number in find_numbers(text):
        found.append(Value("document", number.start, number.end, text[number.start : number.end]))
    taken = [(v.start, v.end) for v in found]
    for match in _NUMBER.finditer(text):
        if not any(a < match.end() and match.start() < b for a, b in taken):
            found.append(_trimmed("number", match.start(), match.end(), text))
    for match in _PERSON.finditer(text):
        if not _NOT_PERSON.match(match.group()):
            found.append(Value("person", match.start(), match.end(), match.group()))
    found += [Value("agency", m.start(), m.end(), m.group()) for m in _AGENCY.finditer(text)]
    return tuple(sorted(found, key=lambda v: v.start))


def _trimmed(kind: ValueKind, start: int, end: int, text: str) -> Value:
    span = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return Value(kind, start, start + len(span), span)
