"""Errors of the retrieval package.

RetrievalError
├── EmbedderError       the embedding model cannot be loaded or used
├── IndexLockedError    another process owns the embedded index
└── IndexMismatchError  the index was built from other documents or by another embedder
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Root of this package's errors; the message is one line for the user, in Vietnamese."""


class EmbedderError(RetrievalError):
    """The embedding model is missing, broken, or of another dimension."""


class IndexLockedError(RetrievalError):
    """The data folder's index belongs to a running process."""

    def __init__(self, message: str, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url  # where the owner answers, when it is a server


class IndexMismatchError(RetrievalError):
    """The index does not fit the database or the embedder; it must be rebuilt."""
