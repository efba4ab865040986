"""Our embedders and our retriever as LangChain knows them.

Apart, for its base classes take half a second to import, and no command needs them.
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.embedding import Embedder
from retrieval.retriever import Retriever


def as_embeddings(embedder: Embedder) -> Embeddings:
    """The embedder for a vector store or a chain."""
    return _Embeddings(embedder)


def as_retriever(retriever: Retriever, k: int = 10) -> BaseRetriever:
    """The retriever as a link of a chain: from a question to the `k` best passages."""
    return _Retriever(ours=retriever, k=k)


class _Embeddings(Embeddings):
    def __init__(self, ours: Embedder) -> None:
        self._ours = ours

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._ours.passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self._ours.query(text).tolist()
        return row


class _Retriever(BaseRetriever):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    ours: Retriever
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [
            Document(
                id=h.passage.id,
                page_content=h.passage.text,
                metadata={
                    "document_id": h.document.id,
                    "document_number": h.document.metadata.number,
                    "locator": h.passage.locator,
                    "start": h.passage.start,
                    "end": h.passage.end,
                    "score": h.result.score,
                },
            )
            for h in self.ours.retrieve(query, self.k).hits
        ]
