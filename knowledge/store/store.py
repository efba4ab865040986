"""What is known, in one database."""

from __future__ import annotations

from knowledge.store.database import Database
from knowledge.store.documents import Documents
from knowledge.store.records import Records
from knowledge.store.vectors import Vectors


class Store:
    """Documents, the vectors of their words, and records; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.documents = Documents(database)
        self.vectors = Vectors(database)
        self.records = Records(database)

    def close(self) -> None:
        """Release the connections."""
        self.database.close()


def open_store(url: str) -> Store:
    """The store in the database at `url`, such as "sqlite:///data/haicap.db".

    Raises:
        StoreError: it cannot be opened, or was made by a newer version.
    """
    return Store(Database(url))
