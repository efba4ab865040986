"""Personal data masked before anything is stored or logged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.question import rules
from knowledge.text import Letters, fold

MASK = "[đã che]"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_NOT_A_DATE = r"(?!\d{1,2}[ ./-]\d{1,2}[ ./-]\d{4}(?!\d))"
_NOT_GROUPED = r"(?!\d{1,3}(?:\.\d{3})+(?![.\d]))"  # "84.500.000.000" is money
# Vietnamese mobile and landline numbers, digits parted by blanks, dots, dashes or brackets.
_PHONE = re.compile(
    rf"(?<![\w/.-]){_NOT_A_DATE}(?:\+84|0|{_NOT_GROUPED}84)(?:[ .()-]{{0,2}}\d){{9,10}}(?![\w/]|[.-]\d)"
)
# Ten digits in a row that begin like a mobile number are one whatever stands around them
# ("SĐT0912345678", "zalo.me/0912345678"), and so are three groups of digits ("0912/345/678").
_MOBILE = re.compile(
    r"(?<!\d)(?:(?:00|\+)?84|0)[35789]\d{8}(?!\d)"
    r"|(?<![\w/.-])0[35789]\d{1,2}[,_/]\d{3}[,_/]\d{3,4}(?![\w/]|[.-]\d)"
)
# The 12 digits of a citizen's identity card: the first is 0, for the code of a province.
_NATIONAL_ID = re.compile(r"(?<![\w/.-])0(?:[ .-]?\d){11}(?![\w/]|[.-]\d)")
# A dossier's code opens it at the portal. The body that took it in, the day, its number of that day:
# "000.00.12.H29-250901-0007", "H57.12-251003-0045"; people leave the end away: "000.00.12.H29-…".
_BODY = r"(?<![\w/.-])\d{3}\.\d{2}\.\d{2}\.[a-z]\d{2}(?!\w)"
_DOSSIER = re.compile(
    r"(?<![\w/.-])(?:\d{3}\.\d{2}\.\d{2}\.)?[a-z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{3,6}"
    r"(?![\w/]|[.-]\d)",
    re.IGNORECASE,
)
_DOSSIER_BEGUN = re.compile(f"{_DOSSIER.pattern}|{_BODY}", re.IGNORECASE)
# Other numbers are personal only behind a word that says so.
_BANKS = (
    r"vietcombank|vcb|techcombank|tcb|agribank|bidv|vietinbank|mb ?bank|mb|acb|sacombank|"
    r"vp ?bank|tp ?bank|vib|shb|hdbank"
)
_DIGIT = re.compile(r"\d")
_BEHIND_NAME = re.compile(
    rf"(?: so| cua (?:toi|em|minh|chau|con)| la|[:.,\s]|\s(?:{_BANKS})(?![a-z]))*"
    rf"{_NOT_A_DATE}{_NOT_GROUPED}([a-z]{{0,3}}\d(?:[ .-]?\d){{5,19}})(?![\w/])"
)


def mask_personal_data(text: str) -> str:
    """`text` with national ids, phones, e-mail addresses, accounts and dossiers' codes masked.

    Document numbers, dates, money and procedure codes stay.
    """
    for start, end in reversed(list(_named(text.translate(_FOLDED)))):
        text = text[:start] + MASK + text[end:]
    for pattern in (_DOSSIER, _EMAIL, _NATIONAL_ID, _PHONE, _MOBILE):
        for match in reversed(list(pattern.finditer(text.translate(_PLAIN)))):
            text = text[: match.start()] + MASK + text[match.end() :]
    return text


def has_dossier_code(text: str) -> bool:
    """Whether a dossier that was handed in is named by its code."""
    return _DOSSIER_BEGUN.search(text.translate(_PLAIN)) is not None


def _named(folded: str) -> Iterator[tuple[int, int]]:
    """Where the numbers stand that a word in front calls personal."""
    done = 0
    # Without the digits: a number may stand right against the word, as in "CCCD001099012345".
    for name in rules.finditer("personal_data.named", _DIGIT.sub(" ", folded)):
        if name.start() >= done and (found := _BEHIND_NAME.match(folded, name.end())):
            done = found.end()
            yield found.span(1)


def _plain(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None and char.isdecimal():
        return str(digit)
    category = unicodedata.category(char)
    if category in ("Cf", "Zs"):  # invisible ones and all kinds of blanks
        return " "
    if category == "Pd":
        return "-"
    return {"＠": "@", "．": ".", "＋": "+"}.get(char, char)


# One letter for each, so that every letter stays where it was: with the digits, dashes, blanks and
# "@" of every script as ASCII has them, and the same folded.
_PLAIN = Letters(_plain)
_FOLDED = Letters(lambda char: (fold(_plain(char)) or " ")[:1])
