"""Errors of the places.

KnowledgeError
├── PlaceDataError    the place records cannot be used (names file and what is wrong)
└── PlaceTableError   a table of addresses is refused before anything is written
"""

from __future__ import annotations

from knowledge.errors import KnowledgeError


class PlaceDataError(KnowledgeError):
    """The installed place data or our overlay is not what it should be."""

    def __init__(self, source: str, problem: str, mend: str) -> None:
        super().__init__(f"{source}: {problem}. {mend}")
        self.source = source


class PlaceTableError(KnowledgeError):
    """A table that cannot be converted; the message says what, where and how to mend it."""

    def __init__(self, source: str, problem: str, mend: str) -> None:
        super().__init__(f"{source}: {problem}. {mend}")
        self.source, self.problem, self.mend = source, problem, mend
