"""Answers that need no search: a clause by its place, what is known of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import blocks
from bot.answer.blocks import Block, Note, Quotation, Verdict
from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.question import rules
from bot.question.in_passing import in_passing
from bot.question.question import Ask
from bot.question.understanding import Field, Understanding
from bot.sources.documents.composer import (
    Composer,
    first_citable,
    lead_quote,
    outline_passages,
    short,
    told,
    whole,
)
from bot.sources.documents.evidence import children
from bot.sources.documents.lead import Lead
from bot.sources.refusals import MAX_OFFERED, NEAR, Refusals
from knowledge.models import Document, Metadata, Passage
from knowledge.numbers import NumberMention, find_numbers
from knowledge.text import fold
from prompts.sources import date_text
from prompts.text import Text
from prompts.wording import Wording
from retrieval.query import SearchQuery
from retrieval.retriever import Retrieval, Retriever
from retrieval.values import Value, find_values

MAX_OPTIONS = 5
_TOP_KINDS = ("Phần", "Chương", "Mục", "Điều", "Đoạn")  # the first that a document has
_JUST_BEHIND = re.compile(r"[\s,(]*")
_PLACE_SHOWN = {
    "muc": "mục",
    "diem": "điểm",
    "dieu": "điều",
    "khoan": "khoản",
    "phan": "phần",
    "chuong": "chương",
    "doan": "đoạn",
    "tieu muc": "tiểu mục",
}


class DirectAnswers:
    """What can be said from the question's words and the documents' data alone."""

    def __init__(
        self, retriever: Retriever, composer: Composer, refusals: Refusals, say: Wording
    ) -> None:
        self._documents, self._composer, self._say = retriever.documents, composer, say
        self._refusals, self._naming = refusals, retriever.naming

    def answer(self, ask: Ask) -> Draft | None:
        """A draft, or None when the documents must be searched."""
        query, meaning, named, missing = ask.query, ask.wants, ask.named, ask.missing
        if missing and not named and not in_passing(ask):
            if meaning.fields == ("issued_on",) or (
                "date" in meaning.expects and rules.search("documents.only_its_date", query.folded)
            ):
                return self._date_of(missing[0]) or self.missing_document(missing)
            if self._about_missing(query, missing[0], meaning):
                return self.missing_document(missing)
        if len(named) > 1 and rules.search("documents.compares", query.folded):
            draft = Draft("needs_clarification").add(Verdict(self._say.text("clarify.compare")))
            draft.suggestions = self._outlines(named[:MAX_OPTIONS])
            return draft
        if meaning.intent == "locator":
            return self._place(meaning.place, named, query.folded)
        if meaning.intent == "metadata":
            return self._metadata(meaning.fields, named)
        if meaning.intent == "outline":
            return self._outline(
                named, counted=bool(rules.search("wants.counts_parts", query.folded))
            )
        if meaning.intent == "documents" and rules.search("wants.all_documents", query.folded):
            draft = Draft()
            self._composer.all_documents(draft, self._documents)
            draft.suggestions = self._outlines(self._documents[:MAX_OFFERED])
            return draft
        return None

    def unknown_day(self, day: str, found: Retrieval) -> Draft:
        """A day that no text names; the right one when a document's own date was meant."""
        if found.named and rules.search("documents.of_its_issue", found.query.folded):
            draft = Draft().add(Verdict(self._say.text("documents.metadata.not_on", day=day)))
            for document in found.named:
                self._field(draft, document, "issued_on")
            return draft
        return self._refusals.no_evidence("day", found.hits[:NEAR], day=day)

    def missing_document(self, missing: Sequence[NumberMention]) -> Draft:
        """A number that we do not have: say so and say what we have."""
        no = self._say.text("refusals.document", name=missing[0].shown)
        draft = Draft("no_evidence").add(Verdict(no))
        self._composer.have(draft, self._documents)
        draft.suggestions = self._outlines(self._documents[:MAX_OFFERED])
        return draft

    def _about_missing(
        self, query: SearchQuery, mention: NumberMention, meaning: Understanding
    ) -> bool:
        """Whether the content of the missing document is asked for, not its date or who named it."""
        if meaning.intent in ("locator", "outline"):
            return True
        if not self._naming(mention):
            return True
        folded = fold(query.raw)
        after, before = folded[mention.end :], folded[: mention.start]
        if meaning.fields and set(meaning.fields) <= {"issued_on", "number", "issuer"}:
            return False
        return bool(
            rules.search("documents.of_its_content", after)
            or (rules.search("documents.about_whole", before) and not meaning.expects)
        )

    def _date_of(self, mention: NumberMention) -> Draft | None:
        """The date that a text we have puts right behind a document's number."""
        for passage, document in self._naming(mention):
            date = _date_behind(passage.text, mention)
            if date is None:
                continue
            draft = Draft()
            start = passage.start + date.start
            end = passage.start + date.end
            lead = Lead(date.text, "date", passage, start, end, planned=False)
            self._composer.clause(draft, lead_quote(document, lead), lead)
            self._composer.suggest(draft, document)
            return draft
        return None

    # A place in a document

    def _place(
        self, place: Sequence[tuple[str, str]], named: Sequence[Document], folded: str
    ) -> Draft | None:
        shown = " ".join(f"{_PLACE_SHOWN[kind]} {number}" for kind, number in place)
        if len(named) == 1 and (several := _siblings(place)):
            return self._places(named[0], several)
        among = named or self._documents
        candidates = [(d, p) for d in among for p in find_places(d, place, folded)]
        if named and not candidates:
            return self._no_place(named[0], place, shown)
        if not candidates:
            return None
        if len(candidates) > 1:
            draft = Draft("needs_clarification")
            which = self._say.text("clarify.locator", count=len(candidates), wanted=shown)
            draft.add(Verdict(which))
            draft.suggestions = [
                self._say("documents.suggest.locator_in", locator=p.locator, label=d.metadata.label)
                for d, p in candidates[:MAX_OPTIONS]
            ]
            return draft
        document, passage = candidates[0]
        return self.passage(document, passage)

    def _places(self, document: Document, places: Sequence[Sequence[tuple[str, str]]]) -> Draft:
        """Several clauses of a document, as "mục 4 điểm 3 và điểm 6" asks for; all or none."""
        draft = Draft()
        for place in places:
            passage = find_place(document, place)
            if passage is None:
                shown = " ".join(f"{_PLACE_SHOWN[kind]} {number}" for kind, number in place)
                return self._no_place(document, place, shown)
            self._composer.clause(draft, whole(document, passage), None)
        self._composer.suggest(draft, document)
        return draft

    def passage(self, document: Document, passage: Passage) -> Draft:
        """A clause as it stands, with what it leads in."""
        draft = Draft()
        below = children(document, passage)
        if below:
            self._composer.list_below(draft, document, passage, below)
        else:
            self._composer.clause(draft, whole(document, passage), None)
        self._composer.suggest(draft, document)
        return draft

    def _no_place(self, document: Document, place: Sequence[tuple[str, str]], shown: str) -> Draft:
        label = document.metadata.label
        above = find_place(document, place[:1]) if len(place) > 1 else None
        below = children(document, above) if above else []
        if above and below:
            where, places = f"{label}, {above.locator},", [p.path[-1] for p in below]
        else:
            where, places = label, [p.locator for p in outline_passages(document)]
        have = self._say.text("refusals.locator_have", where=where, list=", ".join(places))
        no = self._say.text("refusals.locator", label=label, wanted=shown, have=have)
        draft = Draft("no_evidence").add(Verdict(no))
        draft.suggestions = [self._say("documents.suggest.outline", label=label)]
        return draft

    # What is known of a document

    def _metadata(self, fields: Sequence[Field], named: Sequence[Document]) -> Draft | None:
        if not named:
            return self._which_document()
        draft = Draft()
        for document in named:
            for name in fields:
                self._field(draft, document, name)
        if not draft.blocks:
            if signed := next((p for p in named[0].passages if p.role == "signature"), None):
                return self.passage(named[0], signed)  # whoever ingested it did not say who signed
            label = named[0].metadata.label
            refused = Draft("no_evidence").add(
                Verdict(self._say.text("refusals.signer", label=label)),
                Note(self._say.text("refusals.onward")),
            )
            refused.suggestions = [self._say("documents.suggest.outline", label=label)]
            return refused
        draft.add(self._composer.source(self._field_quote(named[0], fields[0])[0]))
        self._composer.suggest(draft, named[0])
        return draft

    def _field(self, draft: Draft, document: Document, name: Field) -> None:
        meta = document.metadata
        quote, in_text = self._field_quote(document, name)
        if name == "signer" and not meta.signer:
            return
        marker = draft.cite(quote)
        if name == "in_force":
            draft.add(Verdict(self._force(document, marker)))
            return
        value = {
            "issued_on": date_text(meta.issued_on),
            "issuer": meta.issuer,
            "signer": meta.signer,
            "number": meta.number,
        }[name]
        draft.add(self._value(meta, name, value or "", marker))
        if in_text:
            draft.add(Quotation(told(quote.text), draft.marker(quote)))
        else:
            draft.add(Note(self._say.text("documents.metadata.from_record")))

    def _value(self, meta: Metadata, name: Field, value: str, marker: Text) -> Block:
        """The sentence that gives a field its value."""
        if name == "number" and not value:
            return Verdict(self._say.text("documents.metadata.no_number", marker=marker))
        wording: str = name
        label = {"label": meta.label}
        if name == "number":
            label = {}
        elif name == "issued_on" and len(meta.issued_on) == 7:
            wording, label = "issued_month", {}
        elif name == "issuer" and not meta.number:
            wording, label = "press_issuer", {}
        text = self._say.text(f"documents.metadata.{wording}", **label, value=value, marker=marker)
        return blocks.Lead(text, value)

    def _force(self, document: Document, marker: Text) -> Text:
        meta = document.metadata
        values: dict[str, Text | str] = {
            "label": meta.label,
            "as_of": date_text(meta.sources_as_of),
            "marker": marker,
        }
        if meta.in_force == "replaced":
            values["by"] = meta.replaced_by or ""
        return self._say.text(f"documents.metadata.in_force.{meta.in_force}", **values)

    def _field_quote(self, document: Document, name: Field) -> tuple[Quote, bool]:
        """The passage whose words hold the value, else the first one."""
        meta = document.metadata
        wanted = {
            "issued_on": _date_spellings(meta.issued_on),
            "issuer": [meta.issuer],
            "signer": [meta.signer or "\0"],
            "number": [meta.number or "\0"],
            "in_force": ["\0"],
        }[name]
        for passage in document.passages:
            text = fold(" ".join(passage.text.split()))
            if any(fold(w) in text for w in wanted):
                return short(document, passage), True
        return short(document, first_citable(document)), False

    def _outline(self, named: Sequence[Document], counted: bool = False) -> Draft:
        if len(named) != 1:
            return self._which_document(named or self._documents)
        draft = Draft()
        if counted:
            draft.add(self._sections(named[0]))
        self._composer.outline(draft, named[0])
        self._composer.suggest(draft, named[0])
        return draft

    def _sections(self, document: Document) -> blocks.Lead:
        """How many top sections a document has: "8 mục", or "22 đoạn" of a text without any."""
        tops = [p.path[0].split() for p in document.passages if p.parent_id is None]
        kinds = [words[0] for words in tops if len(words) == 2]  # "Mục 1", not "Phần mở đầu, ..."
        kind = next((k for k in _TOP_KINDS if k in kinds), kinds[0])
        count = kinds.count(kind)
        label = document.metadata.label
        text = self._say.text(
            "documents.outline.count", label=label, count=count, kind=kind.lower()
        )
        return blocks.Lead(text, str(count))

    def _which_document(self, documents: Sequence[Document] = ()) -> Draft:
        draft = Draft("needs_clarification").add(Verdict(self._say.text("clarify.document")))
        options = documents or self._documents
        draft.suggestions = self._outlines(options[:MAX_OPTIONS])
        return draft

    def _outlines(self, documents: Sequence[Document]) -> list[str]:
        return [self._say("documents.suggest.outline", label=d.metadata.label) for d in documents]


