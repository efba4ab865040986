"""The closed Markdown subset of answers, as blocks of safe HTML.

Paragraphs, "> " quotations, "- " and "1. " items, **bold**, *italic* and [n] markers; everything
else is text and is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from markupsafe import Markup, escape

from bot.answer.answer import Citation
from bot.doors.web.wording import citation_label

BlockKind = Literal["paragraph", "quote", "bullets", "numbers"]

_INLINE = re.compile(
    r"\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*|\*(?=[^\s*])(?P<italic>[^*]*?)(?<=\S)\*|\[(?P<marker>\d{1,4})\]",
    re.DOTALL,
)
_BULLET = re.compile(r"- +(?P<rest>.*)")
_NUMBER = re.compile(r"(?P<number>\d{1,4})\. +(?P<rest>.*)")
_MARKER = re.compile(r"\[(\d{1,4})\]")
_SOURCE = "Nguồn: "
_LINK = Markup('<a class="marker" href="{url}" aria-label="{label}">{marker}</a>')


@dataclass(frozen=True)
class Block:
    """One piece of an answer.

    `items` holds one paragraph, the paragraphs of a quotation, or the items of a list.
    """

    kind: BlockKind
    items: tuple[Markup, ...]
    start: int = 1  # number of the first item
    citation: Citation | None = None  # what a quotation quotes


def answer_blocks(text: str, citations: Sequence[Citation]) -> list[Block]:
    """The blocks of `Answer.text`, in order.

    A paragraph "Nguồn: ..." after a quotation is left out: the page writes the source line under
    the quotation itself, with a link.
    """
    known = {citation.marker: citation for citation in citations}
    blocks = [_block(kind, lines, known) for kind, lines in _groups(text)]
    rest = [block for before, block in pairwise(blocks) if not _repeats(before, block)]
    return blocks[:1] + rest


def _repeats(before: Block, block: Block) -> bool:
    names_source = block.kind == "paragraph" and block.items[0].startswith(_SOURCE)
    return before.citation is not None and names_source


def inline(text: str, citations: Mapping[int, Citation] | None = None) -> Markup:
    """Escaped text with emphasis, line breaks and links for the markers of `citations`."""
    parts, position = [Markup()], 0
    for match in _INLINE.finditer(text):
        parts += [_plain(text[position : match.start()]), _mark(match, citations or {})]
        position = match.end()
    return Markup().join([*parts, _plain(text[position:])])


def _plain(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _mark(match: re.Match[str], citations: Mapping[int, Citation]) -> Markup:
    if match["bold"]:
        return Markup("<strong>{}</strong>").format(inline(match["bold"], citations))
    if match["italic"]:
        return Markup("<em>{}</em>").format(inline(match["italic"], citations))
    citation = citations.get(int(match["marker"]))
    if citation is None:
        return escape(match[0])
    return _LINK.format(url=citation.url, label=citation_label(citation), marker=citation.marker)


def _kind(line: str) -> BlockKind | Literal["blank"]:
    if not line.strip():
        return "blank"
    if line.startswith(">"):
        return "quote"
    if _BULLET.match(line):
        return "bullets"
    return "numbers" if _NUMBER.match(line) else "paragraph"


def _groups(text: str) -> Iterator[tuple[BlockKind, list[str]]]:
    """Runs of lines of one kind; blank lines end a run, except between items of one list."""
    open_kind: BlockKind | None = None
    lines: list[str] = []
    for kind, group in groupby(text.splitlines(), _kind):
        if kind == "blank":
            if open_kind not in ("bullets", "numbers") and lines and open_kind:
                yield open_kind, lines
                open_kind, lines = None, []
            continue
        if open_kind not in (kind, None) and open_kind:
            yield open_kind, lines
            lines = []
        open_kind, lines = kind, [*lines, *group]
    if open_kind and lines:
        yield open_kind, lines


def _block(kind: BlockKind, lines: list[str], known: Mapping[int, Citation]) -> Block:
    if kind == "quote":
        return _quote(lines, known)
    if kind == "paragraph":
        return Block(kind, (inline("\n".join(lines), known),))
    pattern = _BULLET if kind == "bullets" else _NUMBER
    matches = [match for line in lines if (match := pattern.match(line))]
    start = int(matches[0]["number"]) if kind == "numbers" else 1
    return Block(kind, tuple(inline(match["rest"], known) for match in matches), start)


def _quote(lines: list[str], known: Mapping[int, Citation]) -> Block:
    text = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
    markers = [int(marker) for marker in _MARKER.findall(text)]
    citation = next((known[marker] for marker in reversed(markers) if marker in known), None)
    if citation:  # the source line under the quotation says it
        text = re.sub(rf"\s*\[{citation.marker}\]\s*$", "", text)
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return Block("quote", tuple(inline(part, known) for part in paragraphs), citation=citation)
