"""What to answer for names that we do not know, or that do not fit each other: near ones."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.deciding.near_names import NearNames
from knowledge.places.deciding.slips import Units, only_slip, slip_in_home, slips_inside
from knowledge.places.finding.mention import Mention, Unknown
from knowledge.places.models import Level, PlaceResolution
from knowledge.places.reading.address import Address
from knowledge.places.spelling.kinds import COMMUNE_KINDS
from knowledge.places.spelling.tokens import Sentence, window_key

MAX_NEAR = 5
_TEXT_WORDS = 6  # of a text without any name we know, compared with names


class UnknownPlaces:
    """Gives near names, and the one that was meant where only one can have been."""

    def __init__(self, near: NearNames, as_of: str) -> None:
        self._near, self._as_of = near, as_of

    def named(
        self, name: Unknown | Mention, best: Address | None, sentence: Sentence
    ) -> PlaceResolution:
        """For a name of no unit, or of none inside the rest of its address."""
        first, end = name.start, name.end
        if best:
            first = min(first, *(p.mention.start for p in best.parts))
            end = max(end, *(p.reading.end for p in best.parts))
        level: Level = "commune" if name.kind in COMMUNE_KINDS else "district"
        key = window_key(sentence.words, name.name, name.end)
        homes = best.units if best else ()
        near = self._near.find(key, level, homes)
        meant = only_slip(slips_inside(self._near, key, name.kind, homes), key)
        return self._unknown(sentence, (first, end), level, near, meant)

    def contradiction(
        self,
        best: Address,
        aside: Sequence[Mention],
        unknowns: Sequence[Unknown],
        sentence: Sentence,
    ) -> PlaceResolution:
        """For a commune and a province or district that it never lay in."""
        parts: list[Mention | Unknown] = [*(p.mention for p in best.parts), *aside, *unknowns]
        where = min(m.start for m in parts), max(m.end for m in parts)
        near = tuple(u.address for u in best.units)
        meant = None
        if not aside and len(unknowns) == 1:
            meant = slip_in_home(best.units, unknowns[0], sentence)
        commune = best.part("commune")
        if commune and aside:
            key = window_key(sentence.words, commune.mention.name, commune.reading.end)
            homes = [e.unit for r in aside[-1].readings for e in r.entries]
            near += self._near.find(key, "commune", homes)
            meant = self._meant_there(key, commune.mention.kind, homes, aside[:-1])
        return self._unknown(sentence, where, best.level, near, meant)

    def text(self, sentence: Sentence) -> PlaceResolution:
        """For a text in which nothing looks like a place."""
        words = sentence.words[:_TEXT_WORDS]
        near = self._near.find("".join(t.key for t in words), None, ())
        matched = sentence.text.strip()
        return PlaceResolution("unknown", matched, "commune", self._as_of, near=near[:MAX_NEAR])

    def _meant_there(
        self, key: str, kind: str | None, homes: Units, between: Sequence[Mention]
    ) -> str | None:
        """The only commune that a slip can have left, in what was named after it."""
        slips = slips_inside(self._near, key, kind, homes)
        for mention in between:
            names = [e.name for e in mention.readings[0].entries if e.level == "district"]
            slips = [(n, a) for n, a in slips if any(f" {name}," in a for name in names)]
        return only_slip(slips, key)

    def _unknown(
        self,
        sentence: Sentence,
        where: tuple[int, int],
        level: Level,
        near: Sequence[str],
        meant: str | None,
    ) -> PlaceResolution:
        start, end = sentence.span(*where)
        return PlaceResolution(
            status="unknown",
            matched=sentence.text[start:end],
            level=level,
            as_of=self._as_of,
            near=tuple(near[:MAX_NEAR]),
            meant=meant,
            start=start,
            end=end,
        )
