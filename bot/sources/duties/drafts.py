"""What is said of duties: how many there are, then each with its clause, verbatim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.answer.blocks import Block, Folded, Intro, Lead, Note, Quotation
from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.answer.verbatim import verbatim
from bot.question.subject import Subject
from knowledge.duties.choosing import Wanted
from knowledge.duties.models import Duty
from knowledge.models import Document
from prompts.sources import date_text
from prompts.text import Text
from prompts.wording import Wording

MAX_SHOWN = 3  # at once; the others are a tap away
MAX_TOLD = 12  # of all; a body may have hundreds, and there is a page for them

Documents = Callable[[str], Document | None]


def subject_of(duties: Sequence[Duty]) -> Subject:
    """What an answer with some duties, at least one, is about: the clause of the first."""
    first = duties[0]
    return Subject("document", "", first.document.label, first.passage.id)


class DutyDrafts:
    """Composes answers from duties; safe to use from many threads."""

    def __init__(self, documents: Documents, say: Wording) -> None:
        """`documents` gives one by its id."""
        self._documents, self._say = documents, say

    def draft(self, duties: Sequence[Duty], wanted: Wanted, today: date) -> Draft:
        """The duties wanted, at least one."""
        draft = Draft(subject=subject_of(duties))
        rows = [self._row(draft, duty) for duty in duties[:MAX_TOLD]]
        draft.add(self._lead(draft, duties, wanted, today))
        for row in rows[:MAX_SHOWN]:
            draft.add(*row)
        if rest := [block for row in rows[MAX_SHOWN:] for block in row]:
            title = self._say.text("duties.others", count=len(rows) - MAX_SHOWN)
            draft.add(Folded(title, tuple(rest)))
        if left := len(duties) - len(rows):
            draft.add(Note(self._say.text("duties.more", count=left)))
        if wanted.overdue:
            draft.add(Note(self._say.text("duties.not_known_done")))
        return draft

    def _lead(self, draft: Draft, duties: Sequence[Duty], wanted: Wanted, today: date) -> Block:
        markers = Text.of("")
        for number in range(1, min(len(draft.sources), MAX_SHOWN) + 1):
            markers += draft.cite(draft.sources[number - 1])
        values: dict[str, Text | str] = {"count": str(len(duties)), "markers": markers}
        if wanted.body:
            return Lead(self._say.text("duties.found.of_body", **values))
        if wanted.overdue:
            day = _shown(today)
            return Lead(self._say.text("duties.found.overdue", **values, day=day))
        name = f"duties.found.{_bounds(wanted)}"
        days = {"first": _shown(wanted.from_day), "day": _shown(wanted.to_day)}
        return Lead(self._say.text(name, **values, **{k: d for k, d in days.items() if d}))

    def _row(self, draft: Draft, duty: Duty) -> tuple[Block, ...]:
        document = self._documents(duty.document.id)
        if document is None:  # it was taken away meanwhile
            return ()
        quote = Quote(document, duty.passage, duty.start, duty.end)
        values: dict[str, Text | str] = {
            "bearer": verbatim(duty.bearer),
            "where": f"{duty.document.label}, {duty.passage.locator}",
        }
        if duty.due.words:
            due = self._say.text("duties.row", **values, due=verbatim(duty.due.words))
        else:
            due = self._say.text("duties.row_without", **values)
        return Intro(due), Quotation(verbatim(quote.text), draft.marker(quote))


def _bounds(wanted: Wanted) -> str:
    if wanted.from_day and wanted.to_day:
        return "within"
    return "since" if wanted.from_day else "by"


def _shown(day: date | None) -> str:
    return date_text(day.isoformat()) if day else ""
