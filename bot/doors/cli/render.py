"""Answers and lists as terminal text: wrapped, coloured only where that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answer.answer import Answer, Citation
from bot.doors.cli.screen import Screen, printable
from knowledge.models import Document, ForceStatus, SourceKind
from prompts.wording import load_wording

SOURCE_KINDS: dict[SourceKind, str] = {
    "official": "văn bản chính thức",
    "press": "tin báo chí",
    "record": "dữ liệu thủ tục, địa chỉ",
}
FORCE: dict[ForceStatus, str] = {
    "in_force": "còn hiệu lực",
    "expired": "hết hiệu lực",
    "replaced": "đã được thay thế",
    "unknown": "chưa rõ hiệu lực",
}

# Stand for the codes while text is wrapped, so that they take one column, not five.
_MARKS = {"\ue000": "\x1b[1m", "\ue001": "\x1b[22m", "\ue002": "\x1b[3m", "\ue003": "\x1b[23m"}
_LIST_ITEM = re.compile(r"(- |\d+\. )(.*)", re.DOTALL)


def render_answer(answer: Answer, screen: Screen, *, public_url: str | None = None) -> str:
    """Text, sources and suggestions of an answer, without a final line break."""
    parts = [render_markdown(answer.text, screen)]
    if answer.citations:
        sources = [_source(citation, screen, public_url) for citation in answer.citations]
        parts.append("\n".join([screen.paint("Nguồn:", "bold"), *sources]))
    if answer.suggestions:
        asks = [screen.wrap(printable(s), first="- ", rest="  ") for s in answer.suggestions]
        parts.append("\n".join([screen.paint("Có thể hỏi tiếp:", "bold"), *asks]))
    if answer.sources_as_of and answer.citations:
        mode = "" if answer.mode == "model" else load_wording()(f"mode.{answer.mode}") + " "
        note = f"{mode}Nguồn được kiểm tra ngày {show_date(answer.sources_as_of)}."
        parts.append(screen.paint(screen.wrap(note), "dim"))
    return "\n\n".join(parts)


def render_markdown(text: str, screen: Screen) -> str:
    """The closed subset of Markdown that answers use, as terminal text."""
    paragraphs = re.split(r"\n\s*\n", printable(text).strip())
    return "\n\n".join("\n".join(_blocks(paragraph, screen)) for paragraph in paragraphs)


def render_document(document: Document, screen: Screen) -> str:
    """A document in a few lines: label, title, issuer, date, kind of source, force."""
    meta = document.metadata
    facts = (
        meta.issuer,
        show_date(meta.issued_on),
        SOURCE_KINDS[meta.source_kind],
        FORCE[meta.in_force],
        f"{len(document.passages)} đoạn",
    )
    lines = [screen.paint(printable(meta.label), "bold")]
    if meta.title != meta.label:
        lines.append(screen.wrap(printable(meta.title), first="  "))
    lines.append(screen.wrap(printable("; ".join(facts)), first="  "))
    return "\n".join(lines)


def show_date(iso: str) -> str:
    """An ISO date as people write it: 11/07/2025, or 06/2025 without a day."""
    return "/".join(reversed(iso.split("-")))


def _blocks(paragraph: str, screen: Screen) -> Iterator[str]:
    """Lines of one kind together: plain and quoted lines flow, list items stand alone."""
    flow: list[str] = []
    quoted = False
    for line in [*paragraph.split("\n"), ""]:
        is_quote = line.startswith(">")
        item = _LIST_ITEM.fullmatch(line)
        if flow and (item or not line or is_quote != quoted):
            yield _flow(flow, screen, quoted=quoted)
            flow = []
        if item:
            sign = "• " if item[1] == "- " else item[1]
            yield _styled(item[2], screen, first=sign, rest=" " * len(sign))
        elif line:
            flow.append(line.lstrip("> ") if is_quote else line)
            quoted = is_quote


def _flow(lines: list[str], screen: Screen, *, quoted: bool) -> str:
    if not quoted:
        return _styled(" ".join(lines), screen)
    text = _styled(" ".join(lines), screen, first="  ")
    bar = screen.paint("│", "cyan")
    return "\n".join(bar + line[1:] for line in text.split("\n"))


def _styled(text: str, screen: Screen, *, first: str = "", rest: str | None = None) -> str:
    text = re.sub(r"\*\*(.+?)\*\*", "\ue000\\1\ue001", text)
    text = re.sub(r"\*(\S|\S[^*]*\S)\*", "\ue002\\1\ue003", text)
    text = screen.wrap(text, first=first, rest=rest)
    for mark, code in _MARKS.items():
        text = text.replace(mark, code if screen.colour else "")
    return text


def _source(citation: Citation, screen: Screen, public_url: str | None) -> str:
    number = citation.document_number
    facts = [
        f"{citation.locator}, {number}" if number else citation.locator,
        *([citation.document_title] if citation.document_title != number else []),
        f"{citation.issuer}, {show_date(citation.issued_on)}",
        SOURCE_KINDS[citation.source_kind],
        FORCE[citation.in_force],
    ]
    sign = f"[{citation.marker}] "
    indent = " " * len(sign)
    text = screen.wrap(printable("; ".join(facts)), first=sign, rest=indent)
    address = f"\n{indent}{public_url}{citation.url}" if public_url else ""
    return text + screen.paint(address, "dim")
