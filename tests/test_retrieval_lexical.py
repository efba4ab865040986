"""The lexical index: folded syllables and pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import IndexMismatchError
from retrieval.lexical import LexicalIndex, lexical_pairs, lexical_tokens

ROWS = [
    ("p1", "d1", "Ủy ban nhân dân cấp xã giải quyết thủ tục hành chính"),
    ("p2", "d1", "Sinh viên tình nguyện hỗ trợ công nghệ thông tin ở xã"),
    ("p3", "d2", "Ban thường vụ tỉnh ủy chỉ đạo đại hội đảng bộ"),
    ("p4", "d2", "nhân dân dân nhân"),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical")
    made.add(ROWS)
    return made


def ids(hits: list[tuple[str, float]]) -> list[str]:
    return [i for i, _ in hits]


def test_tokens_and_pairs() -> None:
    assert lexical_tokens("Uỷ ban 177-KL/TW_2!") == ["uy", "ban", "177", "kl", "tw", "2"]
    assert lexical_tokens(" ?! ") == []
    assert lexical_pairs(["uy", "ban", "nhan"]) == ["uy_ban", "ban_nhan"]
    assert lexical_pairs(["uy"]) == []


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("ủy ban nhân dân", "p1"),
        ("uy ban nhan dan", "p1"),
        ("UỶ BAN NHÂN DÂN", "p1"),
        ("sinh vien tinh nguyen", "p2"),
        ("đại hội", "p3"),
        ("dân nhân", "p4"),
    ],
)
def test_search_finds_words_in_any_typing(index: LexicalIndex, query: str, first: str) -> None:
    assert ids(index.search(query, 4))[0] == first


def test_scores_fall_and_k_bounds(index: LexicalIndex) -> None:
    hits = index.search("nhân dân xã", 4)
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)
    assert all(s > 0 for _, s in hits)
    assert index.search("nhân dân xã", 1) == hits[:1]
    assert index.search("nhân dân xã", 0) == []


def test_a_search_can_be_bound_to_documents(index: LexicalIndex) -> None:
    assert set(ids(index.search("nhân dân xã đại hội", 9, ["d2"]))) == {"p3", "p4"}
    assert index.search("sinh viên", 9, ["d2"]) == []
    assert index.search("sinh viên", 9, ["d9"]) == []
    every, bound = index.search("nhân dân", 9), index.search("nhân dân", 9, ["d1", "d2"])
    assert every == bound  # the bound changes no score


@pytest.mark.parametrize(
    "query",
    ["", " ", "?!", "zzz", '"', "(", "a AND OR NOT", "id:p1", "*", "xaa~2", "\0", "[a TO b]"],
)
def test_no_query_is_read_as_a_language(index: LexicalIndex, query: str) -> None:
    assert "p1" not in ids(index.search(query, 4))


def test_an_index_is_opened_again(index: LexicalIndex, tmp_path: Path) -> None:
    again = LexicalIndex(tmp_path / "lexical")
    assert again.count() == index.count() == 4
    assert again.search("đại hội", 2) == index.search("đại hội", 2)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex(tmp_path / "lexical")
    assert (empty.count(), empty.search("xã", 3)) == (0, [])


def test_a_damaged_index_is_named(index: LexicalIndex, tmp_path: Path) -> None:
    (tmp_path / "lexical" / "meta.json").write_text("x")
    with pytest.raises(IndexMismatchError, match="lexical"):
        LexicalIndex(tmp_path / "lexical")
