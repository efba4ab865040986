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


def within(text: str, others: Sequence[str], limit: int) -> list[tuple[int, int]]:
    """Those of `others` that are `limit` slips or fewer from a text.

    Returns:
        The place of each in `others`, and how many slips away it is; in order of place.
    """
    found = process.extract(text, others, scorer=OSA.distance, score_cutoff=limit, limit=None)
    return sorted((at, int(away)) for _, away, at in found)
