"""From answers about procedures and places to numbers. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from bot.doors.web.schemas import AnswerOut
from evals.scoring.metrics import percentile
from evals.scoring.shares import mean
from evals.sets.record_questions import PlaceQuestion, ProcedureQuestion
from evals.sets.typing_styles import STYLES, TypingStyle
from knowledge.procedures.catalogue import codes_of
from knowledge.procedures.models import FIELDS, Procedure
from knowledge.text import collapse
from prompts.wording import load_wording

RULES_PAGE: Final = "/quy-dinh-chung"
# Whom to ask about what is not verified: said with every such field, and no value of one.
ADVICE: Final = tuple(
    load_wording()(f"procedures.{name}") for name in ("answer.memory", "unverified", "partly")
)
Records = Mapping[str, Procedure]  # by id
RecordQuestion = ProcedureQuestion | PlaceQuestion


@dataclass(frozen=True, slots=True)
class RecordScore:
    """How one answer about a procedure or a place did."""

    question: RecordQuestion
    style: TypingStyle
    typed: str
    answered_with: str  # what came first: id of a record, or status and codes of a place
    first: bool | None  # the right record first; None: a question about a place alone
    place: bool | None  # the right place; None: a procedure question that names none
    leaks: tuple[str, ...]  # unverified values that were shown as facts
    took_ms: float
    citations: int = 0  # as CitationCheck.checked
    faults: tuple[str, ...] = ()  # one a wrong citation


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """Many scores in one row; shares are from 0 to 1, None where nothing was there to measure."""

    questions: int
    right_first: float | None
    right_place: float | None
    nothing_unverified: float | None  # share of the answers that show no unverified value as a fact
    citation_validity: float | None
    took_p50_ms: float | None
    took_p95_ms: float | None


RECORD_MEASURES: Final = tuple(field.name for field in fields(RecordSummary))


def _is_right(first: str, wanted: Sequence[str], records: Records) -> bool:
    """Whether the first record is one that answers, or shares a code with one."""
    if first in wanted:
        return True
    known = {code for name in wanted if name in records for code in codes_of(records[name])}
    return first in records and not known.isdisjoint(codes_of(records[first]))


def score_procedure(
    question: ProcedureQuestion,
    style: TypingStyle,
    typed: str,
    answer: AnswerOut,
    records: Records,
) -> RecordScore:
    """Score one answer to a question about a procedure."""
    first = _first_record(answer)
    right = _is_right(first, (question.record or "", *question.also), records)
    place = None
    if question.codes:
        place = sorted(_codes_of_procedure(answer)) == sorted(question.codes)
    return RecordScore(
        question, style, typed, first, right, place, leaks(answer, records), answer.took_ms
    )


def score_place(
    question: PlaceQuestion,
    style: TypingStyle,
    typed: str,
    answer: AnswerOut,
    records: Records,
) -> RecordScore:
    """Score one answer to a question about a place."""
    card = next((c for c in answer.cards if c.get("kind") == "place"), None)
    status = str(card["status"]) if card else answer.status
    codes = sorted(unit["code"] for unit in card["new"]) if card else []
    right = all(words.casefold() in answer.text.casefold() for words in question.says)
    if question.status:
        right = right and card is not None and status in question.status
    if question.codes:
        right = right and codes == sorted(question.codes)
    shown = " ".join([status, *codes[:5]])
    return RecordScore(
        question, style, typed, shown, None, right, leaks(answer, records), answer.took_ms
    )


def _first_record(answer: AnswerOut) -> str:
    """The record or rule an answer is about, as a question file names it; "" for none."""
    for card in answer.cards:
        if card.get("kind") == "procedure":
            return str(card["id"])
    for citation in answer.citations:
        path, _, anchor = citation.url.partition("#")
        if path.endswith(RULES_PAGE):
            return f"rule:{anchor}"
    clarifies = answer.status == "needs_clarification"
    return "?" if clarifies else ""


def _codes_of_procedure(answer: AnswerOut) -> list[str]:
    for card in answer.cards:
        if card.get("kind") == "procedure":
            return [unit["code"] for unit in (card.get("place") or {"units": []})["units"]]
    return []


def leaks(answer: AnswerOut, records: Records) -> tuple[str, ...]:
    """Unverified values of the records in an answer that it shows as facts.

    A value counts where it stands in the text, a citation or a card, unless a verified value of
    the same field holds the same words; in a card every value of a field must be a verified one.
    """
    found: list[str] = []
    for record_id in _records_in(answer):
        record = records.get(record_id)
        if record:
            found += _leaks_of(record, answer)
    return tuple(dict.fromkeys(found))


def _records_in(answer: AnswerOut) -> list[str]:
    cards = [str(c["id"]) for c in answer.cards if c.get("kind") == "procedure"]
    cited = [c.document_id.removeprefix("thu-tuc/") for c in answer.citations]
    return list(dict.fromkeys([*cards, *cited]))


def _leaks_of(record: Procedure, answer: AnswerOut) -> Iterator[str]:
    card = next((c for c in answer.cards if c.get("id") == record.id), {})
    text = answer.text
    for advice in ADVICE:
        text = text.replace(advice, "")
    lines = [_plain(line) for line in text.splitlines()]
    quotes = [_plain(c.quote) for c in answer.citations if c.document_id.endswith(record.id)]
    values = [value for name in FIELDS for value in (card.get(name) or {}).get("values", ())]
    card_words = _plain(json.dumps([values, card.get("ways", [])], ensure_ascii=False))
    verified = {name: [_plain(p.text) for p in record.parts(name) if p.shown] for name in FIELDS}
    everything = [text for texts in verified.values() for text in texts]
    for name in FIELDS:
        shown = card.get(name) or {}
        for value in shown.get("values", ()):
            if record.memory or _plain(value) not in verified[name]:
                yield f"{record.id}.{name}: {value!r}"
        for part in record.parts(name):
            words = _plain(part.text)
            if part.shown and not record.memory:
                continue
            if any(words in text for text in everything):
                label = _plain(str(shown.get("label", "")))
                beside = any(label and label in line and words in line for line in lines)
                if beside and not any(words in text for text in verified[name]):
                    yield f"{record.id}.{name}: {part.text!r}"
            elif any(words in text for text in (*lines, *quotes, card_words)):
                yield f"{record.id}.{name}: {part.text!r}"


def _plain(text: str) -> str:
    return collapse(text.replace("*", "").replace('\\"', '"')).casefold().rstrip(".;")


def summarise_records(scores: Sequence[RecordScore]) -> RecordSummary:
    """One row for any scores, of none as well."""
    took = [s.took_ms for s in scores]
    return RecordSummary(
        questions=len(scores),
        right_first=mean(s.first for s in scores if s.first is not None),
        right_place=mean(s.place for s in scores if s.place is not None),
        nothing_unverified=mean(not s.leaks for s in scores),
        citation_validity=_validity(scores),
        took_p50_ms=percentile(took, 50),
        took_p95_ms=percentile(took, 95),
    )


def _validity(scores: Sequence[RecordScore]) -> float | None:
    citations = sum(s.citations for s in scores)
    bad = sum(len(s.faults) for s in scores)
    return max(citations - bad, 0) / citations if citations else None


def record_groups(scores: Sequence[RecordScore]) -> dict[str, RecordSummary]:
    """One row for each topic and style, as "procedures:careful"; "overall" holds all four."""
    rows: dict[str, RecordSummary] = {}
    for topic, kind in (("procedures", ProcedureQuestion), ("places", PlaceQuestion)):
        of_topic = [s for s in scores if isinstance(s.question, kind)]
        groups = {style: [s for s in of_topic if s.style == style] for style in STYLES}
        for name, members in (groups | {"overall": of_topic}).items():
            if members:
                rows[f"{topic}:{name}"] = summarise_records(members)
    return rows


def fault_lines(scores: Sequence[RecordScore]) -> list[dict[str, Any]]:
    """What went wrong, one object an answer; for the tuning half only."""
    return [
        {
            "id": s.question.id,
            "style": s.style,
            "typed": s.typed,
            "expected": getattr(s.question, "record", None) or list(s.question.codes),
            "got": s.answered_with,
            "leaks": list(s.leaks),
            "faults": list(s.faults),
        }
        for s in scores
        if s.first is False or s.place is False or s.leaks or s.faults
    ]
