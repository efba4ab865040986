"""Answers as Telegram messages: one screen first, the rest on request."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answer.answer import Answer, Citation
from bot.answer.blocks import Block, Choices, Intro, Items, Note, Option, Title, Verdict
from bot.doors.telegram_bot.markup import (
    Piece,
    PieceKind,
    Span,
    lines_of,
    pieces,
    to_html,
    to_text,
    units,
)
from knowledge.models import Document
from prompts.sources import by_button, by_number, date_text, force_text, kind_text
from prompts.text import Text
from prompts.wording import Wording

MAX_CHARS: Final = 4_096  # of a message, after its entities are read
MAX_CALLBACK_BYTES: Final = 64
SCREEN_LINES: Final = 20  # of text on a phone, with five rows of buttons below
NEXT_SCREEN_LINES: Final = 24  # of what is shown on request, with one row
FIRST_CHARS: Final = 1_200  # of the first screen: what is asked, and no more than is read at once
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
        self, *blocks: Block, rows: Sequence[Sequence[Button]] = (), prompt: bool = False
    ) -> Message:
        """A message of our own wording."""
        return _message(pieces(blocks), rows, prompt=prompt)

    def welcome(self) -> Message:
        """The first message to a person."""
        return self.note(
            Verdict(self._say.text("telegram.start.hello")),
            Intro(self._say.text("telegram.start.how")),
            self._commands("start"),
            Note(self._say.text("telegram.start.close")),
        )

    def group_welcome(self, name: str) -> Message:
        """The first message to a group; `name` is the bot's, with its "@"."""
        hello = Verdict(self._say.text("telegram.group.hello"))
        return self.note(hello, Note(self._say.text("telegram.group.how", name=name)))

    def help(self, days: int) -> Message:
        """How the bot is used; questions are kept for `days`."""
        return self.note(
            Title(self._say.text("telegram.help.title")),
            Note(self._say.text("telegram.help.how")),
            self._commands("help"),
            Note(self._say.text("telegram.help.more")),
            Note(self._say.text("telegram.help.kept", days=days)),
        )

    def _commands(self, where: str) -> Items:
        return Items(tuple(map(Text.of, self._say.lines(f"telegram.{where}.commands"))))

    def answer(
        self, answer: Answer, page: int = 0, *, heading: str = "", unseen: bool = False
    ) -> Message | None:
        """One page of an answer, from 0; None beyond the last.

        Args:
            answer: what to show.
            page: 0 holds the lead, the quotation and the source line.
            heading: the question, where the chat does not show it.
            unseen: a picture came with the question, and it is said that nobody looked at it.
        """
        pages = self._pages(answer, unseen=unseen)
        if page >= len(pages):
            return None
        shown = pages[page]
        rows = [tuple(self._sources(answer, shown, page))]
        if page + 1 < len(pages):
            label = self._say("telegram.button.more", page=page + 2, pages=len(pages))
            more = Button(label, f"p:{answer.answer_id}:{page + 1}")
            rows = [(*rows[0], more)] if len(rows[0]) < MAX_IN_ROW else [rows[0], (more,)]
        if page == 0:
            rows += self._next(answer)
        if page == 0 and answer.status != "needs_clarification":
            rows.append(self._votes(answer))
        if heading and page == 0:
            shown = [Piece("text", (Span("“"), Span(heading, ("i",)), Span("”"))), *shown]
        return _message(shown, rows)

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
            return self.note(Note(self._say.text("telegram.claim.nothing")))
        said = pieces([Intro(self._say.text("telegram.claim.found"))])
        buttons = []
        for number, (answer, citation) in enumerate(shown, 1):
            said.append(_beginning(citation.quote))
            place = Span(f"[{number}] {self._place(citation)}", ("i",), self._link(citation))
            said.append(Piece("text", (place,)))
            data = f"v:{answer.answer_id}:{citation.marker}"
            buttons.append(Button(self._say("telegram.button.verbatim", marker=number), data))
        said += pieces([Note(self._say.text("telegram.claim.close"))])
        return _message(said, [tuple(buttons)])

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
        quoted = Piece("quote", spans_, fold_from=MAX_CHARS)  # asked for, so shown whole
        parts = list(quoted.parted(PAGE_CHARS))
        if page >= len(parts):
            return None
        heading = Piece("text", (Span(f"[{marker}] "), Span(self._place(citation), ("b",))))
        said = [heading, parts[page], Piece("text", (Span(self._source(citation), ("i",)),))]
        link = self._link(citation)
        if link:
            said.append(Piece("text", (Span(self._say("telegram.open_page"), (), link),)))
        rows = []
        if page + 1 < len(parts):
            label = self._say("telegram.button.more", page=page + 2, pages=len(parts))
            rows.append((Button(label, f"v:{answer.answer_id}:{marker}:{page + 1}"),))
        return _message(said, rows)

    def chooser(self, answer: Answer, markers: Sequence[int]) -> Message:
        """Buttons for each source of a long list."""
        known = {c.marker: c for c in answer.citations}
        chosen = [known[m] for m in markers if m in known]
        buttons = [Button(f"[{c.marker}]", f"v:{answer.answer_id}:{c.marker}") for c in chosen]
        lines = [f"[{c.marker}] {self._place(c)}" for c in chosen]
        text = "\n".join([self._say("telegram.choose_source"), *lines])
        rows = [buttons[at : at + CHOOSER_ROW] for at in range(0, len(buttons), CHOOSER_ROW)]
        return _message([Piece("text", (Span(text),))], rows)

    def markers(self, answer: Answer, page: int) -> list[int]:
        """The markers on one page of an answer."""
        pages = self._pages(answer)
        return _markers(answer, pages[page]) if page < len(pages) else []

    # Parts of an answer

    def _pages(self, answer: Answer, *, unseen: bool = False) -> list[list[Piece]]:
        links = {c.marker: self._link(c) for c in answer.citations}
        shown = (b for b in answer.blocks if not isinstance(b, Choices))  # they are buttons
        said = pieces(shown, links.get, by_number if self._url else by_button)
        body = [part for p in said if not p.closes for part in p.parted(PAGE_CHARS)]
        close = [_quiet(p) for p in said if p.closes]
        if unseen:
            close += pieces([Note(self._say.text("telegram.said.unseen"))])
        return _paginate(body, close)

    def _sources(self, answer: Answer, shown: Sequence[Piece], page: int) -> list[Button]:
        markers = _markers(answer, shown)
        if len(markers) > MAX_VERBATIM_BUTTONS:
            return [Button(self._say("telegram.button.sources"), f"w:{answer.answer_id}:{page}")]
        return [
            Button(self._say("telegram.button.verbatim", marker=m), f"v:{answer.answer_id}:{m}")
            for m in markers
        ]

    def _next(self, answer: Answer) -> list[tuple[Button, ...]]:
        choices = _choices(answer)
        if choices:
            return [
                (Button(_label(choice.shown), f"k:{answer.answer_id}:{n}"),)
                for n, choice in enumerate(choices)
            ]
        return [
            (Button(_label(text), f"q:{answer.answer_id}:{n}"),)
            for n, text in enumerate(answer.suggestions[:MAX_SUGGESTIONS])
        ]

    def _votes(self, answer: Answer) -> tuple[Button, ...]:
        return (
            Button(self._say("telegram.button.useful"), f"f:{answer.answer_id}:1"),
            Button(self._say("telegram.button.not_useful"), f"f:{answer.answer_id}:0"),
        )

    def _link(self, citation: Citation) -> str | None:
        return f"{self._url}{citation.url}" if self._url else None

    def _place(self, citation: Citation) -> str:
        return self._say(
            "telegram.place",
            document=citation.document_number or citation.document_title,
            locator=citation.locator,
        )

    def _source(self, citation: Citation) -> str:
        return self._say(
            "telegram.source",
            title=citation.document_title,
            issuer=citation.issuer,
            issued=date_text(citation.issued_on),
            kind=kind_text(citation.source_kind),
            force=force_text(citation.in_force),
        )


