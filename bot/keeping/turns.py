"""Turns of conversations, for the questions that lean on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.keeping.answers import delete_answers
from bot.keeping.tables import ANSWERS, TURNS
from bot.keeping.times import days_ago, now
from knowledge.store.database import Database


class Turns:
    """The turns in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
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
            "created_at": now(),
            "question": question,
            "topic": dict(topic),
            "status": status,
        }
        own = TURNS.c.conversation_id == conversation_id
        newest = sa.select(TURNS.c.id).where(own).order_by(TURNS.c.id.desc()).limit(keep)
        with self._database.changing() as connection:
            connection.execute(sa.insert(TURNS), row)
            kept = connection.execute(newest).scalars().all()
            if len(kept) == keep:
                connection.execute(sa.delete(TURNS).where(own & (TURNS.c.id < min(kept))))

    def newest(self, conversation_id: str, limit: int) -> list[dict[str, Any]]:
        """The newest turns of a conversation, oldest first: `question`, `topic`, `status`."""
        chosen = (
            sa.select(TURNS.c.question, TURNS.c.topic, TURNS.c.status)
            .where(TURNS.c.conversation_id == conversation_id)
            .order_by(TURNS.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [dict(row) for row in reversed(connection.execute(chosen).mappings().all())]

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete a conversation's turns, answers and feedback; returns how many turns."""
        of_answer = ANSWERS.c.payload["conversation_id"].as_string() == conversation_id
        of_turn = TURNS.c.conversation_id == conversation_id
        with self._database.changing() as connection:
            delete_answers(connection, of_answer)
            return connection.execute(sa.delete(TURNS).where(of_turn)).rowcount

    def forget(self, older_than_days: int) -> int:
        """Delete turns past their retention; returns how many."""
        old = TURNS.c.created_at < days_ago(older_than_days)
        with self._database.changing() as connection:
            return connection.execute(sa.delete(TURNS).where(old)).rowcount
