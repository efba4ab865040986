"""Places as records: the card of an answer, what it cites, and the page that shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bot.answer.draft import RecordSource
from knowledge.places.models import Commune, NewUnit, OldUnit, PlaceResolution, Province
from knowledge.places.units.catalogue import Catalogue
from prompts.sources import date_text
from prompts.wording import Wording

PAGE = "/dia-chi"


def place_url(address: str) -> str:
    """The page of one place."""
    return f"{PAGE}?q={quote(address)}"


class PlaceRecords:
    """Turns resolutions and units into cards and sources."""

    def __init__(self, catalogue: Catalogue, say: Wording) -> None:
        self._catalogue, self._say = catalogue, say

    def source(self, unit: OldUnit | NewUnit, field: str, text: str) -> RecordSource:
        """A unit's record as a source; `field` names the wording of the part cited."""
        return RecordSource(
            record_id=f"dia-chi/{'cu' if isinstance(unit, OldUnit) else 'moi'}-{unit.code}",
            title=self._say("places.title", name=unit.address),
            number=None,
            publisher=self._say("places.publisher"),
            as_of=self._catalogue.as_of,
            field=self._say(f"places.field.{field}"),
            quote=text,
            url=place_url(unit.address),
        )

    def rule(self, anchor: str, field: str, text: str) -> RecordSource:
        """A general fact of the page as a source."""
        return RecordSource(
            record_id=f"dia-chi/{anchor}",
            title=self._say(f"places.field.{field}"),
            number=None,
            publisher=self._say("places.publisher"),
            as_of=self._catalogue.as_of,
            field=self._say(f"places.field.{field}"),
            quote=text,
            url=f"{PAGE}#{anchor}",
        )

    def now_source(self, old: OldUnit) -> RecordSource:
        """What an old unit is today, as a source."""
        return self.source(old, "now", f"{old.address} → {'; '.join(coded(u) for u in old.into)}")

    def unit_source(self, unit: NewUnit) -> RecordSource:
        """A unit of today, with what it was made of, as a source."""
        if isinstance(unit, Province):
            parts = " + ".join(unit.merged_from) or unit.short
            return self.source(unit, "province", f"{coded(unit)}: {parts}")
        parts = "; ".join(part_of(old) for old in self.made_of(unit))
        return self.source(unit, "made_of", f"{coded(unit)}: {parts}")

    def made_of(self, unit: Commune) -> list[OldUnit]:
        """The old units that a commune was made of, whole ones first."""
        return sorted(self._catalogue.made_of[unit.code], key=lambda old: old.split)

    def card(self, found: PlaceResolution, note: str = "") -> dict[str, Any]:
        """The card of a resolution, for every door."""
        unit = found.commune
        address = found.old.address if found.old else unit.address if unit else found.matched
        return {
            "kind": "place",
            **found.to_dict(),
            "new": [self._unit(u) for u in found.new],
            "made_of": [self._part(old) for old in self.made_of(unit)] if unit else [],
            "check_note": note or None,
            "url": place_url(address),
        }

    def _unit(self, unit: NewUnit) -> dict[str, Any]:
        if isinstance(unit, Province):
            return {
                **unit.entry(),
                "merged_from": list(unit.merged_from),
                "seat": unit.seat,
                "since": self.province_since(unit),
                "communes": self._catalogue.counts(unit),
            }
        return {**unit.entry(), "was": unit.was, "resolution": unit.resolution}

    def province_since(self, province: Province) -> str | None:
        """Since when a province is what it is; None for one that did not change."""
        merged = self._catalogue.overlay.since.isoformat() if province.merged_from else None
        return province.kind_since or merged

    @staticmethod
    def _part(old: OldUnit) -> dict[str, Any]:
        return {**old.entry(), "part": old.split}


def coded(unit: NewUnit) -> str:
    """A unit of today with its code."""
    return f"{unit.address} ({unit.code})"


def part_of(old: OldUnit) -> str:
    """An old unit as a part of a new one."""
    return f"{old.address} (một phần)" if old.split else old.address


def day(iso: str) -> str:
    """An ISO date as people write it."""
    return date_text(iso)
