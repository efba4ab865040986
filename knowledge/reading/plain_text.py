"""Plain text; what front matter would say is told beside it."""

from __future__ import annotations

from knowledge.models import Document
from knowledge.reading.document import build_document
from knowledge.reading.files import File, text_of
from knowledge.reading.format import Format, Told


def read_plain_text(file: File, told: Told) -> Document:
    """The document of a text file.

    Raises:
        DocumentError: no text, or something told is missing or cannot be.
    """
    return build_document(file.name, told.values(), text_of(file), default_id=file.stem)


PLAIN_TEXT = Format("tệp chữ thuần", (".txt",), None, read_plain_text)
