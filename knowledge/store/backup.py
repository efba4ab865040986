"""Copies of the SQLite database: made while it is used, checked, put back."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from knowledge.errors import StoreError
from knowledge.store.documents import is_whole

SUFFIX = ".sqlite3"
_BESIDE = ("-wal", "-shm")  # SQLite's own files beside a database


def sqlite_file(url: str) -> Path:
    """The file of a database.

    Raises:
        StoreError: it is none of SQLite's.
    """
    parsed = sa.engine.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise StoreError(
            "Lệnh này chỉ dành cho SQLite. Với PostgreSQL hãy dùng pg_dump và pg_restore"
        )
    return Path(parsed.database)


def stamp() -> str:
    """Now, for the name of a file; later ones come later in order."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")


def damage(path: Path) -> str | None:
    """What is wrong with a database, for the user; None where it is whole."""
    try:
        with _opened(path) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                return f"SQLite báo: {said}"
            rows = connection.execute("SELECT id, content_hash, metadata, text FROM documents")
            broken = [
                i for i, kept, told, text in rows if not is_whole(kept, json.loads(told), text)
            ]
    except (sqlite3.Error, ValueError) as error:
        return f"không đọc được ({error})"
    return f"chữ của văn bản bị đổi: {', '.join(broken)}" if broken else None


def back_up(path: Path, target: Path) -> None:
    """A copy of a database that may be in use.

    Raises:
        StoreError: the database is damaged, or the copy cannot be written; there is no copy then.
    """
    if found := damage(path):
        raise StoreError(f"{str(path)!r} bị hỏng: {found}. Chạy: haicap doctor --repair")
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _opened(path) as source, contextlib.closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"Không ghi được bản sao {str(target)!r}: {error}. Chọn nơi khác, hoặc dọn bớt ổ đĩa"
        ) from error


def restore(source: Path, path: Path) -> Path | None:
    """Put a copy in the place of a database that nobody uses; returns where the old one went.

    Raises:
        StoreError: the copy is damaged; nothing was changed.
    """
    if not source.is_file():
        raise StoreError(f"Không có tệp {str(source)!r}. Xem các bản sao trong thư mục backups")
    if found := damage(source):
        raise StoreError(f"Bản sao {str(source)!r} bị hỏng: {found}. Chọn bản sao khác")
    fresh = path.with_name(f"{path.name}.part")
    with _opened(source) as copy, contextlib.closing(sqlite3.connect(fresh)) as made:
        copy.backup(made)
    old = set_aside(path)
    fresh.replace(path)
    return old


def set_aside(path: Path) -> Path | None:
    """Rename a database, so that a new one can stand there; nothing is deleted."""
    if not path.exists():
        return None
    old = path.with_name(f"{path.name}.old-{stamp()}")
    for end in ("", *_BESIDE):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(old.with_name(old.name + end))
    return old


def newest_whole(folder: Path) -> Path | None:
    """The newest copy in a folder that is not damaged."""
    copies = sorted(folder.glob(f"*{SUFFIX}"), reverse=True) if folder.is_dir() else []
    return next((copy for copy in copies if damage(copy) is None), None)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as c:
        yield c
