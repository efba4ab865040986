"""Documents from files: Markdown with front matter, or plain text with given metadata."""

from __future__ import annotations

import calendar
import re
import reprlib
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata
from knowledge.numbers import canonical_number
from knowledge.structure import parse_passages
from knowledge.text import clean, collapse, fold

BUNDLED_DOCUMENTS = Path(__file__).parent / "documents"
MAX_FILE_BYTES = 5_000_000  # the longest law of shared material is 0.6 MB; more is not one document
EARLIEST_YEAR = 1945
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_PARTIAL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def _partial_date(value: str) -> str:
    """Refuse a date that cannot be: year 2929, 31 June, a day still to come."""
    match = _PARTIAL_DATE.fullmatch(value)
    if not match:
        raise ValueError(f"{value!r} không phải ngày dạng 2025-07-11 hoặc tháng dạng 2025-07")
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    if not EARLIEST_YEAR <= year <= date.today().year + 1:
        raise ValueError(
            f"{value!r} có năm ngoài khoảng {EARLIEST_YEAR} đến {date.today().year + 1}"
        )
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"{value!r} không có trong lịch")
    return value


PartialDate = Annotated[str, AfterValidator(_partial_date)]


def _plain_line(value: object) -> object:
    """One line without control or invisible characters: they hide a number that is taken."""
    return collapse(clean(value)) if isinstance(value, str) and _encodable(value) else value


def _plain_number(value: object) -> object:
    """The same, with the digits and letters of a full-width keyboard as others have them."""
    line = _plain_line(value)
    return unicodedata.normalize("NFKC", line) if isinstance(line, str) else line


def _encodable(value: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in value)  # pydantic refuses the others


_Line = Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(_plain_line)]
_Number = Annotated[str, Field(pattern=r"^[^\s].{0,59}$"), BeforeValidator(_plain_number)]


class _PlainLoader(yaml.SafeLoader):
    """Reads dates as written, so that 2025-06-31 is refused with its name and value.

    A key given twice is refused: YAML itself would keep the last one and say nothing.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (the base class has it so)
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _unique_keys(loader: _PlainLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"khóa {twice!r} ghi hai lần")
    return loader.construct_mapping(node, deep=True)


_PlainLoader.add_constructor("tag:yaml.org,2002:map", _unique_keys)


class FrontMatter(BaseModel):
    """The keys a document file may carry; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,99}$")] | None = None
    number: _Number | None = None
    kind: _Line = "Văn bản"
    title: _Line
    issuer: _Line
    signer: _Line | None = None
    issued_on: PartialDate
    effective_from: PartialDate | None = None
    in_force: Literal["in_force", "expired", "replaced", "unknown"] = "unknown"
    replaced_by: _Line | None = None
    implements: tuple[_Line, ...] = ()
    source_kind: Literal["official", "press"] = "official"
    source_note: str = ""
    sources_as_of: PartialDate | None = None


