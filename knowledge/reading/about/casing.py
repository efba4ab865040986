"""Words in capitals as the rest of the text writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from knowledge.reading.about.lines import Line
from knowledge.reading.encodings.syllables import is_syllable
from knowledge.text import LOWER, UPPER

_WORD = re.compile(r"[^\W\d_]+")
# A word after one that ends no sentence: its first letter is what it always has.
_INSIDE = re.compile(rf"(?<=[{LOWER}{UPPER}\d,;] )[{UPPER}]?[{LOWER}]+")
# Names of bodies and places begin with a capital, whether or not the text says so elsewhere.
_BODIES = (
    "Ủy ban nhân dân", "Uỷ ban nhân dân", "Hội đồng nhân dân", "Ủy ban Thường vụ Quốc hội",
    "Chính phủ", "Quốc hội", "Thủ tướng Chính phủ", "Bộ Chính trị", "Ban Bí thư", "Ban Chỉ đạo",
    "Ban Chấp hành Trung ương", "Ban Tổ chức", "Ban Tuyên giáo", "Ủy ban Kiểm tra", "Ban Nội chính",
    "Văn phòng", "Mặt trận Tổ quốc Việt Nam", "Tỉnh ủy", "Thành ủy", "Đảng ủy", "Việt Nam", "Trung ương",
    "Hà Nội", "Hồ Chí Minh", "Công an", "Ủy ban Trung ương", "Ủy ban Kiểm tra Trung ương",
)  # fmt: skip
_PLACE = re.compile(
    r"\b(tỉnh|thành phố|xã|phường|đặc khu|thị trấn|huyện|quận)((?: [^\W\d_]+){1,4})"
)
_PARTY = re.compile(r"\b((?:Tỉnh|Thành) (?:ủy|uỷ))((?: [^\W\d_]+){1,4})")
_HEAD = re.compile(
    r"^(?:bộ|sở|ban|cục|phòng|chi cục|tổng cục|vụ|viện|trung tâm|thanh tra) ([^\W\d_]+)"
)


def as_written(capitals: str, body: Iterable[Line], *, name: bool) -> str:
    """Words in capitals, with capitals where the text itself has them.

    Args:
        capitals: the words; others than capitals come back as they are.
        body: lines of the text.
        name: the words are the name of a body: its first word and its places have capitals.
    """
    if re.search(f"[{LOWER}]", capitals):
        return capitals
    lines = [line.text for line in body if not line.is_capitals]
    if whole := _whole(capitals, lines):
        return whole
    counts = Counter(word for line in lines for word in _INSIDE.findall(line))
    words = _WORD.sub(lambda m: _usual(m[0], counts), capitals)
    for body_name in _BODIES:
        words = re.sub(rf"(?i)(?<!\w){body_name}(?!\w)", body_name, words)
    if name:
        words = _PLACE.sub(lambda m: m[1] + m[2].title(), words)
        words = _PARTY.sub(lambda m: m[1] + m[2].title(), words)
        words = _HEAD.sub(lambda m: m[0][: m.start(1) - m.start()] + m[1].capitalize(), words)
        words = words[:1].upper() + words[1:]
    return words


def role_as_written(capitals: str) -> str:
    """A role in capitals as it is usually written: "Phó Chủ tịch", "Thủ tướng Chính phủ"."""
    if re.search(f"[{LOWER}]", capitals):
        return capitals
    words = _WORD.sub(lambda m: m[0].lower() if is_syllable(m[0].lower()) else m[0], capitals)
    for body_name in _BODIES:
        words = re.sub(rf"(?i)(?<!\w){body_name}(?!\w)", body_name, words)
    words = _PLACE.sub(lambda m: m[1] + m[2].title(), words)
    words = re.sub(r"\bphó (\w)", lambda m: f"Phó {m[1].upper()}", words)
    return words[:1].upper() + words[1:]


def _whole(capitals: str, lines: list[str]) -> str | None:
    """All of it as the text writes it most often, if it does."""
    pattern = re.compile(rf"(?<!\w){re.escape(capitals)}(?!\w)", re.IGNORECASE)
    said = Counter(m[0] for line in lines for m in pattern.finditer(line) if m[0] != capitals)
    return said.most_common(1)[0][0] if said else None


def _usual(word: str, counts: Counter[str]) -> str:
    small = word.lower()
    large = small.capitalize()
    if re.fullmatch(r"[IVXLC]+", word) and not counts[small]:
        return word  # a Roman number
    if counts[small] or counts[large]:
        return large if counts[large] > counts[small] else small
    return small if is_syllable(small) else word  # an abbreviation
