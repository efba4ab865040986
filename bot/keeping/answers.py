"""Answers, for their share pages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.keeping.tables import ANSWERS, FEEDBACK
from bot.keeping.times import days_ago, now
from knowledge.store.database import Database


class Answers:
    """The answers in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, answer_id: str, payload: dict[str, Any]) -> None:
        """Keep an answer."""
        row = {"id": answer_id, "created_at": now(), "payload": payload}
        with self._database.changing() as connection:
            connection.execute(sa.insert(ANSWERS), row)

    def get(self, answer_id: str) -> dict[str, Any] | None:
        """The payload saved under `answer_id`, or None."""
        chosen = sa.select(ANSWERS.c.payload).where(ANSWERS.c.id == answer_id)
        with self._database.reading() as connection:
            row = connection.execute(chosen).first()
        return dict(row[0]) if row else None

    def forget(self, older_than_days: int) -> int:
        """Delete answers (and opinions of them) past their retention; returns how many."""
        with self._database.changing() as connection:
            return delete_answers(connection, ANSWERS.c.created_at < days_ago(older_than_days))


def delete_answers(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    """Delete answers with the opinions of them; returns how many answers."""
    ids = sa.select(ANSWERS.c.id).where(where)
    connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.answer_id.in_(ids)))
    return connection.execute(sa.delete(ANSWERS).where(where)).rowcount


def is_kept(connection: Connection, answer_id: str) -> bool:
    """Whether there is such an answer."""
    chosen = sa.select(ANSWERS.c.id).where(ANSWERS.c.id == answer_id)
    return connection.execute(chosen).first() is not None