def load_markdown(path: Path) -> Document:
    """Read a Markdown file that opens with front matter.

    Raises:
        DocumentError: unreadable file, missing or impossible value, unknown key, empty body.
    """
    raw = read_text(path)
    match = _FRONT_MATTER.match(raw)
    if not match:
        raise DocumentError(
            path.name,
            "front matter",
            "tệp không mở đầu bằng khối '---'",
            "Thêm khối thông tin văn bản ở đầu tệp",
        )
    try:
        values = yaml.load(match.group(1), _PlainLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # "!!int x"; brackets without end
        raise DocumentError(
            path.name, "front matter", f"YAML sai ({_one_line(error)})", "Sửa khối '---' ở đầu tệp"
        ) from error
    if not isinstance(values, dict):
        raise DocumentError(
            path.name,
            "front matter",
            "không phải các cặp 'khóa: giá trị'",
            "Sửa khối '---' ở đầu tệp",
        )
    return build_document(path.name, values, raw[match.end() :], default_id=path.stem)


def load_plain_text(
    path: Path, *, number: str | None, title: str, issuer: str, issued_on: str
) -> Document:
    """Read a plain text file; what front matter would say comes as arguments.

    Raises:
        DocumentError: as `load_markdown`.
    """
    values = {"number": number, "title": title, "issuer": issuer, "issued_on": issued_on}
    return build_document(path.name, values, read_text(path), default_id=path.stem)


def build_document(source: str, values: dict[str, Any], body: str, *, default_id: str) -> Document:
    """Validate metadata and split the body.

    Args:
        source: named in errors.
        values: front matter as read.
        body: the text; it is cleaned here, its words stay.
        default_id: slugged when the front matter has no id.
    """
    try:
        front = FrontMatter.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "front matter"
        raise DocumentError(
            source, where, _problem(first), "Sửa giá trị này rồi nạp lại"
        ) from error
    if front.in_force == "replaced" and not front.replaced_by:
        raise DocumentError(
            source,
            "replaced_by",
            "thiếu giá trị, mà in_force là 'replaced'",
            "Ghi số văn bản thay thế",
        )
    text = clean(body).strip()
    document_id = front.id or _slug(default_id)
    passages = parse_passages(document_id, text, press=front.source_kind == "press")
    if not any(p.kind != "heading" for p in passages):
        raise DocumentError(
            source, "body", "phần nội dung trống", "Thêm nguyên văn văn bản vào dưới khối '---'"
        )
    return Document(_metadata(document_id, front), text, passages)


def _metadata(document_id: str, front: FrontMatter) -> Metadata:
    values = front.model_dump(exclude={"id", "sources_as_of"})
    as_of = front.sources_as_of or date.today().isoformat()
    return Metadata(id=document_id, sources_as_of=as_of, **values)


def load_bundled(folder: Path = BUNDLED_DOCUMENTS) -> list[Document]:
    """The documents that ship with the product, oldest first."""
    documents = [load_markdown(path) for path in sorted(folder.glob("*.md"))]
    refuse_duplicates(documents)
    return sorted(documents, key=lambda d: (d.metadata.issued_on, d.id))


def refuse_duplicates(documents: Iterable[Document]) -> None:
    """Raise DocumentError when two documents share an id, or two official ones a number."""
    seen: dict[str, str] = {}
    for document in documents:
        meta = document.metadata
        number = (
            canonical_number(meta.number)
            if meta.number and meta.source_kind == "official"
            else None
        )
        for field, key in (("id", meta.id), ("number", number)):
            if (key and seen.setdefault(f"{field}:{key}", meta.id) != meta.id) or (
                field == "id" and f"seen:{key}" in seen
            ):
                other = seen[f"{field}:{key}"]
                raise DocumentError(
                    meta.id,
                    field,
                    f"{key!r} đã có ở văn bản {other!r}",
                    "Mỗi văn bản cần giá trị riêng",
                )
        seen[f"seen:{meta.id}"] = meta.id


def read_text(path: Path) -> str:
    """The file as UTF-8 text.

    Raises:
        DocumentError: missing, too large, not UTF-8, or binary.
    """
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(
                str(path), "tệp", "không phải một tệp thường", "Chỉ ra tệp .md hoặc .txt"
            )
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise DocumentError(
                path.name,
                "tệp",
                f"dài {size} byte, quá {MAX_FILE_BYTES}",
                "Chia thành nhiều văn bản",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            str(path),
            "tệp",
            f"không đọc được ({error.strerror})",
            "Kiểm tra đường dẫn và quyền đọc",
        ) from error
    if b"\0" in raw:
        raise DocumentError(path.name, "tệp", "là tệp nhị phân", "Nạp tệp .md hoặc .txt mã UTF-8")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentError(
            path.name,
            "tệp",
            f"không phải UTF-8 (byte thứ {error.start})",
            "Lưu lại tệp với mã UTF-8",
        ) from error


def _problem(error: Any) -> str:
    kind, given = error["type"], _Shown(error.get("input"))
    expected = error.get("ctx", {}).get("expected", "")
    known = {
        "missing": "thiếu giá trị bắt buộc",
        "extra_forbidden": "khóa không được biết",
        "string_pattern_mismatch": f"giá trị {given!r} sai dạng",
        "string_too_short": "giá trị trống",
        "string_too_long": f"giá trị {given!r} quá dài",
        "string_type": f"giá trị {given!r} phải là chữ; đặt trong dấu nháy",
        "tuple_type": f"giá trị {given!r} phải là danh sách",
        "literal_error": f"giá trị {given!r} phải là một trong {expected}",
    }
    return known.get(kind, f"giá trị {given!r}: {error['msg'].removeprefix('Value error, ')}")


class _Shown:
    """A refused value whose repr fits a line."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        return reprlib.repr(self._value)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", fold(unicodedata.normalize("NFC", name))).strip("-")
    return (slug or "van-ban")[:100].ljust(2, "0")
