"""The lines of a text as the readers of this room see them, and where the parts of it begin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from knowledge.text import LOWER, collapse, fold

# Names of kinds of documents (Decree 30/2020/NĐ-CP, article 7; Party rules; the Law on laws), as
# they stand alone in capitals above the title.
KINDS = (
    "Nghị quyết liên tịch", "Thông tư liên tịch", "Nghị quyết", "Quyết định", "Chỉ thị",
    "Quy chế phối hợp", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn", "Chương trình",
    "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng",
    "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Kết luận",
    "Nghị định", "Thông tư", "Pháp lệnh", "Bộ luật", "Luật", "Hiến pháp", "Lệnh", "Điều lệ",
    "Thông tri", "Tuyên bố", "Lời kêu gọi", "Quy trình", "Văn bản hợp nhất",
)  # fmt: skip
_BY_FOLD = {fold(kind): kind for kind in KINDS}
_HEADED = re.compile(rf"({'|'.join(sorted(_BY_FOLD, key=len, reverse=True))})\b(.*)")
_SAME_LINE = frozenset({"luat", "bo luat", "phap lenh", "hien phap"})  # the name follows at once
_BODY = re.compile(
    r"(?:can cu\b|xet\b|theo de nghi\b|thuc hien\b|tai phien hop|tai ky hop|kinh gui|"
    r"(?:phan|chuong|dieu|muc)\s+(?:thu\s+)?[\divxl]+\b|[1i]\s*[.)/]|de\s|nham\b|ngay\s+\d)"
)
_TITLE_TOO = re.compile(r"(?:thuc hien|de)\s")  # begins a body, and right below the kind a title
_ABOUT = re.compile(r"(?:ve|v/v)\b")
# Who decides, in capitals between the title and the bases: "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ...".
_AUTHORITY = re.compile(
    r"(?:chu tich|uy ban|hoi dong|bo truong|thu tuong|chinh phu|quoc hoi|giam doc|tong giam doc|"
    r"cuc truong|chanh an|vien truong|tong thanh tra|thong doc|ban thuong vu|ban chap hanh|"
    r"bo chinh tri|ban bi thu|truong ban|hieu truong|truong phong|chanh van phong)\b"
)
_UNFINISHED = re.compile(r"(?:\b(?:cua|ve|va|tai|cho|voi|do|giua|thuoc|cac|doi voi)|[,(-])\W*$")
_ANNEX = re.compile(r"(?:phu luc|bieu mau|mau so)\b|quy (?:che|dinh|trinh)$|de an$")
_MOST_HEAD_LINES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words: as it stands, without markup, and where."""

    text: str
    number: int  # from 1, as in an editor

    @property
    def folded(self) -> str:
        """In small letters without marks."""
        return fold(self.text)

    @property
    def is_capitals(self) -> bool:
        """Letters, all of them capitals."""
        return any(c.isalpha() for c in self.text) and not re.search(f"[{LOWER}]", self.text)


class Lines:
    """The lines of a text, and its head: what stands before the body."""

    def __init__(self, text: str) -> None:
        """`text` as it will be kept."""
        self.all = [
            Line(shown, number)
            for number, raw in enumerate(text.split("\n"), 1)
            for shown in _shown(raw)
        ]

    @cached_property
    def kind(self) -> tuple[int, str, str] | None:
        """Where the heading of its kind stands, the kind, and what follows on that line."""
        for place, line in enumerate(self.all[: _MOST_HEAD_LINES * 4]):
            if _first_word(line.folded) == "dieu":
                return None
            found = _HEADED.fullmatch(line.folded)
            if not found:
                continue
            rest = line.text[len(found[1]) :].strip(" :")
            alone = not rest or (found[1] in _SAME_LINE and len(line.text) < 300)
            if line.text[: len(found[1])].isupper() and (alone or _is_of(rest)):
                return place, _BY_FOLD[found[1]], rest
        return None

    @cached_property
    def head(self) -> list[Line]:
        """From the beginning to the heading of the kind, or to the first line of the body."""
        if self.kind is not None:
            return self.all[: self.kind[0]]
        for place, line in enumerate(self.all[:_MOST_HEAD_LINES]):
            if _BODY.match(line.folded) or len(line.text) > 300:
                return self.all[:place]
        return self.all[:_MOST_HEAD_LINES]

    @cached_property
    def title(self) -> list[Line]:
        """The lines of the title, below the heading of the kind."""
        if self.kind is None:
            return []
        found: list[Line] = []
        for line in self.all[self.kind[0] + 1 : self.kind[0] + 13]:
            if not any(c.isalpha() for c in line.text):
                if found:
                    break
                continue
            if _BODY.match(line.folded) and (found or not _TITLE_TOO.match(line.folded)):
                break
            if found and _is_authority(line) and not _UNFINISHED.search(found[-1].folded):
                break
            if found and line.text.endswith((".", ":", ";")):
                break  # a sentence: no title ends so
            other = found and line.is_capitals != found[-1].is_capitals
            if len(line.text) > 400 or (other and not _ABOUT.match(line.folded)):
                break
            found.append(line)
        return found

    @cached_property
    def main(self) -> list[Line]:
        """Without annexes: what stands before the first heading of one, after the head."""
        start = len(self.head) + len(self.title) + 1
        for place, line in enumerate(self.all[start:], start):
            if line.is_capitals and _ANNEX.match(line.folded) and len(line.text) < 60:
                return self.all[:place]
        return self.all


def starts_body(line: Line) -> bool:
    """Whether a line begins what a document says: bases, addressees, articles."""
    return bool(_BODY.match(line.folded))


def _shown(raw: str) -> list[str]:
    """A line without Markdown, parted where two bold runs meet, cells of a table apart."""
    raw = unicodedata.normalize("NFC", raw.replace("\f", ""))
    parts = re.split(r"\*\*\s*\*\*|\*{4,}|(?<!\\)\|", raw)
    bare = (collapse(re.sub(r"^\s*#+\s|\*+|^\s*>\s?", " ", part)) for part in parts)
    return [part for part in bare if part and not re.fullmatch(r"[\s|:#-]*", part)]


def _is_authority(line: Line) -> bool:
    return line.is_capitals and bool(_AUTHORITY.match(line.folded))


def _first_word(folded: str) -> str:
    return folded.split(" ", 1)[0]


def _is_of(rest: str) -> bool:
    """What may follow a kind on its line: whose it is, or what it is about."""
    return bool(re.match(r"(?:CỦA|Của|VỀ|Về|của|về|Ban hành|BAN HÀNH)\b", rest))
