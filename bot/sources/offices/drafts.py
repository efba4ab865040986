"""What is said of a commune's office: the asked thing first, the rest of its record below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.answer.blocks import Block, Field, Fields, Lead, Note, SourceLine, Title, Verdict
from bot.answer.draft import Draft, RecordSource
from bot.question.offices_asked import Wanted
from bot.question.subject import Subject
from bot.sources.offices.records import PARTS, Part, PlaceUrl, Shown, source_of
from knowledge.places.models import PlaceResolution
from prompts.sources import date_text
from prompts.text import Text
from prompts.wording import Wording

SUBJECT = Subject("place")  # what is asked next is asked of the same place

PlaceRecord = Callable[[PlaceResolution], RecordSource | None]


class OfficeDrafts:
    """Composes answers from office records; safe to use from many threads."""

    def __init__(self, say: Wording, url: PlaceUrl, place_source: PlaceRecord) -> None:
        """Take the wording, where a place is shown, and how to cite it."""
        self._say, self._url, self._place_source = say, url, place_source

    def draft(
        self,
        offices: Sequence[Shown],
        wanted: Sequence[Wanted],
        days: Sequence[int],
        place: PlaceResolution,
    ) -> Draft:
        """What the records of some offices say.

        Args:
            offices: of one commune, at least one.
            wanted: what of them is asked.
            days: of the week, where it is asked whether they are open then.
            place: as the question names it.
        """
        draft = Draft(subject=SUBJECT)
        for shown in offices:
            draft.add(Title(self._say.text("offices.title", name=shown.title)))
            draft.add(*self._asked(draft, shown, wanted, days))
            draft.add(*self._rest(draft, shown, _told_in_full(shown, wanted, days)))
            draft.add(self._dated(shown))
        return draft.add(*self._named(draft, place, offices[0]))

    def _asked(
        self, draft: Draft, shown: Shown, wanted: Sequence[Wanted], days: Sequence[int]
    ) -> list[Block]:
        in_full = _told_in_full(shown, wanted, days)
        return [
            self._told(draft, shown, one) if one in in_full else self._on(draft, shown, days)
            for one in wanted
        ]

    def _told(self, draft: Draft, shown: Shown, wanted: Wanted) -> Block:
        """The asked thing, or that the record does not have it."""
        value = shown.text(wanted)
        if not value:
            return Verdict(self._say.text(f"offices.lacks.{wanted}"))
        marker = self._cite(draft, shown, wanted)
        said = self._say.text(f"offices.{wanted}", value=value, marker=marker)
        return Lead(said, value.words)

    def _on(self, draft: Draft, shown: Shown, days: Sequence[int]) -> Block:
        """Whether an office is open on a day; of several, the first on which it is."""
        names = self._say.lines("offices.days")
        marker = self._cite(draft, shown, "hours")
        day = next((day for day in days if shown.office.on(day)), None)
        if day is None:
            named = ", ".join(names[day] for day in days)
            return Lead(self._say.text("offices.shut", day=named, marker=marker))
        times = ", ".join(f"{opens}–{closes}" for opens, closes in shown.office.on(day))
        said = self._say.text("offices.open", day=names[day], times=times, marker=marker)
        return Lead(said, times)

    def _rest(self, draft: Draft, shown: Shown, told: Sequence[Part]) -> list[Block]:
        rest = [part for part in PARTS if part not in told and shown.words(part)]
        fields = tuple(self._field(draft, shown, part) for part in rest)
        return [Fields(fields)] if fields else []

    def _field(self, draft: Draft, shown: Shown, part: Part) -> Field:
        label = self._say(f"offices.field.{part}")
        return Field(label, (Text.of(shown.text(part), " ", self._cite(draft, shown, part)),))

    def _dated(self, shown: Shown) -> Block:
        as_of = date_text(shown.office.as_of)
        source = self._say.text("offices.source", source=shown.office.source, as_of=as_of)
        return SourceLine(source)

    def _named(self, draft: Draft, place: PlaceResolution, shown: Shown) -> list[Block]:
        """That the place was named by an old name, or with a slip."""
        name = shown.commune.address
        if place.how == "slip":
            return [Note(self._say.text("offices.slip", matched=place.matched, name=name))]
        source = self._place_source(place) if place.old else None
        if source is None:
            return []
        marker = draft.cite(source)
        return [Note(self._say.text("offices.now", name=name, marker=marker))]

    def _cite(self, draft: Draft, shown: Shown, part: Part) -> Text:
        return draft.cite(source_of(shown, part, self._say, self._url))


def _told_in_full(
    shown: Shown, wanted: Sequence[Wanted], days: Sequence[int]
) -> tuple[Wanted, ...]:
    """What is answered by all that the record has of it: hours not, where a day is asked."""
    by_day = bool(days and shown.office.week)
    return tuple(one for one in wanted if one != "hours" or not by_day)
