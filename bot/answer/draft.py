"""An answer being written: what is said, and the sources that its markers point to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.answer.answer import Citation, Status
from bot.answer.blocks import Block
from bot.answer.rendering.markdown import markdown
from bot.question.subject import NOTHING, Subject
from prompts.text import Text, reference


class Source(Protocol):
    """Something an answer stands on."""

    def citation(self, marker: int) -> Citation:
        """This source as citation [marker]."""


@dataclass(slots=True)
class Draft:
    """An answer being written: blocks, and the sources that their markers point to."""

    status: Status = "answered"
    blocks: list[Block] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    subject: Subject = NOTHING  # what it is about, for the questions that lean on it

    def marker(self, source: Source) -> int:
        """The number of `source`, from 1; the same words get the same number."""
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source) + 1

    def cite(self, source: Source) -> Text:
        """The marker of `source`, "[n]"."""
        return reference(self.marker(source))

    def add(self, *blocks: Block) -> Draft:
        """Append blocks."""
        self.blocks.extend(blocks)
        return self

    @property
    def text(self) -> str:
        """The Markdown of the answer."""
        return markdown(self.blocks)

    def citations(self) -> tuple[Citation, ...]:
        """One citation for each marker, in order."""
        return tuple(source.citation(n) for n, source in enumerate(self.sources, 1))


@dataclass(frozen=True, slots=True)
class RecordSource:
    """A procedure or place record as a source: what it says, and the page that shows it."""

    record_id: str  # "thu-tuc/khai-sinh"
    title: str
    number: str | None  # the procedure's code
    publisher: str  # who published what the record was checked against
    as_of: str  # ISO date of the data
    field: str  # which part of the record, as shown
    quote: str  # the field's value as the record has it
    url: str  # "/thu-tuc/khai-sinh#thoi-han"

    def citation(self, marker: int) -> Citation:
        """This record as citation [marker]."""
        return Citation(
            marker=marker,
            document_id=self.record_id,
            document_number=self.number,
            document_title=self.title,
            issuer=self.publisher,
            issued_on=self.as_of,
            source_kind="record",
            in_force="unknown",
            locator=self.field,
            quote=self.quote,
            url=self.url,
            passage_id=f"{self.record_id}#{self.field}",
            start=0,
            end=len(self.quote),
        )
