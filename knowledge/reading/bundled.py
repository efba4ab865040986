"""The documents that ship with the product."""

from __future__ import annotations

from pathlib import Path

from knowledge.models import Document
from knowledge.reading.duplicates import refuse_duplicates
from knowledge.reading.formats import read_document

BUNDLED_DOCUMENTS = Path(__file__).parent.parent / "documents"


def load_bundled(folder: Path = BUNDLED_DOCUMENTS) -> list[Document]:
    """All of them, oldest first.

    Raises:
        DocumentError: one is refused, or two cannot stand beside each other.
    """
    documents = [read_document(path) for path in sorted(folder.glob("*.md"))]
    refuse_duplicates(documents)
    return sorted(documents, key=lambda d: (d.metadata.issued_on, d.id))
