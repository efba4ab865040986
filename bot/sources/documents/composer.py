"""Answers put together from verbatim clauses; every claim carries the marker of its clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.answer.draft import Draft, date_text
from bot.answer.quote import Quote
from bot.sources.documents.evidence import is_planned, quote_around
from bot.sources.documents.lead import Lead
from knowledge.models import Document, Metadata, Passage
from knowledge.text import collapse, unit_spans
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
            words = collapse(quote.document.text[slice(*phrase)])
            draft.add(
                self._say("lead.phrase", label=label, locator=locator, phrase=words, marker=marker)
            )
        else:
            draft.add(self._say("lead.clause", label=label, locator=locator, markers=marker))
        name = "quote" if quote.whole else "quote_part"
        draft.add(self._say(name, quote=collapse(quote.text), marker=marker))
        read = quote.passage.text[: quote.end - quote.passage.start]
        if is_planned(read) and not (lead and lead.planned):
            draft.add(self._say("lead.planned"))
        draft.add(self.source(quote))

    def _lead(self, draft: Draft, quote: Quote, lead: Lead) -> str:
        inside = (
            quote.passage.id == lead.passage.id
            and quote.start <= lead.start
            and lead.end <= quote.end
        )
        markers = draft.cite(quote)
        if not inside:
            markers += draft.cite(lead_quote(quote.document, lead))
        name = "lead.number_planned" if lead.planned else f"lead.{lead.kind}"
        return self._say(name, value=collapse(lead.value.replace("*", "")), markers=markers)

    def source(self, quote: Quote) -> str:
        """Where a quote stands, its date, official or press, and whether it is in force."""
        meta = quote.document.metadata
        return self._say(
            "source",
            label=meta.label,
            locator=quote.passage.locator,
            issued=self.issued(meta),
            kind=self._say(f"source_kind.{meta.source_kind}"),
            force=self._say(f"force.{meta.in_force}"),
        )

    def issued(self, meta: Metadata) -> str:
        """As "ngày 11/7/2025", or "tháng 6/2025" where the source gives no day."""
        name = "issued_month" if len(meta.issued_on) == 7 else "issued"
        return self._say(name, date=date_text(meta.issued_on))

    def also(self, draft: Draft, quotes: Iterable[Quote]) -> None:
        """Other clauses on the same matter, each with its own marker."""
        lines = [
            self._say(
                "also.item",
                label=q.document.metadata.label,
                locator=q.passage.locator,
                quote=collapse(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        ]
        if lines:
            draft.add(self._say("also.intro"), "\n".join(lines))

    # Lists

    def list_below(
        self, draft: Draft, document: Document, head: Passage, items: Sequence[Passage]
    ) -> None:
        """A lead-in sentence and the items it leads in, each with its own marker."""
        quote = whole(document, head)
        draft.add(
            self._say(
                "list.intro",
                label=document.metadata.label,
                locator=head.locator,
                lead_in=collapse(head.text),
                markers=draft.cite(quote),
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
        draft.add(
            self._say("list.intro_clause", label=document.metadata.label, locator=passage.locator)
        )
        self._items(draft, pieces)
        draft.add(self.source(pieces[0]))

    def _items(self, draft: Draft, quotes: Sequence[Quote]) -> None:
        lines = []
        for number, quote in enumerate(quotes[:MAX_LIST_ITEMS], 1):
            partial = (
                not quote.whole
                and quote.end < quote.passage.end
                and quote.start == quote.passage.start
            )
            name = (
                "list.item_part"
                if partial and len(quotes) > 1 and quotes[0].passage != quotes[-1].passage
                else "list.item"
            )
            lines.append(
                self._say(name, number=number, quote=collapse(quote.text), marker=draft.cite(quote))
            )
        draft.add("\n".join(lines))
        if len(quotes) > MAX_LIST_ITEMS:
            draft.add(self._say("list.more", count=len(quotes) - MAX_LIST_ITEMS))

    # Documents

    def outline(self, draft: Draft, document: Document) -> None:
        """The sections of a document, each by its first words."""
        meta = document.metadata
        draft.add(self._say("outline.intro", label=meta.label))
        draft.add(
            self._say(
                "outline.about",
                title=meta.title,
                issuer=meta.issuer,
                issued=self.issued(meta),
                kind=self._say(f"source_kind.{meta.source_kind}"),
            )
        )
        sections = outline_passages(document)
        quotes = [head(document, p) for p in sections[:MAX_OUTLINE_ITEMS]]
        lines = [
            self._say(
                "outline.item" if q.whole else "outline.item_part",
                locator=q.passage.locator,
                quote=collapse(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        ]
        draft.add("\n".join(lines))
        if len(sections) > MAX_OUTLINE_ITEMS:
            draft.add(self._say("outline.more", count=len(sections) - MAX_OUTLINE_ITEMS))
        draft.add(self.source(quotes[0]))

    def documents(self, draft: Draft, quotes: Sequence[Quote]) -> None:
        """Documents that speak of something, each with the clause that does."""
        lines = [
            self._say(
                "documents.item",
                label=q.document.metadata.label,
                issued=self.issued(q.document.metadata),
                kind=self._say(f"source_kind.{q.document.metadata.source_kind}"),
                locator=q.passage.locator,
                quote=collapse(q.text),
                marker=draft.cite(q),
            )
            for q in quotes
        ]
        draft.add(self._say("documents.intro"), "\n".join(lines))

    def all_documents(self, draft: Draft, documents: Sequence[Document]) -> None:
        """Every document we have."""
        lines = [
            self._say(
                "documents.item_whole",
                label=d.metadata.label,
                issued=self.issued(d.metadata),
                kind=self._say(f"source_kind.{d.metadata.source_kind}"),
                title=d.metadata.title,
                marker=draft.cite(short(d, first_citable(d))),
            )
            for d in documents
        ]
        draft.add(self._say("documents.all", count=len(documents)), "\n".join(lines))

    def have(self, draft: Draft, documents: Sequence[Document]) -> None:
        """A plain list of the documents we have, for an answer that has no evidence."""
        lines = [
            self._say("no_evidence.have_item", label=d.metadata.label, title=d.metadata.title)
            if d.metadata.title != d.metadata.label
            else f"- {d.metadata.label}"
            for d in documents
        ]
        draft.add(self._say("no_evidence.have"), "\n".join(lines))

    # Ways on

    def suggest(self, draft: Draft, document: Document, above: Passage | None = None) -> None:
        """Questions that the cited document answers; `above` leads in the list of what is cited."""
        label = document.metadata.label
        if above:
            question = self._say("suggest.locator", label=label, locator=above.locator)
            draft.suggestions.append(question)
        draft.suggestions.append(self._say("suggest.outline", label=label))
        if document.metadata.number:
            draft.suggestions.append(self._say("suggest.issued", label=label))


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
    body = [p for p in document.passages if p.kind != "closing"]
    top = [p for p in body if p.parent_id is None and not p.locator.startswith("Phần mở đầu")]
    if 1 < len(top) <= 4:
        ids = {p.id for p in top}
        top = [p for p in body if p.id in ids or p.parent_id in ids]
    return top or body
