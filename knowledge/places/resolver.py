"""From a text to the unit of today it means, all units it may mean, or that we do not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from knowledge.places.deciding.decision import Decider
from knowledge.places.deciding.known import as_before
from knowledge.places.deciding.slips import ProvinceSlips
from knowledge.places.finding.groups import find_groups
from knowledge.places.finding.mention import Group, Unknown
from knowledge.places.models import OldUnit, PlaceResolution, Province
from knowledge.places.reading.address import AddressReader
from knowledge.places.reading.provinces import provinces_named
from knowledge.places.reading.sure import Sure
from knowledge.places.spelling.tokens import Sentence, tokens
from knowledge.places.units.catalogue import Catalogue, load_catalogue
from knowledge.places.units.holding import Holding

MAX_TEXT_CHARS = 2_000  # read of a text; an address is far shorter
_RECENT = 128  # texts of questions being answered


class PlaceResolver:
    """Reads places in texts: finds mentions, reads them as addresses, decides.

    Safe to use from many threads.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        holding = Holding(catalogue)
        reader = AddressReader(holding)
        self._sure = Sure(catalogue, reader)
        self._decider = Decider(catalogue, holding, reader)
        self._slips = ProvinceSlips(catalogue)
        self._after_tp = frozenset(
            key
            for key, entries in catalogue.index.items()
            if len(key) > 1 and any(e.kind == "thành phố" for e in entries)
        )
        self._read = lru_cache(_RECENT)(self._groups)  # a text is asked about in several ways

    def resolve(self, text: str, *, old_first: bool = False) -> PlaceResolution:
        """What a text means that is an address or holds one; always an answer.

        Communes and districts may stand without the word for their kind.

        Args:
            text: an address, a name, or a sentence that holds one.
            old_first: the address is one of before: a name that stood then and stands now is
                read as then, even where no district is given.
        """
        sentence, groups = self._read(text)
        kinded = [g for g in groups if any(m.kind for m in g)]
        found = self._decider.best(kinded, sentence) or self._decider.best(groups, sentence)
        found = found or self._decider.nothing(sentence)
        return as_before(found) if old_first else found

    def find(self, text: str) -> PlaceResolution | None:
        """The place that a sentence names beyond doubt that it is one; None when it names none.

        Ordinary words that are also names ("xã trung tâm", "hoà bình") are not taken for places.
        """
        sentence, groups = self._read(text)
        found = self._decider.best(list(self._sure_parts(groups, sentence)), sentence)
        if found:
            return found
        slipped = [g for g in groups if len(g) > 1 and any(isinstance(m, Unknown) for m in g)]
        found = self._decider.best(slipped, sentence)
        return found if found and found.meant else None

    def find_province(self, text: str) -> PlaceResolution | None:
        """The only province that a name with one slip in it can mean; its status is unknown."""
        return self._slips.find(self._read(text)[0])

    def find_all(self, text: str) -> list[PlaceResolution]:
        """Every place that a sentence names, in order; the same care as `find`."""
        sentence, groups = self._read(text)
        sure = self._sure_parts(groups, sentence)
        return [found for part in sure if (found := self._decider.group(part, sentence))]

    def provinces(self, text: str) -> list[Province | OldUnit]:
        """Every province that a sentence names, of before and of today, in order.

        One that stands no more is given as what it was, any other as what it is.
        """
        sentence, groups = self._read(text)
        return provinces_named(groups, sentence.words, self.catalogue)

    def _groups(self, text: str) -> tuple[Sentence, Sequence[Group]]:
        text = text[:MAX_TEXT_CHARS]
        words = tokens(text, self._after_tp)
        return Sentence(text, words), find_groups(words, self.catalogue)

    def _sure_parts(self, groups: Iterable[Group], sentence: Sentence) -> Iterable[Group]:
        return (part for g in groups if (part := self._sure.part(g, sentence.words)))


@cache
def open_resolver() -> PlaceResolver:
    """The resolver of the installed data and our overlay; one for the whole process.

    Raises:
        PlaceDataError: the data is missing or wrong.
    """
    return PlaceResolver(load_catalogue())
