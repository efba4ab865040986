"""Documents that cannot stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata
from knowledge.numbers import canonical_number


def refuse_duplicates(documents: Iterable[Document]) -> None:
    """Raise DocumentError when two documents share an id, or two official ones a number."""
    seen: dict[tuple[str, str], str] = {}
    for document in documents:
        for field, key in _keys(document.metadata):
            if (field, key) in seen:
                raise DocumentError(
                    document.id,
                    field,
                    f"{key!r} đã có ở văn bản {seen[field, key]!r}",
                    "Mỗi văn bản cần giá trị riêng",
                )
            seen[field, key] = document.id


def _keys(meta: Metadata) -> Iterable[tuple[str, str]]:
    """What no other document may have; a press report names the number of another's text."""
    yield "id", meta.id
    if meta.number and meta.source_kind == "official":
        yield "number", canonical_number(meta.number)
