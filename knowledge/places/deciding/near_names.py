"""Names close to one that we do not know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property

from knowledge.places.models import Level, NewUnit, OldUnit
from knowledge.places.units.catalogue import Catalogue
from knowledge.places.units.holding import Holding
from knowledge.places.units.names import Entry
from knowledge.slips import within

# Keys with most letter pairs in common, compared letter by letter. Looking at all finds more near
# names, and takes "xã Tân Thành" of another district for the "An Thịnh" of this one.
LOOKED_AT = 60
MAX_DISTANCE = 2  # letters wrong, missing, too many or swapped
SHORT_KEY = 4  # letters; below that only one may be wrong


class NearNames:
    """Finds keys a letter or two away."""

    def __init__(self, catalogue: Catalogue, holding: Holding) -> None:
        self._catalogue, self._holding = catalogue, holding
        self._keys = [key for key in catalogue.index if not key.isdecimal()]

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
        found: dict[str, int] = {}
        for away, near in self._near_keys(key):
            for entry in self._catalogue.index[near]:
                if self._fits(entry, level, homes):
                    found.setdefault(entry.unit.address, away)
        return [(away, address) for address, away in found.items()]

    def _near_keys(self, key: str) -> list[tuple[int, str]]:
        """How far away and which, nearest first, then with most letter pairs in common."""
        shared: Counter[int] = Counter()
        for pair in _pairs(key):
            shared.update(self._with_pair.get(pair, ()))
        limit = MAX_DISTANCE if len(key) > SHORT_KEY else 1
        looked_at = shared.most_common(LOOKED_AT)
        near = within(key, [self._keys[number] for number, _ in looked_at], limit)
        ranked = sorted((away, -looked_at[at][1], looked_at[at][0]) for at, away in near)
        return [(away, self._keys[number]) for away, _, number in ranked]

    @cached_property
    def _with_pair(self) -> dict[str, list[int]]:
        """Letter pair -> the keys that hold it; made when the first name is unknown (0.04 s)."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self._keys):
            for pair in _pairs(key):
                found[pair].append(number)
        return dict(found)

    def _fits(self, entry: Entry, level: Level | None, homes: Sequence[OldUnit | NewUnit]) -> bool:
        if entry.former or (level and entry.level != level):
            return False
        return not homes or any(self._holding.holds(home, entry.unit) for home in homes)


def _pairs(key: str) -> dict[str, None]:
    """The different pairs of letters, in order: which keys are looked at must not be chance."""
    padded = f"^{key}$"
    return dict.fromkeys(padded[i : i + 2] for i in range(len(padded) - 1))
