"""Documents and their passages, as they were ingested."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata, Passage
from knowledge.reading.duplicates import refuse_duplicates
from knowledge.store.database import Database
from knowledge.structure.passages import parse_passages

# Raise when the parser cuts passages otherwise, or says more of them: those of every document are
# made anew, from its text.
STRUCTURE_VERSION = 3
_NOTED = "structure"  # where the database notes which version made its passages
Origin = Literal["bundled", "ingested"]

TABLES = sa.MetaData()
_DOCUMENTS = sa.Table(
    "documents",
    TABLES,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("origin", sa.String(10), nullable=False),  # bundled | ingested
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
_PASSAGES = sa.Table(
    "passages",
    TABLES,
    sa.Column("id", sa.String(300), primary_key=True),
    sa.Column(
        "document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("path", sa.JSON, nullable=False),
    sa.Column("locator", sa.Text, nullable=False),
    sa.Column("anchor", sa.String(200), nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("parent_id", sa.String(300)),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("role", sa.String(12), nullable=False),
)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Ids of the documents, by what happened to them."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the index must follow."""
        return bool(self.added or self.replaced or self.removed)


class Documents:
    """The documents in one database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._cached: tuple[str, list[Document]] | None = None
        self._damaged: frozenset[str] = frozenset()
        if database.noted(_NOTED) == str(STRUCTURE_VERSION):
            database.create(TABLES)
        else:
            _cut_anew(database)

    def ingest(self, documents: Sequence[Document], origin: Origin = "ingested") -> IngestReport:
        """Store documents; each one wholly or not at all, the same content only once.

        Raises:
            DocumentError: two documents share an id, or two official ones a number; nothing is
                written.
        """
        kept = [d for d in self.all() if d.id not in {n.id for n in documents}]
        refuse_duplicates([*kept, *documents])
        known = self._hashes()
        damaged = self.damaged()
        report = IngestReport()
        for document in documents:
            wanted = content_hash(document)
            if known.get(document.id) == wanted and document.id not in damaged:
                report.unchanged.append(document.id)
                continue
            with self._database.changing() as connection:
                _replace(connection, document, wanted, origin)
            (report.replaced if document.id in known else report.added).append(document.id)
        if damaged:
            with self._lock:
                self._cached, self._damaged = None, frozenset()
        return report

    def sync_bundled(self, documents: Sequence[Document]) -> IngestReport:
        """Make the bundled documents those given: add, replace, and remove what no longer ships.

        A document that the user ingested under the same id or number stays the user's.
        """
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_DOCUMENTS.c.id, _DOCUMENTS.c.origin)).all()
        own = {i for i, origin in rows if origin == "ingested"}
        users = [d for d in self.all() if d.id in own]
        bundled = [d for d in documents if not _takes_place(users, d)]
        gone = [i for i, o in rows if o == "bundled" and i not in {d.id for d in bundled}]
        with self._database.changing() as connection:  # first: a renamed document keeps its number
            for document_id in gone:
                _delete(connection, document_id)
        report = self.ingest(bundled, "bundled")
        report.removed.extend(gone)
        return report

    def all(self) -> list[Document]:
        """All documents with their passages, oldest first."""
        generation = self.generation()
        with self._lock:
            if self._cached is None or self._cached[0] != generation:
                self._cached = (generation, self._read_documents())
            return list(self._cached[1])

    def damaged(self) -> frozenset[str]:
        """Ids of documents whose text is no longer what was stored: they are not given out."""
        self.all()
        return self._damaged

    def get(self, document_id: str) -> Document | None:
        """One document, or None."""
        return next((d for d in self.all() if d.id == document_id), None)

    def generation(self) -> str:
        """Hash over all documents: equal generations hold equal documents."""
        kept = [item for item in self._hashes().items() if item[0] not in self._damaged]
        return hashlib.sha256(json.dumps(sorted(kept)).encode()).hexdigest()

    def _hashes(self) -> dict[str, str]:
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_DOCUMENTS.c.id, _DOCUMENTS.c.content_hash))
            return {row.id: row.content_hash for row in rows}

    def _read_documents(self) -> list[Document]:
        with self._database.reading() as connection:
            documents = connection.execute(sa.select(_DOCUMENTS)).mappings().all()
            passages = connection.execute(
                sa.select(_PASSAGES).order_by(_PASSAGES.c.document_id, _PASSAGES.c.ordinal)
            )
            by_document: dict[str, list[Any]] = {}
            for row in passages.mappings():
                by_document.setdefault(row["document_id"], []).append(row)
        whole = [r for r in documents if is_whole(r["content_hash"], r["metadata"], r["text"])]
        self._damaged = frozenset(r["id"] for r in documents) - {r["id"] for r in whole}
        read = [_document(row, by_document.get(row["id"], [])) for row in whole]
        return sorted(read, key=lambda d: (d.metadata.issued_on, d.id))


def _cut_anew(database: Database) -> None:
    """Make the table of passages, and the passages of all documents, as this version has them."""
    with database.changing() as connection:
        _PASSAGES.drop(connection, checkfirst=True)
        TABLES.create_all(connection)
        for row in connection.execute(sa.select(_DOCUMENTS)).mappings().all():
            if not is_whole(row["content_hash"], row["metadata"], row["text"]):
                continue  # stays as it is, to be found as damaged
            kept = _document(row, ())
            press = kept.metadata.source_kind == "press"
            passages = parse_passages(kept.id, kept.text, press=press)
            document = replace(kept, passages=passages)
            _replace(connection, document, content_hash(document), row["origin"])
        database.note(connection, _NOTED, str(STRUCTURE_VERSION))


def content_hash(document: Document) -> str:
    """Hash of everything that a stored document depends on."""
    return stored_hash(STRUCTURE_VERSION, asdict(document.metadata), document.text)


def is_whole(kept: str, metadata: Mapping[str, Any], text: str) -> bool:
    """Whether a stored document is what was stored, by whichever version of ours."""
    return any(kept == stored_hash(v, metadata, text) for v in range(STRUCTURE_VERSION, 0, -1))


def stored_hash(version: int, metadata: Mapping[str, Any], text: str) -> str:
    """The hash that a version of ours stored beside a document."""
    parts = [version, metadata, text]
    return hashlib.sha256(
        json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()


def _takes_place(users: Sequence[Document], bundled: Document) -> bool:
    """Whether one of the user's documents has the id, or the official number, of a bundled one."""
    try:
        refuse_duplicates([*users, bundled])
    except DocumentError:
        return True
    return any(u.id == bundled.id for u in users)


