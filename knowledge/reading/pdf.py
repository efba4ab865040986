"""PDF: text with its pages; pages that are pictures are read by tesseract."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2 as pdfium

from knowledge.reading import ocr
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import MAX_PIXELS, MAX_SCANNED_PAGES, Limits
from knowledge.reading.page_lines import paragraphs, without_margins

DPI = 300
_POINTS = 72  # of an inch: the unit of PDF
# Fewer letters on a page with pictures: it is a scan, perhaps with a stamped number.
_TEXT_PAGE_CHARS = 40
_MEND = "Mở bằng trình đọc PDF, lưu lại rồi nạp"


def read_pdf(file: File, limits: Limits) -> Words:
    """The words of a PDF, `PAGE` before each page.

    Raises:
        DocumentError: damaged, encrypted, too many pages, no text at all, or scanned where
            tesseract is missing.
    """
    document = _opened(file)
    count = len(document)
    if not 0 < count <= limits.pages:
        raise file.refusal(f"có {count} trang, quá {limits.pages}", "Chia thành nhiều văn bản")
    pages: list[list[str]] = []
    scanned: list[ocr.Scanned] = []
    for page in _pages(file, document):
        lines = _lines(page)
        if sum(map(len, lines)) < _TEXT_PAGE_CHARS and _has_picture(page):
            if not scanned:
                ocr.require_tesseract(file)
            if len(scanned) == MAX_SCANNED_PAGES:
                raise file.refusal(
                    f"có hơn {MAX_SCANNED_PAGES} trang quét", "Chia thành nhiều văn bản"
                )
            scanned.append(ocr.scan(file, _picture(file, page)))
            lines = scanned[-1].lines
        pages.append(lines)
    if not any(map(any, pages)):
        raise file.refusal("không có chữ nào", "Nạp bản có chữ, hoặc bản quét rõ hơn")
    kept, margins = without_margins(pages)
    notes = ocr.warnings(scanned)
    if empty := [str(n) for n, page in enumerate(kept, 1) if not page]:
        notes.append(f"trang {', '.join(empty[:20])} không có chữ")
    return Words(paragraphs(kept), margins=tuple(margins), notes=tuple(notes))


def _opened(file: File) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(file.data)
    except pdfium.PdfiumError as error:
        if "assword" in str(error) or b"/Encrypt" in file.data:
            raise file.refusal("đặt mật khẩu, không đọc được", "Bỏ mật khẩu rồi lưu lại") from error
        raise file.refusal("PDF bị hỏng, không mở được", _MEND) from error


def _pages(file: File, document: pdfium.PdfDocument) -> Iterator[pdfium.PdfPage]:
    for number in range(len(document)):
        try:
            page = document[number]
        except pdfium.PdfiumError as error:
            raise file.refusal(f"trang {number + 1} bị hỏng", _MEND) from error
        yield page
        page.close()


def _lines(page: pdfium.PdfPage) -> list[str]:
    text = page.get_textpage()
    try:
        found: str = text.get_text_range()
    finally:
        text.close()
    # U+FFFE: a hyphen that pdfium takes for one of a broken word.
    return found.replace("\ufffe", "-").replace("\r\n", "\n").split("\n")


def _has_picture(page: pdfium.PdfPage) -> bool:
    kinds = (pdfium.raw.FPDF_PAGEOBJ_IMAGE, pdfium.raw.FPDF_PAGEOBJ_FORM)
    return next(iter(page.get_objects(filter=kinds, max_depth=4)), None) is not None


def _picture(file: File, page: pdfium.PdfPage) -> bytes:
    """The page in grey, as PNG."""
    wide, high = page.get_size()
    scale = DPI / _POINTS
    if wide * high * scale * scale > MAX_PIXELS:
        raise file.refusal("có trang quá khổ để nhận dạng chữ", "Quét lại ở khổ A4, 300 dpi")
    out = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(out, "PNG")
    return out.getvalue()
