"""What a question wants: a ready reply, a place in a document, a list, a date, a plain clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from bot.question import rules
from knowledge.text import fold
from retrieval.query import SearchQuery
from retrieval.values import ValueKind

Intent = Literal["reply", "metadata", "locator", "outline", "documents", "list", "fact"]
Field = Literal["issued_on", "issuer", "signer", "number", "in_force"]

FIELDS: tuple[Field, ...] = ("signer", "in_force", "issued_on", "issuer", "number")
EXPECTED: tuple[ValueKind, ...] = ("date", "number", "person", "agency", "document")
MAX_SHORT_WORDS = 9  # of a question that means a document without naming it
_PLACE = re.compile(
    r"\b(?<!danh )(?<!dien tu )(phan|chuong|muc|tieu muc|dieu|khoan|diem|doan|section|item|point|paragraph|article|clause|part)\b\s*(?:so |thu )?\(?([ivx]{1,5}|\d{1,3}[a-z]?|[a-z])\)?(?![a-z0-9])(?:\.(\d{1,2}(?:\.\d{1,2})*))?"
)
_PLACE_WORDS = {
    "section": "muc",
    "item": "muc",
    "point": "diem",
    "paragraph": "doan",
    "article": "dieu",
    "clause": "khoan",
    "part": "phan",
}


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the words of a question ask for."""

    intent: Intent
    reply: str = ""  # name of the ready reply when the intent is "reply"
    fields: tuple[Field, ...] = ()  # of a document, when the intent is "metadata"
    place: tuple[tuple[str, str], ...] = ()  # ("muc", "4"), ("diem", "10") when it is "locator"
    expects: frozenset[ValueKind] = frozenset()
    yes_no: bool = False
    why: bool = False


def body_with_duties(query: SearchQuery) -> tuple[str, str] | None:
    """The one body whose duties are asked for: as typed, and folded; None when there is no such one."""
    bodies = {m[0]: m for m in rules.finditer("wants.body", query.folded)}
    if len(bodies) != 1 or not rules.search("wants.duty", query.folded):
        return None
    folded, match = next(iter(bodies.items()))
    same = len(query.text) == len(query.folded)
    return (query.text[match.start() : match.end()] if same else folded), folded


def understand(query: SearchQuery, names_document: bool) -> Understanding:
    """Read the intent off a query's folded words.

    Args:
        query: the analysed question.
        names_document: whether it names a document that we have.
    """
    folded = query.folded.strip()
    reply = _reply(query)
    if reply:
        return Understanding("reply", reply=reply)
    expects = frozenset(kind for kind in EXPECTED if rules.search(f"expects.{kind}", folded))
    if "document" in expects and not re.search(r"(?:bao nhieu|may) (?!\W*$|cua)", folded):
        expects -= {"number"}  # "kết luận số mấy" asks for a document
    yes_no, why = (bool(rules.search(f"wants.{name}", folded)) for name in ("yes_no", "why"))
    place = _place(folded)
    fields = tuple(name for name in FIELDS if rules.search(f"wants.{name}", folded))
    intent: Intent = "fact"
    if place:
        intent = "locator"
    elif fields and (names_document or (not query.numbers and _short_about_document(folded))):
        intent = "metadata"
    elif rules.search("wants.outline", folded) and (
        names_document or folded.startswith(("tom tat", "summar"))
    ):
        intent = "outline"
    elif rules.search("wants.documents", folded) and not names_document:
        intent = "documents"
    elif rules.search("wants.list", folded):
        intent = "list"
    return Understanding(intent, "", fields, place, expects, yes_no, why)


def _reply(query: SearchQuery) -> str:
    # As typed too: "alo" and "end my life" are no syllables, and would be mended away.
    both = (query.folded.strip(), fold(query.raw))
    agreed = (name for name in rules.first("replies", both) if _agrees(name, query))
    courtesies = (name for words in both for name in rules.first("courtesy", [words]))
    return next(chain(agreed, courtesies), "")


def _agrees(name: str, query: SearchQuery) -> bool:
    """Whether marks that were typed confirm what the folded words look like."""
    if query.unaccented or query.english:
        return True
    return any(rules.agrees(f"replies.{name}", typed) for typed in (query.text, query.raw))


def _short_about_document(folded: str) -> bool:
    """As in "Kết luận ban hành ngày nào?": a document is meant, but which is not said."""
    return bool(rules.search("wants.a_document", folded)) and len(folded.split()) <= MAX_SHORT_WORDS


def _place(folded: str) -> tuple[tuple[str, str], ...]:
    places: list[tuple[str, str]] = []
    if rules.search("wants.of_an_account", folded):
        return ()
    for match in _PLACE.finditer(folded):
        kind, number, sub = match.groups()
        named = _PLACE_WORDS.get(kind, kind)
        if sub and number.isdigit():
            places.append((named, f"{number}.{sub}"))  # 2.2 is a number of its own
            continue
        places.append((named, number))
        if sub:
            places.append(("muc", sub))  # III.1 is item 1 of section III
    return tuple(places)
