"""Finding procedures: everyday wording to records, by vectors and by words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np

from knowledge.procedures.catalogue import Catalogue, find_codes
from knowledge.procedures.models import Procedure, Rule
from knowledge.text import fold
from retrieval.embedding import Embedder
from retrieval.index import Progress, VectorCache, embed_cached
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery, index_text

# Chosen on our questions in evals/sets/procedures.jsonl.
_FLOOR = 0.80  # cosines of the default embedder start here; less says nothing
_DENSE_SHARE = 0.65
_PAIR_SHARE = 0.35
_HALF_MASS = 9.0  # matched weight at which a phrase counts half
_IMPORT_FACTOR = 0.93  # ours before an import that fits as well
_COMMON = 3.2  # log rarity of the most common syllables: they weigh next to nothing
_LEAST_WEIGHT = 0.4
_TAKES = frozenset(["bao", "may", "nhieu", "khoang", "tien", "phi", "le", "thoi", "tam", "bn"])
_BATCH = 64
_NEAR = 80  # phrases of ours, and of the portal's, that are looked at closely
_MEANING_WEIGHT = 6.0  # of a word for the same thing, beside the syllables themselves
_MEANT_BONUS = 0.2  # for a record that has words for all that the question means
_SIGN_BONUS = 0.2
_SIGN_SHARE = 0.7  # of the best score that a record must have for its signs to count
_LEAST_SIGNED = 0.15
_ASKING_WEIGHT = 0.25
# Words of every question about a procedure; they tell no record from another.
_ASKING = frozenset(
    [
        "a",
        "ai",
        "ban",
        "bao",
        "bay",
        "cac",
        "can",
        "cap",
        "cho",
        "co",
        "con",
        "cua",
        "cung",
        "da",
        "dau",
        "de",
        "den",
        "di",
        "duoc",
        "em",
        "gi",
        "giay",
        "gio",
        "hay",
        "ho",
        "hoi",
        "huyen",
        "khi",
        "khong",
        "la",
        "lam",
        "lau",
        "le",
        "mang",
        "may",
        "minh",
        "mot",
        "muon",
        "nao",
        "nay",
        "ngay",
        "nguoi",
        "nha",
        "nhe",
        "nhieu",
        "nhu",
        "nhung",
        "nop",
        "o",
        "phai",
        "phi",
        "pho",
        "phuong",
        "quan",
        "ra",
        "roi",
        "sao",
        "so",
        "tai",
        "thanh",
        "the",
        "theo",
        "thi",
        "thu",
        "tien",
        "tinh",
        "to",
        "toi",
        "tu",
        "tuc",
        "uy",
        "va",
        "ve",
        "voi",
        "xa",
        "xin",
    ]
)


@dataclass(frozen=True, slots=True)
class ProcedureHit:
    """A record that fits a query; `score` is 0 to 1, higher is better."""

    procedure: Procedure
    score: float
    phrase: str  # the name or alias that fits best
    cosine: float
    coverage: float  # share of the phrase's weight that the query has, 0 to 1
    explained: float = 1.0  # share of the query's weight that the phrase has, 0 to 1
    meant: int = 0  # how many things the query means that the record has words for


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A general rule that fits a query."""

    rule: Rule
    score: float


class _Meanings:
    """Which meanings of the field a text has words for; a longer word hides those inside it."""

    def __init__(self, words: Sequence[tuple[str, ...]]) -> None:
        self._meaning = {fold(word): f"={line[0]}" for line in words for word in line}
        longest_first = sorted(self._meaning, key=len, reverse=True)
        either = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(rf"\b(?:{either})\b") if either else None

    def tokens(self, folded: str) -> list[str]:
        """One token for each meaning that a folded text has a word for."""
        found = self._pattern.findall(folded) if self._pattern else []
        return list(dict.fromkeys(self._meaning[word] for word in found))