def _siblings(place: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Each of several places of one kind with what holds them all; empty for a single place."""
    last = max(place, key=lambda part: sum(part[0] == kind for kind, _ in place))[0]
    own = [part for part in place if part[0] == last]
    above = [part for part in place if part[0] != last]
    # "Mục III mục 1" is one place: a Roman section and its item.
    nested = last == "muc" and not own[0][1].isdigit()
    return [[*above, part] for part in own] if len(own) > 1 and not nested else []


def find_places(document: Document, place: Sequence[tuple[str, str]], folded: str) -> list[Passage]:
    """The place in the text itself, or in what is attached to it.

    "Điều 10 Quy chế" is of the attachment that `folded` names. Where none is named the text's own
    comes first; where it has none, that of each attachment.
    """
    apart: dict[str, list[Passage]] = {}
    for passage in document.passages:
        attached = passage.role in ("annex", "form")
        apart.setdefault(passage.path[0] if attached else "", []).append(passage)
    called = [name for name in apart if name and fold(name) in folded]
    if not called and (own := _place_among(apart.get("", []), place)):
        return [own]
    found = (_place_among(apart[name], place) for name in called or apart if name)
    return [passage for passage in found if passage]


def find_place(document: Document, place: Sequence[tuple[str, str]]) -> Passage | None:
    """The first of the places that are called so."""
    return next(iter(find_places(document, place, "")), None)


def _place_among(passages: Sequence[Passage], place: Sequence[tuple[str, str]]) -> Passage | None:
    """The first passage whose path holds every part of `place`, the last one as its own."""
    wanted = [_path_key(kind, number) for kind, number in place]
    if [kind for kind, _ in place] == ["muc", "muc"]:
        wanted[1] = ("muc", place[1][1])
    best: Passage | None = None
    for passage in passages:
        keys = [_label_key(label) for label in passage.path]
        if all(any(w[1] == k[1] and w[0] in (k[0], "*") for k in keys) for w in wanted):
            last = keys[-1]
            if any(w[1] == last[1] and w[0] in (last[0], "*") for w in wanted):
                return passage
            best = best or passage
    return best if best and wanted[-1] == _label_key(best.path[-1]) else None


def _date_behind(text: str, mention: NumberMention) -> Value | None:
    """The date that follows the number, as in "Kế hoạch số 56-KH/BCĐ, ngày 04/7/2025"."""
    ends = [
        n.end for n in find_numbers(text) if (n.kind, n.number) == (mention.kind, mention.number)
    ]
    dates = [v for v in find_values(text) if v.kind == "date"]
    return next(
        (
            date
            for end in ends
            for date in dates
            if date.start >= end and _JUST_BEHIND.fullmatch(text[end : date.start])
        ),
        None,
    )


def _path_key(kind: str, number: str) -> tuple[str, str]:
    # People say "phần", "mục", "điều" or "khoản" of a Party text that only has numbers.
    return ("muc" if kind in ("phan", "khoan") else kind, number)


def _label_key(label: str) -> tuple[str, str]:
    folded = fold(label)
    kind, _, number = folded.rpartition(" ")
    return ("muc" if kind in ("phan", "khoan") else kind, number.strip("()"))


def _date_spellings(value: str) -> list[str]:
    parts = value.split("-")
    if len(parts) != 3:
        return ["\0"]
    year, month, day = (int(p) for p in parts)
    return [
        f"ngày {day} tháng {month} năm {year}",
        f"{day:02d}/{month:02d}/{year}",
        f"{day}/{month}/{year}",
        f"ngày {day}-{month}",
        f"{day}/{month},",
    ]
