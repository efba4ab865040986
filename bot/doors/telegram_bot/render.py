"""Answers as Telegram messages: one screen first, the rest on request."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.answer.answer import Answer, Citation
from bot.answer.draft import date_text
from bot.doors.telegram_bot.markup import (
    Block,
    BlockKind,
    Span,
    lines_of,
    read_blocks,
    spans,
    to_html,
    to_text,
    units,
)
from knowledge.models import Document
from prompts.wording import Wording

MAX_CHARS: Final = 4_096  # of a message, after its entities are read
MAX_CALLBACK_BYTES: Final = 64
SCREEN_LINES: Final = 20  # of text on a phone, with five rows of buttons below
NEXT_SCREEN_LINES: Final = 24  # of what is shown on request, with one row
PAGE_CHARS: Final = 3_000  # leaves room under MAX_CHARS for heading, signs and source line
MAX_SOURCE_LINES: Final = 5  # a longer source line is folded
MAX_SUGGESTIONS: Final = 3
MAX_CHOICES: Final = 8
MAX_IN_ROW: Final = 3  # buttons whose labels a phone shows whole
MAX_VERBATIM_BUTTONS: Final = 3  # beyond it one button that lists them
CHOOSER_ROW: Final = 5
MAX_LABEL_CHARS: Final = 42  # that a phone shows on a button of full width
MAX_CLAIM_QUOTES: Final = 3
CLAIM_QUOTE_CHARS: Final = 600

_PROVINCE = re.compile(r", (?:Thành phố|Tỉnh) ")
_MARKER = re.compile(r"\[(\d{1,4})\]")
# Paragraphs that say where an answer comes from: on the first screen, whatever else is there.
_SOURCE = re.compile(r"(?:Nguồn|Dữ liệu)[: ]")


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: what it says and what it sends back (at most 64 bytes)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message: HTML, the same without markup, and its buttons by row."""

    html: str
    plain: str
    rows: tuple[tuple[Button, ...], ...] = ()
    prompt: bool = False  # the next message is expected to reply to this one


