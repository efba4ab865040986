"""A document from its words and what is known about them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata, Passage
from knowledge.reading.about.lines import Lines
from knowledge.reading.about.reading import read_about
from knowledge.reading.about.secrecy import stamped
from knowledge.reading.encodings.old_letters import share_of_syllables, to_unicode
from knowledge.reading.files import File
from knowledge.reading.format import PAGE, Told, Words
from knowledge.reading.front_matter import FrontMatter, checked
from knowledge.structure.passages import parse_passages
from knowledge.text import clean, fold

REQUIRED = ("title", "issuer", "issued_on")
TOLD_INSIDE = "khối '---'"
TOLD_BESIDE = "dòng lệnh"
_STRANGE = 0.8  # fewer of the words with marks than this are Vietnamese: the text is not as it was
_OURS = re.compile("[đơưĂăƠƯ\u1ea0-\u1ef9]")  # letters of no other language with Ð
_OPTIONS = {"title": "--title", "issuer": "--issuer", "issued_on": "--issued-on"}


@dataclass(frozen=True)
class Reading:
    """What was read of a file; a document once all is known that must be.

    Attributes:
        source: name of the file.
        values: what is known, by the keys of front matter.
        origins: for each key, where its value was read, in Vietnamese.
        text: as it will be kept.
        pages: where in `text` each page begins; empty for formats without pages.
        default_id: slug of the file's name.
        notes: what whoever ingests should look at.
    """

    source: str
    values: Mapping[str, Any]
    origins: Mapping[str, str]
    text: str
    pages: tuple[int, ...]
    default_id: str
    notes: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys that a document must have and this one has not."""
        return tuple(key for key in REQUIRED if not self.values.get(key))

    @property
    def was_read(self) -> bool:
        """Whether some of what a document must have was read from its text, and told by nobody."""
        told = (TOLD_INSIDE, TOLD_BESIDE)
        return any(self.origins.get(key) not in told for key in REQUIRED)

    @property
    def names_itself(self) -> bool:
        """Whether the file says what id the document has."""
        return bool(self.values.get("id"))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of the text."""
        press = self.values.get("source_kind") == "press"
        document_id = self.values.get("id") or self.default_id
        return parse_passages(document_id, self.text, press=press)

    @property
    def counts(self) -> Counter[str]:
        """Passages by kind."""
        return Counter(passage.kind for passage in self.passages)

    def document(self, document_id: str | None = None) -> Document:
        """The document; under another id than its file gives it, where one is given.

        Raises:
            DocumentError: missing or impossible value, unknown key, no text.
        """
        front = checked(self.source, _without_origin(self.values, self.missing, self.source))
        if not any(p.kind != "heading" for p in self.passages):
            raise _empty(self.source)
        passages = self.passages
        final = document_id or front.id or self.default_id
        if passages[0].document_id != final:
            press = front.source_kind == "press"
            passages = parse_passages(final, self.text, press=press)
        return Document(_metadata(final, front, self.pages), self.text, passages)


def build_reading(file: File, words: Words, told: Told) -> Reading:
    """Put together what a file says, what somebody says of it, and what its text says.

    Raises:
        DocumentError: told twice, stamped as a secret, an impossible date.
    """
    if words.values and told.values():
        raise file.refusal(
            f"mang thông tin trong {TOLD_INSIDE} ở đầu",
            "Bỏ --number, --title, --issuer, --issued-on",
        )
    text, pages, found = _kept(words.text)
    if not any(c.isalnum() for c in text):
        raise _empty(file.name)
    lines = Lines(text)
    if degree := stamped(lines, words.margins):
        raise file.refusal(
            f"đóng dấu {degree}: Hai Cấp không nhận văn bản mật",
            "Chỉ nạp văn bản được công khai; bản đã giải mật thì bỏ dấu mật",
        )
    values: dict[str, Any] = {k: v for k, v in words.values.items() if v not in (None, "")}
    origins = dict.fromkeys(values, TOLD_INSIDE)
    for key, value in told.values().items():
        values[key], origins[key] = value, TOLD_BESIDE
    notes = [*words.notes, *(f"chữ trong bảng mã {name}, đã đổi sang Unicode" for name in found)]
    if values.get("source_kind") != "press":  # a report names another text's number and signer
        about = read_about(lines)
        for key, read in about.found.items():
            if (
                key not in words.values
                and key not in values
                and _goes_with(key, values, about.found)
            ):
                values[key], origins[key] = read.value, read.where
        notes += about.notes
    share = share_of_syllables(text)
    if share is not None and share < _STRANGE:
        notes.append("nhiều chữ đọc ra không giống tiếng Việt: đối chiếu với bản gốc")
    empty_in_file = {k: v for k, v in words.values.items() if k not in values}
    reading = Reading(
        file.name, {**empty_in_file, **values}, origins, text, pages, slug(file.stem), tuple(notes)
    )
    if not reading.missing:
        checked(file.name, reading.values)  # an impossible date is refused before it is shown
    elif "issued_on" in values:
        checked(file.name, {**reading.values, **dict.fromkeys(reading.missing, "-")})
    return reading


def build_document(
    source: str, values: Mapping[str, Any], body: str, *, default_id: str
) -> Document:
    """A document whose metadata is told; nothing is read from the text.

    Args:
        source: named in errors.
        values: front matter as read.
        body: the text; it is cleaned here, its words stay.
        default_id: slugged when the front matter has no id.

    Raises:
        DocumentError: missing or impossible value, unknown key, empty body.
    """
    text = clean(body).strip()
    origins = dict.fromkeys(values, TOLD_INSIDE)
    front = checked(source, values)  # before the text is parsed: its id goes into the passages
    known = {**values, "id": front.id, "source_kind": front.source_kind}
    return Reading(source, known, origins, text, (), slug(default_id), ()).document()


def _empty(source: str) -> DocumentError:
    return DocumentError(source, "body", "phần nội dung trống", "Thêm nguyên văn văn bản vào tệp")


def _goes_with(key: str, told: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """A role goes with its signer: another one told has another role."""
    if key != "signer_role" or "signer" not in told:
        return True
    signer = found.get("signer")
    return signer is not None and signer.value == told["signer"]


def _kept(raw: str) -> tuple[str, tuple[int, ...], dict[str, int]]:
    """The text as it is kept, where its pages begin, and the old encodings that were found."""
    converted = to_unicode(raw)
    whole = _with_our_d(converted.text)
    parts = [clean(part) for part in whole.split(PAGE)]
    text = "".join(parts)
    lead = len(text) - len(text.lstrip())
    pages: list[int] = []
    at = 0
    for part in parts[:-1]:
        at += len(part)
        pages.append(max(0, at - lead))
    return text.strip(), tuple(pages), converted.found


def _with_our_d(text: str) -> str:
    """Đ where a scan, or an old keyboard, gave the letter of Iceland that looks the same.

    Tesseract gives both, one behind the other.
    """
    if "Ð" not in text or not _OURS.search(text):
        return text
    return re.sub("ĐÐ|ÐĐ|Ð", "Đ", text)


def _without_origin(
    values: Mapping[str, Any], missing: tuple[str, ...], source: str
) -> Mapping[str, Any]:
    """The values to check.

    Raises:
        DocumentError: one that must be there is not, though no front matter is.
    """
    given = [key for key in missing if key not in values]
    if given:
        options = ", ".join(_OPTIONS[key] for key in given)
        raise DocumentError(
            source,
            given[0],
            "thiếu giá trị bắt buộc, và không đọc được từ văn bản",
            f"Thêm {options}, hoặc ghi {TOLD_INSIDE} (front matter) ở đầu tệp .md",
        )
    return values


def _metadata(document_id: str, front: FrontMatter, pages: tuple[int, ...]) -> Metadata:
    values = front.model_dump(exclude={"id", "sources_as_of"})
    as_of = front.sources_as_of or date.today().isoformat()
    return Metadata(id=document_id, sources_as_of=as_of, pages=pages, **values)


def slug(name: str) -> str:
    """A name as part of an address: small letters without marks, digits and dashes."""
    made = re.sub(r"[^a-z0-9]+", "-", fold(unicodedata.normalize("NFC", name))).strip("-")
    return (made or "van-ban")[:100].ljust(2, "0")
