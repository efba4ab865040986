"""The answer every door renders: blocks with markers, citations, cards, suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.answer.blocks import Block
from knowledge.models import ForceStatus, SourceKind

Status = Literal["answered", "no_evidence", "out_of_scope", "needs_clarification"]

# composed: verbatim clauses. model: a language model's words, each checked against what it cites.
# degraded: composed, because the language model failed.
Mode = Literal["composed", "model", "degraded"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One clause an answer stands on; `quote` is verbatim at `document.text[start:end]`."""

    marker: int  # the n of [n] in the answer text, from 1
    document_id: str
    document_number: str | None
    document_title: str
    issuer: str
    issued_on: str  # ISO date, or YYYY-MM
    source_kind: SourceKind
    in_force: ForceStatus
    locator: str
    quote: str
    url: str  # "/van-ban/{document_id}#{anchor}"
    passage_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, ready to render; field order is the order of the JSON object."""

    answer_id: str
    conversation_id: str
    status: Status
    text: str  # Markdown with [n] markers
    citations: tuple[Citation, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    suggestions: tuple[str, ...] = ()  # questions to ask next, each a whole question
    sources_as_of: str = ""  # ISO date: the oldest check among what is cited
    took_ms: int = 0
    understood_as: str = ""  # the question that was answered, when it leaned on earlier turns
    mode: Mode = "composed"
    blocks: tuple[Block, ...] = field(default=(), kw_only=True)  # what doors render; `text` of it
    question: str = field(default="", kw_only=True)  # masked; kept for the share page
    phrasing: dict[str, Any] = field(default_factory=dict, kw_only=True)  # kept, not sent
