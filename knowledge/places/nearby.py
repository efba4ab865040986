"""Names close to one that we do not know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from knowledge.places.catalogue import Catalogue, Entry
from knowledge.places.models import Commune, Level, NewUnit, OldUnit, Province
from knowledge.text import distance

LOOKED_AT = 60  # keys with most letter pairs in common, compared letter by letter
MAX_DISTANCE = 2  # letters wrong, missing, too many or swapped
SHORT_KEY = 4  # letters; below that only one may be wrong


class NearNames:
    """Finds keys a letter or two away."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._keys = [key for key in catalogue.index if not key.isdecimal()]
        self._pairs: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self._keys):
            for pair in set(_pairs(key)):
                self._pairs[pair].append(number)

    def find(
        self, key: str, level: Level | None, homes: Sequence[OldUnit | NewUnit]
    ) -> tuple[str, ...]:
        """Addresses of units whose name is close to `key`, nearest first.

        Args:
            key: of the unknown name.
            level: that it must have; None for any.
            homes: units that must hold it; empty for anywhere.
        """
        return tuple(address for _, address in self.ranked(key, level, homes))

    def ranked(
        self, key: str, level: Level | None, homes: Sequence[OldUnit | NewUnit]
    ) -> list[tuple[int, str]]:
        """As `find`, each with how many letters away it is."""
        if not key:
            return []
        shared: Counter[int] = Counter()
        for pair in set(_pairs(key)):
            shared.update(self._pairs.get(pair, ()))
        limit = MAX_DISTANCE if len(key) > SHORT_KEY else 1
        ranked = []
        for number, count in shared.most_common(LOOKED_AT):
            away = distance(key, self._keys[number], limit)
            if away <= limit:
                ranked.append((away, -count, number))
        found: dict[str, int] = {}
        for away, _, number in sorted(ranked):
            for entry in self._catalogue.index[self._keys[number]]:
                if self._fits(entry, level, homes):
                    found.setdefault(entry.unit.address, away)
        return [(away, address) for address, away in found.items()]

    def _fits(self, entry: Entry, level: Level | None, homes: Iterable[OldUnit | NewUnit]) -> bool:
        if entry.former or (level and entry.level != level):
            return False
        homes = list(homes)
        return not homes or any(self._holds(home, entry.unit) for home in homes)

    def _holds(self, home: OldUnit | NewUnit, unit: OldUnit | NewUnit) -> bool:
        if isinstance(unit, OldUnit):
            if home in (unit.parent, unit.province):
                return True
            return home is self._catalogue.province_of(unit)
        if not isinstance(unit, Commune):
            return False
        if isinstance(home, Province):
            return unit.province is home
        return any(home in (old.parent, old.province) for old in self._catalogue.made_of[unit.code])


def _pairs(key: str) -> list[str]:
    padded = f"^{key}$"
    return [padded[i : i + 2] for i in range(len(padded) - 1)]
