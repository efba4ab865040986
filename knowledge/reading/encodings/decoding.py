"""The text of bytes whose encoding nobody told."""

from __future__ import annotations

import unicodedata

from knowledge.reading.encodings.old_letters import Converted, share_of_syllables, to_unicode

UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ZEROS = 0.3  # of the bytes on one side: UTF-16 of Vietnamese has .75 and more
_ODD = 0.02  # of the letters may be none that anybody uses
_READABLE = 0.8  # of the words with marks


class UnknownEncodingError(Exception):
    """No encoding that is known makes Vietnamese, or plain text, of the bytes."""


def decode(data: bytes) -> Converted:
    """Bytes as text, with the encodings that were found beside UTF-8.

    Raises:
        UnknownEncodingError: none fits.
    """
    if wide := _wide(data):
        return _checked(data, wide)
    try:
        return to_unicode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise UnknownEncodingError
    # As windows-1252 shows the bytes: to_unicode knows the old tables from there.
    shown = "".join(_shown(byte) for byte in data)
    converted = to_unicode(shown)
    share = share_of_syllables(converted.text)
    if not converted.found and share is not None and share < _READABLE and not _western(shown):
        raise UnknownEncodingError
    return converted


def _wide(data: bytes) -> str | None:
    """The kind of UTF-16, by its mark or by where its zero bytes stand."""
    if data[:2] in UTF_16:
        return UTF_16[data[:2]]
    head = data[: min(len(data), 65_536) // 2 * 2]
    first, second = head[0::2].count(0), head[1::2].count(0)
    if max(first, second) < ZEROS * max(1, len(head) // 2) or min(first, second) * 10 > max(
        first, second
    ):
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _checked(data: bytes, codec: str) -> Converted:
    try:
        text = data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnknownEncodingError from error
    odd = sum(unicodedata.category(c) in ("Cn", "Co", "Cc") and c not in "\t\r\n\f" for c in text)
    if odd > len(text) * _ODD:
        raise UnknownEncodingError
    done = to_unicode(text)
    return Converted(done.text, {"UTF-16": 1, **done.found})


def _shown(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _western(text: str) -> bool:
    """English with a few signs of windows-1252: nearly everything is ASCII."""
    return sum(not c.isascii() for c in text) <= len(text) * 0.02
