"""Whether the passages that a sentence cites say what it says: decided by code, before it is shown.

A sentence stands when one piece of each cited passage holds all its numbers, dates, document
numbers, agencies and names, denies and limits what it denies and limits, and shares its words.
"""

# ruff: noqa: E501  (tables of patterns: one entry a line, however long)
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from bot.answer.answer import Citation
from bot.question import rules
from knowledge.numbers import find_numbers, matches
from knowledge.text import (
    UPPER,
    collapse,
    fold,
    has_diacritics,
    new_tone_placement,
    sentence_spans,
    unit_spans,
)
from retrieval.embedding import Embedder
from retrieval.lexical import lexical_tokens
from retrieval.values import find_values

Fault = Literal[
    "shape", "no_marker", "unknown_marker", "value", "bound", "name", "denial", "strength",
    "planned", "overlap",
]  # fmt: skip

MAX_SENTENCE_CHARS = 600
MIN_SENTENCE_TOKENS = 3
# Calibrated on the tuning half of evals/sets/sentences.jsonl; see `haicap eval sentences`.
MIN_COVERAGE = 0.72  # of a sentence's words, weighted by rarity, in what it cites
MIN_PAIRS = 0.45  # of its pairs of neighbouring words
MIN_SHARE_OF_EACH = 0.25  # of a sentence's words in every passage it cites
MAX_STRANGE_RUN = 2  # words in a row that what it cites has not
MAX_NEW_PAIRS_RUN = 4  # pairs in a row that it has not
UNITS_TRIED = 3
_NEAR_WORDS = 3  # a number's unit stands within so many words behind it
_NOUN_WORDS = 4  # that must agree where several numbers count alike things
_BEHIND_WORDS = 6
_OPENING_WORDS = 8  # of a sentence: they name whom all its pieces are about

MARKER = re.compile(r"\[(\d{1,3})\]")
_BAD_SHAPE = re.compile(r"https?://|www\.|</?\w+|\]\(|```|\||^#|[{}]|<\|", re.MULTILINE)
_DATE = re.compile(
    r"(?:(?<![\w/.,-])|(?<=-))(?P<d>\d{1,2})\s?[/.-]\s?(?P<m>\d{1,2})\s?[/.-]\s?(?P<y>\d{4})(?![\d/])"
    r"|(?<!\w)(?P<d2>\d{1,2})\s+tháng\s+(?P<m2>\d{1,2})(?:\s+năm\s+(?P<y2>\d{4}))?"
    r"|tháng\s+(?P<m3>\d{1,2})(?:\s?[/-]\s?|\s+năm\s+)(?P<y3>\d{4})"
    r"|(?<=ngày\s)(?P<d4>\d{1,2})[/-](?P<m4>\d{1,2})(?![\d/-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w])\d+(?:\.\d{3})*(?:,\d+)?(?:\s?%)?")
