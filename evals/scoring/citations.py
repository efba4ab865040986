"""The citation check: every quote stands verbatim at the stated place, every marker has its clause.

It trusts nothing of the answer but the words: text, passages and anchors come from the server's
own document API and pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.doors.web.schemas import AnswerOut, CitationOut
from evals.sets.sources import Pages, Source, Sources, element_ids, no_page, page_words
from knowledge.text import collapse

MAX_NAME_WORDS: Final = 4  # “Chưa hữu ích”: the name of a button, not words of a document
_MARKER: Final = re.compile(r"\[(\d{1,4})\]")
_MARKER_BEHIND: Final = re.compile(r"\s*(?:\(trích\)\s*)?\[(\d{1,4})\]")
# Facts that a citation repeats about its document.
_REPEATED: Final = {
    "document_number": "number",
    "document_title": "title",
    "issuer": "issuer",
    "issued_on": "issued_on",
    "source_kind": "source_kind",
    "in_force": "in_force",
}


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """What the check of one answer found.

    A marker without citation and a quotation that no cited document holds each count as one bad
    citation.
    """

    checked: int
    bad: int
    faults: tuple[str, ...]  # Vietnamese, one each


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between “ and ” in an answer, and the number of the marker right behind them."""

    words: str
    marker: int | None


def check_citations(answer: AnswerOut, sources: Sources, pages: Pages = no_page) -> CitationCheck:
    """Check every citation, marker and quotation of one answer."""
    faults: list[str] = []
    bad = 0
    used = {int(number) for number in _MARKER.findall(answer.text)}
    times = Counter(citation.marker for citation in answer.citations)
    for citation in answer.citations:
        faults_of = _citation_faults(citation, sources, pages)
        found = [f"[{citation.marker}] {fault}" for fault in faults_of]
        if citation.marker not in used:
            found.append(f"[{citation.marker}] không có trong câu trả lời")
        if times[citation.marker] > 1:
            found.append(f"[{citation.marker}] có {times[citation.marker]} trích dẫn cùng số")
        bad += bool(found)
        faults += found
    extra = [f"[{number}] không có trích dẫn" for number in sorted(used - times.keys())]
    extra += _quotation_faults(answer, sources)
    return CitationCheck(
        checked=len(answer.citations) + len(extra),
        bad=bad + len(extra),
        faults=(*faults, *extra),
    )


def quotations(text: str) -> Iterator[Quotation]:
    """The outermost “…” of each line; where one mark is missing, the line's end stands for it."""
    for line in text.splitlines():
        depth = start = 0
        for at, letter in enumerate(line):
            if letter == "“":
                start = start if depth else at + 1
                depth += 1
            elif letter == "”":
                depth = max(depth - 1, 0)
                if depth == 0:
                    behind = _MARKER_BEHIND.match(line, at + 1)
                    yield Quotation(line[start:at], int(behind[1]) if behind else None)
                    start = 0
        if depth:
            yield Quotation(line[start:], None)


def _record_faults(citation: CitationOut, pages: Pages) -> Iterator[str]:
    """A record's words must stand on the page that the citation opens, under its anchor."""
    path, _, anchor = citation.url.partition("#")
    page = pages(path)
    if page is None:
        yield f"không có trang {path!r}"
        return
    if anchor and anchor not in element_ids(page):
        yield f"trang {path!r} không có chỗ {anchor!r}"
    words = page_words(page)
    parts = [collapse(part) for part in citation.quote.split("; ")]  # the page lists them
    if not citation.quote.strip() or not all(part in words for part in parts):
        yield f"lời trích {citation.quote[:40]!r} không có trên trang {path!r}"


def _citation_faults(citation: CitationOut, sources: Sources, pages: Pages) -> Iterator[str]:
    if citation.source_kind == "record":
        yield from _record_faults(citation, pages)
        return
    source = sources.get(citation.document_id)
    if source is None:
        yield f"không có văn bản {citation.document_id!r}"
        return
    yield from _quote_faults(citation, source)
    for name, original in _REPEATED.items():
        given, right = getattr(citation, name), getattr(source.document, original)
        if given != right:
            yield f"{name} là {given!r}, văn bản ghi {right!r}"


def _quote_faults(citation: CitationOut, source: Source) -> Iterator[str]:
    document = source.document
    start, end = citation.start, citation.end
    if not citation.quote.strip():
        yield "trích dẫn trống"
    if document.text[start:end] != citation.quote:
        yield f"lời trích không khớp nguyên văn tại {document.id}[{start}:{end}]"
    passage = next((p for p in document.passages if p.id == citation.passage_id), None)
    if passage is None:
        yield f"không có đoạn {citation.passage_id!r}"
        return
    if not passage.start <= start <= end <= passage.end:
        yield f"vị trí [{start}:{end}] nằm ngoài đoạn {passage.id!r}"
    if citation.locator != passage.locator:
        yield f"ghi {citation.locator!r} cho đoạn {passage.locator!r}"
    if citation.url != f"/van-ban/{document.id}#{passage.anchor}":
        yield f"địa chỉ {citation.url!r} không phải của đoạn {passage.id!r}"
    if passage.anchor not in source.anchors:
        yield f"trang văn bản không có chỗ {passage.anchor!r}"


def _quotation_faults(answer: AnswerOut, sources: Sources) -> list[str]:
    quotes = {citation.marker: collapse(citation.quote) for citation in answer.citations}
    cited = {citation.document_id for citation in answer.citations} & sources.keys()
    texts = [collapse(sources[document_id].document.text) for document_id in sorted(cited)]
    faults = []
    for quotation in quotations(answer.text):
        words = collapse(quotation.words)
        if not answer.citations and len(words.split()) <= MAX_NAME_WORDS:
            continue
        shown = f"“{words[:80]}…”" if len(words) > 80 else f"“{words}”"
        if not _holds(texts, words):
            faults.append(f"{shown} không có nguyên văn trong văn bản được dẫn")
        elif quotation.marker in quotes and not _holds([quotes[quotation.marker]], words):
            faults.append(f"{shown} không nằm trong trích dẫn [{quotation.marker}]")
    return faults


def _holds(texts: list[str], words: str) -> bool:
    """Whether a text holds the words; an ellipsis behind them may be ours."""
    shorter = words.removesuffix("…").rstrip()
    return bool(shorter) and any(shorter in text for text in texts)
