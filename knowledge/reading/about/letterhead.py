"""Number, date, issuer, kind and title, from the head of a document (Decree 30/2020/NĐ-CP, annex I)."""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.reading.about.casing import as_written
from knowledge.reading.about.found import Found, found
from knowledge.reading.about.lines import Line, Lines
from knowledge.text import LOWER, UPPER, collapse, fold

MAX_TITLE_CHARS = 500
_NAMED_KINDS = frozenset({"Luật", "Bộ luật", "Pháp lệnh"})
# "12/QĐ-UBND", "118/2025/NĐ-CP", "177-KL/TW", "72/2025/QH15", "05/2025/NQ-HĐND".
_FORM = rf"\d{{1,5}}[a-z]?(?:\s?[/–-]\s?\d{{4}})?\s?[/–-]\s?[{UPPER}][{UPPER}{LOWER}\d]{{0,11}}(?:\s?[./–-]\s?[{UPPER}\d][{UPPER}{LOWER}\d]{{0,14}}){{0,4}}"
_NUMBER = re.compile(
    rf"(?:^|\s|\b(?:Luật|Nghị quyết|Pháp lệnh|Bộ luật)\s+)(?:số|Số|SỐ)(?:\s*hiệu)?\s*[:.]?\s*(?P<number>{_FORM})(?![\w/])"
)
_BLANK_NUMBER = re.compile(r"^\W*(?:số|Số)\s*:?\s*[.…_ ]*\s*[/-]\s*[A-ZĐ]")
# The heading of a page about a document: "TOÀN VĂN: KẾT LUẬN 155-KL/TW CỦA ...".
_HEADED_NUMBER = re.compile(
    rf"(?:^|[\s:])(?:KẾT LUẬN|NGHỊ QUYẾT|QUYẾT ĐỊNH|KẾ HOẠCH|CHỈ THỊ|NGHỊ ĐỊNH|THÔNG TƯ|QUY ĐỊNH|HƯỚNG DẪN|LUẬT)\s+(?:SỐ\s+)?(?P<number>{_FORM})(?=\s|$)"
)
_DATE = re.compile(
    r"ngày\s*(?P<day>\d{1,2})\s*tháng\s*(?P<month>\d{1,2})\s*năm\s*(?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_PASSED = re.compile(r"được quốc hội .{0,80}thông qua ngày", re.IGNORECASE | re.DOTALL)
_HEAD_DATE = re.compile(rf"(?:^|[,.]\s*|\s){_DATE.pattern}", re.IGNORECASE)
_BLANK_DATE = re.compile(r"ngày[\s.…_]*tháng[\s.…_\d]*năm[\s.…_]*\d{0,4}\s*$", re.IGNORECASE)
_LABELLED = {
    "number": re.compile(r"(?:số hiệu|số ký hiệu|số/ký hiệu)\s*:?$", re.IGNORECASE),
    "issuer": re.compile(r"(?:nơi|cơ quan) ban hành\s*:?$", re.IGNORECASE),
    "issued_on": re.compile(r"ngày ban hành\s*:?$", re.IGNORECASE),
}
_MOTTO = re.compile(
    r"(?:cộng\s+hòa|cộng\s+hoà)\s+xã\s+hội\s+chủ\s+nghĩa\s+việt\s+nam|"
    r"độc\s+lập\s*[-–.,]?\s*tự\s+do\s*[-–.,]?\s*hạnh\s+phúc|đảng\s+cộng\s+sản\s+việt\s+nam",
    re.IGNORECASE,
)
# How the name of a body begins; a line that begins otherwise goes on with the one before.
_BODY = re.compile(
    r"(?:uy ban|ubnd|hoi dong|hdnd|so |bo |ban |chinh phu|quoc hoi|tinh uy|thanh uy|dang uy|huyen uy|"
    r"quan uy|van phong|cuc |tong cuc|chi cuc|thanh tra|cong an|trung tam|phong |toa an|vien |vu |"
    r"ngan hang|thu tuong|chu tich|kiem toan|mat tran|lien doan|doan |hoi |truong |dang bo|to |kho bac|bao hiem)"
)
_NO_BODY = re.compile(
    r"(?:so\s*:|v/v|ngay\s|noi nhan|kinh gui|hoa toc|khan|du thao|lien ket|trang\s|\W*$)"
)
_ABOUT = re.compile(r"\s*V/v:?\s*", re.IGNORECASE)
_OF = re.compile(r"(?:CỦA|Của|của)\s+(.+)", re.DOTALL)
_ENACTS = re.compile(
    rf"(?P<body>Chính phủ|Quốc hội|Ủy ban Thường vụ Quốc hội|Bộ trưởng Bộ [{LOWER}{UPPER}, ]{{3,60}}?|"
    rf"(?:Ủy|Uỷ) ban nhân dân [{LOWER}{UPPER} ]{{3,60}}?|Hội đồng nhân dân [{LOWER}{UPPER} ]{{3,60}}?)"
    r"\s+ban hành\s+(?:Nghị định|Luật|Bộ luật|Pháp lệnh|Nghị quyết|Thông tư|Quyết định|Chỉ thị)\b"
)


def read_number(lines: Lines) -> Found | None:
    """The number, as the letterhead has it."""
    for line in _head_and_title(lines):
        if match := _NUMBER.search(line.text):
            return found(_plain(match["number"]), line)
    labelled = _labelled(lines, "number")
    if labelled and re.fullmatch(_FORM, labelled.text):
        return found(_plain(labelled.text), labelled)
    for line in lines.all[:3]:
        if match := _HEADED_NUMBER.search(line.text):
            return found(_plain(match["number"]), line)
    return None


def number_is_blank(lines: Lines) -> bool:
    """Whether the place of the number is there but not filled in: a draft."""
    return any(_BLANK_NUMBER.match(line.text) for line in lines.head)


def read_date(lines: Lines) -> Found | None:
    """The day of issue as the text has it, which may be none of the calendar's."""
    for line in lines.head:
        if match := _HEAD_DATE.search(line.text):
            return found(_iso(match), line)
    for line, after in pairwise(lines.head):  # broken behind the day or the month
        if match := _HEAD_DATE.search(f"{line.text} {after.text}"):
            return found(_iso(match), line)
    for place, line in enumerate(lines.all):  # laws: "... thông qua ngày 16 tháng 6 năm 2025"
        if _PASSED.search(line.text):
            near = " ".join(other.text for other in lines.all[place : place + 2])
            start = _PASSED.search(near)
            match = _DATE.search(near, start.start() if start else 0)
            return found(_iso(match), line) if match else None
    labelled = _labelled(lines, "issued_on")
    if labelled and (day := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", labelled.text)):
        return found(f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}", labelled)
    return None


def date_is_blank(lines: Lines) -> bool:
    """Whether the place of the date is there but not filled in."""
    return any(_BLANK_DATE.search(line.text) for line in lines.head)


def read_kind(lines: Lines) -> Found | None:
    """The kind of document, by its heading; a letter has none but says "V/v" and to whom."""
    if lines.kind is not None:
        return found(lines.kind[1], lines.all[lines.kind[0]])
    about = next((line for line in lines.head if _ABOUT.match(line.text)), None)
    if about and any(fold(line.text).startswith("kinh gui") for line in lines.all[:40]):
        return found("Công văn", about)
    return None


def read_title(lines: Lines) -> Found | None:
    """Kind and subject: "Quyết định về việc ...", "Công văn về việc ..."."""
    kind = read_kind(lines)
    if kind is None:
        return None
    if lines.kind is None:
        return _title_of_letter(lines)
    subject, _ = _subject(lines)
    if not subject:
        return None
    shown = as_written(subject, lines.all, name=False)
    title = collapse(f"{kind.value} {_small(shown, kind.value)}")[:MAX_TITLE_CHARS]
    first = lines.title[0] if lines.title else lines.all[lines.kind[0]]
    return found(title, first)


def read_issuer(lines: Lines) -> Found | None:
    """Whose it is: "của ..." below the kind (the Party), else the letterhead, else who enacts."""
    _, of = _subject(lines)
    if of is not None:
        return of
    if letterhead := _letterhead(lines):
        return letterhead
    if labelled := _labelled(lines, "issuer"):
        return found(labelled.text, labelled)
    for line in lines.all[:80]:
        if match := _ENACTS.search(line.text):
            return found(match["body"], line)
    return None


def _letterhead(lines: Lines) -> Found | None:
    """The lines above the number; the lowest body, with the one above where it names no place."""
    bodies: list[tuple[str, Line]] = []
    for line in lines.head:
        text = collapse(_MOTTO.sub(" ", line.text)).strip(" *-–_")
        before = re.split(r"\b[Ss]ố\s*:?\s*[\d./…]", text)[0].strip()
        capitals = bool(before) and not re.search(f"[{LOWER}]", before)
        if before and capitals and not _NO_BODY.match(fold(before)):
            if _BODY.match(fold(before) + " "):
                bodies.append((before, line))
            elif bodies and _follows(bodies[-1][0], before):
                bodies[-1] = (f"{bodies[-1][0]} {before}", bodies[-1][1])
        if before != text:
            break
    if not bodies:
        return None
    named = [(as_written(text, lines.all, name=True), line) for text, line in bodies]
    name, line = named[-1]
    if len(named) > 1 and not _names_place(name) and _names_place(named[-2][0]):
        name = f"{name}, {named[-2][0]}"
    return found(name, line)


def _follows(name: str, more: str) -> bool:
    return len(name) + len(more) < 200 and any(c.isalpha() for c in more)


def _names_place(name: str) -> bool:
    return bool(
        re.search(r"\b(?:tinh|thanh pho|xa|phuong|dac khu|huyen|quan|thi tran|tp)\b", fold(name))
    )


def _subject(lines: Lines) -> tuple[str, Found | None]:
    """The words below the heading of the kind, and whose it is where they say so first."""
    if lines.kind is None:
        return "", None
    place, _, rest = lines.kind
    heading = lines.all[place]
    parts = [(text, line) for text, line in [(rest, heading)] if text]
    parts += [(line.text, line) for line in lines.title]
    of: Found | None = None
    if parts and (match := _OF.match(parts[0][0])):
        owner, line = match[1], parts[0][1]
        parts = parts[1:]
        while parts and not re.match(r"(?:VỀ|Về|về|V/v)\b", parts[0][0]) and parts[0][0].isupper():
            owner, parts = f"{owner} {parts[0][0]}", parts[1:]
        cut = re.split(r"\s(?=(?:VỀ|Về|về)\s)", owner, maxsplit=1)
        if len(cut) > 1:
            parts.insert(0, (cut[1], line))
        of = found(as_written(cut[0].strip(" ,"), lines.all, name=True), line)
    return collapse(" ".join(text for text, _ in parts)).strip(" -–_*"), of


def _title_of_letter(lines: Lines) -> Found | None:
    for place, line in enumerate(lines.head):
        if not _ABOUT.match(line.text):
            continue
        parts = [_ABOUT.sub("", line.text)]
        for more in lines.head[place + 1 : place + 5]:
            if _HEAD_DATE.search(more.text) or more.is_capitals or _MOTTO.search(more.text):
                break
            parts.append(more.text)
        subject = collapse(" ".join(parts)).rstrip(" .")
        return found(f"Công văn về việc {_small(subject, 'Công văn')}"[:MAX_TITLE_CHARS], line)
    return None


def _head_and_title(lines: Lines) -> list[Line]:
    """A law has its number above or right below its name."""
    return [*lines.head, *lines.title]


def _labelled(lines: Lines, field: str) -> Line | None:
    """What stands after a label ("Số hiệu:") of a table of facts above the text."""
    for line, after in zip(lines.head, lines.all[1:], strict=False):
        if _LABELLED[field].fullmatch(line.text):
            return after
    return None


def _iso(match: re.Match[str]) -> str:
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    return f"{year:04d}-{month:02d}-{day:02d}"


def _plain(number: str) -> str:
    return re.sub(r"\s+", "", number).replace("–", "-")


def _small(subject: str, kind: str) -> str:
    """A subject behind its kind: "Về việc ..." as "về việc ..."; names and laws keep theirs."""
    first, _, rest = subject.partition(" ")
    if kind in _NAMED_KINDS or not first.istitle() or not rest[:1].islower():
        return subject
    return subject if subject.startswith("Kết luận ") else subject[0].lower() + subject[1:]
