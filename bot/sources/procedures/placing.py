"""Where the place that a question names files a procedure: its unit of today, and the desk there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.answer.blocks import Block, Note
from bot.answer.draft import RecordSource
from bot.sources.procedures.sheet import Sheet, source_of_rule
from knowledge.places.models import Commune, PlaceResolution
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.models import Desk, Procedure
from prompts.text import Text, joined
from prompts.wording import Wording

Told = tuple[Text, RecordSource]


def _untold(_commune: str, _desk: Desk) -> Told | None:
    """Nothing is known of any desk."""
    return None


@dataclass(frozen=True, slots=True)
class PlaceRecords:
    """What other records say of a place."""

    place: Callable[[PlaceResolution], RecordSource | None]  # what it is today
    desk: Callable[[str, Desk], Told | None] = _untold  # of a commune: where it is, its numbers


class Placing:
    """What is said of the place that a question names."""

    def __init__(self, catalogue: Catalogue, say: Wording, records: PlaceRecords) -> None:
        """Take the general rules, the wording, and what is known of places."""
        self._catalogue, self._say, self._records = catalogue, say, records

    def placed(self, procedure: Procedure, place: PlaceResolution | None) -> dict[str, Any] | None:
        """The units of today with their desks, for the card; None where no place is sure."""
        if place is None or place.status not in ("resolved", "current", "candidates"):
            return None
        units = [u for u in place.new if isinstance(u, Commune)]
        if not units:
            return None
        return {
            "status": place.status,
            "units": [
                {
                    "name": u.name,
                    "province": u.province.name,
                    "code": u.code,
                    "desk": self._desk(procedure, u),
                }
                for u in units
            ],
        }

    def _desk(self, procedure: Procedure, unit: Commune) -> str | None:
        if procedure.desk not in ("one_stop", "police", "military") or procedure.memory:
            return None
        return self._say(f"procedures.place.desk_{procedure.desk}", unit=unit.name)

    def desk(self, sheet: Sheet, placed: dict[str, Any] | None) -> list[Block]:
        """The desk of the place, or the units to choose from."""
        place = sheet.ask.place
        source = self._records.place(place) if place else None
        if not placed or source is None:
            return []
        units = placed["units"]
        if len(units) > 1:
            names = (
                self._say.text("procedures.place.unit", name=u["name"], province=u["province"])
                for u in units
            )
            listed, now = joined(names, "; "), sheet.draft.cite(source)
            return [Note(self._say.text("procedures.place.many", units=listed, now=now))]
        unit = units[0]
        desk = {}
        if unit["desk"]:  # cited first: it stands first
            marker = sheet.cite(sheet.shown.fields["where"])
            desk = {"desk": Text.of(unit["desk"]), "marker": marker}
        values = {name: Text.of(unit[key]) for name, key in (("unit", "name"), ("province",) * 2)}
        values |= {"now": sheet.draft.cite(source), **desk}
        name = "one" if desk else "one_none"
        said = Note(self._say.text(f"procedures.place.{name}", **values))
        return [said, *(self._office(sheet, unit["code"]) if desk else [])]

    def _office(self, sheet: Sheet, commune: str) -> list[Block]:
        """Where the desk is and its numbers, as far as its office's record says."""
        where = not {"whole", "where"}.isdisjoint(sheet.ask.needs)
        told = self._records.desk(commune, sheet.procedure.desk) if where else None
        if told is None:
            return []
        words, source = told
        marker = sheet.draft.cite(source)
        return [Note(self._say.text("procedures.place.office", told=words, marker=marker))]

    def branches(self, sheet: Sheet, placed: dict[str, Any] | None) -> list[Block]:
        """That a centrally-run city may have one centre with branches."""
        units = placed["units"] if placed else []
        if len(units) != 1 or not units[0]["desk"] or sheet.procedure.desk != "one_stop":
            return []
        if not units[0]["province"].startswith("Thành phố"):
            return []
        rule = source_of_rule(self._catalogue.rule("thanh-pho-mot-trung-tam"))
        marker = sheet.draft.cite(rule)
        return [Note(self._say.text("procedures.place.city", marker=marker))]

    def unsure(self, place: PlaceResolution | None) -> list[Block]:
        """A name that stands in several places, or nowhere, is told and not guessed."""
        if place is None or place.level == "province":
            return []
        said: list[Block] = []
        if place.how == "slip":
            unit = place.old or place.new[0]
            names = {"matched": place.matched, "name": unit.address}
            said.append(Note(self._say.text("procedures.place.slip", **names)))
        if place.status == "ambiguous":
            count = len(place.options)
            told = self._say.text("procedures.place.ambiguous", matched=place.matched, count=count)
            said.append(Note(told))
        elif place.status == "unknown" and place.matched.istitle():
            said.append(Note(self._say.text("procedures.place.unknown", matched=place.matched)))
        return said
