"""How mentions are written: with which marks, capitals, commas."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.finding.mention import Mention
from knowledge.places.finding.ordinary import is_ordinary
from knowledge.places.spelling.tokens import Token


def typed(mention: Mention, words: Sequence[Token]) -> str:
    """The longest name as typed, written together."""
    return "".join(t.text for t in words[mention.name : mention.end])


def well_written(mention: Mention, words: Sequence[Token]) -> bool:
    """Whether the marks are the name's, or none were typed."""
    reading = mention.readings[0]  # the best one of the longest
    return not reading.off and (not reading.missing or typed(mention, words).isascii())


def listed(mentions: Sequence[Mention], words: Sequence[Token]) -> bool:
    """Whether names without their kinds are written as an address: capitals, commas."""
    commas = all("," in words[m.start].gap for m in mentions[1:])
    return commas and all(words[m.name].text[0].isupper() for m in mentions)


def ordinary(mention: Mention, words: Sequence[Token]) -> bool:
    """Whether a name in small letters may be ordinary words."""
    name = words[mention.name : mention.end]
    if any(t.text[0].isupper() for t in name):
        return False
    return is_ordinary(" ".join(t.folded for t in name))
