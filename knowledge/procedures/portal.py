"""Procedures from an export of the national portal (JSON lines), cleaned of what is raw in it."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

from knowledge.numbers import find_numbers
from knowledge.procedures.bodies import (
    AUTHORITY_GONE,
    DISTRICT_LEVEL,
    NAMES_GONE_BODY,
    at_district,
    desk_of,
    gone_bodies,
    level_of,
    names_gone_body,
    shown_name,
    standing,
    with_levels,
)
from knowledge.procedures.by_way import FILED, told_by_way
from knowledge.procedures.cases import load_case_rules
from knowledge.procedures.catalogue import plain_name
from knowledge.procedures.errors import PortalFileError
from knowledge.procedures.facts import PORTAL
from knowledge.procedures.loading import set_by_province
from knowledge.procedures.models import WAYS, Check, Code, Part, Procedure, Way
from knowledge.text import clean, collapse, fold

MAX_LINE_BYTES = 2_000_000
MAX_CODES_OF_A_NAME = 2  # under one decision; more is an upload gone wrong
MAX_NAME_CHARS = 600
_MAX_PAPERS, _MAX_PAPER_CHARS, _MAX_NOTE_CHARS = 30, 300, 400
_MAX_STEPS, _MAX_STEP_CHARS, _MAX_CONDITION_CHARS = 15, 500, 600
_LEAST_FEE = 1_000  # đồng; less is a cell run together with another
BY_PROVINCE = "Do Hội đồng nhân dân cấp tỉnh quyết định, mỗi tỉnh một mức"
LONG_NOTE = "Cổng có ghi chú dài về phí, lệ phí; xin xem trên Cổng"
_NOTHING = frozenset(("", "khong co thong tin", "khong", "-"))
_CODE = re.compile(r"\d\.\d{6}(?:\.[A-Za-z0-9]+)*")
_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_PAPER_HEAD = re.compile(r"-*Tên giấy tờMẫu đơn, tờ khaiSố lượng")
# The table's cells stand without blanks: "Trực tuyến20 Ngày làm việcMiễn phí(...)Trực tiếp1...".
_ROW = re.compile(
    r"(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)(?=\d|Không có thông tin|Miễn phí|Không phải trả)"
)
_WAYS: dict[str, Way] = {
    "Trực tiếp": "desk",
    "Dịch vụ bưu chính": "post",
    "Trực tuyến": "online",
}
_TIME = re.compile(r"(\d+(?:[.,]\d+)?) (Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Tuần|Năm|Phút)")
_BARE = re.compile(r"\d+(?=Miễn phí|Không có thông tin|\d{1,3}(?:,\d{3})+|\(|$)")
_MONEY = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+) ?(?:VNĐ|Việt Nam Đồng|Đồng|đồng)")
_STEP = re.compile(r"\W{0,3}(?:bước \d+|b\d+[:.])", re.IGNORECASE)
_PARAGRAPH = re.compile(
    r"[-–+*•]|[a-zđ]\)|\d+[.)]|[^\W\d_a-zà-ỹđ]"
)  # a bullet, a number, a capital
_STEP_HEADS = frozenset(("trinh tu thuc hien", "trinh tu", "cac buoc thuc hien"))
_COPIES = re.compile(r"\d+ bản chính(?:, ?\d+ bản sao)?|\d+ bản sao")
_FORM_FILE = re.compile(r"\S{0,80}\.(?:docx?|pdf|xlsx?|rtf|zip|rar)\b", re.IGNORECASE)
_FORM_END = re.compile(r"\.(?:docx?|pdf|xlsx?|rtf|zip|rar)\b", re.IGNORECASE)
_FREE_NOTE = re.compile(r"^\W*(?:khong(?: co| thu| mat)?(?: le)?(?: phi)?|mien(?: le)? phi)\W*$")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A line that was skipped, and why."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class RepeatedName:
    """A name under more codes of one decision than can be; all of them were left out."""

    name: str
    decision: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortalExport:
    """What an export holds after cleaning."""

    procedures: tuple[Procedure, ...]
    problems: tuple[LineProblem, ...]
    repeated: tuple[RepeatedName, ...]
    without_unit: int  # procedures whose time is a bare number, so none is shown
    flagged: int  # procedures that still name a body that no longer exists


@dataclass
class _Row:
    line: int
    code: str
    name: str
    decision: str
    values: Mapping[str, Any]
    codes: list[str] = field(default_factory=list)


def read_portal(path: Path, as_of: str | None = None) -> PortalExport:
    """Read and clean an export; a broken line is skipped and reported, the rest is taken.

    Args:
        path: JSON lines, or the same gzipped (".gz").
        as_of: month of the data ("2026-06"); None takes it from the file's name, else this month.

    Raises:
        PortalFileError: missing, unreadable, or without a single procedure.
    """
    as_of = as_of or month_in_name(path.name) or f"{date.today():%Y-%m}"
    problems: list[LineProblem] = []
    rows: dict[str, _Row] = {}
    try:
        with _open(path) as stream:
            for number, raw in _lines(stream, problems):
                row = _row(number, raw, problems)
                if row is None:
                    continue
                if row.code in rows:
                    first = rows[row.code].line
                    problem = f"mã {row.code!r} đã có ở dòng {first}"
                    problems.append(LineProblem(number, problem))
                    continue
                rows[row.code] = row
    except OSError as error:
        raise PortalFileError(
            f"Không đọc được {str(path)!r} ({error.strerror or error}). "
            "Kiểm tra đường dẫn; tệp phải là JSON mỗi dòng một thủ tục, có thể nén .gz"
        ) from error
    if not rows:
        first_problem = f" (dòng {problems[0].line}: {problems[0].problem})" if problems else ""
        raise PortalFileError(
            f"{str(path)!r} không có thủ tục nào đọc được{first_problem}. "
            "Tệp phải là JSON mỗi dòng một thủ tục, có 'ma_thu_tuc' và 'ten_thu_tuc'"
        )
    repeated = _repeated(rows.values())
    left_out = {code for group in repeated for code in group.codes}
    kept = [row for row in rows.values() if row.code not in left_out]
    procedures = tuple(_procedure(row, as_of) for row in kept)
    return PortalExport(
        procedures,
        tuple(problems),
        repeated,
        sum(any(not p.shown for p in found.time_limit) for found in procedures),
        sum(bool(p.flags) for p in procedures),
    )


def month_in_name(name: str) -> str | None:
    """The month in a file's name, as in "thu-tuc-dvcqg-2026-06.jsonl.gz"."""
    match = re.search(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?!\d)", name)
    return match[0] if match else None


