"""A document from its words and what is said about them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from knowledge.errors import DocumentError
from knowledge.models import Document, Metadata
from knowledge.reading.front_matter import FrontMatter, checked
from knowledge.structure.passages import parse_passages
from knowledge.text import clean, fold


def build_document(
    source: str, values: Mapping[str, Any], body: str, *, default_id: str
) -> Document:
    """Validate metadata and split the body.

    Args:
        source: named in errors.
        values: front matter as read.
        body: the text; it is cleaned here, its words stay.
        default_id: slugged when the front matter has no id.

    Raises:
        DocumentError: missing or impossible value, unknown key, empty body.
    """
    front = checked(source, values)
    text = clean(body).strip()
    document_id = front.id or _slug(default_id)
    passages = parse_passages(document_id, text, press=front.source_kind == "press")
    if not any(p.kind != "heading" for p in passages):
        raise DocumentError(
            source, "body", "phần nội dung trống", "Thêm nguyên văn văn bản vào dưới khối '---'"
        )
    return Document(_metadata(document_id, front), text, passages)


def _metadata(document_id: str, front: FrontMatter) -> Metadata:
    values = front.model_dump(exclude={"id", "sources_as_of"})
    as_of = front.sources_as_of or date.today().isoformat()
    return Metadata(id=document_id, sources_as_of=as_of, **values)


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", fold(unicodedata.normalize("NFC", name))).strip("-")
    return (slug or "van-ban")[:100].ljust(2, "0")
