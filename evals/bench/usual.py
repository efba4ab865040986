"""What a user would pick instead: LangChain's recursive splitter and its Chroma store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from langchain_chroma import Chroma
from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.models import Document
from retrieval.embedding import Embedder
from retrieval.langchain import as_embeddings

_ADD_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result stands: `start:end` of a document's text."""

    document_id: str
    start: int
    end: int


def chunks(documents: Sequence[Document], size: int, overlap: int) -> Iterator[Place]:
    """Pieces of at most `size` characters; neighbours may share up to `overlap`."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, add_start_index=True
    )
    for document in documents:
        for piece in splitter.create_documents([document.text]):
            start = int(piece.metadata["start_index"])
            yield Place(document.id, start, start + len(piece.page_content))


class UsualStore:
    """The chunks in LangChain's Chroma store with its default settings."""

    def __init__(
        self,
        embedder: Embedder,
        documents: Sequence[Document],
        places: Sequence[Place],
        folder: Path,
    ) -> None:
        """Embed and add all `places`."""
        texts = {document.id: document.text for document in documents}
        self._store = Chroma("chunks", as_embeddings(embedder), persist_directory=str(folder))
        for at in range(0, len(places), _ADD_BATCH):
            part = places[at : at + _ADD_BATCH]
            self._store.add_texts(
                [texts[p.document_id][p.start : p.end] for p in part],
                [{"document": p.document_id, "start": p.start, "end": p.end} for p in part],
            )

    def search(self, text: str, k: int) -> list[Place]:
        """The `k` nearest chunks, best first."""
        found = [hit.metadata for hit in self._store.similarity_search(text, k)]
        return [Place(m["document"], int(m["start"]), int(m["end"])) for m in found]