def to_payload(procedure: Procedure) -> dict[str, Any]:
    """A procedure as JSON values, for the store."""
    return cast(dict[str, Any], json.loads(json.dumps(asdict(procedure), ensure_ascii=False)))


def from_payload(payload: Mapping[str, Any]) -> Procedure:
    """The procedure that `to_payload` was given."""
    values = dict(payload)

    def parts(raw: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
        return tuple(Part(**part) for part in raw)

    for name in (
        "decided_by", "decided_before", "boundary", "time_limit", "fee", "papers", "steps",
        "legal_basis", "notes",
    ):  # fmt: skip
        values[name] = parts(values.get(name, ()))
    values["ways"] = tuple((way, parts(raw)) for way, raw in values["ways"])
    values["codes"] = tuple(Code(**code) for code in values["codes"])
    values["checked"] = tuple(Check(**check) for check in values["checked"])
    for name in ("aliases", "flags", "signs", "cases"):
        values[name] = tuple(values.get(name, ()))
    values["neighbours"] = tuple((case, other) for case, other in values.get("neighbours", ()))
    return Procedure(**values)


# Reading


def _open(path: Path) -> BinaryIO:
    stream = path.open("rb")
    magic = stream.read(2)
    stream.seek(0)
    if magic == b"\x1f\x8b":
        return cast(BinaryIO, gzip.open(stream))
    return stream


def _lines(stream: BinaryIO, problems: list[LineProblem]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while True:
        number += 1
        try:
            raw = stream.readline(MAX_LINE_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problems.append(LineProblem(number, f"tệp nén hỏng từ đây ({error})"))
            return
        if not raw:
            return
        if len(raw) > MAX_LINE_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE_BYTES)
            problems.append(LineProblem(number, f"dài quá {MAX_LINE_BYTES} byte"))
        elif raw.strip():
            yield number, raw


def _row(number: int, raw: bytes, problems: list[LineProblem]) -> _Row | None:
    try:
        values = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problems.append(LineProblem(number, f"không phải UTF-8 (byte thứ {error.start})"))
        return None
    except (ValueError, RecursionError) as error:
        problems.append(LineProblem(number, f"không phải JSON ({str(error)[:80]})"))
        return None
    if not isinstance(values, dict):
        problems.append(LineProblem(number, "không phải một đối tượng JSON"))
        return None
    values = {key: clean(v) if isinstance(v, str) else "" for key, v in values.items()}
    code = collapse(values.get("ma_thu_tuc", ""))
    name = collapse(values.get("ten_thu_tuc", "")).rstrip(" .;")
    if not _CODE.fullmatch(code):
        problems.append(LineProblem(number, f"'ma_thu_tuc' {code[:40]!r} không phải mã thủ tục"))
    elif not name or len(name) > MAX_NAME_CHARS * 3 or not any(c.isalpha() for c in name):
        problems.append(LineProblem(number, f"'ten_thu_tuc' {name[:40]!r} không phải tên thủ tục"))
    else:
        return _Row(number, code, name, collapse(values.get("so_quyet_dinh", "")), values)
    return None


def _repeated(rows: Any) -> tuple[RepeatedName, ...]:
    groups: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[plain_name(row.name), row.decision].append(row)
    return tuple(
        RepeatedName(group[0].name, decision, tuple(sorted(row.code for row in group)))
        for (_, decision), group in groups.items()
        if len(group) > MAX_CODES_OF_A_NAME
    )


# Cleaning


def _procedure(row: _Row, as_of: str) -> Procedure:
    text = {k: v for k, v in row.values.items() if isinstance(v, str)}
    cells = _cells(text.get("cach_thuc_thuc_hien", ""))
    levels = collapse(text.get("cap_thuc_hien", ""))
    decided, flags = _authority(text, levels)
    receives = standing(text.get("co_quan_thuc_hien", ""))
    return Procedure(
        id=row.code,
        name=shown_name(row.name)[:MAX_NAME_CHARS],
        field=collapse(text.get("linh_vuc", "")) or "Chưa rõ lĩnh vực",
        aliases=(),
        codes=(Code(row.code, "reported"),),
        level=level_of(levels, decided[0].text if decided else receives),
        desk=desk_of(levels, receives),
        scope="unknown",
        decided_by=decided,
        decided_before=(),
        ways=_ways(cells),
        boundary=(),
        time_limit=_times(cells),
        fee=_fees(cells),
        papers=_papers(text.get("thanh_phan_ho_so", "")),
        legal_basis=_basis(text.get("can_cu_phap_ly", "")),
        notes=_conditions(text.get("yeu_cau_dieu_kien", "")),
        checked=(Check(PORTAL, as_of),),
        origin="portal",
        flags=(*((DISTRICT_LEVEL,) if at_district(row.name) else ()), *flags),
        source_url=_address(text.get("detail_url", "")),
        steps=_steps(text.get("trinh_tu_thuc_hien", "")),
        cases=load_case_rules().cases(row.name),
    )


def _authority(text: Mapping[str, str], levels: str) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Who decides, as far as it still exists, and the warnings that it deserves."""
    named = (collapse(text.get(k, "")) for k in ("co_quan_co_tham_quyen", "co_quan_thuc_hien"))
    found = next((name for name in named if fold(name).strip(" .") not in _NOTHING), "")
    shown = standing(found)
    hidden = bool(gone_bodies(found)) and not shown
    told = with_levels(shown if hidden or shown else found[:300], levels)
    parts = (Part(told, "reported"),) if told else ()
    if hidden:
        return (Part(found[:300], "unverified"), *parts), (AUTHORITY_GONE,)
    rest = ("trinh_tu_thuc_hien", "thanh_phan_ho_so", "yeu_cau_dieu_kien", "ket_qua_xu_ly")
    gone = names_gone_body(found) or any(names_gone_body(text.get(k, "")) for k in rest)
    return parts, ((NAMES_GONE_BODY,) if gone else ())


def _steps(text: str) -> tuple[Part, ...]:
    """The steps as the portal numbers them, else its paragraphs; a long one is cut."""
    lines = [collapse(line) for line in text.split("\n")]
    found: list[str] = []
    numbered = sum(bool(_STEP.match(line)) for line in lines) > 1
    for line in lines:
        if not line or fold(line).strip(" .:") in _STEP_HEADS:
            continue
        starts = _STEP.match(line) if numbered else _PARAGRAPH.match(line)
        if starts or not found:
            found.append(line)
        else:
            found[-1] += f" {line}"
    return tuple(Part(_cut(step, _MAX_STEP_CHARS), "reported") for step in found[:_MAX_STEPS])


def _conditions(text: str) -> tuple[Part, ...]:
    text = collapse(text)
    if fold(text).strip(" .") in _NOTHING:
        return ()
    return (Part(_cut(f"Yêu cầu, điều kiện: {text}", _MAX_CONDITION_CHARS), "reported"),)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _ways(cells: Sequence[tuple[str, str]]) -> tuple[tuple[Way, tuple[Part, ...]], ...]:
    told = {_WAYS[cell[0]] for cell in cells}
    return tuple((way, (Part(FILED[way], "reported"),)) for way in WAYS if way in told)


def _cells(text: str) -> list[tuple[str, str]]:
    """(way, the rest of its row) of the run-together table."""
    text = collapse(text).removeprefix(_HEAD)
    marks = list(_ROW.finditer(text))
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return [(m[1], text[m.end() : end]) for m, end in zip(marks, ends, strict=False)]


def _times(cells: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    found: list[tuple[tuple[Way], str]] = []
    bare = ""
    for way, rest in cells:
        if match := _TIME.match(rest):
            found.append(((_WAYS[way],), f"{match[1]} {match[2].lower()}"))
        elif match := _BARE.match(rest):
            bare = match[0]
    if bare and not found:  # "1" may be a day, an hour or a month
        return (Part(f"Cổng ghi số {bare}, không có đơn vị", "unverified"),)
    return tuple(Part(text, "reported") for text in told_by_way(found))


def _fees(cells: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    parts = [((_WAYS[way],), part) for way, rest in cells if (part := _fee(rest))]
    shown = told_by_way((way, part.text) for way, part in parts if part.shown)
    if shown:
        return tuple(Part(text, "reported") for text in shown)
    return tuple(dict.fromkeys(part for _, part in parts))


def _fee(rest: str) -> Part | None:
    time = _TIME.match(rest)
    bare = None if time else _BARE.match(rest)
    end = time.end() if time else bare.end() if bare else 0
    cell = rest[end:]
    if set_by_province(cell):
        return Part(BY_PROVINCE, "reported")
    free = cell.startswith("Miễn phí")
    money = None if free else _MONEY.match(cell)
    note = _note(cell[len("Miễn phí") if free else money.end() if money else 0 :])
    if free:
        # The portal writes "Miễn phí" wherever nobody filled in an amount; a note may say more.
        if not note or _FREE_NOTE.match(fold(note)):
            return Part("Miễn phí", "reported")
        return Part(note if len(note) <= _MAX_NOTE_CHARS else LONG_NOTE, "reported")
    if money:
        amount = int(money[1].replace(",", ""))
        if bare or amount < _LEAST_FEE or "," not in money[1]:  # "18,000 VNĐ" may be 1 and 8,000
            return Part(f"Cổng ghi {rest[:40]}", "unverified")
        shown = f"{amount:,} đồng".replace(",", ".")
        return Part(f"{shown} ({note})" if 0 < len(note) <= _MAX_NOTE_CHARS else shown, "reported")
    return None


def _note(text: str) -> str:
    """What stands in the brackets that open `text`; empty when none do."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth <= 0:
            return collapse(text[:at].lstrip("( -–+")) if at else ""
    return ""


def _papers(text: str) -> tuple[Part, ...]:
    text = _PAPER_HEAD.sub(" ", collapse(text))
    items = (collapse(_without_file(item)).strip(" -–+*;,.:") for item in _COPIES.split(text))
    kept = [item for item in dict.fromkeys(items) if len(item) > 3][:_MAX_PAPERS]
    return tuple(Part(_cut(item, _MAX_PAPER_CHARS), "reported") for item in kept)


def _without_file(item: str) -> str:
    return _FORM_FILE.sub("", item) if _FORM_END.search(item) else item


def _basis(text: str) -> tuple[Part, ...]:
    text = collapse(text).removeprefix("Tên văn bản pháp lýMã văn bản")
    shown = dict.fromkeys(number.shown for number in find_numbers(text))
    return tuple(Part(number, "reported") for number in list(shown)[:20])


def _address(url: str) -> str | None:
    return url if re.fullmatch(r"https://dichvucong\.gov\.vn/[\w./?=&%-]+", url) else None
