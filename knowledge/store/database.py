"""The database that everything kept shares: one handle, tables made where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from knowledge.errors import StoreError

SCHEMA_VERSION = 1  # of all tables together, those of other packages too
BATCH = 500  # keys in one statement
_SQLITE = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "secure_delete=ON",  # what people had deleted is overwritten, not just unlinked
)
_OWN = sa.MetaData()
_META = sa.Table(
    "meta",
    _OWN,
    sa.Column("key", sa.String(60), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


class Database:
    """A handle on one database; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Open the database at `url`, such as "sqlite:///data/haicap.db".

        Raises:
            StoreError: it cannot be opened, or was made by a newer version.
        """
        self._shown = _shown(url)
        try:
            self._engine = _open_engine(url)
        except ModuleNotFoundError as error:
            raise StoreError(
                f"Cơ sở dữ liệu {self._shown!r} cần gói {error.name!r}. "
                "Chạy: .venv/bin/pip install 'haicap[postgres]'"
            ) from error
        except SQLAlchemyError as error:
            raise self._refusal(error) from error
        self.create(_OWN)
        with self.changing() as connection:
            _check_schema(connection)

    def create(self, tables: sa.MetaData) -> None:
        """Make those of `tables` that are not there yet; what is there stays as it is.

        Raises:
            StoreError: the database cannot be opened, or not written.
        """
        try:
            with self.changing() as connection:
                tables.create_all(connection)
        except SQLAlchemyError as error:
            raise self._refusal(error) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries.

        Raises:
            StoreError: the database is damaged or out of reach.
        """
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction: kept at the end of the block, undone when it raises.

        Raises:
            StoreError: the disk is full or may only be read, or as `reading`.
        """
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database cannot do is an error of ours; a wrong row is the caller's."""
        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise self._refusal(error) from error

    def insert_or_keep(self, table: sa.Table) -> sa.Insert:
        """An insert that leaves rows alone which another process wrote first."""
        if self._engine.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # 20 ms that SQLite need not wait for

            return postgresql.insert(table).on_conflict_do_nothing()
        return sa.insert(table).prefix_with("OR IGNORE", dialect="sqlite")

    def noted(self, key: str) -> str | None:
        """What a part of the program noted about its tables, or None."""
        with self.reading() as connection:
            return connection.scalar(sa.select(_META.c.value).where(_META.c.key == key))

    def note(self, connection: Connection, key: str, value: str) -> None:
        """Note something about one's tables, with the changes of a transaction."""
        connection.execute(sa.delete(_META).where(_META.c.key == key))
        connection.execute(sa.insert(_META), {"key": key, "value": value})

    def clear_log(self) -> None:
        """Write SQLite's log back, so that it holds nothing that was deleted."""
        if self._engine.dialect.name == "sqlite":
            with self.reading() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    def _refusal(self, error: SQLAlchemyError) -> StoreError:
        return StoreError(
            f"Không mở được cơ sở dữ liệu {self._shown!r}: {_reason(error)}. "
            "Kiểm tra HAICAP_DATABASE_URL và HAICAP_DATA_DIR"
        )


def _open_engine(url: str) -> Engine:
    engine = sa.create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            for pragma in _SQLITE:
                connection.execute(f"PRAGMA {pragma}")

    return engine


def _check_schema(connection: Connection) -> None:
    row = connection.execute(
        sa.select(_META.c.value).where(_META.c.key == "schema_version")
    ).first()
    if row is None:
        connection.execute(
            sa.insert(_META), {"key": "schema_version", "value": str(SCHEMA_VERSION)}
        )
    elif int(row[0]) != SCHEMA_VERSION:
        raise StoreError(
            f"Cơ sở dữ liệu có phiên bản {row[0]!r}, chương trình này dùng {SCHEMA_VERSION}. "
            "Dùng thư mục dữ liệu khác (HAICAP_DATA_DIR) rồi nạp lại văn bản"
        )


def _shown(url: str) -> str:
    """The address without its password; an unreadable one is not shown at all."""
    try:
        return sa.engine.make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "HAICAP_DATABASE_URL"


def _reason(error: SQLAlchemyError) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:200]
