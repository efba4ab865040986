"""Visits: who was given which answer at a messenger."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.keeping.answers import delete_answers, is_kept
from bot.keeping.feedback import add_opinion
from bot.keeping.tables import ANSWERS, FEEDBACK, TALKS, TURNS, VISITS
from bot.keeping.times import days_ago, now
from knowledge.store.database import Database


class Visits:
    """The visits in one database; people and chats are opaque keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def conversation(self, person: str, chat: str) -> str | None:
        """The conversation that a person is having in a chat, or None."""
        chosen = sa.select(TALKS.c.conversation_id).where(_talk(person, chat))
        with self._database.reading() as connection:
            row = connection.execute(chosen).first()
        return row[0] if row else None

    def set_conversation(self, person: str, chat: str, conversation_id: str) -> None:
        """Let a person's next question in a chat belong to this conversation."""
        row = {"person": person, "chat": chat, "conversation_id": conversation_id, "at": now()}
        with self._database.changing() as connection:
            connection.execute(sa.delete(TALKS).where(_talk(person, chat)))
            connection.execute(sa.insert(TALKS), row)

    def add(self, person: str, conversation_id: str, answer_id: str) -> None:
        """Remember who was given an answer, so that it can be voted on and deleted."""
        row = {"person": person, "conversation_id": conversation_id, "answer_id": answer_id}
        with self._database.changing() as connection:
            connection.execute(sa.insert(VISITS), {**row, "at": now()})

    def rate(self, person: str, answer_id: str, useful: bool, reason: str | None) -> bool:
        """Keep one vote for each visit, the last one; False when it is not this person's."""
        where = (VISITS.c.answer_id == answer_id) & (VISITS.c.person == person)
        with self._database.changing() as connection:
            visit = connection.execute(sa.select(VISITS.c.feedback_id).where(where)).first()
            if visit is None or not is_kept(connection, answer_id):
                return False
            connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.id == visit.feedback_id))
            feedback_id = add_opinion(connection, answer_id, useful, reason, None)
            connection.execute(sa.update(VISITS).where(where).values(feedback_id=feedback_id))
        return True

    def forget_person(self, person: str) -> int:
        """Delete all that is kept about a person; returns how many answers there were."""
        with self._database.changing() as connection:
            for table in (TALKS, VISITS):
                theirs = sa.select(table.c.conversation_id).where(table.c.person == person)
                connection.execute(sa.delete(TURNS).where(TURNS.c.conversation_id.in_(theirs)))
            connection.execute(sa.delete(TALKS).where(TALKS.c.person == person))
            count = _delete(connection, VISITS.c.person == person)
        self._database.clear_log()  # the log holds what the file lost
        return count

    def forget(self, older_than_days: int) -> int:
        """Delete visits past their retention, with their answers; returns how many."""
        limit = days_ago(older_than_days)
        with self._database.changing() as connection:
            connection.execute(sa.delete(TALKS).where(TALKS.c.at < limit))
            return _delete(connection, VISITS.c.at < limit)


def _talk(person: str, chat: str) -> sa.ColumnElement[bool]:
    return (TALKS.c.person == person) & (TALKS.c.chat == chat)


def _delete(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    """Delete visits with the answers given and what was thought of them."""
    given = sa.select(VISITS.c.answer_id).where(where)
    delete_answers(connection, ANSWERS.c.id.in_(given))
    return connection.execute(sa.delete(VISITS).where(where)).rowcount
