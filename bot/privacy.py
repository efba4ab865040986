"""Personal data masked before anything is stored or logged."""

from __future__ import annotations

import re

from knowledge.text import fold

MASK = "[đã che]"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# Vietnamese mobile and landline numbers, digits parted by blanks, dots or dashes.
_PHONE = re.compile(r"(?<![\w/.-])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\w/]|[.-]\d)")
_NATIONAL_ID = re.compile(r"(?<![\w/.-])\d(?:[ .]?\d){11}(?![\w/]|[.-]\d)")
# Other numbers are personal only behind a word that says so.
_NAMED = re.compile(
    r"(?:cmnd|cmt|cccd|can cuoc|chung minh(?: nhan dan| thu)?|ho chieu|bhxh|bao hiem xa hoi|so the bhyt|the bao hiem y te|"
    r"so tai khoan|stk|tai khoan(?: ngan hang)?|ma so thue ca nhan)(?: so| cua toi| la|:|\s)*\s*([a-z]{0,3}\d(?:[ .-]?\d){5,19})(?![\w/])"
)


def mask_personal_data(text: str) -> str:
    """`text` with national ids, phone numbers, e-mail addresses and account numbers masked.

    Document numbers, dates, money and procedure codes stay.
    """
    folded = fold(text)
    if len(folded) == len(text):
        for match in reversed(list(_NAMED.finditer(folded))):
            text = text[: match.start(1)] + MASK + text[match.end(1) :]
    for pattern in (_EMAIL, _NATIONAL_ID, _PHONE):
        text = pattern.sub(MASK, text)
    return text
