"""The tables of the old encodings: TCVN 5712:1993 (ABC), VNI-Windows, windows-1258.

TCVN 5712 as glibc has it (charmap TCVN5712-1); VNI-Windows as its makers published it and Unikey
and vietunicode carry it: a vowel, then a letter that stands for its mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from knowledge.text import Letters

_TCVN_HIGH = (  # 0x80 to 0xFF
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
    "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
    "éẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN_LOW = {1: "Ú", 2: "Ụ", 4: "Ừ", 5: "Ử", 6: "Ữ"} | {
    0x11 + n: letter for n, letter in enumerate("ỨỰỲỶỸÝỴ")
}
TCVN3: dict[int, str] = _TCVN_LOW | {0x80 + n: letter for n, letter in enumerate(_TCVN_HIGH)}

_VNI_MARKS = {
    "aeiouy": {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"},
    "ae": {},
    "ôö": {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"},
}
_HORNED = {"ô": "ơ", "ö": "ư"}  # letters of their own, with or without a mark behind them
_VNI_SINGLE = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", **_HORNED}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


def _vni_table() -> dict[str, str]:
    table: dict[str, str] = dict(_VNI_SINGLE)
    for vowels, marks in _VNI_MARKS.items():
        for vowel in vowels:
            for mark, tone in marks.items():
                table[vowel + mark] = _HORNED.get(vowel, vowel) + tone
    for vowel in "aeo":
        table |= {vowel + mark: vowel + "\u0302" + tone for mark, tone in _CIRCUMFLEX.items()}
    table |= {"a" + mark: "a\u0306" + tone for mark, tone in _BREVE.items()}
    both: dict[str, str] = {}
    for old, new in table.items():
        small = unicodedata.normalize("NFC", new)
        both[old] = small
        for form in {old.upper(), old[0].upper() + old[1:]}:  # the mark of a capital may be small
            both[form] = small.upper()
    return both


VNI = _vni_table()
_VNI_RUN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def _as_byte(letter: str) -> int | None:
    """The byte that windows-1252, or Latin-1 where that has none, shows as this letter."""
    for codec in ("cp1252", "latin-1"):
        try:
            return letter.encode(codec)[0]
        except UnicodeEncodeError:
            continue
    return None


def _tcvn_letter(letter: str) -> str:
    byte = _as_byte(letter)
    return letter if byte is None else TCVN3.get(byte, letter)


def _1258_letter(letter: str) -> str:
    byte = _as_byte(letter)
    return letter if byte is None else bytes([byte]).decode("cp1258", "replace")


_TCVN_LETTERS, _1258_LETTERS = Letters(_tcvn_letter), Letters(_1258_letter)


# Fonts of ABC show the punctuation of windows-1252 here; capitals of TCVN 5712 stand in capitals.
_PUNCTUATION = re.compile(
    r"(?<![A-Z])[\u2026\u2018\u2019\u201c\u201d\u2022\u2013\u2014](?![A-Z]{2})"
)


def from_tcvn3(text: str) -> str:
    """Text whose letters are those of TCVN3, each shown as windows-1252 shows its byte."""
    kept = _PUNCTUATION.split(text)
    signs = _PUNCTUATION.findall(text)
    whole = "".join(
        part.translate(_TCVN_LETTERS) + sign for part, sign in zip(kept, [*signs, ""], strict=True)
    )
    return unicodedata.normalize("NFC", whole)


def from_vni(text: str) -> str:
    """The same of VNI-Windows."""
    return _VNI_RUN.sub(lambda m: VNI[m[0]], text)


def from_1258(text: str) -> str:
    """The same of windows-1258, its combining marks joined to their letters."""
    return unicodedata.normalize("NFC", text.translate(_1258_LETTERS))


def from_twice_utf8(text: str) -> str:
    """UTF-8 that somebody read as windows-1252 and saved as UTF-8 again."""
    raw = bytearray()
    for letter in text:
        byte = _as_byte(letter)
        if byte is None:
            return text
        raw.append(byte)
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8"))
    except UnicodeDecodeError:
        return text


OLD: dict[str, Callable[[str], str]] = {
    "TCVN3 (ABC)": from_tcvn3,
    "VNI-Windows": from_vni,
    "windows-1258": from_1258,
    "UTF-8 mã hoá hai lần": from_twice_utf8,
}
