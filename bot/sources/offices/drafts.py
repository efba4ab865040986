"""What is said of a commune's office: the asked thing first, the rest of its record below."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.blocks import Block, Field, Fields, Lead, Note, SourceLine, Title, Verdict
from bot.answer.draft import Draft
from bot.question.offices_asked import Wanted
from bot.question.subject import Subject
from bot.sources.offices.records import PARTS, Part, PlaceUrl, Shown, source_of
from knowledge.places.models import PlaceResolution
from prompts.sources import date_text
from prompts.text import Text
from prompts.wording import Wording

SUBJECT = Subject("place")  # what is asked next is asked of the same place


class OfficeDrafts:
    """Composes answers from office records; safe to use from many threads."""

    def __init__(self, say: Wording, url: PlaceUrl) -> None:
        """Take the wording, and where a place is shown."""
        self._say, self._url = say, url

    def draft(
        self,
        offices: Sequence[Shown],
        wanted: Sequence[Wanted],
        days: Sequence[int],
        place: PlaceResolution,
    ) -> Draft:
        """What the records of some offices say; of days of the week where `days` are asked."""
        draft = Draft(subject=SUBJECT)
        if place.how == "slip":
            names = {"matched": place.matched, "name": offices[0].commune.address}
            draft.add(Note(self._say.text("offices.slip", **names)))
        for shown in offices:
            draft.add(*self._office(draft, shown, wanted, days))
        return draft

    def _office(
        self, draft: Draft, shown: Shown, wanted: Sequence[Wanted], days: Sequence[int]
    ) -> list[Block]:
        office = shown.office
        title = self._say.text("offices.title", name=shown.name, commune=shown.commune.address)
        said: list[Block] = [Title(title)]
        for one in wanted:
            on_days = one == "hours" and days and office.week
            said += [self._on(draft, shown, days)] if on_days else []
            said += [] if on_days else [self._told(draft, shown, one)]
        # The whole week is read below an answer about one of its days.
        told = [one for one in wanted if one != "hours" or not (days and office.week)]
        rest = [part for part in PARTS if part not in told and shown.words(part)]
        if rest:
            said.append(Fields(tuple(self._field(draft, shown, part) for part in rest)))
        dated = {"source": office.source, "as_of": date_text(office.as_of)}
        return [*said, SourceLine(self._say.text("offices.source", **dated))]

    def _told(self, draft: Draft, shown: Shown, wanted: Wanted) -> Block:
        """The asked thing, or that the record does not have it."""
        value = shown.text(wanted)
        if not value:
            return Verdict(self._say.text(f"offices.lacks.{wanted}", name=shown.name))
        marker = self._cite(draft, shown, wanted)
        said = self._say.text(f"offices.{wanted}", name=shown.name, value=value, marker=marker)
        return Lead(said, value.words)

    def _on(self, draft: Draft, shown: Shown, days: Sequence[int]) -> Block:
        """Whether an office is open on a day."""
        names = self._say.lines("offices.days")
        marker = self._cite(draft, shown, "hours")
        open_on = [day for day in days if shown.office.on(day)]
        if not open_on:
            named = ", ".join(names[day] for day in days)
            return Lead(self._say.text("offices.shut", name=shown.name, day=named, marker=marker))
        spans = (f"{a}–{b}" for a, b in shown.office.on(open_on[0]))
        times = ", ".join(spans)
        day = names[open_on[0]]
        said = self._say.text("offices.open", name=shown.name, day=day, times=times, marker=marker)
        return Lead(said, times)

    def _field(self, draft: Draft, shown: Shown, part: Part) -> Field:
        label = self._say(f"offices.field.{part}")
        return Field(label, (Text.of(shown.text(part), " ", self._cite(draft, shown, part)),))

    def _cite(self, draft: Draft, shown: Shown, part: Part) -> Text:
        return draft.cite(source_of(shown, part, self._say, self._url))
