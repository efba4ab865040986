"""All file formats that are read. A new one is a file of its own and a line here."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.models import Document
from knowledge.reading.files import read_file
from knowledge.reading.format import Format, Told
from knowledge.reading.markdown import MARKDOWN
from knowledge.reading.plain_text import PLAIN_TEXT

FORMATS: tuple[Format, ...] = (MARKDOWN, PLAIN_TEXT)
NOTHING_TOLD = Told()


def format_of(path: Path) -> Format:
    """The format that a file's ending stands for.

    Raises:
        DocumentError: it stands for none that is read.
    """
    for form in FORMATS:
        if path.suffix.lower() in form.suffixes:
            return form
    *others, last = (form.suffixes[0] for form in FORMATS)
    known = f"{', '.join(others)} và {last}"
    raise DocumentError(
        path.name, "tệp", f"chỉ nạp được tệp {known}", "Chuyển sang một trong các dạng đó"
    )


def read_document(path: Path, told: Told = NOTHING_TOLD) -> Document:
    """The document in a file.

    Args:
        path: of the file; its ending says how it is read.
        told: about a document whose file does not say it (`Format.told_inside` is None).

    Raises:
        DocumentError: the file, or something said about it, is refused.
    """
    return format_of(path).read(read_file(path), told)
