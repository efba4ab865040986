"""What came in from a messenger: each message is handled once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.keeping.tables import HANDLED, WAITING
from bot.keeping.times import days_ago, now
from knowledge.store.database import Database


class Inbox:
    """The updates in one database; a bot's are its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, bot_id: int, updates: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Keep updates never seen before until `finish`; returns their keys."""
        keys = list(updates)
        with self._database.changing() as connection:
            seen = {
                key
                for table in (HANDLED, WAITING)
                for key in connection.execute(
                    sa.select(table.c.key).where(table.c.bot_id == bot_id, table.c.key.in_(keys))
                ).scalars()
            }
            fresh = [key for key in keys if key not in seen]
            stamp = {"bot_id": bot_id, "tries": 1, "at": now()}
            rows = [{**stamp, "key": key, "payload": dict(updates[key])} for key in fresh]
            if rows:
                connection.execute(sa.insert(WAITING), rows)
        return fresh

    def waiting(self, bot_id: int, max_tries: int) -> list[dict[str, Any]]:
        """Payloads that a process before this one did not finish.

        One that was begun `max_tries` times is given up: it may be what ended the process.
        """
        mine = WAITING.c.bot_id == bot_id
        tired = sa.select(WAITING.c.key).where(mine & (WAITING.c.tries >= max_tries))
        with self._database.changing() as connection:
            for key in connection.execute(tired).scalars().all():
                _finish(connection, bot_id, key)
            left = connection.execute(sa.select(WAITING.c.payload).where(mine)).scalars()
            return [dict(payload) for payload in left]

    def begin_again(self, bot_id: int, key: str) -> None:
        """Count one more attempt at an update that an earlier process began."""
        more = sa.update(WAITING).values(tries=WAITING.c.tries + 1)
        with self._database.changing() as connection:
            connection.execute(more.where(_is(bot_id, key)))

    def finish(self, bot_id: int, key: str) -> None:
        """An update was handled: forget what it said, remember that it was."""
        with self._database.changing() as connection:
            _finish(connection, bot_id, key)

    def forget(self, older_than_days: int) -> None:
        """Delete the keys of updates that no messenger sends again."""
        limit = days_ago(older_than_days)
        with self._database.changing() as connection:
            for table in (HANDLED, WAITING):
                connection.execute(sa.delete(table).where(table.c.at < limit))


def _is(bot_id: int, key: str) -> sa.ColumnElement[bool]:
    return (WAITING.c.bot_id == bot_id) & (WAITING.c.key == key)


def _finish(connection: Connection, bot_id: int, key: str) -> None:
    connection.execute(sa.delete(WAITING).where(_is(bot_id, key)))
    connection.execute(sa.insert(HANDLED), {"bot_id": bot_id, "key": key, "at": now()})
