"""Restoring diacritics and mending slips: Viterbi over syllable bigrams.

Candidates of a syllable are the accented forms of its folded shape; a typed mark is kept. The model
is linear interpolation of bigram and unigram counts (Jelinek and Mercer, 1980), counted over 28
million syllables of administrative text (retrieval/data), plus the ingested texts themselves.
"""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from knowledge.text import fold, new_tone_placement
from retrieval.spelling import telex

DATA = Path(__file__).parent / "data"
BIGRAM_WEIGHT = 0.9
OWN_TEXT_WEIGHT = 20  # a pair seen once in an ingested text counts as 20 in the general counts
MAX_OWN_SYLLABLES = 2_000_000
CAREFUL_SHARE = (
    0.55  # of syllables with marks; careful Vietnamese has .70 to .85, half-typed .30 to .50
)
_EDIT_COST = 6.0  # log units; a slip that leaves no valid syllable is rare
_TELEX_COST = 1.0
_KEEP_BONUS = 2.5  # for leaving a bare syllable bare when its neighbours carry marks
_TOKEN = re.compile(r"[^\W_]+")
_TONE_MARKS = set("\u0300\u0301\u0303\u0309\u0323")
_SHAPE = re.compile(
    r"(?:ngh|ng|gh|gi|qu|ch|kh|nh|ph|th|tr|[bcdghklmnprstvx])?"
    r"(?:uye|uya|uyu|oai|oay|oeo|uay|uoi|uou|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)
_LETTERS = "abcdeghiklmnopqrstuvxy"
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_NUMBERED = re.compile(r"\d[^\W\d_]*[-/][^\W\d_]")  # "177-KL/TW", "118/2025/NĐ-CP"
_MIN_FOREIGN_COUNT = 3_000  # a token without the shape of a syllable is a word when seen this often


class Restorer:
    """Gives back the diacritics people leave out; careful text comes back as it was."""

    def __init__(self, data: Path = DATA, own_texts: Iterable[str] = ()) -> None:
        """Load the counts (0.5 s) and add those of `own_texts`.

        Args:
            data: folder with unigrams.tsv.gz and bigrams.tsv.gz.
            own_texts: careful texts whose names and phrases the general counts miss.
        """
        unigrams, bigrams = _read_counts(data)
        _add_own(unigrams, bigrams, own_texts)
        self._ids = {syllable: i for i, syllable in enumerate(unigrams)}
        self._size = len(unigrams)
        self._counts = np.fromiter(unigrams.values(), np.float64, self._size)
        self._total = float(self._counts.sum())
        keys = np.fromiter((self._ids[a] * self._size + self._ids[b] for a, b in bigrams), np.int64)
        values = np.fromiter(bigrams.values(), np.float64)
        order = np.argsort(keys)
        self._keys, self._values = keys[order], values[order]
        self._forms = _forms(unigrams)
        self._start = self._ids["^"]

    def restore(self, text: str) -> str:
        """`text` with diacritics put back and slips mended.

        Numbers, known abbreviations and every mark the user typed stay. Text with at least
        CAREFUL_SHARE of its syllables marked comes back unchanged but for impossible syllables.
        """
        text = new_tone_placement(text)
        tokens = list(_TOKEN.finditer(text))
        if not tokens:
            return text
        share = _marked_share([t.group() for t in tokens])
        lattice = [
            [(t.group().lower(), 0.0)]
            if self._is_sign(t, text)
            else self._candidates(t.group().lower(), share)
            for t in tokens
        ]
        best = self._viterbi(lattice)
        return _rewrite(text, tokens, best)

    def _is_sign(self, token: re.Match[str], text: str) -> bool:
        """Whether a token is no word: of a document number, a Roman numeral, capitals alone."""
        typed = token.group()
        if _NUMBERED.search(_chunk(text, token.start(), token.end())):
            return True
        if fold(typed) in self._forms:
            return False
        return bool(_ROMAN.fullmatch(typed.lower())) or (len(typed) > 1 and typed.isupper())

    def _candidates(self, token: str, share: float) -> list[tuple[str, float]]:
        """(form, cost) choices for one token; lower cost is better."""
        folded = fold(token)
        if not token.isalpha() or not folded.isascii():
            return [(token, 0.0)]
        careful = share >= CAREFUL_SHARE
        if folded in self._forms:
            if careful:
                return [(token, 0.0)]
            return self._accented(token, folded, share)
        return self._mended(token, folded) or [(token, 0.0)]

    def _accented(self, token: str, folded: str, share: float) -> list[tuple[str, float]]:
        forms = [f for f in self._forms[folded] if _keeps_marks(token, f)]
        if token != folded and token in self._ids:
            # A full syllable typed with marks is most likely meant; a partial one may not be.
            return [(f, 0.0 if f == token else _KEEP_BONUS) for f in forms] or [(token, 0.0)]
        bonus = _KEEP_BONUS * min(share / CAREFUL_SHARE, 1.0)
        return [(f, 0.0 if f == token else bonus) for f in forms] or [(token, 0.0)]

    def _mended(self, token: str, folded: str) -> list[tuple[str, float]]:
        """Choices for a token that is no syllable: left-over telex keys, else one slip."""
        typed = telex(token)
        if typed and fold(typed) in self._forms:
            typed = new_tone_placement(typed)
            return [(f, _TELEX_COST) for f in self._forms[fold(typed)] if _keeps_marks(typed, f)]
        marks = token if token != folded else ""
        choices = []
        for near in _one_slip(folded):
            for form in self._forms.get(near, ()):
                if not marks or _same_marks(marks, form):
                    choices.append((form, _EDIT_COST))
        return choices

    def _viterbi(self, lattice: list[list[tuple[str, float]]]) -> list[str]:
        left_ids = np.array([self._start])
        scores = np.zeros(1)
        back: list[np.ndarray] = []
        for choices in lattice:
            ids = np.array([self._ids.get(form, -1) for form, _ in choices])
            cost = np.array([c for _, c in choices])
            steps = scores[:, None] + self._log_probability(left_ids, ids)
            back.append(steps.argmax(axis=0))
            scores = steps.max(axis=0) - cost
            left_ids = ids
        at = int(scores.argmax())
        path = []
        for choices, pointers in zip(reversed(lattice), reversed(back), strict=True):
            path.append(choices[at][0])
            at = int(pointers[at])
        return path[::-1]

    def _log_probability(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """(n_left, n_right) interpolated log probability; unknown ids (-1) get the floor."""
        keys = left[:, None] * self._size + right[None, :]
        at = np.searchsorted(self._keys, keys).clip(max=len(self._keys) - 1)
        pair = np.where((self._keys[at] == keys) & (left[:, None] >= 0), self._values[at], 0.0)
        left_count = np.where(left >= 0, self._counts[left], 1.0)[:, None]
        right_count = np.where(right >= 0, self._counts[right], 1.0)[None, :]
        mixed = BIGRAM_WEIGHT * pair / left_count + (1 - BIGRAM_WEIGHT) * right_count / self._total
        result: np.ndarray = np.log(mixed)
        return result

    def rarity(self, syllable: str) -> float:
        """-log of how often a folded syllable occurs in administrative text; unseen is the most."""
        forms = self._forms.get(fold(syllable), ())
        count = sum(self._counts[self._ids[f]] for f in forms)
        return math.log(self._total / max(count, 1.0))


def _read_counts(data: Path) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    unigrams: Counter[str] = Counter({"^": 1, "$": 1, "0": 1})
    bigrams: Counter[tuple[str, str]] = Counter()
    with gzip.open(data / "unigrams.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            syllable, count = line.rstrip("\n").split("\t")
            unigrams[new_tone_placement(syllable)] += int(count)
    with gzip.open(data / "bigrams.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            a, b, count = line.rstrip("\n").split("\t")
            a, b = new_tone_placement(a), new_tone_placement(b)
            if a in unigrams and b in unigrams:
                bigrams[a, b] += int(count)
    # "^" is no unigram in the data: it occurs as often as pieces start.
    unigrams["^"] = max(unigrams["^"], sum(c for (a, _), c in bigrams.items() if a == "^"))
    return unigrams, bigrams


def _add_own(
    unigrams: Counter[str], bigrams: Counter[tuple[str, str]], texts: Iterable[str]
) -> None:
    budget = MAX_OWN_SYLLABLES
    for text in texts:
        for piece in re.split(r"[.,;:!?()\n\"“”]+", new_tone_placement(text.lower())):
            tokens = ["^", *("0" if t.isdigit() else t for t in _TOKEN.findall(piece)), "$"]
            budget -= len(tokens)
            for token in tokens[1:-1]:
                unigrams[token] += OWN_TEXT_WEIGHT
            for pair in pairwise(tokens):
                bigrams[pair] += OWN_TEXT_WEIGHT
                unigrams["^"] += OWN_TEXT_WEIGHT * (pair[0] == "^")
        if budget < 0:
            return


def _forms(unigrams: Counter[str]) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = {}
    for syllable, count in unigrams.items():
        folded = fold(syllable)
        if not folded.isalpha() or not folded.isascii():
            continue
        if _SHAPE.fullmatch(folded) or count >= _MIN_FOREIGN_COUNT:
            forms.setdefault(folded, []).append(syllable)
    return forms


def _marked_share(tokens: list[str]) -> float:
    """Share of the alphabetic tokens that carry a mark."""
    words = [t.lower() for t in tokens if t.isalpha()]
    return sum(fold(t) != t for t in words) / len(words) if words else 1.0


def _marks(syllable: str) -> list[tuple[str, set[str]]]:
    """Per base letter, the marks on it (đ counts as d with a mark)."""
    out: list[tuple[str, set[str]]] = []
    for char in unicodedata.normalize("NFD", syllable.replace("đ", "d\u0335")):
        if unicodedata.combining(char):
            if out:
                out[-1][1].add(char)
        else:
            out.append((char, set()))
    return out


def _keeps_marks(typed: str, form: str) -> bool:
    """Whether `form` carries every vowel mark typed, and its tone when one was typed."""
    if typed == form or typed.isascii():
        return True
    a, b = _marks(typed), _marks(form)
    if [x for x, _ in a] != [x for x, _ in b]:
        return False
    shapes = all(m - _TONE_MARKS <= n - _TONE_MARKS for (_, m), (_, n) in zip(a, b, strict=True))
    tone = set().union(*(m for _, m in a)) & _TONE_MARKS
    return shapes and (not tone or tone == set().union(*(n for _, n in b)) & _TONE_MARKS)


def _same_marks(typed: str, form: str) -> bool:
    def marks(s: str) -> set[str]:
        return set().union(*(m for _, m in _marks(s)), set())

    return marks(typed) <= marks(form)


def _one_slip(folded: str) -> set[str]:
    """Strings one deletion, transposition, substitution or insertion away."""
    if len(folded) > 8:
        return set()
    splits = [(folded[:i], folded[i:]) for i in range(len(folded) + 1)]
    near = {a + b[1:] for a, b in splits if b}
    near |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    near |= {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    near |= {a + c + b for a, b in splits for c in _LETTERS}
    return near


def _chunk(text: str, start: int, end: int) -> str:
    """The run without blanks around a token."""
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]


def _rewrite(text: str, tokens: list[re.Match[str]], forms: list[str]) -> str:
    parts, at = [], 0
    for token, form in zip(tokens, forms, strict=True):
        typed = token.group()
        if typed.lower() == form:
            form = typed
        elif typed[0].isupper():
            form = form[0].upper() + form[1:]
        parts += [text[at : token.start()], form]
        at = token.end()
    return "".join([*parts, text[at:]])
