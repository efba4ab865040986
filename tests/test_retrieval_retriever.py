"""From a question to passages: named documents bound the search; LangChain's interface."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from knowledge.reading.bundled import load_bundled
from knowledge.store.store import open_store
from retrieval.days import named_dates
from retrieval.diacritics import Restorer
from retrieval.index import IndexStore
from retrieval.langchain import as_retriever
from retrieval.retriever import Retriever

HOUSING = "Khẩn trương bố trí nhà công vụ, trụ sở, phương tiện làm việc"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder: Path = tmp_path_factory.mktemp("retriever")
    store = open_store(f"sqlite:///{folder / 'kho.sqlite3'}")
    store.documents.ingest(load_bundled())
    documents, embedder = store.documents.all(), FakeEmbedder(dim=128)
    index = IndexStore(folder / "index", embedder).build(
        documents, store.documents.generation(), store.vectors
    )
    return Retriever(documents, index, Restorer(own_texts=[d.text for d in documents]))


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("nhà công vụ, trụ sở, phương tiện làm việc", "ket-luan-177-kl-tw#muc-4-diem-9"),
        ("nha cong vu, tru so, phuong tien lam viec", "ket-luan-177-kl-tw#muc-4-diem-9"),
        ("NHÀ CÔNG VỤ, TRỤ SỞ, PHƯƠNG TIỆN LÀM VIỆC", "ket-luan-177-kl-tw#muc-4-diem-9"),
        ("Liên minh Hợp tác xã Việt Nam", "ket-luan-195-kl-tw-tin#doan-10-muc-3"),
    ],
)
def test_the_clause_is_found_first(retriever: Retriever, question: str, place: str) -> None:
    hits = retriever.retrieve(question).hits
    assert hits[0].passage.id == place
    assert hits[0].document.id == place.partition("#")[0]
    assert [h.result.rank for h in hits] == list(range(1, len(hits) + 1))


def test_k_bounds_the_hits(retriever: Retriever) -> None:
    assert len(retriever.retrieve("cấp xã", 3).hits) == 3
    assert retriever.retrieve("cấp xã", 3).hits == retriever.retrieve("cấp xã", 9).hits[:3]
    assert retriever.retrieve("", 3).hits == ()


# Documents named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("KL 177 nói gì về đại hội?", ["ket-luan-177-kl-tw"]),
        ("ket luan so 195 ve thu tuc", ["ket-luan-195-kl-tw-tin"]),
        ("Kế hoạch 47-KH/BCĐ", ["ke-hoach-47-kh-bcd"]),
        ("So sánh KL 195 và KL177", ["ket-luan-195-kl-tw-tin", "ket-luan-177-kl-tw"]),
        ("cuộc họp ngày 4/7 bàn gì", ["hop-bo-chinh-tri-04-07-2025-tin"]),
        ("kết luận ngày 11 tháng 7 năm 2025", ["ket-luan-177-kl-tw"]),
        ("bản tin tháng 6/2025", ["hop-bo-chinh-tri-06-2025-tin"]),
        ("kết luận ngày 11/7/2024", []),
        ("nhà công vụ", []),
    ],
)
def test_a_named_document_bounds_the_search(
    retriever: Retriever, question: str, named: list[str]
) -> None:
    retrieval = retriever.retrieve(question)
    assert [d.id for d in retrieval.named] == named
    assert retrieval.missing == ()
    if named:
        assert {h.document.id for h in retrieval.hits} <= set(named)


def test_a_number_we_lack_is_told(retriever: Retriever) -> None:
    retrieval = retriever.retrieve("Nghị quyết 99 và kết luận 177 nói gì?")
    assert [m.shown for m in retrieval.missing] == ["Nghị quyết 99"]
    assert [d.id for d in retrieval.named] == ["ket-luan-177-kl-tw"]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("cuoc hop 4/7", [(4, 7, None)]),
        ("cuoc hop bo chinh tri ngay 4 thang 7 nam 2025", [(4, 7, 2025)]),
        ("ket luan ngay 11-7-2025 va tin thang 6", [(11, 7, 2025), (None, 6, None)]),
        ("truoc ngay 31/7/2025", []),
        ("", []),
    ],
)
def test_dates_that_name_a_document(
    text: str, dates: list[tuple[int | None, int, int | None]]
) -> None:
    assert named_dates(text) == dates


# LangChain


def test_it_is_a_langchain_retriever(retriever: Retriever) -> None:
    chain = as_retriever(retriever, k=4)
    assert isinstance(chain, BaseRetriever)
    documents = chain.invoke(HOUSING)
    assert len(documents) == 4
    first = documents[0]
    assert first.id == "ket-luan-177-kl-tw#muc-4-diem-9"
    assert first.page_content == f"{HOUSING}."
    assert first.metadata["document_number"] == "177-KL/TW"
    assert first.metadata["locator"] == "Mục 4, điểm (9)"
    document = next(d for d in retriever.documents if d.id == first.metadata["document_id"])
    span = slice(first.metadata["start"], first.metadata["end"])
    assert document.text[span] == first.page_content
    scores = [d.metadata["score"] for d in documents]
    assert scores == sorted(scores, reverse=True)


def test_langchains_batches_and_asynchronous_calls(retriever: Retriever) -> None:
    chain = as_retriever(retriever, k=1)
    questions = ["nhà công vụ", "sinh viên tình nguyện", "nhà công vụ"]
    one_by_one = [chain.invoke(q) for q in questions]
    assert chain.batch(questions) == one_by_one
    assert asyncio.run(chain.ainvoke(questions[1])) == one_by_one[1]
    assert chain.invoke("") == []


def test_it_fits_into_a_langchain_chain(retriever: Retriever) -> None:
    prompt = ChatPromptTemplate.from_template("{context}\n---\n{question}")
    model = RunnableLambda(lambda value: value.to_string().partition("---")[0])
    join = RunnableLambda(lambda found: "\n".join(d.page_content for d in found))
    chain = (
        {"context": as_retriever(retriever, k=1) | join, "question": RunnablePassthrough()}
        | prompt
        | model
        | StrOutputParser()
    )
    assert HOUSING in chain.invoke("nhà công vụ, trụ sở, phương tiện làm việc")
