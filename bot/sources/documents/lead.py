"""The direct answer inside a clause: the value asked for, or the words that speak most to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from bot.answer.quote import Quote
from bot.question import rules
from bot.question.understanding import Understanding
from bot.sources.documents.evidence import is_planned, parent_lead_in
from knowledge.models import Passage
from knowledge.text import collapse, fold, unit_spans
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery
from retrieval.retriever import Hit
from retrieval.values import Value, ValueKind, find_values
from retrieval.words import Words, text_words

PHRASE_CHARS = 150
MIN_PHRASE_COVERAGE = 0.25
VALUE_BONUS = 0.15  # of a run of phrases, beside its coverage of the question
# Two values that score closer than this are not told apart: saying neither beats saying the wrong
# one (the clause itself is quoted in any case).
CLEAR_MARGIN = 0.12
NOT_ASKED = 10.0  # takes a value out of the running
MAX_GIVER_CHARS = 90  # a duty is given at the beginning of its sentence
MIN_DUTY_COVERAGE = 0.3  # of the question by the words of the duty
MIN_SUPPORT = 0.2  # a value among words that hardly speak to the question is no answer
_GIVERS = ("Bộ Chính trị, Ban Bí thư", "Bộ Chính trị", "Ban Bí thư")  # they give the duties here
_BREAK = re.compile(r"[,;:.()]\s+|[()“”]")
_DIGITS = re.compile(r"\d+")
_QUOTE_MARK = re.compile(r"[“”\"]")
# The date of a trial run is not that of the start.
_OPPOSED = (("chinh thuc", "thu nghiem"), ("thu nghiem", "chinh thuc"))
# A date right behind a document's number, or a year that something is compared with.
_OF_ANOTHER = re.compile(
    r"\d\s?-?\s?[A-ZĐ]{2}[\w/ĐÂ-]*[,\s(]+$|(?:so với|giao|[Nn]ghị quyết số \d+)\s+$|\d{4}/[\w-]+[,\s(]+$"
)
_COUNTED = re.compile(r"(?:bao nhieu|may|how many)\s+([a-z]+)(?:\s+([a-z]+))?")
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
    hit: Hit,
    span: tuple[int, int],
    query: SearchQuery,
    meaning: Understanding,
    words: Words,
) -> Lead | None:
    """The value that the question asks for, from the best unit, else from the lead-in above it.

    Args:
        hit: the clause.
        span: its best unit.
        query: the question.
        meaning: what it asks for.
        words: its words.

    Returns:
        None when the question asks for no value, the clause holds none, or it holds several and
        the words do not say which.
    """
    asked = fold(query.text)
    if rules.search("documents.several", asked):
        return None  # one name would stand for many
    unit = fold(hit.passage.text[slice(*span)])
    if any(a in asked and b in unit and a not in unit for a, b in _OPPOSED):
        return None
    for kind in _wanted(meaning.expects):
        if kind in ("agency", "person") and rules.search("documents.other_party", asked):
            continue
        if kind == "person" and not rules.search("documents.one_person", asked):
            continue
        if kind == "agency":
            # Any other agency of the clause may be the giver, or somebody it works with.
            if duty := _duty_holder(hit, span, asked, words):
                return duty
            continue
        # A number of the next sentence is often the right number of something else.
        values = [
            v
            for v in _values(hit.passage.text, kind)
            if span[0] <= v.start < span[1] and not _named(v, asked)
        ]
        if query.english:  # no shared words tell values apart
            best = values[0] if len({fold(v.text) for v in values}) == 1 else None
        else:
            best = _clear_best(values, hit.passage.text, asked, words)
        if best:
            return _lead(best, hit.passage)
    return None


def key_phrase(
    quote: Quote,
    words: Words,
    expects: Set[ValueKind] = frozenset(),
) -> tuple[int, int] | None:
    """The run of phrases in a long quote that covers most of the question.

    Args:
        quote: what is quoted.
        words: the question's.
        expects: kinds of value that the question asks for; a run that holds one is preferred.

    Returns:
        Offsets in document.text, at most PHRASE_CHARS apart; None when no run covers enough or the
        quote is short enough to be read at a glance.
    """
    text = quote.text
    if len(text) <= PHRASE_CHARS:
        return None
    cuts = [0, *(m.end() for m in _BREAK.finditer(text)), len(text)]
    asked = fold(words.asked)
    values = [
        v for v in find_values(text) if v.kind in expects and _is_what_is_counted(v, text, asked)
    ]
    best, best_score = None, MIN_PHRASE_COVERAGE
    for i, start in enumerate(cuts):
        for end in cuts[i + 1 :]:
            piece = text[start:end].strip(" ,;:()“”\n")
            if len(piece) > PHRASE_CHARS or _QUOTE_MARK.search(piece):
                break  # the words are shown in quotation marks of our own
            score = _spoken_of(piece, words) - 0.1 * len(piece) / PHRASE_CHARS
            score += VALUE_BONUS * any(start <= v.start and v.end <= end for v in values)
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
    """Values of a kind that can answer by themselves.

    A document number inside an agency's name ("Ban ... Nghị quyết 18") cannot, nor can the date of
    a document that is named, nor the year of comparison.
    """
    found = find_values(text)
    if kind == "date":
        return [v for v in found if v.kind == "date" and not _OF_ANOTHER.search(text[: v.start])]
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
    ((covered, pairs),) = words.shares((text_words(text),))
    return 0.5 * covered + 0.5 * pairs


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
    if not _is_what_is_counted(value, text, asked):
        return -NOT_ASKED
    if value.kind == "number":
        if counted := _COUNTED.search(asked):
            after = lexical_tokens(text[value.start : value.end + 25])
            bonus += 1.0 * (counted[1] in after) + 0.5 * (bool(counted[2]) and counted[2] in after)
        bonus += 1.0 * (bool(rules.search("documents.share", asked)) and "%" in own)
        bonus += 0.8 * (
            bool(rules.search("documents.bound", asked))
            and bool(rules.search("documents.bound", own))
        )
    elif value.kind == "date" and rules.search("documents.by_when", asked):
        bonus += 0.5 * own.startswith(("truoc", "den", "tuan", "het"))
    elif value.kind == "date" and rules.search("documents.from_when", asked):
        bonus += 0.5 * own.startswith("tu ") - 0.5 * own.startswith("truoc")
    elif value.kind == "document":
        bonus += 1.0 * any(kind in asked and own.startswith(kind) for kind in _KINDS)
    elif value.kind == "agency":
        bonus += 1.0 * bool(
            rules.search("documents.given_to", fold(text[max(0, value.start - 12) : value.start]))
        )
        bonus += 0.5 * fold(text[value.end : value.end + 10]).strip().startswith("chu tri")
    return bonus


def _is_what_is_counted(value: Value, text: str, asked: str) -> bool:
    """Whether a number counts what the question counts, and a date is a bound when one is asked."""
    own = fold(value.text)
    if value.kind == "date" and rules.search("documents.deadline", asked):
        return own.startswith(("truoc", "den", "tuan", "het", "cham nhat"))
    if value.kind != "number":
        return True
    if rules.search("documents.share", asked):
        return "%" in own
    counted = _COUNTED.search(asked)
    after = lexical_tokens(text[value.start : value.end + 25])
    nouns = [n for n in counted.groups() if n] if counted else []
    return not nouns or nouns[0] in after or (len(nouns) > 1 and nouns[1] in after)


def _duty_holder(hit: Hit, span: tuple[int, int], asked: str, words: Words) -> Lead | None:
    """Who a duty falls to: the agency that "Giao ..." or "Yêu cầu ..." names first.

    Looked for in the unit, at the passage's beginning, and in the lead-in above.
    """
    passage = hit.passage
    if words.coverage(text_words(passage.text[slice(*span)])) < MIN_DUTY_COVERAGE:
        return None
    texts = [(passage, passage.text[slice(*span)], span[0])]
    if span[0]:
        texts.append((passage, passage.text, 0))
    if parent := parent_lead_in(hit.document, passage):
        texts.append((parent, parent.text, 0))
    for owner, text, offset in texts:
        agency = _who_must(text)
        if agency and agency.text not in _GIVERS and not _named(agency, asked):
            start = owner.start + offset + agency.start
            return Lead(agency.text, "agency", owner, start, start + len(agency.text), False)
    return None


def _who_must(text: str) -> Value | None:
    """The agency a text begins with, or the one that the agency it begins with gives a duty to."""
    agencies = [v for v in find_values(text) if v.kind == "agency"]
    if not agencies:
        return None
    given = rules.search("documents.gives", fold(text[:MAX_GIVER_CHARS]))
    if given:
        return next((v for v in agencies if 0 <= v.start - given.end() < 3), None)
    return agencies[0] if agencies[0].start < 3 else None


def _lead(value: Value, passage: Passage) -> Lead:
    planned = value.kind == "number" and is_planned(passage.text[: value.end])
    start = passage.start
    return Lead(value.text, value.kind, passage, start + value.start, start + value.end, planned)
