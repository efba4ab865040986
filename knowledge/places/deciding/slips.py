"""What a name with a slip of the keys in it can have been."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from knowledge.places.deciding.near_names import MAX_DISTANCE, NearNames
from knowledge.places.finding.mention import Unknown
from knowledge.places.models import Commune, NewUnit, OldUnit, PlaceResolution, Province
from knowledge.places.spelling.keys import name_key
from knowledge.places.spelling.kinds import COMMUNE_KINDS
from knowledge.places.spelling.tokens import Sentence, window_key
from knowledge.places.units.catalogue import Catalogue
from knowledge.slips import distance, within

MIN_SLIP_LETTERS = 4  # of a name that is taken for one a letter away
MIN_TWO_SLIPS_LETTERS = 8  # of one that is taken for one two letters away

Units = Sequence[OldUnit | NewUnit]
Ranked = Sequence[tuple[int, str]]  # letters away and address, nearest first


def only_slip(ranked: Ranked, key: str) -> str | None:
    """Of the addresses a few letters away from a name, the only one that a slip can have left.

    Args:
        ranked: letters away and address, nearest first.
        key: of the name as typed.
    """
    nearest = [address for away, address in ranked if away == ranked[0][0]]
    if len(nearest) != 1:
        return None
    least = MIN_SLIP_LETTERS if ranked[0][0] == 1 else MIN_TWO_SLIPS_LETTERS
    return nearest[0] if len(key) >= least else None


def slips_inside(near: NearNames, key: str, kind: str | None, homes: Units) -> Ranked:
    """Units of a kind inside what holds them, a few letters from a name: of then before now."""
    if not homes or kind is None:
        return []
    ranked = near.ranked(key, "commune" if kind in COMMUNE_KINDS else "district", homes)
    slips = [(away, a) for away, a in ranked if a.lower().startswith(f"{kind} ")]
    districts = {h.address for h in homes if isinstance(h, OldUnit) and h.level == "district"}
    inside = [(n, a) for n, a in slips if any(a.endswith(f", {d}") for d in districts)]
    return inside or slips


def slip_in_home(units: Units, home: Unknown, sentence: Sentence) -> str | None:
    """The only one of several communes that lies where a name with a slip in it can mean."""
    key = window_key(sentence.words, home.name, home.end)
    slips: dict[str, int] = {}
    for unit in units:
        for known in _homes(unit):
            away = distance(key, name_key(known.short), MAX_DISTANCE)
            if known.kind == home.kind and away <= MAX_DISTANCE:
                slips[unit.address] = min(away, slips.get(unit.address, away))
    return only_slip(sorted((away, address) for address, away in slips.items()), key)


def _homes(unit: OldUnit | NewUnit) -> list[OldUnit | Province]:
    """What holds a commune: district and province of then, or the province of today."""
    if isinstance(unit, OldUnit):
        return [home for home in (unit.parent, unit.province) if home]
    return [unit.province] if isinstance(unit, Commune) else []


class ProvinceSlips:
    """Finds the one province that is a letter away from words of a text."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._keys: dict[str, dict[str, set[str]]] = defaultdict(dict)  # by first letter
        for key, entries in catalogue.index.items():
            for entry in entries:
                if entry.level == "province" and key not in catalogue.short_keys:
                    self._keys[key[0]].setdefault(key, set()).add(entry.unit.address)

    def find(self, sentence: Sentence) -> PlaceResolution | None:
        """The only province that a name with one slip in it can mean; its status is unknown."""
        slips: dict[str, tuple[int, int]] = {}
        count = len(sentence.words)
        for first, end in ((i, i + n) for n in (2, 3) for i in range(count + 1 - n)):
            key = window_key(sentence.words, first, end)
            if len(key) < MIN_SLIP_LETTERS or key in self._catalogue.index:
                continue
            known = self._keys.get(key[0], {})
            written = list(known)
            for name in (n for at, _ in within(key, written, 1) for n in known[written[at]]):
                slips.setdefault(name, (first, end))
        if len(slips) != 1:
            return None
        ((name, where),) = slips.items()
        start, end = sentence.span(*where)
        return PlaceResolution(
            status="unknown",
            matched=sentence.text[start:end],
            level="province",
            as_of=self._catalogue.as_of,
            near=(name,),
            meant=name,
            start=start,
            end=end,
        )
