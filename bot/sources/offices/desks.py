"""Where the desk of a commune is: one line for whoever tells people to go there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.answer.draft import RecordSource
from bot.sources.offices.records import PlaceUrl, Shown, source_of
from knowledge.offices.catalogue import Offices
from knowledge.offices.models import Kind
from knowledge.places.models import Commune
from prompts.text import Text
from prompts.wording import Wording

# Whose house a desk is in, by the desk's name in the procedure records.
_HOUSES: Mapping[str, tuple[Kind, ...]] = {
    "one_stop": ("one_stop", "committee"),
    "police": ("police",),
}


@dataclass(frozen=True, slots=True)
class OfficeDesks:
    """The desks that office records know; safe to use from many threads."""

    offices: Offices
    communes: Mapping[str, Commune]  # by code
    say: Wording
    url: PlaceUrl

    def told(self, commune: str, desk: str) -> tuple[Text, RecordSource] | None:
        """The address and the numbers of a desk, and the record; None where no address is known."""
        houses = self.offices.of(commune, _HOUSES.get(desk, ()))
        office = next((office for office in houses if office.address), None)
        if office is None or commune not in self.communes:
            return None
        shown = Shown(office, self.communes[commune])
        told = shown.text("address")
        if office.phones:
            told = self.say.text("offices.reached", address=told, phone=shown.text("phone"))
        source = source_of(shown, "address", self.say, self.url)
        return told, replace(source, quote=told.words)