_WORD = re.compile(r"[^\W_]+")
_NUMBER_WORDS = {"hai": "2", "ba": "3", "bốn": "4", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9", "mười": "10"}  # fmt: skip
_COUNTED = re.compile(r"\b(?:tháng|thứ|quý) (?:hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)\b")
# What bounds a value, by what it comes to.
_BOUNDS = {
    "trước": "before", "sau": "after", "từ": "from", "đến": "to", "hết": "to", "tới": "to",
    "hơn": "more", "trên": "more", "vượt": "more", "dưới": "most", "quá": "most", "đa": "most",
    "nhất": "least", "thiểu": "least", "khoảng": "about", "gần": "about",
}  # fmt: skip
_BOUND = re.compile(
    r"(?:(?P<word>trước|sau|từ|đến|tới|hết|hơn|trên|vượt|dưới|không quá|tối đa|tối thiểu|ít nhất|chậm nhất|khoảng|gần)\s+)"
    r"(?:(?:ngày|tháng|năm|là|vào|đến|hết)\s+)*$"
)
_DENIALS = frozenset("không chưa chẳng đừng chớ cấm trừ miễn ngừng dừng bỏ huỷ hủy".split())  # noqa: SIM905
_NAMES = ("follow_up.party", "follow_up.level", "verifying.bodies")
_CAPITALS = re.compile(rf"(?<![\w])[{UPPER}][^\W\d_]*(?:[ -][{UPPER}][^\W\d_]*)+")
_INNER_CAPITAL = re.compile(rf"(?<=[^\W\d_,;:][ ])[{UPPER}][^\W\d_]+")
_PLANNED = re.compile(r"\bdự kiến\b")
_PARTS = re.compile(r"\b(?:mục|điểm|khoản|điều|đoạn|phần|chương)\s+\(?[\divx]+\)?", re.IGNORECASE)
_STOP = frozenset(
    "bị bởi các cái cho có của cũng do đã đang để được gồm hay khi là lại mà nên này như nhưng những nêu ở phải ra rằng sau sẽ tại theo thì thuộc trên trong từ và vào về vì với việc đó một ghi quy định".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cited passage as the model sees it."""

    marker: int
    text: str  # verbatim
    label: str  # the document or record
    locator: str
    number: str = ""  # of the document
    issued: str = ""  # as people write it, such as "11/7/2025"
    above: str = ""  # what leads the passage in, such as "Giao Ban Tổ chức Trung ương:"

    @classmethod
    def of(cls, citation: Citation, label: str, issued: str, above: str = "") -> Evidence:
        """The evidence that a citation is."""
        return cls(
            citation.marker,
            collapse(citation.quote),
            label,
            citation.locator,
            citation.document_number or "",
            issued,
            collapse(above),
        )

    @property
    def about(self) -> str:
        """What may be said of the passage besides its own words."""
        return f"{self.label}. {self.locator}. {self.above}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sentence; `fault` is None when it stands."""

    fault: Fault | None
    detail: str = ""
    coverage: float = 0.0
    pairs: float = 0.0
    cosine: float = 0.0

    @property
    def stands(self) -> bool:
        """Whether the sentence may be shown."""
        return self.fault is None


class Verifier:
    """Checks sentences against one answer's evidence."""

    def __init__(
        self,
        evidence: Sequence[Evidence],
        embedder: Embedder,
        rarity: Callable[[str], float],
    ) -> None:
        """Take the passages, the embedder of the index, and how rare a folded syllable is."""
        self._by_marker = {e.marker: e for e in evidence}
        self._embedder, self._rarity = embedder, rarity
        self._units = {e.marker: _units(e.text) for e in evidence}

    def check(self, sentence: str) -> Verdict:
        """Whether `sentence`, with its [n] markers, may be shown."""
        said = _normal(MARKER.sub(" ", sentence))
        if fault := _shape(sentence, said):
            return fault
        markers = list(dict.fromkeys(int(m) for m in MARKER.findall(sentence)))
        if not markers:
            return Verdict("no_marker")
        unknown = [m for m in markers if m not in self._by_marker]
        if unknown:
            return Verdict("unknown_marker", str(unknown[0]))
        cited = [self._by_marker[m] for m in markers]
        own = said
        for evidence in cited:
            own = _without_place(own, evidence)
        tries = self._best(cited, said)
        verdicts = [self._against(said, own, cited, units) for units in tries]
        return next((v for v in verdicts if v.stands), verdicts[0])

    def _best(self, cited: Sequence[Evidence], said: str) -> list[list[_Unit]]:
        """Up to UNITS_TRIED choices of one piece of each cited passage, best first."""
        ranked = [
            sorted(self._units[e.marker], key=lambda u: -self._coverage(said, u.text))
            for e in cited
        ]
        depth = min(UNITS_TRIED, max(map(len, ranked)))
        return [[row[min(at, len(row) - 1)] for row in ranked] for at in range(depth)]

    def _against(
        self, said: str, own: str, cited: Sequence[Evidence], units: Sequence[_Unit]
    ) -> Verdict:
        piece = " . ".join(u.text for u in units)
        about = _normal(" . ".join([*(e.about for e in cited), *(u.opening for u in units)]))
        for check in (_value_fault, _name_fault, _denial_fault, _strength_fault):
            if fault := check(own, piece, about):
                return fault
        coverage = self._coverage(own, f"{piece} {about}")
        pairs = _pair_share(own, f"{piece} {about}")
        alone = (
            len(units) == 1 or min(self._coverage(own, u.text) for u in units) >= MIN_SHARE_OF_EACH
        )
        strange = _strange_run(own, f"{piece} {about}") > MAX_STRANGE_RUN
        if strange or _new_pairs_run(own, f"{piece} {about}") > MAX_NEW_PAIRS_RUN:
            return Verdict("overlap", "added", coverage, pairs)
        if coverage < MIN_COVERAGE or pairs < MIN_PAIRS or not alone:
            return Verdict("overlap", "words", coverage, pairs)
        vectors = self._embedder.passages([said, *(u.text for u in units)])
        cosine = float(np.max(vectors[1:] @ vectors[0]))
        if cosine < self._embedder.floor:  # with the piece it rests on
            return Verdict("overlap", "meaning", coverage, pairs, cosine)
        return Verdict(None, "", coverage, pairs, cosine)

    def _coverage(self, said: str, piece: str) -> float:
        """Share of the rarity of a sentence's words that `piece` has, 0 to 1."""
        words = _content(said)
        known = set(lexical_tokens(piece))
        total = sum(self._rarity(w) for w in words)
        return sum(self._rarity(w) for w in words if w in known) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of a passage, and the words that open the sentence it is of."""

    text: str
    opening: str


def _units(text: str) -> list[_Unit]:
    """The pieces of a passage, each behind the words that open its sentence."""
    text = _normal(text)
    spans = sentence_spans(text)
    return [
        _Unit(text[a:b], _opening(text[max(s for s, _ in spans if s <= a) : b]))
        for a, b in unit_spans(text)
    ] or [_Unit(text, "")]


def _opening(sentence: str) -> str:
    return " ".join(sentence.split()[:_OPENING_WORDS])


def _normal(text: str) -> str:
    return collapse(new_tone_placement(text.replace("*", "")))


def _shape(sentence: str, said: str) -> Verdict | None:
    if len(sentence) > MAX_SENTENCE_CHARS or _BAD_SHAPE.search(sentence):
        return Verdict("shape", "form")
    if len(_WORD.findall(said)) < MIN_SENTENCE_TOKENS:
        return Verdict("shape", "too short")
    if not has_diacritics(said) or said.endswith("?"):
        return Verdict("shape", "no statement in Vietnamese")
    return None


def _without_place(said: str, evidence: Evidence) -> str:
    """The sentence without what only says where it stands: "Theo Mục 4 Kết luận 177-KL/TW"."""
    for place in (evidence.label, evidence.locator):
        said = re.sub(re.escape(_normal(place)), " ", said, flags=re.IGNORECASE)
    own = evidence.number
    mentions = [n for n in find_numbers(said) if own and matches(n, own)]
    for mention in reversed(mentions):
        said = said[: mention.start] + " " + said[mention.end :]
    here = {m.group().lower() for m in _PARTS.finditer(_normal(evidence.locator))}
    said = _PARTS.sub(lambda m: " " if m.group().lower() in here else m.group(), said)
    if evidence.issued and re.search(r"ban hành|ký|công bố", said):
        said = re.sub(rf"(?:ngày |tháng )?{re.escape(evidence.issued)}", " ", said)
    return collapse(said)


# Values


@dataclass(frozen=True, slots=True)
class _Said:
    """A number or date, what bounds it, and the words behind it."""

    value: str  # "31/7/2025", "110780", "96%"
    bound: str
    behind: tuple[str, ...]
    ahead: str  # the word in front, such as "quận" of "Quận 1"

    def counts_as(self, other: _Said, among: Sequence[_Said]) -> bool:
        """Whether both number the same thing; `among` are all values of the piece."""
        if not self.behind or (self.ahead and self.ahead == other.ahead):
            return True
        alike = [v for v in among if v.behind[:1] == other.behind[:1]]
        if len(alike) > 1:
            # "giảm 29 đảng bộ ... còn 34 đảng bộ": the word in front tells them apart.
            rival = any(v.ahead == self.ahead and v.value != self.value for v in alike)
            return set(self.behind[:_NOUN_WORDS]) <= set(other.behind) and not rival
        return self.behind[0] in other.behind[:_NEAR_WORDS]


def _values(text: str) -> list[_Said]:
    found: list[tuple[int, int, str]] = []
    taken: list[tuple[int, int]] = []
    for number in find_numbers(text):
        found.append((number.start, number.end, f"no {number.kind} {number.number}"))
        taken.append((number.start, number.end))
    for match in _DATE.finditer(text):
        if not _overlaps(match.span(), taken):
            found.append((*match.span(), _date(match)))
            taken.append(match.span())
    for match in _NUMBER.finditer(text):
        if not _overlaps(match.span(), taken):
            found.append((*match.span(), match.group().replace(".", "").replace(" ", "")))
    plain = _COUNTED.sub(lambda m: "x" * len(m.group()), text.lower())
    for match in _WORD.finditer(plain):
        if match.group() in _NUMBER_WORDS:
            found.append((*match.span(), _NUMBER_WORDS[match.group()]))
    return [_said(text, *one) for one in sorted(found)]


def values_in(text: str) -> frozenset[str]:
    """The numbers, dates and document numbers of a text, each in one form."""
    return frozenset(one.value for one in _values(_normal(text)))


def _overlaps(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> bool:
    return any(a < span[1] and span[0] < b for a, b in taken)


def _date(match: re.Match[str]) -> str:
    groups = match.groupdict()
    day = groups["d"] or groups["d2"] or groups["d4"]
    month = groups["m"] or groups["m2"] or groups["m3"] or groups["m4"]
    year = groups["y"] or groups["y2"] or groups["y3"]
    return "/".join(str(int(part)) if part else "" for part in (day, month, year))


def _said(text: str, start: int, end: int, value: str) -> _Said:
    before = _BOUND.search(text[:start].lower())
    bound = _BOUNDS[before["word"].split()[-1]] if before else ""
    behind = text[end : end + 40]
    stop = re.search(r"[.;:,()\[\]]", behind)
    words = _WORD.findall((behind[: stop.start()] if stop else behind).lower())
    ahead = _WORD.findall(text[:start].lower())
    return _Said(value, bound, tuple(words[:_BEHIND_WORDS]), ahead[-1] if ahead else "")


def _value_fault(said: str, piece: str, about: str) -> Verdict | None:
    there = _values(piece)
    above = {v.value for v in _values(about) if v.value.startswith("no ")}
    for one in _values(said):
        same = [other for other in there if _agrees(one.value, other.value)]
        if not same and one.value in above:
            continue
        if not same:
            return Verdict("value", one.value)
        if not any(_bound_agrees(one, other) for other in same):
            return Verdict("bound", one.value)
        if one.value.isdigit() and not any(one.counts_as(other, there) for other in same):
            return Verdict("value", f"{one.value} {' '.join(one.behind)}")
    if _PLANNED.search(piece) and not _PLANNED.search(said.lower()):
        for one in _values(said):
            if one.value.isdigit():
                return Verdict("planned", one.value)
    return None


def _agrees(mine: str, theirs: str) -> bool:
    if mine == theirs:
        return True
    if "/" in mine and "/" in theirs:  # what is left out must be left out by the sentence
        parts = list(zip(mine.split("/"), theirs.split("/"), strict=False))
        return all(not a or a == b for a, b in parts) and any(a for a, _ in parts)
    return "/" in theirs and mine == theirs.split("/")[-1]  # the year of a date


def _bound_agrees(mine: _Said, theirs: _Said) -> bool:
    # "từ 20 đến 30": the one bound may be told of either end.
    return mine.bound == theirs.bound or {mine.bound, theirs.bound} <= {"", "from", "to", "about"}


# Names


def _name_fault(said: str, piece: str, about: str) -> Verdict | None:
    known = fold(f"{piece} . {about}")
    folded = fold(said)
    names = [m.group() for rule in _NAMES for m in rules.finditer(rule, folded)]
    names += [fold(v.text) for v in find_values(said) if v.kind in ("agency", "person")]
    names += [fold(m.group()) for m in _CAPITALS.finditer(said)]
    names += [fold(m.group()) for m in _INNER_CAPITAL.finditer(said)]
    for name in names:
        name = re.sub(r"^(?:cac|nhung) ", "", collapse(name))
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", known):
            return Verdict("name", name)
    return None


# What is denied, and how strongly something is said


def _denial_fault(said: str, piece: str, about: str) -> Verdict | None:
    for way in sorted(_ways(said) - _ways(piece)):
        return Verdict("bound", way)
    mine, theirs = _denied(said), _denied(piece)
    for denial, word in mine:
        if (denial, word) not in theirs:
            return Verdict("denial", f"{denial} {word}")
    words = [w.lower() for w in _WORD.findall(said)]
    affirmed = {b for a, b in pairwise(["", *words]) if a not in _DENIALS}
    denied_here = {word for _, word in mine}
    tokens = [w.lower() for w in _WORD.findall(piece)]
    for at, token in enumerate(tokens[:-2]):
        if token in _DENIALS and token not in words:
            after, next_after = tokens[at + 1], tokens[at + 2]
            together = (after, next_after) in set(pairwise(words))
            if after in affirmed and together and after not in denied_here:
                return Verdict("denial", f"{token} {after}")
    return None


def _ways(text: str) -> set[str]:
    """What comes before ("trước") or after ("sau") what: each with the word behind it."""
    words = [w.lower() for w in _WORD.findall(re.sub(r"\b(trước|sau) (?:ngày|khi) ", r"\1 ", text))]
    return {f"{a} {b}" for a, b in pairwise([*words, ""]) if a in ("trước", "sau")}


def _denied(text: str) -> set[tuple[str, str]]:
    words = [w.lower() for w in _WORD.findall(re.sub(r"(?i)không quá", "tối đa", text))]
    return {(a, b) for a, b in pairwise([*words, ""]) if a in _DENIALS}


def _strength_fault(said: str, piece: str, about: str) -> Verdict | None:
    known = f"{piece} . {about}".lower()
    for match in rules.finditer("verifying.strong", said.lower().replace("không quá", "")):
        if match.group() not in known and not _bounded(match.group(), known):
            return Verdict("strength", match.group())
    return None


def _bounded(word: str, known: str) -> bool:
    return word == "tối đa" and "không quá" in known


# Words


def _content(text: str) -> list[str]:
    """Folded words that carry meaning, each once, in order."""
    words = (w.lower() for w in _WORD.findall(text))
    return list(dict.fromkeys(fold(w) for w in words if w not in _STOP))


def _pair_share(said: str, piece: str) -> float:
    """Share of neighbouring content words that are neighbours in `piece` too, 0 to 1."""
    mine = list(pairwise(_content(said)))
    theirs = set(pairwise(_content_all(piece)))
    return sum(pair in theirs for pair in mine) / len(mine) if mine else 1.0


def _strange_run(said: str, piece: str) -> int:
    """The most words in a row that `piece` does not have."""
    known = set(lexical_tokens(piece))
    longest = run = 0
    for word in _content_all(said):
        run = 0 if word in known else run + 1
        longest = max(longest, run)
    return longest


def _new_pairs_run(said: str, piece: str) -> int:
    """The most pairs of neighbouring words in a row that `piece` does not have."""
    known = set(pairwise(_content_all(piece)))
    longest = run = 0
    for pair in pairwise(_content_all(said)):
        run = 0 if pair in known else run + 1
        longest = max(longest, run)
    return longest


def _content_all(text: str) -> list[str]:
    return [fold(w.lower()) for w in _WORD.findall(text) if w.lower() not in _STOP]
