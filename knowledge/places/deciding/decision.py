"""One answer for a group of mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.places.deciding.known import KnownPlaces
from knowledge.places.deciding.near_names import NearNames
from knowledge.places.deciding.unknown import UnknownPlaces
from knowledge.places.finding.mention import Group, Mention, Unknown
from knowledge.places.models import Level, PlaceResolution
from knowledge.places.reading.address import Address, AddressReader
from knowledge.places.spelling.kinds import COMMUNE_KINDS, DISTRICT_KINDS
from knowledge.places.spelling.tokens import Sentence
from knowledge.places.units.catalogue import Catalogue
from knowledge.places.units.holding import Holding


class Decider:
    """Decides what a group of mentions means."""

    def __init__(self, catalogue: Catalogue, holding: Holding, reader: AddressReader) -> None:
        self._reader = reader
        self._known = KnownPlaces(catalogue)
        self._unknown = UnknownPlaces(NearNames(catalogue, holding), catalogue.as_of)

    def best(self, groups: Sequence[Group], sentence: Sentence) -> PlaceResolution | None:
        """The answer for the group that says most; None when none says anything."""
        for group in sorted(groups, key=_rank, reverse=True):
            found = self.group(group, sentence)
            if found:
                return found
        return None

    def group(self, group: Group, sentence: Sentence) -> PlaceResolution | None:
        """The answer for one group; None when it names nothing."""
        mentions = [m for m in group if isinstance(m, Mention)]
        unknowns = [m for m in group if isinstance(m, Unknown)]
        best = self._reader.best(mentions)
        if best is None:
            return self._unknown.named(unknowns[0], None, sentence) if unknowns else None
        used = [p.mention for p in best.parts]
        aside = [m for m in mentions if m not in used]
        left: list[Unknown | Mention] = [*unknowns, *(m for m in aside if m.kind)]
        missing = next((u for u in left if _finer(u.kind, best.level)), None)
        if missing:
            return self._unknown.named(missing, best, sentence)
        if _contradicted(best, [*unknowns, *aside]):
            return self._unknown.contradiction(best, aside, unknowns, sentence)
        first, last = min(m.start for m in used), max(p.reading.end for p in best.parts)
        start, end = sentence.span(first, last)
        found = self._known.decide(best)
        return replace(found, matched=sentence.text[start:end], start=start, end=end)

    def nothing(self, sentence: Sentence) -> PlaceResolution:
        """The answer for a text in which nothing looks like a place."""
        return self._unknown.text(sentence)


def _rank(group: Group) -> tuple[int, int, int]:
    communes = sum(m.kind in COMMUNE_KINDS for m in group)
    known = sum(isinstance(m, Mention) for m in group)
    return known and communes, known, -group[0].start


def _finer(kind: str | None, level: Level) -> bool:
    """Whether an unknown unit of this kind lies inside what was found."""
    if kind in COMMUNE_KINDS:
        return level != "commune"
    return kind in DISTRICT_KINDS and level == "province"


def _contradicted(best: Address, left: Sequence[Unknown | Mention]) -> bool:
    """Whether a commune was followed by a district or province that cannot hold it."""
    commune = best.part("commune")
    if commune is None:
        return any(m.kind is not None for m in left)
    after = [m for m in left if m.start >= commune.reading.end or m.kind]
    return any(
        isinstance(m, Unknown) or any(e.level != "commune" for e in m.readings[0].entries)
        for m in after
    )
