"""Where documents that were read find their place among those that are stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from knowledge.errors import DocumentError
from knowledge.models import Document
from knowledge.reading.document import Reading, slug
from knowledge.reading.duplicates import Key, number_key

# What may differ between two readings of one text: its name, and the day it was read.
_OF_THE_READING = ("id", "sources_as_of")


@dataclass(frozen=True, slots=True)
class Placed:
    """What is to be stored, what is stored already, and what cannot be."""

    documents: list[Document] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[DocumentError] = field(default_factory=list)


def place(stored: Sequence[Document], readings: Iterable[Reading], *, replace: bool) -> Placed:
    """Give each reading its id.

    A text is that of a stored one when number, issuer and year are the same; without a number, when
    the id is. The same words are stored once. Other words under the same key are refused, or with
    `replace` take the place, and the id, of what was there. A file name that another text has
    already gets issuer and year behind it.
    """
    placed = Placed()
    ids = {document.id: document for document in stored}
    keys = {key: d for d in stored if (key := number_key(d.metadata)) is not None}
    own: set[str] = set()  # placed in this call
    for reading in readings:
        try:
            document = _placed(reading, ids, keys, own, replace=replace)
        except DocumentError as error:
            placed.refused.append(error)
            continue
        if document is None or document.id in own:
            continue
        if _same(ids.get(document.id), document):
            placed.unchanged.append(document.id)
        else:
            placed.documents.append(document)
        own.add(document.id)
        ids[document.id] = document
        if (key := number_key(document.metadata)) is not None:
            keys[key] = document
    return placed


def _placed(
    reading: Reading,
    ids: dict[str, Document],
    keys: dict[Key, Document],
    own: set[str],
    *,
    replace: bool,
) -> Document | None:
    """The document under the id that it will have; None when this call has it already."""
    document = reading.document()
    key = number_key(document.metadata)
    there = keys.get(key) if key is not None else None
    by_id = ids.get(document.id)
    if there is None and by_id is not None and (key is None or reading.names_itself):
        there = by_id if number_key(by_id.metadata) is None or reading.names_itself else None
    if there is not None:
        if _same(there, document):
            return None if there.id in own else reading.document(there.id)
        if there.id in own or not replace:
            raise _refusal(reading, document, there, here=there.id in own)
        return reading.document(there.id)
    return document if by_id is None else reading.document(_free_id(document, ids))


def _free_id(document: Document, ids: dict[str, Document]) -> str:
    meta = document.metadata
    longer = slug(f"{document.id[:50]} {meta.issuer[:40]} {meta.issued_on[:4]}")
    number = 2
    free = longer
    while free in ids:
        free, number = f"{longer[:95]}-{number}", number + 1
    return free


def _same(one: Document | None, other: Document) -> bool:
    if one is None or one.text != other.text:
        return False
    facts = [asdict(document.metadata) for document in (one, other)]
    return all(facts[0][k] == facts[1][k] for k in facts[0] if k not in _OF_THE_READING)


def _refusal(reading: Reading, document: Document, there: Document, *, here: bool) -> DocumentError:
    meta = document.metadata
    what = (
        f"{meta.number!r} của {meta.issuer}, năm {meta.issued_on[:4]}" if meta.number else "id này"
    )
    if here:
        return DocumentError(
            reading.source,
            "number" if meta.number else "id",
            f"{what} có hai tệp khác nhau trong lần nạp này",
            "Chỉ nạp một tệp",
        )
    return DocumentError(
        reading.source,
        "number" if meta.number else "id",
        f"{what} đã có ở văn bản {there.id!r}, nội dung khác",
        "Thêm --replace để thay bằng bản này",
    )
