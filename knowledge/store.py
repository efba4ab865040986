"""The relational database: the truth about documents, answers, feedback and visits."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import DocumentError, StoreError
from knowledge.models import Document, Metadata, Passage
from knowledge.reading.duplicates import refuse_duplicates

SCHEMA_VERSION = 1
STRUCTURE_VERSION = (
    2  # raise when the parser cuts passages otherwise: every document is stored anew
)
_LOOKUP_BATCH = 500
MAX_FEEDBACK = 50  # opinions kept of one answer: its shared page may be seen by many

_tables = sa.MetaData()
_meta = sa.Table(
    "meta",
    _tables,
    sa.Column("key", sa.String(60), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_documents = sa.Table(
    "documents",
    _tables,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("origin", sa.String(10), nullable=False),  # bundled | ingested
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
_passages = sa.Table(
    "passages",
    _tables,
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
)
_vectors = sa.Table(
    "vectors",
    _tables,
    sa.Column("fingerprint", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
_answers = sa.Table(
    "answers",
    _tables,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("payload", sa.JSON, nullable=False),
)
_feedback = sa.Table(
    "feedback",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "answer_id", sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("comment", sa.Text),
)
_records = sa.Table(
    "records",
    _tables,
    sa.Column("kind", sa.String(40), primary_key=True),  # such as "portal-procedure"
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
)
# A visit: one answer given to one person at a messenger. People and chats are opaque keys, never
# the messenger's own numbers.
_talks = sa.Table(
    "talks",
    _tables,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("conversation_id", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)
_visits = sa.Table(
    "visits",
    _tables,
    sa.Column("answer_id", sa.String(40), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("conversation_id", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("feedback_id", sa.Integer),  # this person's vote, if any
)
# What came in and is not answered yet; a row goes to `handled_updates` with the answer.
_waiting_updates = sa.Table(
    "waiting_updates",
    _tables,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
_handled_updates = sa.Table(
    "handled_updates",
    _tables,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)

_turns = sa.Table(
    "turns",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),  # personal data masked by the caller
    sa.Column("topic", sa.JSON, nullable=False),
    sa.Column("status", sa.String(30), nullable=False),
)

Origin = Literal["bundled", "ingested"]


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


class Store:
    """Documents, vectors, answers and feedback in one database; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open (and set up) the database at `url`, such as "sqlite:///data/haicap.db".

        Raises:
            StoreError: it cannot be opened, or was made by a newer version.
        """
        try:
            self._engine = _open_engine(url)
            with self._engine.begin() as connection:
                _tables.create_all(connection)
                _check_schema(connection)
        except ModuleNotFoundError as error:
            raise StoreError(
                f"Cơ sở dữ liệu {_shown(url)!r} cần gói {error.name!r}. "
                "Chạy: .venv/bin/pip install 'haicap[postgres]'"
            ) from error
        except SQLAlchemyError as error:
            raise StoreError(
                f"Không mở được cơ sở dữ liệu {_shown(url)!r}: {_reason(error)}. "
                "Kiểm tra HAICAP_DATABASE_URL và HAICAP_DATA_DIR"
            ) from error
        self._lock = threading.Lock()
        self._cached: tuple[str, list[Document]] | None = None

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    # Documents

    def ingest(self, documents: Sequence[Document], origin: Origin = "ingested") -> IngestReport:
        """Store documents; each one wholly or not at all, the same content only once.

        Raises:
            DocumentError: two documents share an id, or two official ones a number; nothing is
                written.
        """
        kept = [d for d in self.documents() if d.id not in {n.id for n in documents}]
        refuse_duplicates([*kept, *documents])
        known = self._hashes()
        report = IngestReport()
        for document in documents:
            wanted = content_hash(document)
            if known.get(document.id) == wanted:
                report.unchanged.append(document.id)
                continue
            with self._engine.begin() as connection:
                _replace(connection, document, wanted, origin)
            (report.replaced if document.id in known else report.added).append(document.id)
        return report

    def sync_bundled(self, documents: Sequence[Document]) -> IngestReport:
        """Make the bundled documents those given: add, replace, and remove what no longer ships.

        A document that the user ingested under the same id or number stays the user's.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_documents.c.id, _documents.c.origin)).all()
        own = {i for i, origin in rows if origin == "ingested"}
        users = [d for d in self.documents() if d.id in own]
        bundled = [d for d in documents if not _takes_place(users, d)]
        gone = [i for i, o in rows if o == "bundled" and i not in {d.id for d in bundled}]
        with self._engine.begin() as connection:  # first: a renamed document keeps its number
            for document_id in gone:
                _delete(connection, document_id)
        report = self.ingest(bundled, "bundled")
        report.removed.extend(gone)
        return report

    def documents(self) -> list[Document]:
        """All documents with their passages, oldest first."""
        generation = self.generation()
        with self._lock:
            if self._cached is None or self._cached[0] != generation:
                self._cached = (generation, self._read_documents())
            return list(self._cached[1])

    def document(self, document_id: str) -> Document | None:
        """One document, or None."""
        return next((d for d in self.documents() if d.id == document_id), None)

    def generation(self) -> str:
        """Hash over all documents: equal generations hold equal documents."""
        return hashlib.sha256(json.dumps(sorted(self._hashes().items())).encode()).hexdigest()

    def _hashes(self) -> dict[str, str]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_documents.c.id, _documents.c.content_hash))
            return {row.id: row.content_hash for row in rows}

    def _read_documents(self) -> list[Document]:
        with self._engine.connect() as connection:
            documents = connection.execute(sa.select(_documents)).mappings().all()
            passages = connection.execute(
                sa.select(_passages).order_by(_passages.c.document_id, _passages.c.ordinal)
            )
            by_document: dict[str, list[Any]] = {}
            for row in passages.mappings():
                by_document.setdefault(row["document_id"], []).append(row)
        read = [_document(row, by_document.get(row["id"], [])) for row in documents]
        return sorted(read, key=lambda d: (d.metadata.issued_on, d.id))

    # Vectors (retrieval.index.VectorCache)

    def vectors(self, fingerprint: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The cached vectors of `keys`, as float32 bytes; unknown keys are left out."""
        found: dict[str, bytes] = {}
        with self._engine.connect() as connection:
            for at in range(0, len(keys), _LOOKUP_BATCH):
                part = list(keys[at : at + _LOOKUP_BATCH])
                where = (_vectors.c.fingerprint == fingerprint) & _vectors.c.key.in_(part)
                rows = connection.execute(sa.select(_vectors.c.key, _vectors.c.vector).where(where))
                found |= {key: bytes(vector) for key, vector in rows}
        return found

    def save_vectors(self, fingerprint: str, rows: dict[str, bytes]) -> None:
        """Keep vectors that `vectors` did not know."""
        values = [{"fingerprint": fingerprint, "key": k, "vector": v} for k, v in rows.items()]
        if not values:
            return
        with self._engine.begin() as connection:
            connection.execute(self._insert_or_keep(_vectors), values)

    # Records of other kinds than documents

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Id -> payload of every record of this kind, by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(_records.c.id, _records.c.payload)
                .where(_records.c.kind == kind)
                .order_by(_records.c.id)
            ).all()
        return {row.id: dict(row.payload) for row in rows}

    def save_records(self, kind: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        """Add or replace records of one kind, all of them or none."""
        values = [{"kind": kind, "id": i, "payload": dict(payload)} for i, payload in rows.items()]
        ids = list(rows)
        with self._engine.begin() as connection:
            for at in range(0, len(ids), _LOOKUP_BATCH):
                known = _records.c.id.in_(ids[at : at + _LOOKUP_BATCH])
                connection.execute(sa.delete(_records).where((_records.c.kind == kind) & known))
            if values:
                connection.execute(sa.insert(_records), values)

    def _insert_or_keep(self, table: sa.Table) -> sa.Insert:
        """An insert that leaves rows alone which another process wrote first."""
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        return sa.insert(table).prefix_with("OR IGNORE", dialect="sqlite")

    # Answers and feedback

    def save_answer(self, answer_id: str, payload: dict[str, Any]) -> None:
        """Keep an answer for its share page."""
        row = {"id": answer_id, "created_at": datetime.now(UTC), "payload": payload}
        with self._engine.begin() as connection:
            connection.execute(sa.insert(_answers), row)

    def saved_answer(self, answer_id: str) -> dict[str, Any] | None:
        """The payload saved under `answer_id`, or None."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(_answers.c.payload).where(_answers.c.id == answer_id)
            ).first()
        return dict(row[0]) if row else None

    def save_feedback(
        self, answer_id: str, useful: bool, reason: str | None, comment: str | None
    ) -> bool:
        """Keep what somebody thought of an answer; False when there is no such answer."""
        row = {
            "answer_id": answer_id,
            "created_at": datetime.now(UTC),
            "useful": useful,
            "reason": reason,
            "comment": comment,
        }
        with self._engine.begin() as connection:
            if not connection.execute(
                sa.select(_answers.c.id).where(_answers.c.id == answer_id)
            ).first():
                return False
            given = sa.select(sa.func.count()).where(_feedback.c.answer_id == answer_id)
            if (connection.execute(given).scalar() or 0) < MAX_FEEDBACK:
                connection.execute(sa.insert(_feedback), row)
        return True

    def feedback_counts(self) -> dict[bool, int]:
        """How many found answers useful (True) and not (False)."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(_feedback.c.useful, sa.func.count()).group_by(_feedback.c.useful)
            ).all()
        return {bool(useful): count for useful, count in rows}

    def forget_answers(self, older_than_days: int) -> int:
        """Delete answers (and their feedback) past their retention; returns how many."""
        limit = datetime.now(UTC) - timedelta(days=older_than_days)
        with self._engine.begin() as connection:
            old = sa.select(_answers.c.id).where(_answers.c.created_at < limit)
            connection.execute(sa.delete(_feedback).where(_feedback.c.answer_id.in_(old)))
            return connection.execute(
                sa.delete(_answers).where(_answers.c.created_at < limit)
            ).rowcount

    # Conversations

    def save_turn(
        self,
        conversation_id: str,
        *,
        question: str,
        topic: Mapping[str, Any],
        status: str,
        keep: int,
    ) -> None:
        """Add a turn to its conversation and drop all but the newest `keep`."""
        row = {
            "conversation_id": conversation_id,
            "created_at": datetime.now(UTC),
            "question": question,
            "topic": dict(topic),
            "status": status,
        }
        own = _turns.c.conversation_id == conversation_id
        newest = sa.select(_turns.c.id).where(own).order_by(_turns.c.id.desc()).limit(keep)
        with self._engine.begin() as connection:
            connection.execute(sa.insert(_turns), row)
            kept = [row.id for row in connection.execute(newest)]
            if len(kept) == keep:
                connection.execute(sa.delete(_turns).where(own & (_turns.c.id < min(kept))))

    def turns(self, conversation_id: str, limit: int) -> list[dict[str, Any]]:
        """The newest turns of a conversation, oldest first: `question`, `topic`, `status`."""
        chosen = (
            sa.select(_turns.c.question, _turns.c.topic, _turns.c.status)
            .where(_turns.c.conversation_id == conversation_id)
            .order_by(_turns.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [dict(row) for row in reversed(connection.execute(chosen).mappings().all())]

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete a conversation's turns, answers and feedback; returns how many turns."""
        of_answer = _answers.c.payload["conversation_id"].as_string() == conversation_id
        with self._engine.begin() as connection:
            answers = sa.select(_answers.c.id).where(of_answer)
            connection.execute(sa.delete(_feedback).where(_feedback.c.answer_id.in_(answers)))
            connection.execute(sa.delete(_answers).where(of_answer))
            return connection.execute(
                sa.delete(_turns).where(_turns.c.conversation_id == conversation_id)
            ).rowcount

    def forget_turns(self, older_than_days: int) -> int:
        """Delete turns past their retention; returns how many."""
        limit = datetime.now(UTC) - timedelta(days=older_than_days)
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(_turns).where(_turns.c.created_at < limit)).rowcount

    # Visits: who was given which answer at a messenger

    def conversation(self, person: str, chat: str) -> str | None:
        """The conversation that a person is having in a chat, or None."""
        where = (_talks.c.person == person) & (_talks.c.chat == chat)
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_talks.c.conversation_id).where(where)).first()
        return row[0] if row else None

    def set_conversation(self, person: str, chat: str, conversation_id: str) -> None:
        """Let a person's next question in a chat belong to this conversation."""
        key = {"person": person, "chat": chat}
        where = (_talks.c.person == person) & (_talks.c.chat == chat)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_talks).where(where))
            row = {**key, "conversation_id": conversation_id, "at": datetime.now(UTC)}
            connection.execute(sa.insert(_talks), row)

    def add_visit(self, person: str, conversation_id: str, answer_id: str) -> None:
        """Remember who was given an answer, so that it can be voted on and deleted."""
        row = {"person": person, "conversation_id": conversation_id, "answer_id": answer_id}
        with self._engine.begin() as connection:
            connection.execute(sa.insert(_visits), {**row, "at": datetime.now(UTC)})

    def rate_visit(self, person: str, answer_id: str, useful: bool, reason: str | None) -> bool:
        """Keep one vote for each visit, the last one; False when it is not this person's."""
        where = (_visits.c.answer_id == answer_id) & (_visits.c.person == person)
        with self._engine.begin() as connection:
            visit = connection.execute(sa.select(_visits.c.feedback_id).where(where)).first()
            answer = sa.select(_answers.c.id).where(_answers.c.id == answer_id)
            if visit is None or connection.execute(answer).first() is None:
                return False
            connection.execute(sa.delete(_feedback).where(_feedback.c.id == visit.feedback_id))
            row = {"answer_id": answer_id, "useful": useful, "reason": reason, "comment": None}
            kept = connection.execute(
                sa.insert(_feedback).values({**row, "created_at": datetime.now(UTC)})
            )
            (feedback_id,) = kept.inserted_primary_key or (None,)
            connection.execute(sa.update(_visits).where(where).values(feedback_id=feedback_id))
        return True

    def forget_person(self, person: str) -> int:
        """Delete all that is kept about a person; returns how many answers there were."""
        with self._engine.begin() as connection:
            for table in (_talks, _visits):
                theirs = sa.select(table.c.conversation_id).where(table.c.person == person)
                connection.execute(sa.delete(_turns).where(_turns.c.conversation_id.in_(theirs)))
            connection.execute(sa.delete(_talks).where(_talks.c.person == person))
            count = _forget_visits(connection, _visits.c.person == person)
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:  # the log holds what the file lost
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def forget_visits(self, older_than_days: int) -> int:
        """Delete turns past their retention, with their answers; returns how many."""
        limit = datetime.now(UTC) - timedelta(days=older_than_days)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_talks).where(_talks.c.at < limit))
            return _forget_visits(connection, _visits.c.at < limit)

    # Updates of a messenger, each to be handled once

    def take_updates(self, bot_id: int, updates: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Keep updates never seen before until `finish_update`; returns their keys."""
        keys = list(updates)
        with self._engine.begin() as connection:
            seen = {
                row.key
                for table in (_handled_updates, _waiting_updates)
                for row in connection.execute(
                    sa.select(table.c.key).where(table.c.bot_id == bot_id, table.c.key.in_(keys))
                )
            }
            fresh = [key for key in keys if key not in seen]
            stamp = {"bot_id": bot_id, "tries": 1, "at": datetime.now(UTC)}
            rows = [{**stamp, "key": key, "payload": dict(updates[key])} for key in fresh]
            if rows:
                connection.execute(sa.insert(_waiting_updates), rows)
        return fresh

    def waiting_updates(self, bot_id: int, max_tries: int) -> list[dict[str, Any]]:
        """Payloads that a process before this one did not finish.

        One that was begun `max_tries` times is given up: it may be what ended the process.
        """
        waiting = _waiting_updates
        with self._engine.begin() as connection:
            tired = (waiting.c.bot_id == bot_id) & (waiting.c.tries >= max_tries)
            for key in connection.execute(sa.select(waiting.c.key).where(tired)).scalars().all():
                _finish(connection, bot_id, key)
            mine = sa.select(waiting.c.payload).where(waiting.c.bot_id == bot_id)
            return [dict(payload) for payload in connection.execute(mine).scalars()]

    def begin_again(self, bot_id: int, key: str) -> None:
        """Count one more attempt at an update that an earlier process began."""
        waiting = _waiting_updates
        here = (waiting.c.bot_id == bot_id) & (waiting.c.key == key)
        with self._engine.begin() as connection:
            connection.execute(sa.update(waiting).where(here).values(tries=waiting.c.tries + 1))

    def finish_update(self, bot_id: int, key: str) -> None:
        """An update was handled: forget what it said, remember that it was."""
        with self._engine.begin() as connection:
            _finish(connection, bot_id, key)

    def forget_updates(self, older_than_days: int) -> None:
        """Delete the keys of updates that no messenger sends again."""
        limit = datetime.now(UTC) - timedelta(days=older_than_days)
        with self._engine.begin() as connection:
            for table in (_handled_updates, _waiting_updates):
                connection.execute(sa.delete(table).where(table.c.at < limit))


def _forget_visits(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    ids = sa.select(_visits.c.answer_id).where(where)
    connection.execute(sa.delete(_feedback).where(_feedback.c.answer_id.in_(ids)))
    connection.execute(sa.delete(_answers).where(_answers.c.id.in_(ids)))
    return connection.execute(sa.delete(_visits).where(where)).rowcount


def _finish(connection: Connection, bot_id: int, key: str) -> None:
    waiting = _waiting_updates
    here = (waiting.c.bot_id == bot_id) & (waiting.c.key == key)
    connection.execute(sa.delete(waiting).where(here))
    row = {"bot_id": bot_id, "key": key, "at": datetime.now(UTC)}
    connection.execute(sa.insert(_handled_updates), row)


def content_hash(document: Document) -> str:
    """Hash of everything that a stored document depends on."""
    parts = [STRUCTURE_VERSION, asdict(document.metadata), document.text]
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


def _open_engine(url: str) -> Engine:
    engine = sa.create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            for pragma in (
                "journal_mode=WAL",
                "synchronous=NORMAL",
                "foreign_keys=ON",
                "busy_timeout=5000",
                "secure_delete=ON",  # what people had deleted is overwritten, not just unlinked
            ):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _check_schema(connection: Connection) -> None:
    row = connection.execute(
        sa.select(_meta.c.value).where(_meta.c.key == "schema_version")
    ).first()
    if row is None:
        connection.execute(
            sa.insert(_meta), {"key": "schema_version", "value": str(SCHEMA_VERSION)}
        )
    elif int(row[0]) != SCHEMA_VERSION:
        raise StoreError(
            f"Cơ sở dữ liệu có phiên bản {row[0]!r}, chương trình này dùng {SCHEMA_VERSION}. "
            "Dùng thư mục dữ liệu khác (HAICAP_DATA_DIR) rồi nạp lại văn bản"
        )


def _replace(connection: Connection, document: Document, wanted: str, origin: Origin) -> None:
    _delete(connection, document.id)
    connection.execute(
        sa.insert(_documents),
        {
            "id": document.id,
            "origin": origin,
            "content_hash": wanted,
            "metadata": asdict(document.metadata),
            "text": document.text,
        },
    )
    connection.execute(sa.insert(_passages), [_passage_row(p) for p in document.passages])


def _delete(connection: Connection, document_id: str) -> None:
    connection.execute(sa.delete(_passages).where(_passages.c.document_id == document_id))
    connection.execute(sa.delete(_documents).where(_documents.c.id == document_id))


def _passage_row(passage: Passage) -> dict[str, Any]:
    row = asdict(passage)
    del row["text"]  # the document's text holds it
    row["path"] = list(passage.path)
    return row


def _document(row: Any, passages: Iterable[Any]) -> Document:
    values = dict(row["metadata"])
    values["implements"] = tuple(values["implements"])
    text = row["text"]
    return Document(Metadata(**values), text, tuple(_passage(p, text) for p in passages))


def _passage(row: Any, text: str) -> Passage:
    values = dict(row)
    values["path"] = tuple(values["path"])
    return Passage(**values, text=text[values["start"] : values["end"]])


def _shown(url: str) -> str:
    """The address without its password; an unreadable one is not shown at all."""
    try:
        return sa.engine.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "HAICAP_DATABASE_URL"


def _reason(error: SQLAlchemyError) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:200]
