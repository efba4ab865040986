"""Answers put together from verbatim clauses; every claim carries the marker of its clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answer import blocks
from bot.answer.blocks import Intro, Items, Note, Quotation, SourceLine, Title
from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.answer.verbatim import verbatim
from bot.sources.documents.evidence import is_planned, quote_around
from bot.sources.documents.lead import Lead
from knowledge.models import Document, Metadata, Passage
from knowledge.text import collapse, unit_spans
from prompts.sources import date_text, force_text, kind_text
from prompts.text import Text, press
from prompts.wording import Wording

MAX_LIST_ITEMS = 12
MAX_OUTLINE_ITEMS = 14
ITEM_CHARS = 220  # of a quote inside a list
HEAD_CHARS = 130  # of the first words shown in an outline


def whole(document: Document, passage: Passage) -> Quote:
    """The passage as a quote."""
    return Quote(document, passage, passage.start, passage.end)


class Composer:
    """Writes drafts with the wording of `prompts`."""

    def __init__(self, say: Wording) -> None:
        self._say = say

    # Clauses

    def clause(
        self,
        draft: Draft,
        quote: Quote,
        lead: Lead | None,
        phrase: tuple[int, int] | None = None,
    ) -> None:
        """The direct answer when there is one, the clause in quotation marks, where it stands.

        Args:
            draft: what to write to.
            quote: the clause.
            lead: a value that answers.
            phrase: without one, the words of the quote that speak most to the question.
        """
        marker = draft.cite(quote)
        label, locator = quote.document.metadata.label, quote.passage.locator
        if lead:
            draft.add(self._lead(draft, quote, lead))
        elif phrase:
            words = told(quote.document.text[slice(*phrase)])
            values = {"label": label, "locator": locator}
            text = self._say.text("documents.lead.phrase", **values, phrase=words, marker=marker)
            draft.add(blocks.Lead(text))
        else:
            values = {"label": label, "locator": locator}
            draft.add(Intro(self._say.text("documents.lead.clause", **values, markers=marker)))
        draft.add(self._quotation(draft, quote))
        read = quote.passage.text[: quote.end - quote.passage.start]
        if is_planned(read) and not (lead and lead.planned):
            draft.add(Note(self._say.text("documents.lead.planned")))
        draft.add(self.source(quote))

    def _quotation(self, draft: Draft, quote: Quote) -> Quotation:
        marker = draft.marker(quote)
        if quote.whole:
            return Quotation(told(quote.text), marker)
        remark = self._say.text("documents.quote_part", press=press(marker))
        return Quotation(told(quote.text), marker, remark)

    def _lead(self, draft: Draft, quote: Quote, lead: Lead) -> blocks.Lead:
        inside = (
            quote.passage.id == lead.passage.id
            and quote.start <= lead.start
            and lead.end <= quote.end
        )
        markers = draft.cite(quote)
        if not inside:
            markers += draft.cite(lead_quote(quote.document, lead))
        name = "number_planned" if lead.planned else lead.kind
        value = collapse(lead.value.replace("*", ""))
        text = self._say.text(f"documents.lead.{name}", value=value, markers=markers)
        return blocks.Lead(text, value)

    def source(self, quote: Quote) -> SourceLine:
        """Where a quote stands, its date, official or press, and whether it is in force."""
        meta = quote.document.metadata
        return SourceLine(
            self._say.text(
                "documents.source",
                label=meta.label,
                locator=quote.passage.locator,
                issued=self.issued(meta),
                kind=kind_text(meta.source_kind),
                force=force_text(meta.in_force),
            )
        )

    def issued(self, meta: Metadata) -> str:
        """As "ngày 11/7/2025", or "tháng 6/2025" where the source gives no day."""
        name = "issued_month" if len(meta.issued_on) == 7 else "issued"
        return self._say(f"documents.{name}", date=date_text(meta.issued_on))

    def also(self, draft: Draft, quotes: Iterable[Quote]) -> None:
        """Other clauses on the same matter, each with its own marker."""
        items = tuple(
            self._say.text(
                "documents.also.item",
                label=q.document.metadata.label,
                locator=q.passage.locator,
                quote=told(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        )
        if items:
            draft.add(Intro(self._say.text("documents.also.intro")), Items(items))

    # Lists

    def list_below(
        self, draft: Draft, document: Document, head: Passage, items: Sequence[Passage]
    ) -> None:
        """A lead-in sentence and the items it leads in, each with its own marker."""
        quote = whole(document, head)
        draft.add(
            Intro(
                self._say.text(
                    "documents.list.intro",
                    label=document.metadata.label,
                    locator=head.locator,
                    lead_in=told(head.text),
                    markers=draft.cite(quote),
                )
            )
        )
        self._items(draft, [short(document, p) for p in items])
        draft.add(self.source(quote))

    def list_inside(self, draft: Draft, document: Document, passage: Passage) -> None:
        """A running clause told piece by piece."""
        pieces = [
            Quote(document, passage, passage.start + a, passage.start + b)
            for a, b in unit_spans(passage.text)
        ]
        values = {"label": document.metadata.label, "locator": passage.locator}
        draft.add(Intro(self._say.text("documents.list.intro_clause", **values)))
        self._items(draft, pieces)
        draft.add(self.source(pieces[0]))

    def _items(self, draft: Draft, quotes: Sequence[Quote]) -> None:
        several = len(quotes) > 1 and quotes[0].passage != quotes[-1].passage
        items = tuple(
            self._say.text(
                f"documents.list.{'item_part' if several and _is_beginning(q) else 'item'}",
                quote=told(q.text),
                marker=draft.cite(q),
            )
            for q in quotes[:MAX_LIST_ITEMS]
        )
        draft.add(Items(items, numbered=True))
        if len(quotes) > MAX_LIST_ITEMS:
            count = len(quotes) - MAX_LIST_ITEMS
            draft.add(Note(self._say.text("documents.list.more", count=count, press=press())))

    # Documents

    def outline(self, draft: Draft, document: Document) -> None:
        """The sections of a document, each by its first words."""
        meta = document.metadata
        about = self._say.text(
            "documents.outline.about",
            title=meta.title,
            issuer=meta.issuer,
            issued=self.issued(meta),
            kind=kind_text(meta.source_kind),
        )
        draft.add(Title(self._say.text("documents.outline.intro", label=meta.label)), Note(about))
        sections = outline_passages(document)
        quotes = [head(document, p) for p in sections[:MAX_OUTLINE_ITEMS]]
        items = tuple(
            self._say.text(
                f"documents.outline.{'item' if q.whole else 'item_part'}",
                locator=q.passage.locator,
                quote=told(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        )
        draft.add(Items(items))
        if len(sections) > MAX_OUTLINE_ITEMS:
            count = len(sections) - MAX_OUTLINE_ITEMS
            draft.add(Note(self._say.text("documents.outline.more", count=count)))
        draft.add(self.source(quotes[0]))

    def documents(self, draft: Draft, quotes: Sequence[Quote]) -> None:
        """Documents that speak of something, each with the clause that does."""
        items = tuple(
            self._say.text(
                "documents.naming.item",
                label=q.document.metadata.label,
                issued=self.issued(q.document.metadata),
                kind=kind_text(q.document.metadata.source_kind),
                locator=q.passage.locator,
                quote=told(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        )
        draft.add(Intro(self._say.text("documents.naming.intro")), Items(items))

    def all_documents(self, draft: Draft, documents: Sequence[Document]) -> None:
        """Every document we have."""
        items = tuple(
            self._say.text(
                "documents.naming.item_whole",
                label=d.metadata.label,
                issued=self.issued(d.metadata),
                kind=kind_text(d.metadata.source_kind),
                title=d.metadata.title,
                marker=draft.cite(short(d, first_citable(d))),
            )
            for d in documents
        )
        intro = Intro(self._say.text("documents.naming.all", count=len(documents)))
        draft.add(intro, Items(items))

    def have(self, draft: Draft, documents: Sequence[Document]) -> None:
        """A plain list of the documents we have, for an answer that has no evidence."""
        items = tuple(
            self._say.text("refusals.have_item", label=d.metadata.label, title=d.metadata.title)
            if d.metadata.title != d.metadata.label
            else Text.of(d.metadata.label)
            for d in documents
        )
        draft.add(Intro(self._say.text("refusals.have")), Items(items))

    # Ways on

    def suggest(self, draft: Draft, document: Document, above: Passage | None = None) -> None:
        """Questions that the cited document answers; `above` leads in the list of what is cited."""
        label = document.metadata.label
        if above:
            question = self._say("documents.suggest.locator", label=label, locator=above.locator)
            draft.suggestions.append(question)
        draft.suggestions.append(self._say("documents.suggest.outline", label=label))
        if document.metadata.number:
            draft.suggestions.append(self._say("documents.suggest.issued", label=label))


def told(words: str) -> Text:
    """Verbatim words as an answer tells them: on one line."""
    return verbatim(collapse(words))


def _is_beginning(quote: Quote) -> bool:
    """Whether it is the first words of its passage and not all of them."""
    return quote.start == quote.passage.start and quote.end < quote.passage.end


def lead_quote(document: Document, lead: Lead) -> Quote:
    """The clause a lead was taken from."""
    span = (lead.start - lead.passage.start, lead.end - lead.passage.start)
    return quote_around(document, lead.passage, span)


def short(document: Document, passage: Passage) -> Quote:
    """The passage, or its first piece when it is long: whole sentences or semicolon pieces only."""
    if len(passage.text) <= ITEM_CHARS:
        return whole(document, passage)
    start, end = unit_spans(passage.text)[0]
    return Quote(document, passage, passage.start + start, passage.start + end)


def head(document: Document, passage: Passage) -> Quote:
    """The passage's first words, up to the last comma or blank within HEAD_CHARS."""
    text = passage.text
    if len(text) <= HEAD_CHARS:
        return whole(document, passage)
    cut = max(text.rfind(mark, HEAD_CHARS // 2, HEAD_CHARS) for mark in (",", ";", ":", "."))
    end = cut if cut > 0 else text.rfind(" ", 0, HEAD_CHARS)
    return Quote(document, passage, passage.start, passage.start + end)


def first_citable(document: Document) -> Passage:
    """The first passage that is no heading."""
    return next(p for p in document.passages if p.kind != "heading")


def outline_passages(document: Document) -> list[Passage]:
    """What a table of contents shows: the top sections, or the paragraphs of a text without any."""
    body = [p for p in document.passages if p.kind != "closing" and not p.of_itself]
    top = [p for p in body if p.parent_id is None and not p.locator.startswith("Phần mở đầu")]
    if 1 < len(top) <= 4:
        ids = {p.id for p in top}
        top = [p for p in body if p.id in ids or p.parent_id in ids]
    return top or body
