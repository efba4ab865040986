"""All that is kept of people's use, in the database of the documents."""

from __future__ import annotations

from bot.keeping.answers import Answers
from bot.keeping.feedback import Feedback
from bot.keeping.inbox import Inbox
from bot.keeping.tables import TABLES
from bot.keeping.turns import Turns
from bot.keeping.visits import Visits
from knowledge.store.database import Database


class Keeping:
    """Each part over one shared handle; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Make the tables that are not there yet."""
        database.create(TABLES)
        self.answers = Answers(database)
        self.feedback = Feedback(database)
        self.turns = Turns(database)
        self.visits = Visits(database)
        self.inbox = Inbox(database)
