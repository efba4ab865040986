"""Which question about places it is, and its answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.draft import Draft
from bot.question import rules
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
        drafts = (self._of(reading, ask.query.raw) for reading in ask.places)
        return next((draft for draft in drafts if draft), None) or self._country(ask.query)

    def _of(self, reading: PlaceReading, asked: str) -> Draft | None:
        found, rest = reading.found, reading.rest
        provinces = self._resolver.provinces(reading.text)
        if _all_named(provinces, found) and rules.search("places.together", rest):
            return self.drafts.together(provinces[:MAX_PROVINCES])
        if found.level == "province" and found.status != "unknown":
            return self._province(provinces, found, rest)
        if rules.search("places.seat_of_commune", rest):
            return None
        old = bool(rules.search("places.old_word", rest))
        if rules.search("places.made_of", rest) and not old and found.level == "commune":
            unit = found.commune or _only_today(found)
            if unit and (found.status != "resolved" or rules.search("places.today", rest)):
                return self.drafts.made_of(unit)
        if (
            rules.search("places.now", rest)
            or rules.search("places.made_of", rest)
            or rules.search("places.only_the_place", rest)
        ):
            if old:
                found = self._resolver.resolve(reading.text, old_first=True)
            return self.drafts.describe(found, asked)
        if found.level == "district" and (
            rules.search("places.list", rest) or rules.search("places.count", rest)
        ):
            return self.drafts.describe(found, asked)
        return None

    def _province(
        self, named: Sequence[Province | OldUnit], found: PlaceResolution, rest: str
    ) -> Draft | None:
        province = found.province
        if province is None:
            return None
        if rules.search("places.seat", rest):
            return self.drafts.seat(province)
        if len(named) > 1 and rules.search("places.together", rest):
            return self.drafts.together(named[:MAX_PROVINCES])
        if rules.search("places.count", rest):
            return self.drafts.counts(province)
        if rules.search("places.list", rest):
            return self.drafts.communes(province)
        if rules.search("places.made_of", rest) and found.status == "current":
            return self.drafts.merged(province)
        if (
            rules.search("places.now", rest)
            or rules.search("places.made_of", rest)
            or rules.search("places.only_the_place", rest)
        ):
            return self.drafts.describe(found)
        return None

    def _country(self, query: SearchQuery) -> Draft | None:
        for folded in dict.fromkeys((fold(query.raw), query.folded, fold(mended(query)))):
            if rules.search("places.districts", folded) or rules.search(
                "places.district_count", folded
            ):
                return self.drafts.districts()
            if rules.search("places.unchanged", folded):
                return self.drafts.unchanged()
            if rules.search("places.mergers", folded):
                return self.drafts.mergers()
            if not rules.search("places.only_the_country", folded):
                continue
            if rules.search("places.country_list", folded):
                return self.drafts.provinces()
            counted = rules.search("places.country_count_plain", folded)
            if counted or rules.search("places.country_count", query.text.lower()):
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
