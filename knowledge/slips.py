"""How many slips of the keys two words are apart."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA


def distance(a: str, b: str, limit: int) -> int:
    """Letters to change, add, drop or swap with the next (optimal string alignment).

    `limit` + 1 stands for all that is more.
    """
    return OSA.distance(a, b, score_cutoff=limit)


def near(text: str, others: Sequence[str], limit: int) -> list[int]:
    """Which of `others`, by their places in order, are `limit` slips or fewer from a text."""
    found = process.extract(text, others, scorer=OSA.distance, score_cutoff=limit, limit=None)
    return sorted(at for _, _, at in found)
