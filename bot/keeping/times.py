"""Now, and how long ago something ceases to be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The time that rows are stamped with."""
    return datetime.now(UTC)


def days_ago(days: int) -> datetime:
    """Rows stamped before this are older than `days`."""
    return now() - timedelta(days=days)
