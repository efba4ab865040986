"""Errors of the office records.

KnowledgeError
└── OfficeError   a table or a command about offices is refused before anything is written
"""

from __future__ import annotations

from knowledge.errors import KnowledgeError


class OfficeError(KnowledgeError):
    """The one-line message says what, where and how to mend it."""
