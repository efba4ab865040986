"""From a ranked passage to the words to quote and the direct answer in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.answer import Citation
from bot.question import Understanding
from bot.words import Words
from knowledge.models import Document, Passage
from knowledge.text import collapse, fold, unit_spans
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery, index_text
from retrieval.retriever import Hit
from retrieval.values import Value, ValueKind, find_values

WHOLE_QUOTE_CHARS = 420  # a clause up to this long is quoted whole: it fits a phone's screen
PART_QUOTE_CHARS = 360
_DENSE_SHARE = 5.0  # a unit's cosine (.80 to .92) against its coverage (0 to 1)
_NEAR = 70  # characters on each side in which a value's own words stand
_PLANNED = re.compile(r"\bdu kien\b")
_DUTY = re.compile(r"^(?:giao|yeu cau|de nghi)\s")


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words: `document.text[start:end]`."""

    document: Document
    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.document.text[self.start : self.end]

    @property
    def whole(self) -> bool:
        """Whether it is all of the passage."""
        return (self.start, self.end) == (self.passage.start, self.passage.end)

    def citation(self, marker: int) -> Citation:
        """These words as citation [marker]."""
        meta = self.document.metadata
        return Citation(
            marker=marker,
            document_id=meta.id,
            document_number=meta.number,
            document_title=meta.title,
            issuer=meta.issuer,
            issued_on=meta.issued_on,
            source_kind=meta.source_kind,
            in_force=meta.in_force,
            locator=self.passage.locator,
            quote=self.text,
            url=f"/van-ban/{meta.id}#{self.passage.anchor}",
            passage_id=self.passage.id,
            start=self.start,
            end=self.end,
        )


@dataclass(frozen=True, slots=True)
class Lead:
    """A direct answer: a value and the passage whose words it is taken from."""

    value: str
    kind: ValueKind
    passage: Passage
    start: int  # in document.text
    end: int
    planned: bool  # the text calls it "dự kiến"


def best_unit(hit: Hit, words: Words) -> tuple[int, int]:
    """The unit of the passage that speaks most to the question; offsets in the passage's text."""
    spans = unit_spans(hit.passage.text)
    dense = hit.result.unit

    def score(span: tuple[int, int]) -> float:
        tokens = lexical_tokens(index_text(hit.passage.text[slice(*span)]))
        near = 0.25 if dense == span else 0.0
        return near + words.coverage(tokens) + words.pair_coverage(tokens)

    return max(spans, key=score) if spans else (0, len(hit.passage.text))


def quote_around(document: Document, passage: Passage, span: tuple[int, int]) -> Quote:
    """The passage whole when it is short, else the unit with as many neighbours as fit."""
    if len(passage.text) <= WHOLE_QUOTE_CHARS:
        return Quote(document, passage, passage.start, passage.end)
    spans = unit_spans(passage.text)
    at = next((i for i, s in enumerate(spans) if s[0] <= span[0] < s[1]), 0)
    first = last = at
    while True:
        if last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= PART_QUOTE_CHARS:
            last += 1
        elif first > 0 and spans[last][1] - spans[first - 1][0] <= PART_QUOTE_CHARS:
            first -= 1
        else:
            break
    return Quote(document, passage, passage.start + spans[first][0], passage.start + spans[last][1])


def find_lead(
    hit: Hit, span: tuple[int, int], query: SearchQuery, meaning: Understanding, words: Words
) -> Lead | None:
    """The value that the question asks for, from the best unit, else from the lead-in above it.

    None when the question asks for no value, or the clause holds none.
    """
    if not meaning.expects:
        return None
    asked = fold(query.text)
    passage = hit.passage
    for kind in _wanted(meaning.expects):
        values = [
            v for v in find_values(passage.text) if v.kind == kind and not _in_question(v, asked)
        ]
        inside = [v for v in values if span[0] <= v.start and v.end <= span[1]]
        if kind == "agency":
            duty = _duty_holder(hit, span, asked)
            if duty:
                return duty
        if inside:
            best = max(inside, key=lambda v: _value_score(v, passage.text, asked, words))
            return _lead(best, passage, passage.text)
    return None


def parent_lead_in(document: Document, passage: Passage) -> Passage | None:
    """The passage that leads in the list this one belongs to ("Giao Đảng uỷ Chính phủ ...:")."""
    parent = next((p for p in document.passages if p.id == passage.parent_id), None)
    return parent if parent and parent.text.rstrip().endswith(":") else None


def children(document: Document, passage: Passage) -> list[Passage]:
    """The passages directly below `passage`."""
    return [p for p in document.passages if p.parent_id == passage.id]


def _wanted(expects: Iterable[ValueKind]) -> list[ValueKind]:
    order: tuple[ValueKind, ...] = ("number", "date", "document", "person", "agency")
    return [kind for kind in order if kind in expects]


def _in_question(value: Value, asked: str) -> bool:
    return fold(collapse(value.text)) in asked


def _value_score(value: Value, text: str, asked: str, words: Words) -> float:
    around = text[max(0, value.start - _NEAR) : value.end + _NEAR]
    score = words.coverage(lexical_tokens(index_text(around)))
    head = re.search(r"(?:bao nhieu|may|how many)\s+([a-z]+)(?:\s+([a-z]+))?", asked)
    if value.kind == "number" and head:
        after = lexical_tokens(text[value.start : value.end + 25])
        score += 1.0 * (head[1] in after) + 0.5 * (bool(head[2]) and head[2] in after)
    if value.kind == "number" and re.search(r"phan tram|ti le|ty le|percent|share", asked):
        score += 1.0 * ("%" in value.text)
    if value.kind == "date" and re.search(
        r"\bhan\b|truoc|xong|hoan thanh|cham nhat|deadline|\bby\b", asked
    ):
        score += 0.5 * fold(value.text).startswith(("truoc", "den", "tuan", "het"))
    return score


def _duty_holder(hit: Hit, span: tuple[int, int], asked: str) -> Lead | None:
    """Who a duty falls to: the agency that "Giao ..." or "Yêu cầu ..." names first.

    Looked for in the unit, at the passage's beginning, and in the lead-in above.
    """
    passage, document = hit.passage, hit.document
    texts = [(passage, passage.text[slice(*span)], span[0])]
    if span[0]:
        texts.append((passage, passage.text, 0))
    parent = parent_lead_in(document, passage)
    if parent:
        texts.append((parent, parent.text, 0))
    for owner, text, offset in texts:
        agency = next((v for v in find_values(text) if v.kind == "agency"), None)
        at_start = agency and (agency.start < 3 or (_DUTY.match(fold(text)) and agency.start < 40))
        if agency and at_start and not _in_question(agency, asked):
            start = owner.start + offset + agency.start
            return Lead(agency.text, "agency", owner, start, start + len(agency.text), False)
    return None


def _lead(value: Value, passage: Passage, text: str) -> Lead:
    planned = value.kind == "number" and is_planned(text[: value.end])
    return Lead(
        value.text,
        value.kind,
        passage,
        passage.start + value.start,
        passage.start + value.end,
        planned,
    )


def is_planned(text: str) -> bool:
    """Whether a clause, read from its beginning, calls the numbers that follow "dự kiến"."""
    return bool(_PLANNED.search(fold(text))) and any(v.kind == "number" for v in find_values(text))
