"""The text of bytes whose encoding nobody told."""

from __future__ import annotations

import unicodedata

from knowledge.reading.encodings.old_letters import Converted, share_of_syllables, to_unicode

UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ZEROS = 0.3  # of the bytes on one side: UTF-16 of Vietnamese has .75 and more
_WHOLE = 2  # letters of UTF-8 for each byte that is none: old encodings hold nearly no such letter
_ODD = 0.02  # of the letters may be none that anybody uses
_READABLE = 0.8  # of the words with marks


class UnknownEncodingError(Exception):
    """No encoding that is known makes Vietnamese, or plain text, of the bytes."""


class DamagedTextError(Exception):
    """UTF-8 with bytes that cannot be there; `before` is what stands before the first."""

    def __init__(self, before: bytes) -> None:
        super().__init__(before)
        self.before = before.decode("utf-8", "ignore").strip()


def decode(data: bytes) -> Converted:
    """Bytes as text, with the encodings that were found beside UTF-8.

    Raises:
        UnknownEncodingError: none fits.
        DamagedTextError: UTF-8 of which some was lost.
    """
    if wide := _wide(data):
        return _checked(data, wide)
    try:
        return to_unicode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise UnknownEncodingError
    shown = "\n".join(map(_line, data.split(b"\n")))
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


def _line(line: bytes) -> str:
    """A line as UTF-8, else as windows-1252 shows it: to_unicode knows the old tables from there.

    Raises:
        DamagedTextError: it is UTF-8 but for a few bytes.
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        text = line.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        if sum(not c.isascii() for c in text) - bad > _WHOLE * bad:
            raise DamagedTextError(line[max(0, error.start - 20) : error.start]) from error
        return "".join(map(_shown, line))


def _shown(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _western(text: str) -> bool:
    """English with a few signs of windows-1252: nearly everything is ASCII."""
    return sum(not c.isascii() for c in text) <= len(text) * 0.02