class _Phrases:
    """Names and aliases of some records, as vectors and as words."""

    def __init__(
        self,
        phrases: Sequence[tuple[int, str]],
        embedder: Embedder,
        cache: VectorCache,
        weigh: Callable[[str], float],
        meanings: _Meanings,
        progress: Progress | None = None,
    ) -> None:
        self.owners = [owner for owner, _ in phrases]
        self.texts = [text for _, text in phrases]
        indexed = [index_text(text) for text in self.texts]
        self.vectors = _embedded(embedder, indexed, cache, progress)
        tokens = [list(dict.fromkeys(lexical_tokens(text))) for text in indexed]
        pairs = [[f"{a}_{b}" for a, b in pairwise(row)] for row in tokens]
        self.meant = [meanings.tokens(fold(text)) for text in self.texts]
        tokens = [row + meant for row, meant in zip(tokens, self.meant, strict=True)]
        self.mass = np.array([sum(map(weigh, row)) for row in tokens]) + 1e-9
        self.pair_counts = np.array([max(len(row), 1) for row in pairs], np.float64)
        self.has_pairs = np.array([bool(row) for row in pairs])
        self._words = _postings(tokens)
        self._pairs = _postings(pairs)
        self._weigh = weigh

    def scores(
        self, tokens: Sequence[str], vector: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(score, cosine, coverage) of every phrase, each (n_phrases,)."""
        matched = np.zeros(len(self.texts))
        for token in dict.fromkeys(tokens):
            if token in self._words:
                matched[self._words[token]] += self._weigh(token)
        together = np.zeros(len(self.texts))
        for pair in dict.fromkeys(f"{a}_{b}" for a, b in pairwise(tokens)):
            if pair in self._pairs:
                together[self._pairs[pair]] += 1.0
        coverage = matched / self.mass
        adjacent = np.where(self.has_pairs, together / self.pair_counts, coverage)
        lexical = coverage**2 * (1 - _PAIR_SHARE + _PAIR_SHARE * adjacent)
        lexical *= matched / (matched + _HALF_MASS)
        cosine = self.vectors @ vector
        dense = np.clip((cosine - _FLOOR) / (1 - _FLOOR), 0.0, 1.0)
        return _DENSE_SHARE * dense + (1 - _DENSE_SHARE) * lexical, cosine, coverage


class ProcedureSearch:
    """Ranks the records of a catalogue for a query."""

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        cache: VectorCache,
        rarity: Callable[[str], float],
        progress: Progress | None = None,
    ) -> None:
        """Embed names and aliases (cached).

        Args:
            catalogue: what is searched.
            embedder: as for the passages, so that one query vector serves both.
            cache: keeps the vectors of names and aliases.
            rarity: -log of how often a folded syllable occurs; see `Restorer.rarity`.
            progress: told (done, total) while names are embedded.
        """
        self.catalogue, self._embedder = catalogue, embedder
        self._rarity = rarity
        self._weights: dict[str, float] = {}
        self._records = catalogue.all
        self._meanings = _Meanings(catalogue.words)
        phrases = [
            (at, phrase)
            for at, p in enumerate(self._records)
            for phrase in (plain_name_of(p.name), *p.aliases)
        ]
        self._signs = {
            at: re.compile(rf"\b(?:{'|'.join(re.escape(fold(s)) for s in p.signs)})\b")
            for at, p in enumerate(self._records)
            if p.signs
        }
        self._phrases = _Phrases(phrases, embedder, cache, self._weigh, self._meanings, progress)
        self._meant: dict[int, set[str]] = defaultdict(set)
        for owner, meant in zip(self._phrases.owners, self._phrases.meant, strict=True):
            self._meant[owner].update(meant)
        own = sum(owner < len(catalogue.own) for owner in self._phrases.owners)
        # Ours first: each part has its own best phrases, so that many rows push none of ours out.
        self._parts = (
            (slice(0, own), 1.0),
            (slice(own, len(phrases)), _IMPORT_FACTOR),
        )
        questions = [
            (at, q)
            for at, rule in enumerate(catalogue.rules)
            for q in (rule.title, *rule.questions)
        ]
        self._rules = (
            _Phrases(questions, embedder, cache, self._weigh, _Meanings(())) if questions else None
        )

    def vector(self, query: SearchQuery) -> np.ndarray:
        """The query's vector, (dim,) float32, for callers that have none yet."""
        return self._embedder.query(query.raw if query.english else query.text)

    def search(
        self, query: SearchQuery, k: int = 10, vector: np.ndarray | None = None
    ) -> list[ProcedureHit]:
        """The `k` records that fit best, best first; a code that is named comes first of all."""
        coded = [p for code in find_codes(query.raw) if (p := self.catalogue.by_code(code))]
        if vector is None:
            vector = self.vector(query)
        meant = self._meanings.tokens(query.folded)
        tokens = _said(lexical_tokens(query.folded)) + meant
        found = self._phrases.scores(tokens, vector)
        scores, phrase_of = self._best(found[0])
        self._raise_meant(meant, scores)
        self._raise_signed(query, scores)
        asked = sum(self._weigh(token) for token in set(tokens)) + 1e-9
        hits = [ProcedureHit(p, 1.0, code_of(p), 1.0, 1.0) for p in dict.fromkeys(coded)]
        for owner in sorted(scores, key=lambda owner: -scores[owner]):
            if len(hits) >= k:
                break
            if self._records[owner] not in coded:
                hit = self._hit(owner, scores[owner], phrase_of[owner], found, asked)
                hits.append(replace(hit, meant=sum(m in self._meant[owner] for m in meant)))
        return hits[:k]

    def rules(
        self, query: SearchQuery, k: int = 3, vector: np.ndarray | None = None
    ) -> list[RuleHit]:
        """The general rules that fit best, best first."""
        if self._rules is None:
            return []
        if vector is None:
            vector = self.vector(query)
        scores, _, _ = self._rules.scores(lexical_tokens(query.folded), vector)
        best: dict[int, float] = {}
        for at in np.argsort(-scores)[: 4 * k]:
            best.setdefault(self._rules.owners[at], float(scores[at]))
        return [RuleHit(self.catalogue.rules[at], score) for at, score in list(best.items())[:k]]

    def _best(self, scores: np.ndarray) -> tuple[dict[int, float], dict[int, int]]:
        """(score, phrase) of the records whose phrases fit best, by record."""
        best: dict[int, float] = {}
        phrase_of: dict[int, int] = {}
        for part, factor in self._parts:
            for at in _highest(scores[part], _NEAR) + part.start:
                owner = self._phrases.owners[at]
                if owner not in best:
                    best[owner] = round(float(scores[at]) * factor, 4)
                    phrase_of[owner] = int(at)
        return best, phrase_of

    def _hit(
        self,
        owner: int,
        score: float,
        at: int,
        found: tuple[np.ndarray, np.ndarray, np.ndarray],
        asked: float,
    ) -> ProcedureHit:
        cosine, coverage = float(found[1][at]), float(found[2][at])
        explained = min(coverage * float(self._phrases.mass[at]) / asked, 1.0)
        text = self._phrases.texts[at]
        return ProcedureHit(self._records[owner], score, text, cosine, coverage, explained)

    def _raise_meant(self, meant: Sequence[str], scores: dict[int, float]) -> None:
        """A record that has words for all that is meant stands before one for a part of it."""
        for owner, score in scores.items() if meant else ():
            shared = sum(m in self._meant[owner] for m in meant)
            scores[owner] = min(round(score + _MEANT_BONUS * shared / len(meant), 4), 0.99)

    def _raise_signed(self, query: SearchQuery, scores: dict[int, float]) -> None:
        """Words that only one of several near records goes with lift that one."""
        least = max(_LEAST_SIGNED, _SIGN_SHARE * max(scores.values(), default=0.0))
        for owner, signs in self._signs.items():
            score = scores.get(owner, 0.0)
            if score >= least and signs.search(query.folded):
                scores[owner] = min(round(score + _SIGN_BONUS, 4), 0.99)

    def _weigh(self, token: str) -> float:
        weight = self._weights.get(token)
        if weight is None:
            if token.startswith("="):
                return _MEANING_WEIGHT
            weight = max(self._rarity(token) - _COMMON, _LEAST_WEIGHT)
            if token in _ASKING:
                weight *= _ASKING_WEIGHT
            if len(self._weights) < 50_000:
                self._weights[token] = weight
        return weight


def _highest(scores: np.ndarray, k: int) -> np.ndarray:
    """Places of the `k` highest scores, highest first."""
    if len(scores) > k:
        near = np.argpartition(-scores, k)[:k]
        return near[np.argsort(-scores[near], kind="stable")]
    return np.argsort(-scores, kind="stable")


def _said(tokens: Sequence[str]) -> list[str]:
    """Without the "mất" of "mất bao lâu", which is no loss."""
    return [t for t, n in zip_longest(tokens, tokens[1:]) if t != "mat" or n not in _TAKES]


def code_of(procedure: Procedure) -> str:
    """The first code of a record, empty when it has none."""
    return procedure.codes[0].text if procedure.codes else ""


def plain_name_of(name: str) -> str:
    """A name without "Thủ tục" in front, which tells nothing."""
    return name[8:].strip() if name.lower().startswith("thủ tục ") else name


def _postings(rows: Sequence[Sequence[str]]) -> dict[str, np.ndarray]:
    found: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        for token in dict.fromkeys(row):
            found.setdefault(token, []).append(at)
    return {token: np.array(at, np.int64) for token, at in found.items()}


def _embedded(
    embedder: Embedder, texts: Sequence[str], cache: VectorCache, progress: Progress | None
) -> np.ndarray:
    """(n, dim) float32; a text that stands twice (a name that is an alias) is embedded once."""
    once = list(dict.fromkeys(texts))
    rows: dict[str, np.ndarray] = {}
    for at in range(0, len(once), _BATCH):
        batch = once[at : at + _BATCH]
        rows |= zip(batch, embed_cached(embedder, batch, cache), strict=True)
        if progress:
            progress(len(rows), len(once))
    return np.stack([rows[text] for text in texts]) if texts else embedder.passages([])


def content_tokens(text: str) -> list[str]:
    """Folded tokens that are no asking words, sorted: what a question is about."""
    return sorted({t for t in _said(lexical_tokens(text)) if t not in _ASKING})
