"""A duty that a text gives: who, with whom, what, by when, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.models import Metadata, Passage

DueKind = Literal["date", "month", "recurring", "event", "none"]
Every = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Due:
    """By when. `document.text[start:end] == words`; all of it is empty for "none"."""

    kind: DueKind = "none"
    words: str = ""
    start: int = 0
    end: int = 0
    first: date | None = None  # of a month, quarter, year; of what recurs: from when on
    last: date | None = None  # the last day; of what recurs: until when
    every: Every | None = None
    weekday: int | None = None  # 0 is Monday
    day: int | None = None  # of the month
    month: int | None = None  # of the year
    hour: int | None = None

    @property
    def ends(self) -> date | None:
        """The day that can be missed; None where there is none, or one after another."""
        return self.last if self.kind in ("date", "month") else None


NO_DUE = Due()


@dataclass(frozen=True, slots=True)
class Duty:
    """One row. `document.text[start:end] == deed`; every other word stands in the text too."""

    document: Metadata
    passage: Passage
    bearer: str
    partners: str  # "" where none is named
    directed: str  # a body that the bearer is to make do it; "" where none is named
    under: str  # to whom the list is given whose item names another bearer; "" elsewhere
    deed: str
    start: int
    end: int
    due: Due

    @property
    def id(self) -> str:
        """Of this row, as long as the text stays."""
        return f"{self.passage.id}@{self.start}"

    @property
    def bodies(self) -> tuple[str, ...]:
        """All who have a part in it, the bearer first."""
        return tuple(filter(None, (self.bearer, self.partners, self.directed, self.under)))

    def overdue(self, today: date) -> bool:
        """Whether its last day is behind `today`; no text tells whether it was done.

        "Trước ngày 31/7" counts as passed from 1 August on: never a day too early.
        """
        return self.due.ends is not None and self.due.ends < today
