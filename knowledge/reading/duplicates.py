"""Documents that cannot stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata
from knowledge.numbers import canonical_number
from knowledge.text import collapse, fold

_SHORT = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan"}
Key = tuple[str, str, str]


def number_key(meta: Metadata) -> Key | None:
    """Number, issuer and year: two communes, or two years, may each have a 12/QĐ-UBND.

    None for a text without a number, and for a press report, which names another text's.
    """
    if not meta.number or meta.source_kind != "official":
        return None
    words = fold(meta.issuer).replace(",", " ").split()
    issuer = " ".join(_SHORT.get(word, word) for word in words)
    return canonical_number(meta.number), collapse(issuer), meta.issued_on[:4]


def refuse_duplicates(documents: Iterable[Document]) -> None:
    """Raise DocumentError when two documents share an id, or number, issuer and year."""
    ids: dict[str, str] = {}
    keys: dict[Key, str] = {}
    for document in documents:
        if document.id in ids:
            raise _taken(document, "id", document.id, ids[document.id])
        ids[document.id] = document.id
        key = number_key(document.metadata)
        if key in keys:
            raise _taken(document, "number", str(document.metadata.number), keys[key])
        if key is not None:
            keys[key] = document.id


def _taken(document: Document, field: str, value: str, holder: str) -> DocumentError:
    return DocumentError(
        document.id,
        field,
        f"{value!r} đã có ở văn bản {holder!r}",
        "Mỗi văn bản cần giá trị riêng",
    )
