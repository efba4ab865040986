"""Whose figure is asked: that of one place must not be answered by that of the whole country."""

from __future__ import annotations

import re

from bot.question import rules
from knowledge.places.models import PlaceResolution
from knowledge.text import fold
from retrieval.query import SearchQuery

_HOW_MANY = r"(?:bao nhieu|\bmay\b|\bbn\b|how many)"
_NEAR = r"\s+(?:\w+\s+){0,6}"  # no comma, no end of a sentence


def place_of_figure(query: SearchQuery, found: PlaceResolution | None) -> str:
    """The place whose own figure is asked, as written; empty for the whole country.

    A place that only says where somebody lives is not beside the words that ask how many.

    Args:
        query: the analysed question.
        found: the known place that it names.
    """
    mine = rules.search("places.mine", query.text.lower())
    place = found.matched if found else mine[0] if mine else ""
    words = re.escape(fold(place))
    beside = rf"{words}{_NEAR}{_HOW_MANY}|{_HOW_MANY}{_NEAR}{words}"
    return place if place and re.search(beside, fold(query.raw)) else ""