def chosen(answer: Answer, number: int) -> str | None:
    """The question that pressing a choice asks, or None."""
    choices = _choices(answer)
    return choices[number].asks if number < len(choices) else None


def _choices(answer: Answer) -> list[Option]:
    """What a question back lets one choose from."""
    offered = (block.options for block in answer.blocks if isinstance(block, Choices))
    return [option for options in offered for option in options][:MAX_CHOICES]


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
    said: Sequence[Piece], rows: Sequence[Sequence[Button]] = (), *, prompt: bool = False
) -> Message:
    return Message(to_html(said), to_text(said), tuple(tuple(row) for row in rows if row), prompt)


def _beginning(quote: str) -> Piece:
    """A quotation, of a long one its first sentences with an ellipsis."""
    whole = Piece("quote", (Span(quote),))
    first = next(whole.parted(CLAIM_QUOTE_CHARS), whole)
    cut = "" if first.text == quote else " …"
    return Piece("quote", (Span(f"“{first.text}{cut}”"),))


def _quiet(piece: Piece) -> Piece:
    """A source line: italic, folded when it is long."""
    spans = tuple(replace(s, tags=(*s.tags, "i")) for s in piece.spans)
    kind: PieceKind = "quote" if lines_of(piece.text) > MAX_SOURCE_LINES else "text"
    return Piece(kind, spans, fold_from=MAX_SOURCE_LINES + 1)


