"""Pictures of pages, PNG, JPEG or TIFF: turned upright, then read by tesseract."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, ImageSequence

from knowledge.reading import ocr
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import MAX_PIXELS, MAX_SCANNED_PAGES, Limits
from knowledge.reading.page_lines import paragraphs, without_margins

_KINDS = ("PNG", "JPEG", "TIFF")
_MEND = "Chụp hoặc quét lại, lưu PNG, JPEG hoặc PDF"


def read_image(file: File, _: Limits) -> Words:
    """The words of a picture; each frame of a TIFF is a page.

    Raises:
        DocumentError: damaged, too large, without text, or tesseract is missing.
    """
    Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is unpacked
    try:
        picture = Image.open(io.BytesIO(file.data), formats=_KINDS)
    except (OSError, ValueError, SyntaxError) as error:
        raise file.refusal("ảnh bị hỏng, không mở được", _MEND) from error
    frames = getattr(picture, "n_frames", 1)
    if frames > MAX_SCANNED_PAGES:
        raise file.refusal(f"có {frames} trang, quá {MAX_SCANNED_PAGES}", "Chia thành nhiều tệp")
    if picture.width * picture.height > MAX_PIXELS:
        raise file.refusal(
            f"ảnh {picture.width}x{picture.height} điểm, quá lớn", "Giảm xuống 300 dpi"
        )
    pages = [_encoded(file, frame) for frame in ImageSequence.Iterator(picture)]
    ocr.require_tesseract(file)
    scanned = [ocr.scan(file, page) for page in pages]
    if not any(page.words for page in scanned):
        raise file.refusal("không nhận ra chữ nào trong ảnh", _MEND)
    kept, margins = without_margins([page.lines for page in scanned])
    return Words(paragraphs(kept), margins=tuple(margins), notes=tuple(ocr.warnings(scanned)))


def _encoded(file: File, frame: Image.Image) -> bytes:
    out = io.BytesIO()
    try:
        if frame.width * frame.height > MAX_PIXELS:
            raise file.refusal("có trang quá lớn", "Giảm xuống 300 dpi")
        upright = ImageOps.exif_transpose(frame)
        upright.convert("L").save(out, "PNG")
    except (OSError, ValueError, SyntaxError) as error:
        raise file.refusal("ảnh bị hỏng, thiếu dữ liệu", _MEND) from error
    return out.getvalue()
