"""The dense index: a real Chroma in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.dense import DenseIndex, UnitRow, delete_collections, open_client
from retrieval.errors import RetrievalError

DIM = 16


def unit_vectors(n: int, seed: int = 1) -> np.ndarray:
    """(n, DIM) float32, L2-normalised."""
    rows = np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def rows(n: int, units: int = 1) -> list[UnitRow]:
    """`n` passages, every other one of document d1, with `units` units each."""
    return [
        UnitRow(f"d{i % 2}#p{i}", f"d{i % 2}", 10 * u, 10 * u + 9, "chữ")
        for i in range(n)
        for u in range(units)
    ]


@pytest.fixture
def index(tmp_path: Path) -> DenseIndex:
    return DenseIndex(open_client(tmp_path / "dense", None), "thu")


def test_the_nearest_passages_come_first(index: DenseIndex) -> None:
    vectors = unit_vectors(60)
    index.add(rows(60), vectors)
    query = unit_vectors(1, seed=2)[0]
    exact = np.argsort(-vectors @ query)[:10]
    hits = index.search(query, 10)
    assert [h.passage_id for h in hits] == [f"d{i % 2}#p{i}" for i in exact]
    np.testing.assert_allclose([h.cosine for h in hits], (vectors @ query)[exact], atol=1e-5)


def test_a_passage_is_found_by_its_best_unit(index: DenseIndex) -> None:
    vectors = unit_vectors(9)
    index.add(rows(3, units=3), vectors)
    hits = index.search(vectors[4], 9)
    assert len(hits) == 3  # one for each passage
    best = hits[0]
    assert (best.passage_id, best.start, best.end) == ("d1#p1", 10, 19)
    assert best.cosine == pytest.approx(1, abs=1e-5)


def test_a_search_can_be_bound_to_documents(index: DenseIndex) -> None:
    index.add(rows(20), unit_vectors(20))
    query = unit_vectors(1, seed=3)[0]
    assert {h.passage_id[:2] for h in index.search(query, 20, ["d1"])} == {"d1"}
    assert len(index.search(query, 20, ["d0", "d1"])) == 20
    assert index.search(query, 20, ["d9"]) == []


def test_the_same_unit_is_kept_once(index: DenseIndex) -> None:
    index.add(rows(4), unit_vectors(4))
    newer = unit_vectors(4, seed=5)
    index.add(rows(4), newer)
    assert index.count() == 4
    assert index.search(newer[2], 1)[0].cosine == pytest.approx(1, abs=1e-5)


def test_more_rows_than_one_call_takes(index: DenseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.dense._ADD_BATCH", 7)
    index.add(rows(30), unit_vectors(30))
    assert index.count() == 30


def test_an_empty_index_finds_nothing(index: DenseIndex) -> None:
    assert index.count() == 0
    assert index.search(unit_vectors(1)[0], 5) == []


def test_an_index_is_opened_again(index: DenseIndex, tmp_path: Path) -> None:
    vectors = unit_vectors(5)
    index.add(rows(5), vectors)
    again = DenseIndex(open_client(tmp_path / "dense", None), "thu")
    assert again.search(vectors[3], 1)[0].passage_id == "d1#p3"


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "dense").mkdir()
    (tmp_path / "dense" / "chroma.sqlite3").write_bytes(b"x" * 4_096)
    with pytest.raises(RetrievalError, match="Chroma"):
        DenseIndex(open_client(tmp_path / "dense", None), "thu")


def test_a_server_that_does_not_answer_is_named(free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    with pytest.raises(RetrievalError, match=url):
        open_client(None, url)
    with pytest.raises(RetrievalError, match=url):
        delete_collections(url, ["thu"])
