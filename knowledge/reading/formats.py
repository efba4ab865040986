"""All file formats that are read. A new one is a file of its own and a line here."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.models import Document
from knowledge.reading import magic
from knowledge.reading.bounded import read_apart
from knowledge.reading.document import Reading, build_reading
from knowledge.reading.files import File, read_file
from knowledge.reading.format import Format, Told, Words
from knowledge.reading.limits import USUAL, Limits
from knowledge.reading.markdown import read_markdown
from knowledge.reading.plain_text import read_plain_text

_R = "knowledge.reading"
FORMATS: tuple[Format, ...] = (
    Format("tệp Markdown", (".md", ".markdown"), magic.is_text, read_markdown),
    Format("tệp chữ thuần", (".txt",), magic.is_text, read_plain_text),
    Format("tệp Word", (".docx",), magic.is_zip, f"{_R}.docx:read_docx"),
    Format("tệp Word cũ", (".doc",), magic.is_ole, f"{_R}.doc:read_doc"),
    Format("tệp PDF", (".pdf",), magic.is_pdf, f"{_R}.pdf:read_pdf"),
    Format("tệp RTF", (".rtf",), magic.is_rtf, f"{_R}.rtf:read_rtf"),
    Format("trang HTML", (".html", ".htm"), magic.is_html, f"{_R}.html:read_html"),
    Format(
        "ảnh",
        (".png", ".jpg", ".jpeg", ".tif", ".tiff"),
        magic.is_image,
        f"{_R}.image:read_image",
    ),
)
SUFFIXES = tuple(suffix for form in FORMATS for suffix in form.suffixes)
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


def read(path: Path, told: Told = NOTHING_TOLD, limits: Limits = USUAL) -> Reading:
    """What is in a file, and what is known of it; it need not be enough for a document.

    Args:
        path: of the file; its ending says how it is read, and its bytes must agree.
        told: about the document; it goes before what the text says.
        limits: beyond which the file is refused.

    Raises:
        DocumentError: the file, or something said about it, is refused.
    """
    form = format_of(path)
    file = read_file(path, limits.file_bytes)
    words = _words(form, file, limits)
    return build_reading(file, words, told)


def read_document(path: Path, told: Told = NOTHING_TOLD, limits: Limits = USUAL) -> Document:
    """The document in a file.

    Raises:
        DocumentError: the file is refused, or what must be known of a document is not.
    """
    return read(path, told, limits).document()


def _words(form: Format, file: File, limits: Limits) -> Words:
    if not form.is_one(file.data):
        raise _another(form, file)
    if isinstance(form.read, str):
        return read_apart(form.read, file, limits)
    return form.read(file, limits)


def _another(form: Format, file: File) -> DocumentError:
    """The refusal of a file whose bytes are not those of its ending."""
    others = [f for f in reversed(FORMATS) if f is not form and f.suffixes[0] != ".md"]
    true = next((f for f in others if f.is_one(file.data)), None)
    if magic.is_ole(file.data) and form.suffixes[0] == ".docx":
        return file.refusal(
            "đặt mật khẩu, hoặc thật ra là tệp .doc", "Bỏ mật khẩu rồi lưu lại thành .docx"
        )
    known = magic.name_of(file.data)
    if true is not None and (known is None or true.suffixes[0] != ".docx"):
        mend = f"Đổi đuôi thành {true.suffixes[0]} rồi nạp"
        return file.refusal(f"mang đuôi {file.suffix} mà thật ra là {true.name}", mend)
    if known:
        return file.refusal(
            f"mang đuôi {file.suffix} mà thật ra là {known}", "Nạp đúng tệp văn bản"
        )
    return file.refusal(f"không phải {form.name}, hoặc đã hỏng (tệp nhị phân lạ)", "Nạp bản khác")
