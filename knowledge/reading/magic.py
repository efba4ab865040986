"""What a file is by how its bytes begin, whatever its name says."""

from __future__ import annotations

import re

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf|\s)*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|h[1-6]|span|center|font|article)\b",
    re.IGNORECASE | re.DOTALL,
)
# Markdown may begin with an element of HTML, but not so.
_WHOLE_PAGE = re.compile(rb"\A(?:\xef\xbb\xbf|\s)*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_PDF_WITHIN = 1_024  # readers look for "%PDF-" in so many first bytes
# What begins so is none of ours; named, so that whoever sends it knows what it is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"BZh", "tệp nén bzip2"),
    (b"MZ", "chương trình Windows"),
    (b"\x7fELF", "chương trình Linux"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"SQLite format 3\0", "cơ sở dữ liệu SQLite"),
    (b"OggS", "tệp âm thanh"),
    (b"ID3", "tệp âm thanh"),
)
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def is_zip(data: bytes) -> bool:
    """A ZIP archive, as DOCX is."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_ole(data: bytes) -> bool:
    """An OLE file: DOC, or a DOCX that is encrypted."""
    return data.startswith(_OLE)


def is_pdf(data: bytes) -> bool:
    """A PDF file."""
    return b"%PDF-" in data[:_PDF_WITHIN]


def is_rtf(data: bytes) -> bool:
    """An RTF file."""
    return data.lstrip()[:6].startswith(b"{\\rtf")


def is_image(data: bytes) -> bool:
    """A PNG, JPEG or TIFF picture."""
    return data.startswith(_IMAGES)


def is_html(data: bytes) -> bool:
    """HTML; in UTF-16 as well."""
    head = data[:4_096]
    return bool(
        _HTML.match(head.replace(b"\0", b"").lstrip(b"\xff\xfe") if _is_wide(head) else head)
    )


def is_text(data: bytes) -> bool:
    """Text of some encoding: none of the others, and no control characters but white space."""
    head = data[:4_096]
    if name_of(data) is not None or _WHOLE_PAGE.match(head):
        return False
    return _is_wide(head) or not re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head)


def name_of(data: bytes) -> str | None:
    """What users call a file that begins so, or None for text and what nobody knows."""
    for known, name in (
        (is_zip, "tệp nén ZIP (DOCX, XLSX, ODT ...)"),
        (is_ole, "tệp Office cũ (DOC, XLS, PPT) hoặc tệp Office đặt mật khẩu"),
        (is_pdf, "PDF"),
        (is_rtf, "RTF"),
        (is_image, "ảnh"),
    ):
        if known(data):
            return name
    if data[4:8] == b"ftyp":
        return "tệp phim hoặc ảnh HEIC"
    if data[:4] == b"RIFF":
        return "tệp ảnh WebP hoặc âm thanh"
    return next((name for start, name in _OTHERS if data.startswith(start)), None)


def _is_wide(head: bytes) -> bool:
    """UTF-16: marked so, or nearly every letter of the Latin alphabet beside a zero byte."""
    if head.startswith(_UNICODE_MARKS):
        return True
    pairs = len(head) // 2
    zeros = max(head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0))
    return pairs > 0 and zeros > pairs * 0.4 and head.count(0) - zeros <= pairs * 0.02
