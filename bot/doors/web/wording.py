"""Words of the page for dates, kinds of source and whether a text is in force."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from bot.answer.answer import Citation

SOURCE_KINDS = {
    "official": "văn bản chính thức",
    "press": "tin báo chí",
    "record": "dữ liệu thủ tục, địa chỉ",
}
FORCE = {
    "in_force": "còn hiệu lực",
    "expired": "đã hết hiệu lực",
    "replaced": "đã được thay thế",
    "unknown": "chưa rõ hiệu lực",
}
STATUSES = {
    "answered": "Trả lời",
    "no_evidence": "Các văn bản hiện có chưa trả lời câu này",
    "out_of_scope": "Lời nhắn từ Hai Cấp",
    "needs_clarification": "Cần bạn nói rõ thêm",
}
FEEDBACK_REASONS = {
    "wrong": "Nội dung sai",
    "off_topic": "Không đúng điều tôi hỏi",
    "incomplete": "Còn thiếu",
    "outdated": "Thông tin đã cũ",
    "hard_to_read": "Khó hiểu",
}


def date_vi(value: str) -> str:
    """An ISO date as people write it: "11/7/2025", "tháng 6/2025"; anything else as it is."""
    parts = value.split("-")
    if not all(part.isdecimal() for part in parts):
        return value
    numbers = [str(int(part)) for part in reversed(parts)]
    return "/".join(numbers) if len(numbers) != 2 else "tháng " + "/".join(numbers)


def document_name(citation: Citation) -> str:
    """How a source line names the document: its number, else its title."""
    return f"số {citation.document_number}" if citation.document_number else citation.document_title


def source_name(citation: Citation) -> str:
    """The whole source in one line, for copying."""
    return (
        f"[{citation.marker}] {citation.locator}, {document_name(citation)}, {citation.issuer}, "
        f"{date_vi(citation.issued_on)} ({SOURCE_KINDS[citation.source_kind]}, "
        f"{FORCE[citation.in_force]})"
    )


def by_document(citations: Iterable[Citation]) -> list[list[Citation]]:
    """Neighbours of one document together: a list of twelve points names its text once."""
    return [list(group) for _, group in groupby(citations, lambda c: c.document_id)]


def citation_label(citation: Citation) -> str:
    """What a screen reader says for a marker."""
    return f"Nguồn {citation.marker}: {citation.locator}, {document_name(citation)}"
