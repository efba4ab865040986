"""Bodies of the HTTP API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from bot.answer.answer import Answer, Mode, Status
from bot.answer.codec import to_public
from knowledge.models import Document, ForceStatus, Metadata, Passage, PassageKind, SourceKind

_NO_NUL = r"^[^\x00]*$"  # PostgreSQL stores no NUL, and no person types one
Text = Annotated[str, StringConstraints(strict=True, pattern=_NO_NUL)]
Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskIn(BaseModel):
    """A question, and the conversation it belongs to."""

    question: Text = Field(examples=["Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ?"])
    conversation_id: Id | None = Field(
        None,
        description="Của câu trả lời trước. Mã tự đặt dưới 16 ký tự chỉ nhớ theo từng địa chỉ mạng",
    )


class FeedbackIn(BaseModel):
    """What a user thought of an answer."""

    useful: StrictBool
    reason: Annotated[Text, Field(max_length=100)] | None = None
    comment: Annotated[Text, Field(max_length=2000)] | None = None


class FeedbackOut(BaseModel):
    """Confirmation that feedback was kept."""

    answer_id: str
    saved: bool = True


class CitationOut(BaseModel):
    """One clause; `quote` stands verbatim at `[start:end]` of the document's text."""

    marker: int
    document_id: str
    document_number: str | None
    document_title: str
    issuer: str
    issued_on: str
    source_kind: SourceKind
    in_force: ForceStatus
    locator: str
    quote: str
    url: str
    passage_id: str
    start: int
    end: int


class AnswerOut(BaseModel):
    """An answer; `html` only with `view=html`, `blocks` only with `view=blocks`."""

    answer_id: str
    conversation_id: str
    status: Status
    text: str
    citations: list[CitationOut]
    cards: list[dict[str, Any]]
    suggestions: list[str]
    sources_as_of: str
    took_ms: int
    understood_as: str = ""
    mode: Mode = "composed"
    html: str | None = None
    blocks: list[dict[str, Any]] | None = Field(
        None,
        description="Câu trả lời trước mọi cách trình bày: `kind` là title, verdict, lead, intro, "
        "quotation, items, field, fields, choices, note, source_line; chữ là danh sách đoạn, "
        "mỗi đoạn là chuỗi hoặc {words, bold, italic, marker, press}",
    )


class MetadataOut(BaseModel):
    """What is known about a document besides its words."""

    id: str
    number: str | None
    kind: str
    title: str
    label: str
    issuer: str
    signer: str | None
    issued_on: str
    effective_from: str | None
    in_force: ForceStatus
    replaced_by: str | None
    implements: list[str]
    source_kind: SourceKind
    source_note: str
    sources_as_of: str
    url: str


class PassageOut(BaseModel):
    """One citable passage; its words are `[start:end]` of the document's text."""

    id: str
    kind: PassageKind
    locator: str
    anchor: str
    start: int
    end: int
    parent_id: str | None
    url: str


class DocumentOut(MetadataOut):
    """A document with its whole text."""

    text: str
    passages: list[PassageOut]


def answer_out(answer: Answer, **view: Any) -> dict[str, Any]:
    """The JSON object of an answer, with what a view adds."""
    return to_public(answer) | view


def metadata_out(metadata: Metadata) -> dict[str, Any]:
    """The JSON object of a document's metadata."""
    return asdict(metadata) | {"label": metadata.label, "url": metadata.url}


def document_out(document: Document) -> dict[str, Any]:
    """The JSON object of a whole document."""
    passages = [_passage_out(passage) for passage in document.passages]
    return metadata_out(document.metadata) | {"text": document.text, "passages": passages}


def _passage_out(passage: Passage) -> dict[str, Any]:
    return {name: getattr(passage, name) for name in PassageOut.model_fields}


View = Literal["html", "blocks"]
