"""Document numbers (số hiệu) as people write them.

The form is that of Decree 30/2020/NĐ-CP, annex III: number, year for legal normative texts, and the
letters of kind and issuer ("118/2025/NĐ-CP", "72/2025/QH15", "177-KL/TW", "47-KH/BCĐ").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import fold

# folded kind as written or abbreviated -> abbreviation in the number
KINDS = {
    "ket luan": "kl",
    "kl": "kl",
    "ke hoach": "kh",
    "kh": "kh",
    "nghi quyet": "nq",
    "nq": "nq",
    "nghi dinh": "nd",
    "nd": "nd",
    "quyet dinh": "qd",
    "qd": "qd",
    "quy dinh": "qđ",
    "thong tu": "tt",
    "tt": "tt",
    "chi thi": "ct",
    "ct": "ct",
    "luat": "qh",
    "bao cao": "bc",
    "bc": "bc",
    "cong van": "cv",
    "cv": "cv",
    "huong dan": "hd",
    "hd": "hd",
    "thong bao": "tb",
    "tb": "tb",
    "cong dien": "cđ",
    "conclusion": "kl",
    "plan": "kh",
    "resolution": "nq",
    "decree": "nd",
    "directive": "ct",
    "decision": "qd",
    "circular": "tt",
    "law": "qh",
}
KIND_NAMES = {
    "kl": "Kết luận",
    "kh": "Kế hoạch",
    "nq": "Nghị quyết",
    "nd": "Nghị định",
    "qd": "Quyết định",
    "qđ": "Quy định",
    "tt": "Thông tư",
    "ct": "Chỉ thị",
    "qh": "Luật",
    "bc": "Báo cáo",
    "cv": "Công văn",
    "hd": "Hướng dẫn",
    "tb": "Thông báo",
    "cđ": "Công điện",
}
# Not a date ("kết luận 11/7/2025"), not a year alone ("kế hoạch 2026").
_DIGITS = (
    r"(?!\d{1,2}\s*[/.-]\s*\d{1,2}\b)(?!(?:19|20)\d{2}\b)\d{1,4}(?:\.\d{1,2})?(?![\d.,]*\d)"
    r"(?!\s*(?:thang|tuan|ngay|gio|cap)\b(?!\s*(?:\d|nao|may|bao nhieu|gi\b|ban hanh|ra |ky )))"  # "báo cáo 6 tháng", "kế hoạch 100 ngày"
    r"(?!\s*nam\b(?!\s*(?:19|20)\d{2}(?!\s*[-–]\s*\d)))"  # "kế hoạch 5 năm 2026-2030"
)
_WORDS = "|".join(sorted(KINDS, key=len, reverse=True))
_TAIL = r"(?:\s*[/-]\s*(?P<year>(?:19|20)\d{2}))?(?P<letters>(?:\s*[/-]\s*[a-z]{1,8}\d{0,2}(?:[.-][a-z]{1,8})*\b){0,3})"
_NAMED = re.compile(
    rf"(?<!\w)(?P<kind>{_WORDS})(?:\s*(?:so|no\.?|number|:|-|\.|_))*\s*(?P<number>{_DIGITS}){_TAIL}"
)
_FORM = re.compile(r"(?:ct|tt)0\d")  # a form: "mẫu CT07"
_BARE = re.compile(
    r"(?<![\w/])(?:so\s+)?(?P<number>\d{1,4}(?:\.\d{1,2})?)(?:\s*[/-]\s*(?P<year>(?:19|20)\d{2}))?"
    r"\s*[/\-–]?\s*(?P<letters>(?:kl|kh|nq|nd|qd|tt|ct|bc|cv|hd|tb|qh)\d{0,2}(?:\s*[/\-–]\s*[a-z]{1,8}\d{0,2}){0,3})\b"
)


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A document number found in a question."""

    kind: str  # key of KIND_NAMES
    number: str  # digits, "177"
    year: str | None
    letters: str  # folded letters after the number, "kl/tw", or ""
    start: int  # range in the folded text
    end: int

    @property
    def shown(self) -> str:
        """How to name it back to the user ("Kết luận 177")."""
        name = KIND_NAMES.get(self.kind, "Văn bản")
        return f"{name} {self.number}" + (f"/{self.year}" if self.year else "")


def canonical_number(number: str) -> str:
    """Folded, without spaces, one kind of dash: two spellings of one number are equal."""
    return re.sub(r"\s+", "", fold(number)).replace("–", "-")


def find_numbers(text: str) -> list[NumberMention]:
    """Document numbers named in `text`, in order; a number without a kind of document is none.

    "KL 177", "kết luận số 177-KL/TW", "ket luan so 195", "NQ60", "47-KH/BCD", "118/2025/ND-CP".
    """
    folded = fold(text)
    found: list[NumberMention] = []
    for match in _NAMED.finditer(folded):
        if _FORM.fullmatch(match[0].strip()):
            continue
        letters = re.sub(r"\s+", "", match["letters"] or "").lstrip("/-")
        found.append(_mention(match, KINDS[match["kind"]], letters))
    for match in _BARE.finditer(folded):
        if not any(f.start < match.end() and match.start() < f.end for f in found):
            letters = re.sub(r"\s+", "", match["letters"])
            kind = re.match(r"[a-z]+", letters)
            found.append(_mention(match, kind[0] if kind else "", letters))
    return sorted(found, key=lambda m: m.start)


def _mention(match: re.Match[str], kind: str, letters: str) -> NumberMention:
    return NumberMention(
        kind, match["number"].lstrip("0") or "0", match["year"], letters, match.start(), match.end()
    )


def matches(mention: NumberMention, number: str) -> bool:
    """Whether `mention` can mean the document numbered `number` ("177-KL/TW")."""
    full = canonical_number(number)
    digits = re.match(r"0*(\d+(?:\.\d+)?)", full)
    if not digits or digits[1] != mention.number:
        return False
    rest = full[digits.end() :]
    kinds = {k.strip("0123456789") for k in re.split(r"[/-]", rest)}
    wanted = fold(mention.kind)
    first = re.match(r"[a-z]*", mention.letters)
    if first and first[0] and first[0] in kinds:
        wanted = first[0]
    year = re.search(r"/((?:19|20)\d{2})/", rest)
    if mention.year and year and year[1] != mention.year:
        return False
    return wanted in kinds or (wanted == "qh" and any(k.startswith("qh") for k in kinds))
