"""Slips of the keys between two words: against a definition written out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.slips import distance

WORDS = st.text(st.sampled_from("abcđê "), max_size=8)


def aligned(a: str, b: str) -> int:
    """Optimal string alignment, by its recursion."""
    if not a or not b:
        return len(a) + len(b)
    least = min(
        aligned(a[:-1], b) + 1,
        aligned(a, b[:-1]) + 1,
        aligned(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    )
    if len(a) > 1 and len(b) > 1 and a[-2:] == b[-1] + b[-2]:
        least = min(least, aligned(a[:-2], b[:-2]) + 1)
    return least


@given(WORDS.filter(lambda w: len(w) < 6), WORDS.filter(lambda w: len(w) < 6), st.integers(0, 4))
@example("ca", "abc", 4)  # 3: once swapped, letters stay (2 where they need not)
def test_it_is_optimal_string_alignment(a: str, b: str, limit: int) -> None:
    assert distance(a, b, limit) == min(aligned(a, b), limit + 1)


@pytest.mark.parametrize(
    ("a", "b", "limit", "slips"),
    [
        ("", "", 1, 0),
        ("thanh", "thanh", 0, 0),
        ("thanh", "tahnh", 1, 1),
        ("thanh", "than", 1, 1),
        ("thanh", "thaanh", 1, 1),
        ("đông", "đống", 1, 1),
        ("thanh", "xuan", 2, 3),  # more than the limit, whatever it is
    ],
)
def test_slips_of_the_keys(a: str, b: str, limit: int, slips: int) -> None:
    assert distance(a, b, limit) == slips == distance(b, a, limit)
