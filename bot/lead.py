"""The direct answer inside a clause: the value asked for, or the words that speak most to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.evidence import Quote, is_planned, parent_lead_in
from bot.question import Understanding
from bot.words import Words
from knowledge.models import Passage
from knowledge.text import collapse, fold, unit_spans
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery, index_text
from retrieval.retriever import Hit
from retrieval.values import Value, ValueKind, find_values

PHRASE_CHARS = 150
MIN_PHRASE_COVERAGE = 0.25
# Two values that score closer than this are not told apart: saying neither beats saying the wrong
# one (the clause itself is quoted in any case).
CLEAR_MARGIN = 0.12
MIN_SUPPORT = 0.2  # a value among words that hardly speak to the question is no answer
_DUTY = re.compile(r"^(?:giao|yeu cau|de nghi)\s")
_GIVEN_TO = re.compile(r"(?:giao(?: cho)?|yeu cau|de nghi|do)\s+$")
_GIVES = re.compile(r"\s+(?:giao|yeu cau|de nghi)(?: cho)?\s+")
_BREAK = re.compile(r"[,;:.()]\s+|[()“”]")
_DIGITS = re.compile(r"\d+")
_QUOTE_MARK = re.compile(r"[“”\"]")
_SEVERAL = re.compile(
    r"(?:nhung|cac) (?:ai|co quan|don vi|to chuc|nguoi|so|con so|ngay|van ban|cap|nhom)\b"
)
# Not who must act, but whom or with whom: the first agency of a clause is the wrong answer.
_OTHER_PARTY = re.compile(
    r"(?:(?<!giao )cho|voi|len|toi|den|nho|cu|gom|cua|gap|hoi|bao|trinh|tu|phuc vu|thuoc|o|tai|dang bo) "
    r"(?:nhung )?(?:ai|(?:co quan|don vi|cap|nganh|to chuc|dang uy|nhom) nao)\b|nhom [a-z ]{2,20} nao"
)
_ONE_PERSON = re.compile(
    r"\bky\b|chu tri|\bten\b|dong chi|\bong\b|nguoi nao|phat bieu|chu toa|signed|chaired|presided|name"
)
_FROM_WHEN = re.compile(r"tu (?:ngay|hom|khi|bao|thang|luc)|bat dau|since|start")
_COUNTED = re.compile(r"(?:bao nhieu|may|how many)\s+([a-z]+)(?:\s+([a-z]+))?")
_BY_WHEN = re.compile(r"\bhan\b|truoc|xong|hoan thanh|cham nhat|deadline|\bby\b")
_SHARE = re.compile(r"phan tram|ti le|ty le|percent|share")
_BOUND = re.compile(r"toi da|khong qua|toi thieu|it nhat|at most|maximum|at least")
_KINDS = ("ket luan", "ke hoach", "nghi quyet", "chi thi", "bao cao", "quy dinh", "nghi dinh")


@dataclass(frozen=True, slots=True)
class Lead:
    """A direct answer: a value and the passage whose words it is taken from."""

    value: str
    kind: ValueKind
    passage: Passage
    start: int  # in document.text
    end: int
    planned: bool  # the text calls it "dự kiến"


def find_lead(
    hit: Hit, span: tuple[int, int], query: SearchQuery, meaning: Understanding, words: Words
) -> Lead | None:
    """The value that the question asks for, from the best unit, else from the lead-in above it.

    None when the question asks for no value, the clause holds none, or it holds several and the
    words do not say which.
    """
    asked = fold(query.text)
    if _SEVERAL.search(asked):
        return None  # one name would stand for many
    for kind in _wanted(meaning.expects):
        if kind in ("agency", "person") and _OTHER_PARTY.search(asked):
            continue
        if kind == "person" and not _ONE_PERSON.search(asked):
            continue
        if kind == "agency" and (duty := _duty_holder(hit, span, asked)):
            return duty
        values = [v for v in _values(hit.passage.text, kind) if not _named(v, asked)]
        if query.english and len({fold(v.text) for v in values}) > 1:
            continue  # no shared words tell the values apart
        best = _clear_best(values, hit.passage.text, asked, words)
        if best:
            return _lead(best, hit.passage)
    return None


def key_phrase(quote: Quote, words: Words) -> tuple[int, int] | None:
    """The run of phrases in a long quote that covers most of the question.

    Returns:
        Offsets in document.text, at most PHRASE_CHARS apart; None when no run covers enough or the
        quote is short enough to be read at a glance.
    """
    text = quote.text
    if len(text) <= PHRASE_CHARS:
        return None
    cuts = [0, *(m.end() for m in _BREAK.finditer(text)), len(text)]
    best, best_score = None, MIN_PHRASE_COVERAGE
    for i, start in enumerate(cuts):
        for end in cuts[i + 1 :]:
            piece = text[start:end].strip(" ,;:()“”\n")
            if len(piece) > PHRASE_CHARS or _QUOTE_MARK.search(piece):
                break  # the words are shown in quotation marks of our own
            score = _spoken_of(piece, words) - 0.1 * len(piece) / PHRASE_CHARS
            if score > best_score:
                at = text.index(piece, start)
                best, best_score = (at, at + len(piece)), score
    if best is None:
        return None
    room = text[best[0] : best[0] + PHRASE_CHARS]
    mark = _QUOTE_MARK.search(room)
    limit = best[0] + (mark.start() if mark else len(room))
    later = [c for c in cuts if best[1] < c <= limit]
    end = len(text[: max(later)].rstrip(" ,;:(“\n")) if later else best[1]
    return quote.start + best[0], quote.start + end


def _values(text: str, kind: ValueKind) -> list[Value]:
    """Values of a kind; a number inside an agency's name ("Ban ... Nghị quyết 18") is none."""
    found = find_values(text)
    names = [(v.start, v.end) for v in found if v.kind == "agency"] if kind == "document" else []
    return [
        v
        for v in found
        if v.kind == kind and not any(a <= v.start and v.end <= b for a, b in names)
    ]


