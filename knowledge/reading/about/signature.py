"""Who signed, and as what: the block at the end of a document."""

from __future__ import annotations

import re

from knowledge.reading.about.casing import role_as_written
from knowledge.reading.about.found import Found, found
from knowledge.reading.about.lines import Line, Lines
from knowledge.text import LOWER, UPPER, fold

_FOR = re.compile(r"\W*(?:tm|t/m|kt|k/t|tl|t/l|tuq|q)\s*\.?\s*(?=[a-z])")
_ROLE = re.compile(
    r"\b(?:chu tich|bo truong|thu truong|thu tuong|giam doc|bi thu|truong ban|chanh van phong|"
    r"truong phong|vien truong|cuc truong|tong bi thu|chu nhiem|tong thanh tra|thong doc|chanh an|"
    r"hieu truong|truong doan|chanh thanh tra|tong kiem toan|truong cong an|chi huy truong|"
    r"tong cuc truong|chi cuc truong|vu truong|thuong truc|uy vien|tong giam doc)\b"
)
_SIGNED = re.compile(r"\W*(?:da ky|ky ten|ky, (?:ghi|dong)|ky ten, dong dau|signed|chu ky)\b")
_RANK = r"(?:(?:Thiếu|Trung|Thượng|Đại) (?:tá|tướng)|Đại úy|GS\.?|PGS\.?|TS\.?|ThS\.?|BS\.?|[,. ])*"
_NAME = re.compile(rf"{_RANK}\s*(?P<name>[{UPPER}][{LOWER}]+(?: [{UPPER}][{LOWER}]*){{1,5}})\.?")
_NO_NAME = re.compile(
    r"(?:noi nhan|luu|nhu dieu|cong hoa|viet nam|uy ban|van phong|bo |so |ban |hoi dong|chinh phu|dieu |phu luc)"
)
_Signed = tuple[Found, list[Line]]  # who signed, and the lines of the role
_MOST_BETWEEN = 5  # lines between a role and the name under it


def read_signature(lines: Lines) -> tuple[Found | None, Found | None]:
    """The signer and the role; None where the text does not show them, or shows several signers."""
    signed = _signed(lines)
    if len(_people(signed)) != 1:
        return None, None
    name, roles = signed[0]
    role = " ".join(line.text if _kiem(line) else role_as_written(line.text) for line in roles)
    return name, found(role, roles[0]) if role else None


def has_several_signers(lines: Lines) -> bool:
    """Whether more than one person signs."""
    return len(_people(_signed(lines))) > 1


def _signed(lines: Lines) -> list[_Signed]:
    own = lines.main[len(lines.head) :]
    return [
        (name, _roles(own, place))
        for place, line in enumerate(own)
        if _is_role(line) and (name := _name_below(own, place))
    ]


def _people(signed: list[_Signed]) -> set[str]:
    return {fold(name.value) for name, _ in signed}


def _is_role(line: Line) -> bool:
    return line.is_capitals and len(line.text) <= 90 and bool(_ROLE.search(line.folded))


def _name_below(lines: list[Line], place: int) -> Found | None:
    for line in lines[place + 1 : place + 1 + _MOST_BETWEEN]:
        match = _NAME.fullmatch(line.text)
        if match and not _NO_NAME.match(line.folded):
            return found(match["name"], line)
        if not (
            line.is_capitals or _SIGNED.match(line.folded) or len(line.text) < 4 or _kiem(line)
        ):
            return None
    return None


def _roles(lines: list[Line], place: int) -> list[Line]:
    """The lines of the role: "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH" is the deputy's own line."""
    found_lines = [
        line
        for line in lines[place : place + _MOST_BETWEEN]
        if (line.is_capitals and (_ROLE.search(line.folded))) or _kiem(line)
    ]
    own = [line for line in found_lines if not _FOR.match(line.folded)]
    return own if own and not _kiem(own[0]) else own[1:]


def _kiem(line: Line) -> bool:
    """Whether a line is the "kiêm" between two roles of one person."""
    return line.folded.strip() == "kiem"
