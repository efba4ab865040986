"""An office's record, part by part: as it is shown, and as it is cited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.answer.draft import RecordSource
from bot.question.offices_asked import WANTED
from knowledge.offices.models import Office
from knowledge.places.models import Commune
from knowledge.text import fold
from prompts.text import Span, Text, joined
from prompts.wording import Wording

Part = Literal["hours", "address", "phone", "email", "website", "note"]
PARTS: tuple[Part, ...] = (*WANTED, "email", "website", "note")
ANCHOR = "tru-so"  # of the offices on the page of their commune

PlaceUrl = Callable[[str], str]  # the page of an address


def words_of(office: Office, part: Part) -> str:
    """What a record has in a part; empty for nothing."""
    words: str = ", ".join(office.phones) if part == "phone" else getattr(office, part)
    return words


def has(office: Office, part: Part) -> bool:
    """Whether a record says anything in a part."""
    return bool(words_of(office, part))


@dataclass(frozen=True, slots=True)
class Shown:
    """An office of a commune."""

    office: Office
    commune: Commune

    @property
    def title(self) -> str:
        """The name with all that says where."""
        named = fold(self.commune.name) in fold(self.office.name)
        return f"{self.office.name}, {(self.commune.province if named else self.commune).address}"

    def words(self, part: Part) -> str:
        """What the record has in a part; empty for nothing."""
        return words_of(self.office, part)

    def text(self, part: Part) -> Text:
        """The same, with numbers that can be tapped and without the stop at its end."""
        if part == "phone":
            numbers = (Text((Span(n, href=f"tel:{n}"),)) for n in self.office.phones)
            return joined(numbers, ", ")
        if part == "website" and self.office.website.startswith("https://"):
            return Text((Span(self.office.website, href=self.office.website),))
        return Text.of(self.words(part).rstrip(". "))


def source_of(shown: Shown, part: Part, say: Wording, url: PlaceUrl) -> RecordSource:
    """A part of an office's record as a source."""
    office = shown.office
    return RecordSource(
        record_id=f"tru-so/{office.commune}-{office.kind}",
        title=say("offices.record", name=shown.title),
        number=None,
        publisher=office.source,
        as_of=office.as_of,
        field=say(f"offices.field.{part}"),
        quote=shown.words(part),
        url=f"{url(shown.commune.address)}#{ANCHOR}",
    )