def _named(value: Value, asked: str) -> bool:
    """Whether the question itself names the value (an agency also by its first part)."""
    own = fold(collapse(value.text))
    if own in asked or (value.kind == "agency" and own.split(",")[0] in asked):
        return True
    digits = set(_DIGITS.findall(own))
    return value.kind == "date" and bool(digits) and digits <= set(_DIGITS.findall(asked))


def _spoken_of(text: str, words: Words) -> float:
    tokens = lexical_tokens(index_text(text))
    return 0.5 * words.coverage(tokens) + 0.5 * words.pair_coverage(tokens)


def _wanted(expects: Iterable[ValueKind]) -> list[ValueKind]:
    order: tuple[ValueKind, ...] = ("number", "date", "document", "person", "agency")
    return [kind for kind in order if kind in expects]


def _clear_best(values: list[Value], text: str, asked: str, words: Words) -> Value | None:
    scored = sorted(((_value_score(v, text, asked, words), v) for v in values), key=lambda p: -p[0])
    if not scored or scored[0][0] < MIN_SUPPORT:
        return None
    others = [s for s, v in scored[1:] if fold(v.text) != fold(scored[0][1].text)]
    if others and scored[0][0] - others[0] < CLEAR_MARGIN:
        return None
    return scored[0][1]


def _value_score(value: Value, text: str, asked: str, words: Words) -> float:
    """How much the phrase around a value, and the value's own words, are what is asked for."""
    breaks = [m.end() for m in _BREAK.finditer(text, 0, value.start)]
    here = breaks[-1] if breaks else 0
    before = breaks[-2] if len(breaks) > 1 else 0
    stop = _BREAK.search(text, value.end)
    end = stop.start() if stop else len(text)
    unit = next((s for s in unit_spans(text) if s[0] <= value.start < s[1]), (0, len(text)))
    phrase = 0.5 * _spoken_of(text[here:end], words) + 0.25 * _spoken_of(text[before:end], words)
    return _spoken_of(text[slice(*unit)], words) + phrase + _bonus(value, text, asked)


def _bonus(value: Value, text: str, asked: str) -> float:
    own = fold(value.text)
    bonus = 0.0
    if value.kind == "number":
        if counted := _COUNTED.search(asked):
            after = lexical_tokens(text[value.start : value.end + 25])
            bonus += 1.0 * (counted[1] in after) + 0.5 * (bool(counted[2]) and counted[2] in after)
        bonus += 1.0 * (bool(_SHARE.search(asked)) and "%" in own)
        bonus += 0.8 * (bool(_BOUND.search(asked)) and bool(_BOUND.search(own)))
    elif value.kind == "date" and _BY_WHEN.search(asked):
        bonus += 0.5 * own.startswith(("truoc", "den", "tuan", "het"))
    elif value.kind == "date" and _FROM_WHEN.search(asked):
        bonus += 0.5 * own.startswith("tu ") - 0.5 * own.startswith("truoc")
    elif value.kind == "document":
        bonus += 1.0 * any(kind in asked and own.startswith(kind) for kind in _KINDS)
    elif value.kind == "agency":
        bonus += 1.0 * bool(_GIVEN_TO.search(fold(text[max(0, value.start - 12) : value.start])))
        bonus += 0.5 * fold(text[value.end : value.end + 10]).strip().startswith("chu tri")
    return bonus


def _duty_holder(hit: Hit, span: tuple[int, int], asked: str) -> Lead | None:
    """Who a duty falls to: the agency that "Giao ..." or "Yêu cầu ..." names first.

    Looked for in the unit, at the passage's beginning, and in the lead-in above.
    """
    passage = hit.passage
    texts = [(passage, passage.text[slice(*span)], span[0])]
    if span[0]:
        texts.append((passage, passage.text, 0))
    if parent := parent_lead_in(hit.document, passage):
        texts.append((parent, parent.text, 0))
    for owner, text, offset in texts:
        agency = _who_must(text)
        if agency and not _named(agency, asked):
            start = owner.start + offset + agency.start
            return Lead(agency.text, "agency", owner, start, start + len(agency.text), False)
    return None


def _who_must(text: str) -> Value | None:
    """The agency a text begins with, or the one that the agency it begins with gives a duty to."""
    agencies = [v for v in find_values(text) if v.kind == "agency"]
    if not agencies:
        return None
    first = agencies[0]
    gives = _GIVES.match(fold(text[first.end :]))
    if first.start < 3 and gives:
        start = first.end + gives.end()
        return next((v for v in agencies[1:] if 0 <= v.start - start < 3), None)
    begins = first.start < 3 or (_DUTY.match(fold(text)) and first.start < 40)
    return first if begins else None


def _lead(value: Value, passage: Passage) -> Lead:
    planned = value.kind == "number" and is_planned(passage.text[: value.end])
    start = passage.start
    return Lead(value.text, value.kind, passage, start + value.start, start + value.end, planned)
