"""Documents and their citable passages."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["official", "press", "record"]
ForceStatus = Literal["in_force", "expired", "replaced", "unknown"]
PassageKind = Literal["heading", "article", "clause", "point", "paragraph", "row", "closing"]
# What a passage is to its document. Attached texts are "annex", forms to fill in are "form".
Role = Literal[
    "body", "letterhead", "basis", "enacting", "signature", "recipients", "annex", "form"
]
# What every directive says of itself, in much the same words: it answers no question of another
# kind, and beats the clause that does.
_OF_ITSELF: frozenset[Role] = frozenset(
    ["letterhead", "basis", "enacting", "signature", "recipients"]
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document besides its words.

    Dates are ISO 8601 strings: `YYYY-MM-DD`, or `YYYY-MM` where the source gives no day.
    """

    id: str
    number: str | None  # số hiệu, such as "177-KL/TW"
    kind: str  # "Kết luận", "Kế hoạch", "Tin"
    title: str
    issuer: str
    signer: str | None
    issued_on: str
    effective_from: str | None
    in_force: ForceStatus
    replaced_by: str | None
    implements: tuple[str, ...]  # numbers of the documents it carries out
    source_kind: SourceKind
    source_note: str
    sources_as_of: str  # date of the last check of this text and its status
    signer_role: str | None = None  # "Chủ tịch", "Phó Chủ tịch"
    legal_bases: tuple[str, ...] = ()  # what stands behind each "Căn cứ"
    pages: tuple[int, ...] = ()  # where in the text each page begins; () without pages

    @property
    def label(self) -> str:
        """Short name to show: kind and number ("Kết luận 177-KL/TW"), else the title."""
        return f"{self.kind} {self.number}" if self.number else self.title

    def page_of(self, offset: int) -> int | None:
        """The page, from 1, on which a character of the text stands; None without pages."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    @property
    def url(self) -> str:
        """Path of its page."""
        return f"/van-ban/{self.id}"


@dataclass(frozen=True, slots=True)
class Passage:
    """The citable unit: `document.text[start:end] == text`, always.

    `context` holds the words that place it (headings and the lead-in sentence of its list);
    they are indexed, never quoted.
    """

    id: str  # "{document_id}#{anchor}"
    document_id: str
    ordinal: int  # reading order, from 0
    kind: PassageKind
    path: tuple[str, ...]  # ("Mục 4", "điểm (10)")
    locator: str  # "Mục 4, điểm (10)"
    anchor: str  # "muc-4-diem-10"
    start: int
    end: int
    text: str
    parent_id: str | None
    context: str
    role: Role

    @property
    def of_itself(self) -> bool:
        """Whether it says who issued the document, on what ground, to whom, and no more."""
        return self.role in _OF_ITSELF

    @property
    def url(self) -> str:
        """Path of its document's page, where it stands."""
        return f"/van-ban/{self.document_id}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its metadata and its passages in reading order."""

    metadata: Metadata
    text: str  # NFC, "\n" line ends
    passages: tuple[Passage, ...]

    @property
    def id(self) -> str:
        """The metadata's id."""
        return self.metadata.id
