"""Directives in the search: a clause before what a text says of itself, a row by its header."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from asks import read_ask
from fake_embedder import FakeEmbedder

from bot.answer.quote import Quote
from bot.question import rules
from bot.question.understanding import understand
from bot.sources.documents.composer import Composer
from bot.sources.documents.direct import DirectAnswers, find_places
from bot.sources.refusals import Refusals
from knowledge.models import Document
from knowledge.reading.document import build_document
from knowledge.store.store import open_store
from knowledge.text import fold
from prompts.wording import load_wording
from retrieval.diacritics import Restorer
from retrieval.index import IndexStore, passage_text, rows_to_embed
from retrieval.retriever import Retriever

FOLDER = Path(__file__).parent / "directives"
KNOWN = {
    "quyet-dinh-tinh-quy-dinh.md": ("31/2026/QĐ-UBND", "Quyết định phân cấp quản lý viên chức"),
    "quyet-dinh-xa-quy-che.txt": ("12/QĐ-UBND", "Quyết định ban hành Quy chế làm việc"),
    "nghi-quyet-hdnd.md": ("5/2026/NQ-HĐND", "Nghị quyết quy định mức thu phí thư viện"),
    "thong-bao.md": ("8/TB-UBND", "Thông báo lịch tiêm phòng dại"),
    "ket-luan.md": ("15-KL/ĐU", "Kết luận về công tác thanh niên tình nguyện"),
}


def document(name: str) -> Document:
    number, title = KNOWN[name]
    front = {"number": number, "title": title, "issuer": "Mẫu", "issued_on": "2026-01-05"}
    return build_document(
        name, front, (FOLDER / name).read_text("utf-8"), default_id=name.partition(".")[0]
    )


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder: Path = tmp_path_factory.mktemp("directives")
    store = open_store(f"sqlite:///{folder / 'kho.sqlite3'}")
    store.documents.ingest([document(name) for name in KNOWN])
    documents = store.documents.all()
    index = IndexStore(folder / "index", FakeEmbedder(dim=128)).build(
        documents, store.documents.generation(), store.vectors
    )
    return Retriever(documents, index, Restorer(own_texts=[d.text for d in documents]))


@pytest.mark.parametrize(
    "question",
    [
        "Ủy ban nhân dân tỉnh phân cấp quản lý viên chức cho ai?",
        "Quy chế làm việc của Ủy ban nhân dân xã Ví Dụ",
        "Căn cứ Luật Tổ chức chính quyền địa phương",
    ],
)
def test_what_a_text_says_of_itself_answers_nothing_else(
    retriever: Retriever, question: str
) -> None:
    hits = retriever.retrieve(question, 20).hits
    assert hits
    assert not [h.passage.locator for h in hits if h.passage.of_itself]
    assert [h.result.rank for h in hits] == list(range(1, len(hits) + 1))
    asked = retriever.retrieve(question, 20, of_itself=True).hits
    assert [h for h in asked if h.passage.of_itself]


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("Quyết định 12/QĐ-UBND ai ký?", "signature"),
        ("Quyết định 12/QĐ-UBND căn cứ vào luật nào?", "basis"),
        ("Quyết định 12/QĐ-UBND gửi cho những ai?", "recipients"),
    ],
)
def test_what_a_text_says_of_itself_is_found_when_that_is_asked(
    retriever: Retriever, question: str, role: str
) -> None:
    of_itself = bool(rules.search("documents.of_itself", fold(question)))
    hits = retriever.retrieve(question, 20, of_itself=of_itself).hits
    assert role in {h.passage.role for h in hits}
    assert {h.document.metadata.number for h in hits} == {"12/QĐ-UBND"}


def test_a_row_is_found_by_its_header(retriever: Retriever) -> None:
    hits = retriever.retrieve("phí thẻ bạn đọc cho trẻ em, mức thu bao nhiêu").hits
    rows = [h.passage.text for h in hits if h.passage.kind == "row"]
    assert rows[0] == "2 | Thẻ trẻ em | 20.000"


def test_few_words_are_embedded_with_what_stands_above() -> None:
    texts = {}
    for name in KNOWN:
        units, _ = rows_to_embed([document(name)])
        texts |= {u.passage_id: u.text for u in units}
    assert texts["thong-bao#dia-diem-muc-2"] == "Địa điểm Sân trường tiểu học Mẫu."
    row = texts["nghi-quyet-hdnd#dieu-1-bang-dong-2"]
    assert "Nghị quyết quy định mức thu phí thư viện. Mức thu STT | Loại thẻ" in row
    assert row.endswith("2 | Thẻ trẻ em | 20.000")


def test_an_article_is_indexed_with_the_title_of_its_document() -> None:
    decision = document("quyet-dinh-xa-quy-che.txt")
    article = next(p for p in decision.passages if p.locator == "Quy chế, Điều 10")
    assert "Quyết định ban hành Quy chế làm việc" in passage_text(decision, article)


def test_who_signed_is_read_off_the_text_where_nobody_said(retriever: Retriever) -> None:
    say = load_wording()
    direct = DirectAnswers(retriever, Composer(say), Refusals(say), say)
    question = "Quyết định 12/QĐ-UBND do ai ký?"
    ask = read_ask(question, retriever.restorer)
    wants = understand(ask.query, names_document=True)
    draft = direct.answer(replace(ask, named=retriever.named(ask.query)[0], wants=wants))
    assert draft is not None
    assert draft.status == "answered"
    (quote,) = draft.sources
    assert isinstance(quote, Quote)
    assert quote.text.endswith("Phạm Thị Ví Dụ")


# Places by their name


@pytest.mark.parametrize(
    ("name", "question", "place", "found"),
    [
        ("quyet-dinh-xa-quy-che.txt", "Điều 1 Quyết định 12", [("dieu", "1")], ["Điều 1"]),
        ("quyet-dinh-xa-quy-che.txt", "Điều 1 Quy chế", [("dieu", "1")], ["Quy chế, Điều 1"]),
        ("quyet-dinh-xa-quy-che.txt", "Điều 10", [("dieu", "10")], ["Quy chế, Điều 10"]),
        ("quyet-dinh-xa-quy-che.txt", "Điều 11 Quy chế", [("dieu", "11")], []),
        (
            "quyet-dinh-xa-quy-che.txt",
            "khoản 2 Điều 1 Quy chế",
            [("khoan", "2"), ("dieu", "1")],
            ["Quy chế, Điều 1, khoản 2"],
        ),
        ("ket-luan.md", "mục 2.2", [("muc", "2.2")], ["Mục 2, mục 2.2"]),
        ("ket-luan.md", "mục 2.9", [("muc", "2.9")], []),
    ],
)
def test_a_place_is_found_in_the_text_or_in_what_is_attached(
    name: str, question: str, place: list[tuple[str, str]], found: list[str]
) -> None:
    places = find_places(document(name), place, fold(question))
    assert [p.locator for p in places] == found
