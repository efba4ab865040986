"""Answers and documents as the command line shows them."""

from __future__ import annotations

from bot.answer.answer import Answer, Citation
from bot.answer.rendering.screen import Screen, printable
from bot.answer.rendering.terminal import terminal
from knowledge.models import Document
from prompts.sources import date_text, force_text, kind_text
from prompts.wording import load_wording


def render_answer(answer: Answer, screen: Screen, *, public_url: str | None = None) -> str:
    """Text, sources and suggestions of an answer, without a final line break."""
    say = load_wording()
    parts = [terminal(answer.blocks, screen)]
    if answer.citations:
        sources = [_source(citation, screen, public_url) for citation in answer.citations]
        parts.append("\n".join([screen.paint(say("answers.sources"), "bold"), *sources]))
    if answer.suggestions:
        asks = [screen.wrap(printable(s), first="- ", rest="  ") for s in answer.suggestions]
        parts.append("\n".join([screen.paint(say("answers.ask_next"), "bold"), *asks]))
    if answer.sources_as_of and answer.citations:
        mode = "" if answer.mode == "model" else say(f"answers.mode.{answer.mode}") + " "
        note = mode + say("sources.checked", date=date_text(answer.sources_as_of))
        parts.append(screen.paint(screen.wrap(note), "dim"))
    return "\n\n".join(parts)


def render_document(document: Document, screen: Screen) -> str:
    """A document in a few lines: label, title, issuer, date, kind of source, force."""
    meta = document.metadata
    facts = (
        meta.issuer,
        date_text(meta.issued_on),
        kind_text(meta.source_kind),
        force_text(meta.in_force),
        f"{len(document.passages)} đoạn",
    )
    lines = [screen.paint(printable(meta.label), "bold")]
    if meta.title != meta.label:
        lines.append(screen.wrap(printable(meta.title), first="  "))
    lines.append(screen.wrap(printable("; ".join(facts)), first="  "))
    return "\n".join(lines)


def _source(citation: Citation, screen: Screen, public_url: str | None) -> str:
    number = citation.document_number
    facts = [
        f"{citation.locator}, {number}" if number else citation.locator,
        *([citation.document_title] if citation.document_title != number else []),
        f"{citation.issuer}, {date_text(citation.issued_on)}",
        kind_text(citation.source_kind),
        force_text(citation.in_force),
    ]
    sign = f"[{citation.marker}] "
    indent = " " * len(sign)
    text = screen.wrap(printable("; ".join(facts)), first=sign, rest=indent)
    address = f"\n{indent}{public_url}{citation.url}" if public_url else ""
    return text + screen.paint(address, "dim")
