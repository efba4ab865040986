"""Clauses of laws are found with their article; directives as before."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder

from knowledge.models import Document
from knowledge.reading.bundled import load_bundled
from knowledge.reading.document import build_document
from knowledge.store.store import Store, open_store
from retrieval.articles import articles
from retrieval.diacritics import Restorer
from retrieval.errors import IndexMismatchError
from retrieval.fusion import ArticleScores, fuse
from retrieval.index import IndexStore, SearchIndex
from retrieval.query import analyse

LAW = (
    "Chương I. QUY ĐỊNH CHUNG\n\n"
    "Điều 1. Bến đò\n\n1. Chủ bến treo bảng giá.\n\n2. Khách mặc áo phao.\n\n"
    "Điều 2. Chợ phiên\n\n1. Họp vào ngày chẵn.\n\n2. Thu phí theo sạp.\n\n"
    "Điều 3. Mượn sách báo ở thư viện của làng trong hai tuần."
)
DIRECTIVE = "1. Chủ bến treo bảng giá.\n\n2. Xã họp chợ vào ngày chẵn."


def document(name: str, body: str, kind: str) -> Document:
    front = {"title": f"Quy ước {name}", "issuer": "Làng", "issued_on": "2025-07-01", "kind": kind}
    return build_document(f"{name}.md", front, body, default_id=name)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'kho.sqlite3'}")


def build(folder: Path, store: Store, *documents: Document) -> SearchIndex:
    store.documents.ingest(documents)
    return IndexStore(folder, FakeEmbedder()).build(
        store.documents.all(), store.documents.generation(), store.vectors
    )


def test_each_article_of_a_law_holds_its_clauses() -> None:
    found = list(articles([document("luat", LAW, "Luật")]))
    assert [a.passages[0].locator for a in found] == ["Điều 1", "Điều 2", "Điều 3"]
    assert [p.locator for p in found[1].passages] == [
        "Điều 2",
        "Điều 2, khoản 1",
        "Điều 2, khoản 2",
    ]
    assert found[1].text.startswith("Chợ phiên")
    assert found[1].text.endswith("Thu phí theo sạp.")


def test_a_document_may_be_one_article() -> None:
    (only,) = articles([document("bai", DIRECTIVE, "Điều")])
    assert only.text == DIRECTIVE
    assert len(only.passages) == 2


def test_articles_of_one_law_say_so() -> None:
    assert len({a.law for a in articles([document("luat", LAW, "Luật")])}) == 1
    titles = ("phiên chợ - Điều 1. Giờ họp", "phiên chợ - Điều 2. Phí", "bến đò - Điều 1. Giá")
    found = articles(document(title, DIRECTIVE, "Điều") for title in titles)
    assert [a.law for a in found] == ["Quy ước phiên chợ"] * 2 + ["Quy ước bến đò"]


def test_directives_have_none() -> None:
    assert not list(articles([document("cong-van", DIRECTIVE, "Công văn"), *load_bundled()]))


def test_a_clause_is_found_by_the_words_of_its_article(store: Store, tmp_path: Path) -> None:
    index = build(tmp_path / "index", store, document("luat", LAW, "Luật"))
    query = analyse("chợ phiên thu phí", Restorer())
    found = index.search(query, index.embedder.query(query.subject), 3)
    assert found[0].passage_id == "luat#dieu-2-khoan-2"


def test_fewer_are_the_first_of_more(store: Store, tmp_path: Path) -> None:
    body = "\n\n".join(
        f"Điều {n}. Việc {n} của làng\n\n1. Họp {n}.\n\n2. Phạt {n}." for n in range(1, 90)
    )
    index = build(tmp_path / "index", store, document("luat", body, "Luật"))
    query = analyse("làng họp phạt 7", Restorer())
    vector = index.embedder.query(query.subject)
    many = [(r.passage_id, r.score) for r in index.search(query, vector, 178)]
    assert len(many) == 178
    for k in (1, 10, 120):
        assert [(r.passage_id, r.score) for r in index.search(query, vector, k)] == many[:k]
    scores = [score for _, score in many]
    assert scores == sorted(scores, reverse=True)


def test_an_index_without_its_articles_is_refused(store: Store, tmp_path: Path) -> None:
    build(tmp_path / "index", store, document("luat", LAW, "Luật"))
    indexes = IndexStore(tmp_path / "index", FakeEmbedder())
    assert indexes.open(store.documents.generation())
    (file,) = (tmp_path / "index").glob("*/articles.json")
    file.write_text("{")
    with pytest.raises(IndexMismatchError):
        IndexStore(tmp_path / "index", FakeEmbedder()).open(store.documents.generation())


def test_the_article_decides_between_equal_clauses() -> None:
    dense, words = {"a": 0.9, "b": 0.9, "c": 0.1}, {"a": 2.0, "b": 2.0, "c": 1.0}
    places = ArticleScores({"A": 0.1, "B": 0.9}, {"B": 3.0, "A": 1.0}, {"a": "A", "b": "B"}, {})
    assert [i for i, _ in fuse(dense, words)][:2] == ["a", "b"]
    assert [i for i, _ in fuse(dense, words, articles=places)][:2] == ["b", "a"]


def test_a_passage_of_no_article_scores_as_ever() -> None:
    dense, words = {"a": 0.9, "c": 0.1, "d": 0.4}, {"a": 2.0, "c": 1.0}
    places = ArticleScores({"A": 0.5}, {"A": 1.0}, {"a": "A"}, {})
    alone, beside = dict(fuse(dense, words)), dict(fuse(dense, words, articles=places))
    assert beside["c"] == alone["c"]
    assert beside["d"] == alone["d"]
    assert beside["a"] != alone["a"]
