"""Asks without a core: read as the product reads them, no document named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from bot.models.loader import Models
from bot.models.terms import Terms
from bot.question.needs import Needs
from bot.question.places_named import PlaceReading
from bot.question.question import NO_BOUNDS, Ask
from bot.question.understanding import understand
from retrieval.diacritics import Restorer
from retrieval.query import SearchQuery, analyse
from retrieval.words import Words


def read_ask(
    question: str,
    restorer: Restorer,
    places: Callable[[SearchQuery], Sequence[PlaceReading]] = lambda _: (),
    embed: Callable[[SearchQuery], np.ndarray] = lambda _: np.zeros(1, np.float32),
) -> Ask:
    query = analyse(question, restorer)
    wants, words = understand(query, names_document=False), Words(query, restorer.rarity)
    return Ask(question, query, (), (), wants, words, NO_BOUNDS, embed, places, _needs().of)


@cache
def _needs() -> Needs:
    """The model that looks at words alone."""
    return Needs(Terms.of(Models("another embedder").open("needs")).each)
