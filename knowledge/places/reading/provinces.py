"""The provinces that a text names, each on its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.places.finding.mention import Group, Mention
from knowledge.places.models import OldUnit, Province
from knowledge.places.reading.written import typed, well_written
from knowledge.places.spelling.tokens import Token, window_key
from knowledge.places.units.catalogue import Catalogue


def provinces_named(
    groups: Iterable[Group], words: Sequence[Token], catalogue: Catalogue
) -> list[Province | OldUnit]:
    """Every province of before and of today, in order, each once.

    One that stands no more is given as what it was, any other as what it is.
    """
    found: dict[str, Province | OldUnit] = {}
    for mention in (m for group in groups for m in group):
        if isinstance(mention, Mention) and well_written(mention, words):
            unit = _province(mention, words, catalogue)
            if unit:
                found[unit.name] = unit
    return list(found.values())


def _province(
    mention: Mention, words: Sequence[Token], catalogue: Catalogue
) -> Province | OldUnit | None:
    if mention.kind not in (None, "tỉnh", "thành phố"):
        return None
    key = window_key(words, mention.name, mention.end)
    if key in catalogue.short_keys and not typed(mention, words).isupper():
        return None
    units = [e.unit for e in mention.readings[0].entries if e.level == "province"]
    today = next((u for u in units if isinstance(u, Province)), None)
    before = next((u for u in units if isinstance(u, OldUnit)), None)
    return today or before
