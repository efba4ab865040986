"""Restoring diacritics and mending slips: Viterbi over syllable bigrams.

Candidates of a syllable are the accented forms of its folded shape; a typed mark is kept. The model
is linear interpolation of bigram and unigram counts (Jelinek and Mercer, 1980), of administrative
text and of the ingested texts themselves.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from knowledge.text import fold, fold_word, new_tone_placement
from retrieval.spelling import once, telex, vni
from retrieval.syllables import START, SyllableCounts, general_counts

BIGRAM_WEIGHT = 0.9
# Of syllables with marks: careful Vietnamese has .70 to .85, half-typed .30 to .65.
CAREFUL_SHARE = 0.55
_UNACCENTED_SHARE, _HALF_SHARE = 0.05, 0.4  # below: typed without marks; surely half-typed
# Between, the words decide: in half-typed text some forms are out of place by this much each.
_SURE = 6.0
_MIN_DOUBTED, _DOUBTED_SHARE = 2, 0.1  # of its tokens, at least
# What another form costs (log units) where a bare, a marked syllable was typed.
_UNACCENTED, _HALF, _CAREFUL = (0.0, 2.5), (1.2, 1.8), (1e9, 1e9)
_CACHED_TOKENS = 20_000
_EDIT_COST = 6.0  # log units; a slip that leaves no valid syllable is rare
_TELEX_COST = 1.0
_TOKEN = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r"\S+")
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


@dataclass(frozen=True, slots=True)
class _Choices:
    """What a token may stand for."""

    forms: tuple[str, ...]
    ids: np.ndarray  # (n_forms,); -1: never counted
    mending: np.ndarray  # (n_forms,) log units
    typed: int | None  # which form was typed; None: what was typed is no form
    marked: bool  # it was typed with marks

    def doubted(self, form: int) -> bool:
        """Whether careful text would have it otherwise: another form, or a slip mended."""
        return bool(self.mending.any()) or (len(self.forms) > 1 and form != self.typed)

    def costs(self, bare: float, marked: float) -> np.ndarray:
        """(n_forms,), when another form than the typed one costs so much."""
        if self.typed is None:
            return self.mending
        costs = self.mending + (marked if self.marked else bare)
        costs[self.typed] = 0.0
        return costs


class Restorer:
    """Gives back the diacritics people leave out; careful text comes back as it was."""

    def __init__(self, own_texts: Iterable[str] = ()) -> None:
        """Take the general counts and add those of `own_texts`.

        Args:
            own_texts: careful texts whose names and phrases the general counts miss.
        """
        self._known = general_counts().with_texts(own_texts)
        self._total = float(self._known.counts.sum())
        self._forms = _forms(self._known)
        self._seen: dict[tuple[str, bool], _Choices] = {}
        self.rarity: Callable[[str], float] = lru_cache(_CACHED_TOKENS)(self._rarity)

    def restore(self, text: str) -> str:
        """`text` with diacritics put back and slips mended.

        Numbers, known abbreviations and every mark the user typed stay. Of careful text nothing but
        impossible syllables changes (in 3,500 careful questions and sentences of law: typing errors
        and "Coca"), while half-typed text comes back with 1.4 to 3.9 % of its syllables wrong.
        """
        text = new_tone_placement(text)
        tokens = list(_TOKEN.finditer(text))
        signs = self._signs(tokens, text)
        lattice = [self._choices(t[0].lower(), s) for t, s in zip(tokens, signs, strict=True)]
        if all(len(choices.forms) == 1 for choices in lattice):
            return _rewrite(text, tokens, [choices.forms[0] for choices in lattice])
        steps = self._steps(lattice)
        costs = self._costs(lattice, steps, _marked_share([t.group() for t in tokens]))
        path = _viterbi(steps, [c.costs(*costs) for c in lattice])
        return _rewrite(text, tokens, [c.forms[i] for c, i in zip(lattice, path, strict=True)])

    def _costs(
        self, lattice: list[_Choices], steps: list[np.ndarray], share: float
    ) -> tuple[float, float]:
        """What another form costs where a (bare, marked) syllable was typed."""
        if share < _UNACCENTED_SHARE:
            return _UNACCENTED
        if share >= _HALF_SHARE:
            path = _viterbi(steps, [c.costs(_SURE, _SURE) for c in lattice])
            doubted = sum(c.doubted(i) for c, i in zip(lattice, path, strict=True))
            if doubted < max(_MIN_DOUBTED, _DOUBTED_SHARE * len(lattice)):
                return _CAREFUL
        return _HALF

    def _signs(self, tokens: list[re.Match[str]], text: str) -> list[bool]:
        """Which tokens are no words: of a document number, a Roman numeral, capitals alone."""
        numbered = {
            at for m in _CHUNK.finditer(text) if _NUMBERED.search(m[0]) for at in range(*m.span())
        }
        return [
            t.start() in numbered
            or (
                fold_word(t[0]) not in self._forms
                and (bool(_ROMAN.fullmatch(t[0].lower())) or (len(t[0]) > 1 and t[0].isupper()))
            )
            for t in tokens
        ]

    def _choices(self, token: str, sign: bool) -> _Choices:
        """What one token may stand for; kept for the next time."""
        known = self._seen.get((token, sign))
        if known is None:
            if len(self._seen) >= _CACHED_TOKENS:
                self._seen.clear()
            known = self._seen[token, sign] = self._new_choices(token, sign)
        return known

    def _new_choices(self, token: str, sign: bool) -> _Choices:
        folded = fold(token)
        if not sign and not token.isalpha():
            return self._of(self._spelled(vni(token)) or [(token, 0.0)], None)
        if sign or not folded.isascii():
            return self._of([(token, 0.0)], None)
        if folded not in self._forms and len(token) == 1:
            return self._of([(token, 0.0)], None)  # a letter that names something
        if folded not in self._forms:
            return self._of(self._mended(token, folded) or [(token, 0.0)], None)
        forms = [f for f in self._forms[folded] if _keeps_marks(token, f)]
        if not forms:
            return self._of(self._spelled(once(token)) or [(token, 0.0)], None)
        marked = token != folded and token in self._known.ids
        return self._of([(f, 0.0) for f in forms], token, marked)

    def _of(
        self, weighed: list[tuple[str, float]], typed: str | None, marked: bool = False
    ) -> _Choices:
        forms = tuple(form for form, _ in weighed)
        if typed is not None and typed not in forms:
            typed = None  # no syllable as it stands: any form is as good
        return _Choices(
            forms,
            np.array([self._known.ids.get(form, -1) for form in forms]),
            np.array([cost for _, cost in weighed]),
            None if typed is None else forms.index(typed),
            marked,
        )

    def _mended(self, token: str, folded: str) -> list[tuple[str, float]]:
        """Choices for a token that is no syllable: left-over keys, a key held, else one slip."""
        meant = {form for typed in (telex(token), once(token)) for form in self._spelled(typed)}
        if meant:
            return sorted(meant)
        marks = token if token != folded else ""
        choices = []
        for near in _one_slip(folded):
            for form in self._forms.get(near, ()):
                if not marks or _same_marks(marks, form):
                    choices.append((form, _EDIT_COST))
        return choices

    def _spelled(self, typed: str | None) -> list[tuple[str, float]]:
        """The syllables that `typed`, what somebody's keys were meant to give, may be."""
        if not typed:
            return []
        typed = new_tone_placement(typed)
        forms = self._forms.get(fold(typed), ())
        return [(f, _TELEX_COST) for f in forms if _keeps_marks(typed, f)]

    def _steps(self, lattice: list[_Choices]) -> list[np.ndarray]:
        """For each token (n_left, n_right) log probabilities after the one before it.

        Interpolated; unknown ids (-1) get the floor. One look-up for the whole text.
        """
        ids = [np.array([self._known.ids[START]]), *(choices.ids for choices in lattice)]
        pairs = list(pairwise(ids))
        left = np.concatenate([np.repeat(a, len(b)) for a, b in pairs])
        right = np.concatenate([np.tile(b, len(a)) for a, b in pairs])
        counts = self._known.counts
        pair = self._known.pair_counts(left, right)
        left_count = np.where(left >= 0, counts[left], 1.0)
        right_count = np.where(right >= 0, counts[right], 1.0)
        mixed = BIGRAM_WEIGHT * pair / left_count + (1 - BIGRAM_WEIGHT) * right_count / self._total
        ends = np.cumsum([len(a) * len(b) for a, b in pairs])[:-1]
        parts = np.split(np.log(mixed), ends)
        return [p.reshape(len(a), len(b)) for p, (a, b) in zip(parts, pairs, strict=True)]

    def _rarity(self, syllable: str) -> float:
        """-log of how often a folded syllable occurs in administrative text; unseen is the most."""
        forms = self._forms.get(fold(syllable), ())
        count = sum(self._known.counts[self._known.ids[f]] for f in forms)
        return math.log(self._total / max(count, 1.0))


