"""Errors of the knowledge package.

KnowledgeError
├── DocumentError     a text or its front matter is refused (names file and field)
└── StoreError        the database cannot be used as asked
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Root of this package's errors; the message is one line for the user, in Vietnamese."""


class DocumentError(KnowledgeError):
    """A document is refused before anything is written."""

    def __init__(self, source: str, field: str, problem: str, mend: str) -> None:
        super().__init__(f"{source}: trường {field!r}: {problem}. {mend}")
        self.source, self.field, self.problem, self.mend = source, field, problem, mend


class StoreError(KnowledgeError):
    """The database cannot be opened, read or written as asked."""
