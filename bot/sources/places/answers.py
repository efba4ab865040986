"""Which question about places it is, and its answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.draft import Draft
from bot.question import places_asked as asks
from bot.question.places_named import PlaceReading, mended
from bot.question.question import Ask
from bot.sources.places.drafts import PlaceDrafts
from knowledge.places.models import Commune, OldUnit, PlaceResolution, Province
from knowledge.places.resolver import PlaceResolver
from knowledge.text import fold
from retrieval.query import SearchQuery

MAX_PROVINCES = 4  # named in one question


class PlaceAnswers:
    """Answers from place records; safe to use from many threads."""

    def __init__(self, resolver: PlaceResolver, drafts: PlaceDrafts) -> None:
        self._resolver, self.drafts = resolver, drafts

    def answer(self, ask: Ask) -> Draft | None:
        """A draft, or None when the question is not about places."""
        drafts = (self._of(reading) for reading in ask.places)
        return next((draft for draft in drafts if draft), None) or self._country(ask.query)

    def _of(self, reading: PlaceReading) -> Draft | None:
        found, rest = reading.found, reading.rest
        provinces = self._resolver.provinces(reading.text)
        if _all_named(provinces, found) and asks.TOGETHER.search(rest):
            return self.drafts.together(provinces[:MAX_PROVINCES])
        if found.level == "province" and found.status != "unknown":
            return self._province(provinces, found, rest)
        if asks.SEAT_OF_COMMUNE.search(rest):
            return None
        old = bool(asks.OLD_WORD.search(rest))
        if asks.MADE_OF.search(rest) and not old and found.level == "commune":
            unit = found.commune or _only_today(found)
            if unit and (found.status != "resolved" or asks.TODAY.search(rest)):
                return self.drafts.made_of(unit)
        if asks.NOW.search(rest) or asks.MADE_OF.search(rest) or asks.FILLER.fullmatch(rest):
            if old:
                found = self._resolver.resolve(reading.text, old_first=True)
            return self.drafts.describe(found)
        if found.level == "district" and (asks.LIST.search(rest) or asks.COUNT.search(rest)):
            return self.drafts.describe(found)
        return None

    def _province(
        self, named: Sequence[Province | OldUnit], found: PlaceResolution, rest: str
    ) -> Draft | None:
        province = found.province
        if province is None:
            return None
        if asks.SEAT.search(rest):
            return self.drafts.seat(province)
        if len(named) > 1 and asks.TOGETHER.search(rest):
            return self.drafts.together(named[:MAX_PROVINCES])
        if asks.COUNT.search(rest):
            return self.drafts.counts(province)
        if asks.LIST.search(rest):
            return self.drafts.communes(province)
        if asks.MADE_OF.search(rest) and found.status == "current":
            return self.drafts.merged(province)
        if asks.NOW.search(rest) or asks.MADE_OF.search(rest) or asks.FILLER.fullmatch(rest):
            return self.drafts.describe(found)
        return None

    def _country(self, query: SearchQuery) -> Draft | None:
        for folded in dict.fromkeys((fold(query.raw), query.folded, fold(mended(query)))):
            if asks.DISTRICTS.search(folded) or asks.DISTRICT_COUNT.search(folded):
                return self.drafts.districts()
            if asks.UNCHANGED.search(folded):
                return self.drafts.unchanged()
            if asks.MERGERS.search(folded):
                return self.drafts.mergers()
            if not asks.COUNTRY_FILLER.fullmatch(folded):
                continue
            if asks.COUNTRY_LIST.search(folded):
                return self.drafts.provinces()
            counted = asks.COUNTRY_COUNT_PLAIN.search(folded)
            if counted or asks.COUNTRY_COUNT.search(query.text.lower()):
                return self.drafts.country_counts()
        return None


def _only_today(found: PlaceResolution) -> Commune | None:
    """Of the places of one name, the only one that stands today: only it is made of others."""
    today = [o.unit for o in found.options if isinstance(o.unit, Commune)]
    return today[0] if len(today) == 1 else None


def _all_named(provinces: Sequence[Province | OldUnit], found: PlaceResolution) -> bool:
    """Whether what was read as an address is a list of provinces."""
    parts = [part.strip() for part in fold(found.matched).split(",")]
    return len(parts) > 1 and set(parts) <= {fold(p.short) for p in provinces}
