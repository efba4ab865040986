"""The offices that are known, by commune; kept in the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from knowledge.offices.models import KINDS, Kind, Office
from knowledge.store.records import Records

RECORD_KIND = "office"  # in the store


class Offices:
    """The offices by the code of their commune; safe to read from many threads."""

    def __init__(self, offices: Iterable[Office] = ()) -> None:
        found: dict[str, list[Office]] = defaultdict(list)
        for office in sorted(offices, key=lambda o: (o.commune, KINDS.index(o.kind), o.name)):
            found[office.commune].append(office)
        self._by_commune = {code: tuple(those) for code, those in found.items()}

    @classmethod
    def stored(cls, records: Records) -> Offices:
        """Those that were taken in."""
        return cls(Office.of(payload) for payload in records.of_kind(RECORD_KIND).values())

    @property
    def all(self) -> tuple[Office, ...]:
        """Every office, by commune."""
        return tuple(office for those in self._by_commune.values() for office in those)

    def of(self, commune: str, kinds: Sequence[Kind] = KINDS) -> tuple[Office, ...]:
        """The offices of a commune that are of these kinds, in the order of the kinds."""
        those = self._by_commune.get(commune, ())
        return tuple(office for kind in kinds for office in those if office.kind == kind)


def take_in(records: Records, offices: Sequence[Office]) -> int:
    """Store offices in the place of those of the same kind and commune; all of them or none.

    Returns:
        How many were there and are replaced.
    """
    renewed = {(office.commune, office.kind) for office in offices}
    known = records.of_kind(RECORD_KIND)
    gone = [i for i, one in known.items() if (one["commune"], one["kind"]) in renewed]
    records.save(RECORD_KIND, {_id(n, o): o.payload() for n, o in _numbered(offices)}, gone)
    return len(gone)


def remove(records: Records, commune: str) -> int:
    """Delete the offices of a commune; returns how many there were."""
    known = records.of_kind(RECORD_KIND)
    gone = [i for i, one in known.items() if one["commune"] == commune]
    records.save(RECORD_KIND, {}, gone)
    return len(gone)


def _numbered(offices: Iterable[Office]) -> Iterable[tuple[int, Office]]:
    """Each with its number among those of its kind and commune, from 1."""
    seen: dict[tuple[str, Kind], int] = defaultdict(int)
    for office in offices:
        seen[office.commune, office.kind] += 1
        yield seen[office.commune, office.kind], office


def _id(number: int, office: Office) -> str:
    return f"{office.commune}/{office.kind}/{number}"