class Renderer:
    """Turns answers into messages; pure."""

    def __init__(self, say: Wording, public_url: str | None) -> None:
        """`public_url`: markers link to its pages; None: buttons open sources as text."""
        self._say, self._url = say, public_url

    def note(
        self, text: str, rows: Sequence[Sequence[Button]] = (), *, prompt: bool = False
    ) -> Message:
        """A message of our own wording."""
        return _message(read_blocks(text), rows, prompt=prompt)

    def answer(self, answer: Answer, page: int = 0, *, heading: str = "") -> Message | None:
        """One page of an answer, from 0; None beyond the last.

        Args:
            answer: what to show.
            page: 0 holds the lead, the quotation and the source line.
            heading: the question, where the chat does not show it.
        """
        pages = self._pages(answer)
        if page >= len(pages):
            return None
        blocks = pages[page]
        rows = [tuple(self._sources(answer, blocks, page))]
        if page + 1 < len(pages):
            label = self._say("button.more", page=page + 2, pages=len(pages))
            more = Button(label, f"p:{answer.answer_id}:{page + 1}")
            rows = [(*rows[0], more)] if len(rows[0]) < MAX_IN_ROW else [rows[0], (more,)]
        if page == 0:
            rows += self._next(answer)
        if page == 0 and answer.status != "needs_clarification":
            rows.append(self._votes(answer))
        if heading and page == 0:
            blocks = [Block("text", (Span("“"), Span(heading, ("i",)), Span("”"))), *blocks]
        return _message(blocks, rows)

    def claim(self, answers: Sequence[Answer]) -> Message:
        """What the texts say about a claim that somebody passed on; never a verdict."""
        found = [
            (answer, citation)
            for answer in answers
            if answer.status == "answered"
            for citation in answer.citations
            if not citation.quote.rstrip().endswith(":")  # a heading claims nothing
        ]
        first: dict[str, tuple[Answer, Citation]] = {}
        for answer, citation in found:
            first.setdefault(citation.passage_id, (answer, citation))
        shown = list(first.values())[:MAX_CLAIM_QUOTES]
        if not shown:
            return self.note(self._say("claim.nothing"))
        blocks = read_blocks(self._say("claim.found"))
        buttons = []
        for number, (answer, citation) in enumerate(shown, 1):
            blocks.append(_beginning(citation.quote))
            place = Span(f"[{number}] {self._place(citation)}", ("i",), self._link(citation))
            blocks.append(Block("text", (place,)))
            data = f"v:{answer.answer_id}:{citation.marker}"
            buttons.append(Button(self._say("button.verbatim", marker=number), data))
        blocks += read_blocks(self._say("claim.close"))
        return _message(blocks, [tuple(buttons)])

    def verbatim(
        self, answer: Answer, marker: int, document: Document | None, page: int = 0
    ) -> Message | None:
        """The whole passage behind a marker, the part that was quoted in bold.

        Args:
            answer: that cites it.
            marker: of the citation.
            document: that the citation is from; None for a record, whose quote is all there is.
            page: of a passage longer than one message.
        """
        citation = next((c for c in answer.citations if c.marker == marker), None)
        if citation is None:
            return None
        spans_ = tuple(_passage_spans(citation, document))
        quoted = Block("quote", spans_, fold_from=MAX_CHARS)  # asked for, so shown whole
        parts = list(quoted.parted(PAGE_CHARS))
        if page >= len(parts):
            return None
        heading = Block("text", (Span(f"[{marker}] "), Span(self._place(citation), ("b",))))
        blocks = [heading, parts[page], Block("text", (Span(self._source(citation), ("i",)),))]
        link = self._link(citation)
        if link:
            blocks.append(Block("text", (Span(self._say("open_page"), (), link),)))
        rows = []
        if page + 1 < len(parts):
            label = self._say("button.more", page=page + 2, pages=len(parts))
            rows.append((Button(label, f"v:{answer.answer_id}:{marker}:{page + 1}"),))
        return _message(blocks, rows)

    def chooser(self, answer: Answer, markers: Sequence[int]) -> Message:
        """Buttons for each source of a long list."""
        known = {c.marker: c for c in answer.citations}
        chosen = [known[m] for m in markers if m in known]
        buttons = [Button(f"[{c.marker}]", f"v:{answer.answer_id}:{c.marker}") for c in chosen]
        lines = [f"[{c.marker}] {self._place(c)}" for c in chosen]
        text = "\n".join([self._say("choose_source"), *lines])
        rows = [buttons[at : at + CHOOSER_ROW] for at in range(0, len(buttons), CHOOSER_ROW)]
        return _message([Block("text", (Span(text),))], rows)

    def markers(self, answer: Answer, page: int) -> list[int]:
        """The markers on one page of an answer."""
        pages = self._pages(answer)
        return _markers(answer, pages[page]) if page < len(pages) else []

    # Parts of an answer

    def _pages(self, answer: Answer) -> list[list[Block]]:
        links = {c.marker: self._link(c) for c in answer.citations}
        blocks = read_blocks(self._for_buttons(answer.text), links.get)
        if _choices(answer):  # they are buttons
            blocks = [b for b in blocks if b.kind != "item"]
        close = [_quiet(b) for b in blocks if b.kind == "text" and _SOURCE.match(b.text)]
        body = [b for b in blocks if not (b.kind == "text" and _SOURCE.match(b.text))]
        return _paginate([part for b in body for part in b.parted(PAGE_CHARS)], close)

    def _for_buttons(self, text: str) -> str:
        """Where an answer tells to press a number, name the button instead."""
        if self._url:
            return text
        text = re.sub(
            re.escape(self._say("press.number")) + r" \[(\d+)\]",
            lambda m: self._say("press.button", marker=m[1]),
            text,
        )
        return text.replace(self._say("press.any_number"), self._say("press.any_button"))

    def _sources(self, answer: Answer, blocks: Sequence[Block], page: int) -> list[Button]:
        markers = _markers(answer, blocks)
        if len(markers) > MAX_VERBATIM_BUTTONS:
            return [Button(self._say("button.sources"), f"w:{answer.answer_id}:{page}")]
        return [
            Button(self._say("button.verbatim", marker=m), f"v:{answer.answer_id}:{m}")
            for m in markers
        ]

    def _next(self, answer: Answer) -> list[tuple[Button, ...]]:
        choices = _choices(answer)
        if choices:
            return [
                (Button(_label(text), f"k:{answer.answer_id}:{n}"),)
                for n, text in enumerate(choices)
            ]
        return [
            (Button(_label(text), f"q:{answer.answer_id}:{n}"),)
            for n, text in enumerate(answer.suggestions[:MAX_SUGGESTIONS])
        ]

    def _votes(self, answer: Answer) -> tuple[Button, ...]:
        return (
            Button(self._say("button.useful"), f"f:{answer.answer_id}:1"),
            Button(self._say("button.not_useful"), f"f:{answer.answer_id}:0"),
        )

    def _link(self, citation: Citation) -> str | None:
        return f"{self._url}{citation.url}" if self._url else None

    def _place(self, citation: Citation) -> str:
        return self._say(
            "place",
            document=citation.document_number or citation.document_title,
            locator=citation.locator,
        )

    def _source(self, citation: Citation) -> str:
        return self._say(
            "source",
            title=citation.document_title,
            issuer=citation.issuer,
            issued=date_text(citation.issued_on),
            kind=self._say(f"source_kind.{citation.source_kind}"),
            force=self._say(f"force.{citation.in_force}"),
        )


