"""Names that we know, at one place of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.places.finding.mention import Mention, Reading
from knowledge.places.models import Level
from knowledge.places.spelling.keys import ROMAN, ROMAN_NAMES
from knowledge.places.spelling.kinds import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    PROVINCE_KINDS,
)
from knowledge.places.spelling.marks import marks_missing, marks_off
from knowledge.places.spelling.tokens import Token, Words
from knowledge.places.units.catalogue import Catalogue
from knowledge.places.units.names import Entry

MAX_NAME_TOKENS = 6
MIN_SINGLE_LETTERS = 3  # of a name of one word that stands without its kind
_KINDS_OF: dict[Level, frozenset[str]] = {
    "commune": COMMUNE_KINDS,
    "district": DISTRICT_KINDS,
    "province": PROVINCE_KINDS,
}
# What follows is a street, a hamlet, a building: not a commune, whatever its name is.
_STREET_WORDS = """
    duong pho ngo ngach hem kiet thon ap xom khom so lo khu cho cau toa truong chung quoc benh vien
    cong ty ql dt dl ben doc
"""
_NOT_A_COMMUNE = frozenset(_STREET_WORDS.split())
_STREET_PAIRS = frozenset(
    {("khu", "pho"), ("chung", "cu"), ("dai", "lo"), ("quoc", "lo"), ("xa", "lo"), ("to", "dan")}
)
# After these not even a province's name is one.
_ALWAYS_STREETS = frozenset({"duong", "pho", "lo", "cau"})


def readings_at(
    words: Words, name: int, catalogue: Catalogue, kind: str | None
) -> tuple[Reading, ...]:
    """Every way to read a name that begins at word `name`, the longest first."""
    readings: list[Reading] = []
    for end, key in reversed(name_keys(words, name)):
        entries = catalogue.index.get(key)
        if not entries:
            continue
        typed = "".join(t.text for t in words[name:end])
        fitting = [e for e in entries if kind is None or e.kind == kind]
        rest = [e for e in entries if e.kind != kind and kind in _KINDS_OF[e.level]]
        both = [
            _reading(part, typed, end, marked=words.marked, other_kind=part is rest)
            for part in (fitting, rest)
            if part
        ]
        readings += sorted(both, key=lambda r: (r.off > 0, r.other_kind))
    return tuple(readings)


def name_keys(words: Sequence[Token], name: int) -> list[tuple[int, str]]:
    """Where each name that may begin at word `name` ends, and its key; the shortest first.

    One call for a word: `joined` of every window took a quarter of the reading of a question.
    """
    keys = [(name + 1, ROMAN_NAMES.get(words[name].key, words[name].key))]
    before = words[name].key
    for end, word in enumerate(words[name + 1 : name + MAX_NAME_TOKENS], name + 2):
        if word.stopped or (word.kind and word.kind[1] == 2):  # "hoà bình | thành phố hoà bình"
            break
        keys.append((end, before + ROMAN.get(word.key, word.key)))
        before += word.key
    return keys


def _reading(
    fitting: Sequence[Entry], typed: str, end: int, *, marked: bool, other_kind: bool
) -> Reading:
    """The entries that come nearest to the marks typed."""
    offs = {id(e): marks_off(typed, e.name) for e in fitting if e.name}
    least = min(offs.values(), default=0)
    # A name of long ago is known without marks: it says nothing against one written otherwise.
    near = [e for e in fitting if offs.get(id(e), 0) == least]
    lacks = {id(e): marks_missing(typed, e.name) for e in near if e.name}
    fewest = min(lacks.values(), default=0)
    # Written with its marks, a name means itself, not one that would need more. Half of the marks
    # say nothing of a name that has none.
    if marked and not (fewest and typed.isascii()):
        near = [e for e in near if lacks.get(id(e), fewest) == fewest]
    return Reading(end, tuple(near), least, fewest, other_kind)


def bare_mention(words: Words, i: int, catalogue: Catalogue) -> Mention | None:
    """A name that stands at word `i` without the word for its kind."""
    readings = readings_at(words, i, catalogue, None)
    if not readings:
        return None
    street = _after_street_word(words, i)
    kept = []
    for reading in readings:
        if reading.off:  # written with other marks and without its kind: another word
            continue
        nameless = not words.cased or _capital(words[i : reading.end])
        entries = tuple(
            e
            for e in reading.entries
            if (e.name or nameless) and _stands_bare(e, words, i, reading.end, street=street)
        )
        if entries:
            kept.append(replace(reading, entries=entries))
    return Mention(i, i, None, tuple(kept)) if kept else None


def _stands_bare(entry: Entry, words: Sequence[Token], i: int, end: int, *, street: bool) -> bool:
    """Whether a unit may be named by words `i` to `end` alone."""
    if street and (entry.level != "province" or words[i - 1].folded in _ALWAYS_STREETS):
        return False
    if end - i > 1 or _alone(words, i):
        return True
    too_short = len(words[i].key) < MIN_SINGLE_LETTERS
    return entry.level == "province" or (entry.level == "district" and not too_short)


def _capital(name: Sequence[Token]) -> bool:
    return all(not t.text[0].isalpha() or t.text[0].isupper() for t in name)


def _alone(words: Sequence[Token], i: int) -> bool:
    """Whether a word has a comma, or an end of the text, on both sides."""
    before = i == 0 or "," in words[i].gap
    return before and (i + 1 == len(words) or "," in words[i + 1].gap)


def _after_street_word(words: Sequence[Token], i: int) -> bool:
    if not i or words[i].stopped:
        return False
    before = words[i - 1].folded
    pair = (words[i - 2].folded, before) if i > 1 else ("", "")
    if pair == ("thanh", "pho"):
        return False
    if before.isdecimal() and i > 1 and words[i - 2].kind:  # "phường 9 Đà Lạt"
        return False
    return before in _NOT_A_COMMUNE or pair in _STREET_PAIRS or before[0].isdecimal()
