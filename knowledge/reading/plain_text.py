"""Plain text, in UTF-8, UTF-16 or an old Vietnamese encoding."""

from __future__ import annotations

from knowledge.reading.encodings.decoding import DamagedTextError, UnknownEncodingError, decode
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import MAX_TEXT_BYTES, Limits


def read_plain_text(file: File, _: Limits) -> Words:
    """The words of a text file.

    Raises:
        DocumentError: too large, or its encoding is not known.
    """
    if len(file.data) > MAX_TEXT_BYTES:
        raise file.refusal(
            f"dài {len(file.data)} byte, quá {MAX_TEXT_BYTES}", "Chia thành nhiều văn bản"
        )
    try:
        found = decode(file.data)
    except DamagedTextError as error:
        raise file.refusal(
            f"chữ UTF-8 bị hỏng (sau “{error.before}”)", "Lưu lại tệp từ bản gốc rồi nạp"
        ) from error
    except UnknownEncodingError as error:
        raise file.refusal(
            "không phải UTF-8, UTF-16, TCVN3 (ABC), VNI hay windows-1258",
            "Lưu lại tệp với mã UTF-8",
        ) from error
    text = found.text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return Words(text, notes=tuple(encoding_notes(found.found)))


def encoding_notes(found: dict[str, int]) -> list[str]:
    """What to say of the encodings that were found."""
    return [f"chữ trong bảng mã {name}, đã đổi sang Unicode" for name in found]
