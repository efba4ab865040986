"""What names a place beyond doubt that it is one."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.finding.mention import Group, Mention, Unknown
from knowledge.places.reading.address import AddressReader
from knowledge.places.reading.written import listed, ordinary, well_written
from knowledge.places.spelling.kinds import COMMUNE_KINDS
from knowledge.places.spelling.tokens import Token, Words, window_key
from knowledge.places.units.catalogue import Catalogue


class Sure:
    """Tells places from ordinary words that are names of places too."""

    def __init__(self, catalogue: Catalogue, reader: AddressReader) -> None:
        self._catalogue, self._reader = catalogue, reader

    def part(self, group: Group, words: Words) -> Group:
        """What of a group names a place beyond doubt; empty when nothing does."""
        known = [m for m in group if isinstance(m, Mention) and well_written(m, words)]
        cased = words.cased_inside
        if self._chained(known, words, cased=cased):
            return group
        sure = [m for m in known if self._is_sure(m, words, cased=cased)]
        if any(m.kind for m in sure) or (sure and _holds_more(group, words)):
            return group
        return list(sure[:1])

    def _chained(self, known: Sequence[Mention], words: Sequence[Token], *, cased: bool) -> bool:
        """Whether mentions that fit each other as an address are written as one."""
        if len(known) < 2 or all(ordinary(m, words) for m in known):
            return False
        if not any(m.kind for m in known) and not (cased and listed(known, words)):
            return False
        address = self._reader.best(known)
        return address is not None and len(address.parts) > 1

    def _is_sure(self, mention: Mention, words: Sequence[Token], *, cased: bool) -> bool:
        """Whether one mention alone is a place."""
        name = words[mention.name : mention.end]
        capital = all(t.text[0].isupper() or not t.text[0].isalpha() for t in name)
        if mention.kind is None:
            return self._is_sure_province(mention, words, capital=capital, cased=cased)
        if name[0].text.isdecimal():
            return True
        if cased or len(name) == 1:
            return capital
        of_its_kind = not mention.readings[0].other_kind
        return of_its_kind and (mention.kind == "tỉnh" or not ordinary(mention, words))

    def _is_sure_province(
        self, mention: Mention, words: Sequence[Token], *, capital: bool, cased: bool
    ) -> bool:
        if not any(e.level == "province" for r in mention.readings for e in r.entries):
            return False
        if window_key(words, mention.name, mention.end) in self._catalogue.short_keys:
            return all(t.text.isupper() for t in words[mention.name : mention.end])
        return capital or not (cased or ordinary(mention, words))


def _holds_more(group: Group, words: Sequence[Token]) -> bool:
    """Whether a commune with its kind is named beside what is sure, known or not."""
    return any(
        m.kind in COMMUNE_KINDS and (isinstance(m, Unknown) or not ordinary(m, words))
        for m in group
    )
