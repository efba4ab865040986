"""One ranking from two."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import ArticleScores, fuse

SCORES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.floats(-1e3, 1e3, allow_nan=False), max_size=8
)


def order(ranked: list[tuple[str, float]]) -> str:
    return "".join(i for i, _ in ranked)


def test_what_both_legs_like_comes_first() -> None:
    assert order(fuse({"a": 0.9, "b": 0.8, "c": 0.1}, {"b": 9.0, "a": 1.0, "d": 8.0}))[0] == "b"


def test_one_leg_alone_keeps_its_order() -> None:
    scores = {"b": 3.0, "a": 2.0, "c": 1.0}
    assert order(fuse(scores, {})) == order(fuse({}, scores)) == "bac"
    assert fuse({}, {}) == []


def test_equal_scores_keep_the_order_they_came_in() -> None:
    assert order(fuse({"b": 1.0, "a": 1.0}, {})) == "ba"
    assert order(fuse({"x": 1.0}, {"y": 1.0})) == "xy"


def test_the_scale_of_a_leg_does_not_matter() -> None:
    dense, lexical = {"a": 0.83, "b": 0.80, "c": 0.79}, {"c": 12.0, "b": 9.0, "a": 1.0}
    louder = {i: 100 * s + 7 for i, s in lexical.items()}
    assert order(fuse(dense, lexical)) == order(fuse(dense, louder))
    for one, other in zip(fuse(dense, lexical), fuse(dense, louder), strict=True):
        assert one[1] == pytest.approx(other[1])


def test_english_leaves_the_lexical_leg_out() -> None:
    dense, lexical = {"a": 0.9, "b": 0.8}, {"b": 50.0, "c": 10.0, "d": 10.0}
    assert order(fuse(dense, lexical, english=True))[0] == "a"
    assert order(fuse(dense, lexical))[0] == "b"


@given(SCORES, SCORES, st.booleans())
def test_every_candidate_is_ranked_once(
    dense: dict[str, float], lexical: dict[str, float], english: bool
) -> None:
    ranked = fuse(dense, lexical, english=english)
    assert sorted(i for i, _ in ranked) == sorted({*dense, *lexical})
    assert all(np.isfinite(score) for _, score in ranked)
    assert all(first[1] >= second[1] for first, second in pairwise(ranked))


def test_the_law_that_answers_best_pulls_its_articles_up() -> None:
    dense = {"a1": 0.9, "b1": 0.6, "a2": 0.59, "c": 0.1}
    of = {"a1": "A1", "a2": "A2", "b1": "B1", "c": "C"}

    def ranked(laws: dict[str, str]) -> list[tuple[str, float]]:
        return fuse(dense, {}, articles=ArticleScores({}, {}, of, laws))

    alone = ranked({article: article for article in of.values()})
    together = ranked({"A1": "A", "A2": "A", "B1": "B", "C": "C"})
    assert [i for i, _ in alone] == ["a1", "b1", "a2", "c"]
    assert [i for i, _ in together] == ["a1", "a2", "b1", "c"]
    assert together[0] == alone[0]  # what stands first keeps its score