def chosen(answer: Answer, number: int) -> str | None:
    """The question that pressing a choice asks, or None."""
    choices = _choices(answer)
    if number >= len(choices):
        return None
    text = choices[number]
    return next((q for q in answer.suggestions if q.startswith(text)), text)


def _choices(answer: Answer) -> list[str]:
    """What a question back lets one choose from, as its text lists it."""
    if answer.status != "needs_clarification":
        return []
    items = [b.text for b in read_blocks(answer.text) if b.kind == "item"]
    offered = [i for i in items if any(q.startswith(i) for q in answer.suggestions)]
    return items[:MAX_CHOICES] if offered else []


def _label(question: str) -> str:
    """A question as a button says it: without its province where a phone would cut it."""
    if len(question) <= MAX_LABEL_CHARS:
        return question
    province = _PROVINCE.search(question)
    if province is None:
        return question
    words = question[province.end() :].split(" ")
    name = itertools.takewhile(lambda word: word == "-" or word[:1].isupper(), words)
    rest = words[len(list(name)) :]
    return f"{question[: province.start()]} {' '.join(rest)}" if rest else question


def _message(
    blocks: Sequence[Block], rows: Sequence[Sequence[Button]] = (), *, prompt: bool = False
) -> Message:
    return Message(
        to_html(blocks), to_text(blocks), tuple(tuple(row) for row in rows if row), prompt
    )


def _beginning(quote: str) -> Block:
    """A quotation, of a long one its first sentences with an ellipsis."""
    whole = Block("quote", (Span(quote),))
    first = next(whole.parted(CLAIM_QUOTE_CHARS), whole)
    cut = "" if first.text == quote else " …"
    return Block("quote", (Span(f"“{first.text}{cut}”"),))


def _quiet(block: Block) -> Block:
    """A source line: italic, folded when it is long."""
    spans_ = tuple(Span(s.text, (*s.tags, "i"), s.href) for s in block.spans)
    kind: BlockKind = "quote" if lines_of(block.text) > MAX_SOURCE_LINES else "text"
    return Block(kind, spans_, fold_from=MAX_SOURCE_LINES + 1)


def _paginate(body: Sequence[Block], close: Sequence[Block]) -> list[list[Block]]:
    """Screens of blocks; the closing lines stand at the foot of the first one.

    A heading (a text that ends with a colon) goes with what follows it.
    """
    pages: list[list[Block]] = [[]]
    room = SCREEN_LINES - sum(b.lines + 1 for b in close)
    for number, block in enumerate(body):
        leads = _leads_in(block) and number + 1 < len(body)
        following = body[number + 1].lines + 1 if leads else 0
        full = block.lines + following > room
        full = full or _chars(pages[-1], block) > PAGE_CHARS
        if full and not all(_leads_in(b) for b in pages[-1]):
            pages.append([])
            room = NEXT_SCREEN_LINES
        pages[-1].append(block)
        apart = block.kind == "text" or (block.kind == "item" and block.lines > 2)
        room -= block.lines + apart
    pages[0] += close
    return pages


def _leads_in(block: Block) -> bool:
    return block.kind == "text" and block.text.rstrip().endswith(":")


def _chars(page: Sequence[Block], block: Block) -> int:
    return sum(units(b.text) + len(b.sign) + 3 for b in (*page, block))


def _markers(answer: Answer, blocks: Sequence[Block]) -> list[int]:
    named = {int(m) for block in blocks for m in _MARKER.findall(block.text)}
    return [c.marker for c in answer.citations if c.marker in named]


def _passage_spans(citation: Citation, document: Document | None) -> Iterator[Span]:
    passages = document.passages if document else ()
    passage = next((p for p in passages if p.id == citation.passage_id), None)
    if document is None or passage is None:
        yield from spans(f"“{citation.quote}”")
        return
    start, end = max(passage.start, citation.start), min(passage.end, citation.end)
    before, quoted = document.text[passage.start : start], document.text[start:end]
    after = document.text[end : passage.end]
    whole = not before.strip() and not after.strip()
    yield Span(f"“{before}")
    yield Span(quoted, () if whole else ("b",))
    yield Span(f"{after}”")
