"""The tables of what is kept of people's use.

Existing databases hold them as they are here: a change needs another schema version.
"""

from __future__ import annotations

import sqlalchemy as sa

TABLES = sa.MetaData()
ANSWERS = sa.Table(
    "answers",
    TABLES,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("payload", sa.JSON, nullable=False),
)
FEEDBACK = sa.Table(
    "feedback",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "answer_id", sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("comment", sa.Text),
)
TURNS = sa.Table(
    "turns",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.String(64), nullable=False, index=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),  # personal data masked by the caller
    sa.Column("topic", sa.JSON, nullable=False),
    sa.Column("status", sa.String(30), nullable=False),
)
# A visit: one answer given to one person at a messenger. People and chats are opaque keys, never
# the messenger's own numbers.
TALKS = sa.Table(
    "talks",
    TABLES,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("conversation_id", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)
VISITS = sa.Table(
    "visits",
    TABLES,
    sa.Column("answer_id", sa.String(40), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("conversation_id", sa.String(100), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("feedback_id", sa.Integer),  # this person's vote, if any
)
# What came in and is not answered yet; a row goes to HANDLED with the answer.
WAITING = sa.Table(
    "waiting_updates",
    TABLES,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
HANDLED = sa.Table(
    "handled_updates",
    TABLES,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)
