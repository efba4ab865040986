"""How a source is named beside an answer: its document, its place, all of it in one line."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from bot.answer.answer import Citation
from prompts.sources import date_text, force_text, kind_text
from prompts.template import Value
from prompts.wording import load_wording


def document_name(citation: Citation) -> str:
    """How a source line names the document: its number, else its title."""
    if not citation.document_number:
        return citation.document_title
    return load_wording()("sources.document", number=citation.document_number)


def source_name(citation: Citation) -> str:
    """The whole source in one line, for copying."""
    say = load_wording()
    named: dict[str, Value] = {
        "marker": citation.marker,
        "locator": citation.locator,
        "document": document_name(citation),
        "issuer": citation.issuer,
        "issued": date_text(citation.issued_on),
        "kind": kind_text(citation.source_kind),
    }
    if citation.source_kind == "record":  # a record of ours is no text that could be in force
        return say("sources.line_record", **named)
    return say("sources.line", **named, force=force_text(citation.in_force))


def by_document(citations: Iterable[Citation]) -> list[list[Citation]]:
    """Neighbours of one document together: a list of twelve points names its text once."""
    return [list(group) for _, group in groupby(citations, lambda c: c.document_id)]


def citation_label(citation: Citation) -> str:
    """What a screen reader says for a marker."""
    return load_wording()(
        "sources.marker",
        marker=citation.marker,
        locator=citation.locator,
        document=document_name(citation),
    )
