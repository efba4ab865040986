"""Verbatim words of a document."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer.answer import Citation
from knowledge.models import Document, Passage


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words: `document.text[start:end]`."""

    document: Document
    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.document.text[self.start : self.end]

    @property
    def whole(self) -> bool:
        """Whether it is all of the passage."""
        return (self.start, self.end) == (self.passage.start, self.passage.end)

    def citation(self, marker: int) -> Citation:
        """These words as citation [marker]."""
        meta = self.document.metadata
        return Citation(
            marker=marker,
            document_id=meta.id,
            document_number=meta.number,
            document_title=meta.title,
            issuer=meta.issuer,
            issued_on=meta.issued_on,
            source_kind=meta.source_kind,
            in_force=meta.in_force,
            locator=self.passage.locator,
            quote=self.text,
            url=self.passage.url,
            passage_id=self.passage.id,
            start=self.start,
            end=self.end,
        )
