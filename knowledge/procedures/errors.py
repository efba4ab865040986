"""Errors of the procedure records.

KnowledgeError
├── ProcedureError      a record is refused (names file and field)
└── PortalFileError     an export of the national portal cannot be read at all
"""

from __future__ import annotations

from knowledge.errors import KnowledgeError


class ProcedureError(KnowledgeError):
    """A record is refused when it is loaded."""

    def __init__(self, source: str, field: str, problem: str, mend: str) -> None:
        super().__init__(f"{source}: trường {field!r}: {problem}. {mend}")
        self.source, self.field = source, field


class PortalFileError(KnowledgeError):
    """The file to import is missing, unreadable or holds no procedure."""