def _viterbi(steps: list[np.ndarray], costs: list[np.ndarray]) -> list[int]:
    """The best choice of each token: most probable, least cost."""
    scores = np.zeros(1)
    back: list[np.ndarray] = []
    for step, cost in zip(steps, costs, strict=True):
        sums = scores[:, None] + step
        pointers = sums.argmax(axis=0)
        back.append(pointers)
        scores = sums[pointers, np.arange(len(cost))] - cost
    at = int(scores.argmax())
    path = []
    for pointers in reversed(back):
        path.append(at)
        at = int(pointers[at])
    return path[::-1]


def _forms(known: SyllableCounts) -> dict[str, list[str]]:
    """Folded shape -> the syllables that have it, as counted."""
    forms: dict[str, list[str]] = {}
    folded = fold("\n".join(known.ids)).split("\n")  # all at once: a tenth of one by one
    for syllable, shape, count in zip(known.ids, folded, known.counts.tolist(), strict=True):
        if _is_shaped(shape) or (count >= _MIN_FOREIGN_COUNT and _is_word(shape)):
            forms.setdefault(shape, []).append(syllable)
    return forms


@lru_cache(16_384)  # 14,000 syllables have 11,000 shapes, and restorers come again
def _is_shaped(folded: str) -> bool:
    return _SHAPE.fullmatch(folded) is not None


def _is_word(folded: str) -> bool:
    return folded.isascii() and folded.isalpha()


def _marked_share(tokens: list[str]) -> float:
    """Share of the alphabetic tokens that carry a mark."""
    words = [t.lower() for t in tokens if t.isalpha()]
    return sum(fold_word(t) != t for t in words) / len(words) if words else 1.0


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
