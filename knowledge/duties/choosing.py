"""The duties of all documents, and those that somebody wants to see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from knowledge.duties.extraction import duties_of
from knowledge.duties.models import Duty
from knowledge.models import Document
from knowledge.text import fold, syllables

YEARS = range(1900, 2200)
# What bodies are called in short, folded; a name is compared in its long form.
_SHORT: Mapping[str, str] = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc",
    "bcd": "ban chi dao",
    "tw": "trung uong",
    "tu": "tinh uy",
}
_NOTHING_SAID = frozenset(("cac", "nhung", "dong", "chi", "va", "cua"))  # of which body it is


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties; what is empty bounds nothing."""

    body: str = ""
    document: str = ""  # an id or a number
    from_day: date | None = None
    to_day: date | None = None
    overdue: bool = False


class Duties:
    """Every duty of some documents, read when they are first wanted; safe to share."""

    def __init__(self, documents: Callable[[], Sequence[Document]]) -> None:
        """`documents` gives those of now, the same objects as long as nothing was ingested."""
        self._documents = documents
        self._read: dict[int, tuple[Document, tuple[Duty, ...]]] = {}

    def all(self) -> tuple[Duty, ...]:
        """In the order of the documents and of their texts."""
        documents = self._documents()
        for document in documents:
            if id(document) not in self._read:
                self._read[id(document)] = (document, duties_of(document))
        now = {id(document) for document in documents}
        for gone in self._read.keys() - now:
            self._read.pop(gone, None)
        return tuple(duty for document in documents for duty in self._read[id(document)][1])

    def chosen(self, wanted: Wanted, today: date) -> tuple[Duty, ...]:
        """Those wanted, those that end first before those that recur, and then the others."""
        return tuple(sorted(_wanted(self.all(), wanted, today), key=_order))

    def bodies(self) -> tuple[str, ...]:
        """All who bear a duty, each name once, in the order of the alphabet."""
        by_key = {body_key(duty.bearer): duty.bearer for duty in reversed(self.all())}
        return tuple(sorted(by_key.values(), key=fold))


def _wanted(duties: Iterable[Duty], wanted: Wanted, today: date) -> Iterable[Duty]:
    body = Named(wanted.body) if wanted.body else None
    for duty in duties:
        if body and not body.has_part(duty):
            continue
        if wanted.document and not _is_of(duty, wanted.document):
            continue
        if (wanted.from_day or wanted.to_day) and not _within(duty, wanted):
            continue
        if wanted.overdue and not duty.overdue(today):
            continue
        yield duty


def _is_of(duty: Duty, document: str) -> bool:
    meta = duty.document
    return fold(document) in (meta.id, fold(meta.number or ""))


def _within(duty: Duty, wanted: Wanted) -> bool:
    """Whether its last day, or a time at which it comes again, lies between two days."""
    due = duty.due
    if due.kind in ("event", "none"):
        return False
    last = due.last
    first = last if due.kind != "recurring" else due.first or _issued(duty)
    after = wanted.from_day is None or last is None or last >= wanted.from_day
    return after and (wanted.to_day is None or first is None or first <= wanted.to_day)


def _issued(duty: Duty) -> date:
    year, month, *day = (int(part) for part in duty.document.issued_on.split("-"))
    return date(year, month, day[0] if day else 1)


def _order(duty: Duty) -> tuple[int, date]:
    kinds = {"date": 0, "month": 0, "recurring": 1, "event": 2, "none": 3}
    return kinds[duty.due.kind], duty.due.ends or date.max


def body_key(name: str) -> tuple[str, ...]:
    """The syllables of a body's name that tell it from others, folded, in its long form."""
    said = " ".join(syllables(fold(name)))
    for short, long in _SHORT.items():
        said = re.sub(rf"\b{short}\b", long, said)
    return tuple(word for word in said.split() if word not in _NOTHING_SAID)


@dataclass(frozen=True)
class Named:
    """A body as somebody names it."""

    name: str

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Its syllables, to be found in a row."""
        return body_key(self.name)

    def has_part(self, duty: Duty) -> bool:
        """Whether it bears a duty, helps with it, or is directed to do it."""
        return bool(self.key) and any(_in_row(self.key, body_key(b)) for b in duty.bodies)


def _in_row(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(tuple(whole[n : n + len(part)]) == part for n in range(len(whole) - len(part) + 1))


_DAY = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}))")


def read_day(text: str) -> date | None:
    """A day as people and programs write it: 2025-07-31, 31/7/2025; None for anything else.

    A year outside of YEARS is none of a directive, and has no day before or after it everywhere.
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(match[n] or match[m]) for n, m in ((1, 6), (2, 5), (3, 4)))
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if year in YEARS else None
