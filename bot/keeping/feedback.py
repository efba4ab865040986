"""What people thought of answers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.keeping.answers import is_kept
from bot.keeping.tables import FEEDBACK
from bot.keeping.times import now
from knowledge.store.database import Database

MAX_FEEDBACK = 50  # opinions kept of one answer: its shared page may be seen by many


class Feedback:
    """The opinions in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, answer_id: str, useful: bool, reason: str | None, comment: str | None) -> bool:
        """Keep what somebody thought of an answer; False when there is no such answer."""
        given = sa.select(sa.func.count()).where(FEEDBACK.c.answer_id == answer_id)
        with self._database.changing() as connection:
            if not is_kept(connection, answer_id):
                return False
            if (connection.execute(given).scalar() or 0) < MAX_FEEDBACK:
                add_opinion(connection, answer_id, useful, reason, comment)
        return True

    def counts(self) -> dict[bool, int]:
        """How many found answers useful (True) and not (False)."""
        counted = sa.select(FEEDBACK.c.useful, sa.func.count()).group_by(FEEDBACK.c.useful)
        with self._database.reading() as connection:
            return {bool(useful): count for useful, count in connection.execute(counted)}


def add_opinion(
    connection: Connection, answer_id: str, useful: bool, reason: str | None, comment: str | None
) -> int | None:
    """Add an opinion of an answer that is kept; returns its id."""
    row = {
        "answer_id": answer_id,
        "created_at": now(),
        "useful": useful,
        "reason": reason,
        "comment": comment,
    }
    (feedback_id,) = connection.execute(sa.insert(FEEDBACK).values(row)).inserted_primary_key or (
        None,
    )
    return feedback_id
