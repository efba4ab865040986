"""A duty as programs read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.duties.models import Due, Duty


def payload(duty: Duty, today: date) -> dict[str, Any]:
    """All of a duty; `today` tells whether its day is passed."""
    return {
        "id": duty.id,
        "bearer": duty.bearer,
        "partners": duty.partners,
        "directed": duty.directed,
        "under": duty.under,
        "deed": duty.deed,
        "due": _due(duty.due),
        "overdue": duty.overdue(today),
        "document_id": duty.document.id,
        "document": duty.document.label,
        "passage_id": duty.passage.id,
        "locator": duty.passage.locator,
        "start": duty.start,
        "end": duty.end,
        "url": duty.passage.url,
    }


def _due(due: Due) -> dict[str, Any]:
    return {
        "kind": due.kind,
        "words": due.words,
        "start": due.start,
        "end": due.end,
        "first": due.first and due.first.isoformat(),
        "last": due.last and due.last.isoformat(),
        "every": due.every,
        "weekday": due.weekday,
        "day": due.day,
        "month": due.month,
        "hour": due.hour,
    }
