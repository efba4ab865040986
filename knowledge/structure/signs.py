"""How the parts around the articles of a directive look (Decree 30/2020/NĐ-CP, annex I)."""

from __future__ import annotations

import re

from knowledge.text import LOWER, UPPER

# Names of what is issued with a decision, and has articles or items of its own.
_ATTACHED = (
    r"quy chế|quy định|quy tắc|quy trình|quy ước|hương ước|nội quy|điều lệ|thể lệ|đề án|kế hoạch|"
    r"chương trình|phương án|chiến lược|hướng dẫn|danh mục|danh sách|bảng|biểu|bộ tiêu chí|"
    r"tiêu chí|định mức|mức thu|dự toán|báo cáo|kịch bản|khung|lộ trình|quy chuẩn"
)
MARKS = r"[#>*_\s|]*"  # what Markdown may put in front
_I = re.IGNORECASE

RECIPIENTS = re.compile(rf"{MARKS}nơi nhận\b\s*[:.]?", _I)
ADDRESSEES = re.compile(rf"{MARKS}kính gửi\s*:", _I)
ENCLOSED = re.compile(rf"{MARKS}\(\s*kèm theo[^()]*\)\.?[*_]*$", _I)

# "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", or the office alone in capitals.
_FOR = rf"(?:(?:TM|KT|TL|TUQ)\s*\.|(?:T/M|K/T|T/L|T/UQ)\.?)\s*(?=[{UPPER}]{{2}})"
_OFFICE = (
    r"(?:PHÓ\s+|QUYỀN\s+|Q\.\s*)?(?:CHỦ\s+TỊCH|BỘ\s+TRƯỞNG|THỨ\s+TRƯỞNG|THỦ\s+TƯỚNG|GIÁM\s+ĐỐC|BÍ\s+THƯ|"
    r"TỔNG\s+CỤC\s+TRƯỞNG|CỤC\s+TRƯỞNG|VỤ\s+TRƯỞNG|TRƯỞNG\s+(?:BAN|PHÒNG|ĐOÀN|CÔNG\s+AN)|"
    r"CHÁNH\s+(?:VĂN\s+PHÒNG|THANH\s+TRA|ÁN)|VIỆN\s+TRƯỞNG|HIỆU\s+TRƯỞNG|TỔNG\s+BÍ\s+THƯ|"
    r"CHỦ\s+NHIỆM|TRƯỞNG\s+BAN)"
)
SIGNATURE = re.compile(rf"{MARKS}(?:({_FOR})|{_OFFICE}(?![^\n]*[{LOWER}]))")
SIGNED = re.compile(rf"{MARKS}\(?\s*(?:đã ký|ký tên|ký, |ký và)[^\n]{{0,60}}\)?{MARKS}$", _I)

NATION = re.compile(
    rf"{MARKS}(?:cộng h(?:òa|oà) xã hội chủ nghĩa|đảng cộng sản việt nam|"
    r"độc lập\s*[-–]\s*tự do)",
    _I,
)
_NUMBER = re.compile(rf"{MARKS}số\s*:?\s*[\w.…/-]*\s*[/-]\s*[{UPPER}]", _I)
_PLACE_AND_DATE = re.compile(
    rf"{MARKS}[{UPPER}][^\n,]{{1,60}},\s*ngày\s*[\d….]*\s*tháng\s*[\d….]*\s*năm\s*[\d….]*{MARKS}$",
    _I,
)
_SUBJECT = re.compile(rf"{MARKS}(?:v/v|về việc)\b", _I)
BASIS = re.compile(
    rf"{MARKS}(?:căn cứ|theo đề nghị|xét(?=\s+(?:đề nghị|tờ trình|báo cáo|đơn|việc))|"
    r"sau khi (?:xem xét|thống nhất))\b",
    _I,
)
_FORMULAS = r"QUYẾT\s+ĐỊNH|QUYẾT\s+NGHỊ|NGHỊ\s+QUYẾT|CHỈ\s+THỊ|THÔNG\s+BÁO|KẾT\s+LUẬN"
FORMULA = re.compile(rf"{MARKS}(?:{_FORMULAS}){MARKS}:{MARKS}$")
ENACTS = re.compile(r"\b(?:ban hành|quyết định|quyết nghị|thông qua)\b", _I)
WITH_WHAT = re.compile(r"\(\s*(?:được\s+)?(?:(?:ban hành\s+)?kèm theo|ban hành theo)\b", _I)

ATTACHED_NAME = re.compile(rf"{MARKS}({_ATTACHED})(?!\w)", _I)

# A form: a name of one, or blanks to fill in.
FORM_NAME = re.compile(
    rf"{MARKS}(?:biểu\s+)?mẫu(?:\s+biểu)?(?:\s+số)?[:.]?\s*(\d{{1,3}}[a-zđ]?(?:[.\-/][\w-]{{1,12}})*|[A-H]|"
    r"[IVX]{1,5})?(?!\w)",
    _I,
)
BLANKS = re.compile(r"…{2,}|\.{5,}|_{4,}|[.…]{2,}/[.…]{2,}|…")


def opens_line(text: str, start: int, end: int) -> bool:
    """Whether a line begins a block whatever stands before it: a basis, a formula, a signature."""
    line = text[start:end]
    if BASIS.match(line) or NATION.match(line) or FORMULA.match(line):
        return True
    if line.lstrip("*_ ").startswith("(") and WITH_WHAT.search(line[:40]):
        return True
    return SIGNATURE.match(line) is not None


def is_letterhead(words: str) -> bool:
    """Whether a block is part of a letterhead by its own words."""
    first = words.split("\n", 1)[0]
    found = NATION.match(words) or _NUMBER.match(words) or _PLACE_AND_DATE.match(first)
    return bool(found or _SUBJECT.match(words) or is_capital(first))


def is_capital(words: str) -> bool:
    """Whether words are written in capitals: a name of a body, a kind of document."""
    letters = [c for c in words if c.isalpha()]
    return len(letters) > 1 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)
