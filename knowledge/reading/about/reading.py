"""All that a text says about itself."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.reading.about import effect, letterhead, signature
from knowledge.reading.about.found import Found
from knowledge.reading.about.lines import Lines

# The keys of front matter that can be read, in the order in which they are shown.
FIELDS = (
    "number",
    "kind",
    "title",
    "issuer",
    "issued_on",
    "effective_from",
    "signer",
    "signer_role",
    "legal_bases",
)


@dataclass(frozen=True, slots=True)
class About:
    """What was read, by key; what is not there was not read. And what looks doubtful."""

    found: dict[str, Found]
    notes: tuple[str, ...]


def read_about(lines: Lines) -> About:
    """What the text says about itself; nothing is guessed."""
    read: dict[str, Found | None] = {
        "number": letterhead.read_number(lines),
        "kind": letterhead.read_kind(lines),
        "title": letterhead.read_title(lines),
        "issuer": letterhead.read_issuer(lines),
        "issued_on": letterhead.read_date(lines),
    }
    issued = read["issued_on"]
    read["effective_from"], excepted = effect.read_effect(lines, issued.value if issued else None)
    read["signer"], read["signer_role"] = signature.read_signature(lines)
    read["legal_bases"] = effect.read_bases(lines)
    notes = []
    if read["number"] is None and letterhead.number_is_blank(lines):
        notes.append("số hiệu còn để trống: có thể là bản dự thảo")
    if issued is None and letterhead.date_is_blank(lines):
        notes.append("ngày ban hành còn để trống: có thể là bản dự thảo")
    if excepted:
        notes.append("một phần văn bản có hiệu lực từ ngày khác")
    if signature.has_several_signers(lines):
        notes.append("có nhiều người ký, nên người ký để trống")
    return About({key: value for key, value in read.items() if value is not None}, tuple(notes))