def _replace(connection: Connection, document: Document, wanted: str, origin: Origin) -> None:
    _delete(connection, document.id)
    connection.execute(
        sa.insert(_DOCUMENTS),
        {
            "id": document.id,
            "origin": origin,
            "content_hash": wanted,
            "metadata": asdict(document.metadata),
            "text": document.text,
        },
    )
    connection.execute(sa.insert(_PASSAGES), [_passage_row(p) for p in document.passages])


def _delete(connection: Connection, document_id: str) -> None:
    connection.execute(sa.delete(_PASSAGES).where(_PASSAGES.c.document_id == document_id))
    connection.execute(sa.delete(_DOCUMENTS).where(_DOCUMENTS.c.id == document_id))


def _passage_row(passage: Passage) -> dict[str, Any]:
    row = asdict(passage)
    del row["text"]  # the document's text holds it
    row["path"] = list(passage.path)
    return row


def _document(row: Any, passages: Iterable[Any]) -> Document:
    values = dict(row["metadata"])
    for key in ("implements", "legal_bases", "pages"):
        values[key] = tuple(values.get(key, ()))
    text = row["text"]
    return Document(Metadata(**values), text, tuple(_passage(p, text) for p in passages))


def _passage(row: Any, text: str) -> Passage:
    values = dict(row)
    values["path"] = tuple(values["path"])
    return Passage(**values, text=text[values["start"] : values["end"]])