def _paginate(body: Sequence[Piece], close: Sequence[Piece]) -> list[list[Piece]]:
    """Screens of pieces; the closing lines stand at the foot of the first one.

    What leads in goes with what follows it.
    """
    pages: list[list[Piece]] = [[]]
    room, chars = SCREEN_LINES - sum(p.lines + 1 for p in close), FIRST_CHARS - _chars(close)
    for number, piece in enumerate(body):
        leads = piece.leads_in and number + 1 < len(body)
        following = body[number + 1].lines + 1 if leads else 0
        full = piece.lines + following > room
        # The words that the lead stands on go with it; they fold when they are long.
        stays = len(pages) == 1 and piece.kind == "quote" and piece.fold_from
        full = full or _chars([*pages[-1], piece]) > (PAGE_CHARS if stays else chars)
        if full and not all(p.leads_in for p in pages[-1]):
            pages.append([])
            room, chars = NEXT_SCREEN_LINES, PAGE_CHARS
        pages[-1].append(piece)
        apart = piece.kind == "text" or (piece.kind == "item" and piece.lines > 2)
        room -= piece.lines + apart
    pages[0] += close
    return pages


def _chars(page: Sequence[Piece]) -> int:
    return sum(units(p.text) + len(p.sign) + 3 for p in page)


def _markers(answer: Answer, shown: Sequence[Piece]) -> list[int]:
    named = {span.marker for piece in shown for span in piece.spans}
    return [c.marker for c in answer.citations if c.marker in named]


def _passage_spans(citation: Citation, document: Document | None) -> Iterator[Span]:
    passages = document.passages if document else ()
    passage = next((p for p in passages if p.id == citation.passage_id), None)
    if document is None or passage is None:
        yield Span(f"“{citation.quote}”")
        return
    start, end = max(passage.start, citation.start), min(passage.end, citation.end)
    before, quoted = document.text[passage.start : start], document.text[start:end]
    after = document.text[end : passage.end]
    whole = not before.strip() and not after.strip()
    yield Span(f"“{before}")
    yield Span(quoted, () if whole else ("b",))
    yield Span(f"{after}”")
