"""Short follow-ups typed with a slip or two: "mất ba lâu" is "mất bao lâu" within a conversation."""

# ruff: noqa: E501  (a table of phrases: one kind a line, however long)
from __future__ import annotations

import re

from knowledge.slips import distance
from knowledge.text import fold, syllables
from retrieval.spelling import vni

LETTERS_A_SLIP = 5  # one slip in so many letters, and one at least
LONG_WORD = 6  # letters of a word that may have two
MIN_LETTERS = 5  # of a phrase: shorter ones are near to too much

# What people ask of a thing talked about, in each usual form.
_ASKED = (
    "mất bao lâu", "bao lâu", "bao lâu thì xong", "mấy ngày thì xong", "mấy ngày thì có", "mất mấy ngày", "khi nào xong", "bao giờ xong", "khi nào có kết quả", "bao lâu có kết quả", "thời hạn bao lâu", "thời hạn",
    "lệ phí bao nhiêu", "lệ phí", "phí bao nhiêu", "hết bao nhiêu tiền", "bao nhiêu tiền", "tốn bao nhiêu", "có mất tiền không", "có mất phí không", "có tốn tiền không",
    "cần giấy tờ gì", "cần những giấy tờ gì", "giấy tờ gì", "giấy tờ", "cần mang giấy tờ gì", "cần mang theo gì", "mang theo những gì", "cần chuẩn bị gì", "chuẩn bị gì", "hồ sơ gồm những gì", "hồ sơ gồm gì", "cần những gì", "cần gì",
    "nộp ở đâu", "nộp hồ sơ ở đâu", "làm ở đâu", "đến đâu", "họp ở đâu", "nộp chỗ nào", "nộp ở đó cần giấy tờ gì", "nộp ở đó mất bao lâu", "ở đó lệ phí bao nhiêu",
    "làm online được không", "có làm online được không", "nộp online được không", "làm qua mạng được không", "nộp qua mạng được không", "có nộp qua mạng được không",
    "ai giải quyết", "cấp nào giải quyết", "cơ quan nào giải quyết", "ai quyết định", "ai quyết", "ai chịu trách nhiệm", "ai phụ trách", "ai chủ trì", "ai làm", "ai ký", "do ai ký",
    "hạn khi nào", "hạn là khi nào", "hạn chót khi nào", "hạn là ngày nào", "hạn đến khi nào", "làm đến khi nào", "đến khi nào", "đến bao giờ", "trước ngày nào", "khi nào", "ngày nào",
    "ban hành ngày nào", "ban hành khi nào", "ai ban hành", "cơ quan nào ban hành", "còn hiệu lực không", "văn bản đó còn hiệu lực không", "căn cứ vào luật nào", "theo luật nào", "căn cứ pháp lý", "ở văn bản nào", "văn bản nào",
    "gửi cho ai", "gửi ai", "báo cáo ai", "báo cáo cho ai", "để làm gì", "vì sao", "tóm tắt", "tóm tắt giúp tôi", "cấp xã", "cấp tỉnh", "trước đây thì sao",
    "how long does it take", "how much does it cost", "what is the fee", "and the fee", "what documents do i need", "where do i apply", "where do i submit it", "can i do it online", "who decides", "who signed it", "when is the deadline", "what is the deadline", "is it still in force", "what about the commune level", "what about the provincial level", "what about the fee",
)  # fmt: skip
_OPENERS = ("thế còn", "vậy còn", "thế thì", "còn", "thế")
_TAILS = re.compile(r"(?:\s+(?:vậy|vay|a|ạ|nhỉ|nhé|thế|thì sao|ban|bạn|the|nhe|nhi))*[\s?!.]*$")

_WORD = re.compile(r"[^\W_]+")


def mended(text: str) -> str | None:
    """`text` as it was meant, when a usual follow-up is a slip or two away; None when none is."""
    decoded = _from_vni(text)
    words = _TAILS.sub("", decoded).split()
    for size in range(min(2, len(words) - 1), -1, -1):
        typed, rest = " ".join(words[:size]), " ".join(words[size:])
        opener = _nearest(typed, _OPENERS) if size else ""
        asked = _nearest(rest, _ASKED)
        if opener is not None and asked is not None:
            return f"{opener} {asked}".strip()
        if opener and fold(opener) != fold(typed.lower()):
            return f"{opener} {rest}"  # "thế cin Kế hoạch 47"
    return decoded if decoded != text else None


def _nearest(typed: str, phrases: tuple[str, ...]) -> str | None:
    folded = syllables(fold(typed))
    best: tuple[int, str] | None = None
    for phrase in phrases:
        words = syllables(fold(phrase))
        if len(words) != len(folded):
            continue
        slips = _slips(folded, words)
        if slips is not None and (best is None or slips < best[0]):
            best = (slips, phrase)
    return best[1] if best else None


def _slips(typed: list[str], meant: list[str]) -> int | None:
    """How many slips turn one into the other; None when they are too many to be slips."""
    letters = sum(map(len, meant))
    allowed = max(1, letters // LETTERS_A_SLIP) if letters >= MIN_LETTERS else 0
    total = 0
    for a, b in zip(typed, meant, strict=True):
        most = 2 if len(b) >= LONG_WORD else 1
        slips = distance(a, b, most)
        if slips > most:
            return None
        total += slips
    return total if total <= allowed else None


def _from_vni(text: str) -> str:
    """VNI keys that an input method left: "the61" is "thế", "d9o1" is "đó"."""
    return _WORD.sub(lambda match: vni(match[0]) or match[0], text)
