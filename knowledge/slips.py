"""How many slips of the keys two words are apart."""

from __future__ import annotations

from rapidfuzz.distance import OSA


def distance(a: str, b: str, limit: int) -> int:
    """Letters to change, add, drop or swap with the next (optimal string alignment).

    `limit` + 1 stands for all that is more.
    """
    return OSA.distance(a, b, score_cutoff=limit)
