"""Finding procedures: everyday wording to records, by vectors and by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest

import numpy as np

from knowledge.procedures.catalogue import Catalogue, find_codes
from knowledge.procedures.models import Procedure, Rule
from knowledge.text import fold
from retrieval.embedding import Embedder
from retrieval.index import Progress, VectorCache, embed_cached
from retrieval.lexical import lexical_tokens
from retrieval.query import SearchQuery, index_text
from retrieval.record_ranker import Measured, Ranker

# Chosen on our questions in evals/sets/procedures.jsonl.
_DENSE_SHARE = 0.65
_PAIR_SHARE = 0.35
_HALF_MASS = 9.0  # matched weight at which a phrase counts half
_IMPORT_FACTOR = 0.93  # ours before an import that fits as well
_COMMON = 3.2  # log rarity of the most common syllables: they weigh next to nothing
_LEAST_WEIGHT = 0.4
_TAKES = frozenset(["bao", "may", "nhieu", "khoang", "tien", "phi", "le", "thoi", "tam", "bn"])
_BATCH = 64
_CACHED_TOKENS = 50_000
_NO_RECORDS = np.zeros(0, np.int64)
_MEANING_WEIGHT = 6.0  # of a word for the same thing, beside the syllables themselves
_MEANT_BONUS = 0.2  # for a record that has words for all that the question means
_SIGN_BONUS = 0.2
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
    score: float  # of its best phrase
    phrase: str  # the name or alias that fits best
    cosine: float
    coverage: float  # share of the phrase's weight that the query has, 0 to 1
    explained: float = 1.0  # share of the query's weight that the phrase has, 0 to 1
    meant: int = 0  # how many things the query means that the record has words for
    share: float = 1.0  # of all records, by the fitted order: 0 to 1
    fit: float = 0.0  # log-odds of the fitted order, up to a constant of all questions


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
        self._floor = embedder.floor
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
        dense = np.clip((cosine - self._floor) / (1 - self._floor), 0.0, 1.0)
        return _DENSE_SHARE * dense + (1 - _DENSE_SHARE) * lexical, cosine, coverage


class ProcedureSearch:
    """Ranks the records of a catalogue for a query."""

    def __init__(
        self,
        catalogue: Catalogue,
        embedder: Embedder,
        cache: VectorCache,
        rarity: Callable[[str], float],
        ranker: Ranker,
        progress: Progress | None = None,
    ) -> None:
        """Embed names and aliases (cached).

        Args:
            catalogue: what is searched.
            embedder: as for the passages, so that one query vector serves both.
            cache: keeps the vectors of names and aliases.
            rarity: -log of how often a folded syllable occurs; see `Restorer.rarity`.
            ranker: puts the records in order.
            progress: told (done, total) while names are embedded.
        """
        self.catalogue, self._embedder = catalogue, embedder
        self._rarity = rarity
        self._weigh: Callable[[str], float] = lru_cache(_CACHED_TOKENS)(self._weight)
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
        self._meant = _postings_of(self._phrases.owners, self._phrases.meant)
        self.bounds = np.searchsorted(self._phrases.owners, np.arange(len(self._records) + 1))
        self.ranking = ranker.over(self._records, self.bounds, self.vectors)
        questions = [
            (at, q)
            for at, rule in enumerate(catalogue.rules)
            for q in (rule.title, *rule.questions)
        ]
        self._rules = (
            _Phrases(questions, embedder, cache, self._weigh, _Meanings(())) if questions else None
        )

    @property
    def vectors(self) -> np.ndarray:
        """(n_phrases, dim) of the names and aliases; those of record i from bounds[i] on."""
        return self._phrases.vectors

    def vector(self, query: SearchQuery) -> np.ndarray:
        """The query's vector, (dim,) float32, for callers that have none yet."""
        return self._embedder.query(query.raw if query.english else query.text)

    def search(
        self,
        query: SearchQuery,
        k: int = 10,
        vector: np.ndarray | None = None,
        told: frozenset[str] = frozenset(),
    ) -> list[ProcedureHit]:
        """The `k` records that fit best, best first; a code that is named comes first of all.

        Args:
            query: what is asked.
            k: how many.
            vector: of the query, (dim,), where it is known.
            told: the cases that the asker tells of, as `Procedure.cases`.
        """
        coded = [p for code in find_codes(query.raw) if (p := self.catalogue.by_code(code))]
        found = self.measure(query, vector, told)
        hits = [ProcedureHit(p, 1.0, code_of(p), 1.0, 1.0) for p in dict.fromkeys(coded)]
        fit = self.ranking.fit(found)
        shares = np.exp(fit - fit.max())
        shares /= shares.sum()
        for owner in _highest(fit, k + len(hits)).tolist():
            if self._records[owner] not in coded:
                hits.append(self._hit(owner, found, float(shares[owner]), float(fit[owner])))
        return hits[:k]

    def measure(
        self, query: SearchQuery, vector: np.ndarray | None, told: frozenset[str] = frozenset()
    ) -> Measured:
        """What is measured of every record for a query."""
        if vector is None:
            vector = self.vector(query)
        meant = self._meanings.tokens(query.folded)
        tokens = _said(lexical_tokens(query.folded)) + meant
        scores, cosines, coverage = self._phrases.scores(tokens, vector)
        asked = sum(self._weigh(token) for token in set(tokens)) + 1e-9
        return Measured(
            vector,
            scores,
            cosines,
            coverage,
            np.minimum(coverage * self._phrases.mass / asked, 1.0),
            self._shared(meant),
            self._signed(query),
            len(meant),
            told,
        )

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

    def _hit(self, owner: int, found: Measured, share: float, fit: float) -> ProcedureHit:
        first, end = self.bounds[owner], self.bounds[owner + 1]
        at = first + int(found.scores[first:end].argmax())
        factor = 1.0 if self._records[owner].origin == "own" else _IMPORT_FACTOR
        score = float(found.scores[at]) * factor + _SIGN_BONUS * float(found.signed[owner])
        meant = int(found.meant[owner])
        if meant:  # words for all that is meant say more than words for a part of it
            score += _MEANT_BONUS * meant / found.meanings
        return ProcedureHit(
            self._records[owner],
            min(round(score, 4), 0.99),
            self._phrases.texts[at],
            float(found.cosines[at]),
            float(found.coverage[at]),
            float(found.explained[at]),
            meant,
            share,
            fit,
        )

    def _shared(self, meant: Sequence[str]) -> np.ndarray:
        """(n_records,): how many of the things that are meant each has words for."""
        shared = np.zeros(len(self._records))
        for meaning in meant:
            shared[self._meant.get(meaning, _NO_RECORDS)] += 1
        return shared

    def _signed(self, query: SearchQuery) -> np.ndarray:
        """(n_records,): whether words are said that go with that record and not with those near."""
        signed = np.zeros(len(self._records))
        for owner, signs in self._signs.items():
            signed[owner] = signs.search(query.folded) is not None
        return signed

    def _weight(self, token: str) -> float:
        if token.startswith("="):
            return _MEANING_WEIGHT
        weight = max(self._rarity(token) - _COMMON, _LEAST_WEIGHT)
        return weight * _ASKING_WEIGHT if token in _ASKING else weight


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


def _postings_of(owners: Sequence[int], rows: Sequence[Sequence[str]]) -> dict[str, np.ndarray]:
    """Meaning -> the records that have words for it, each once."""
    found: dict[str, set[int]] = {}
    for owner, row in zip(owners, rows, strict=True):
        for meaning in row:
            found.setdefault(meaning, set()).add(owner)
    return {meaning: np.array(sorted(at), np.int64) for meaning, at in found.items()}


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
