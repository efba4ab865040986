"""The first hits put in order by what the question's words and wanted values say of them.

A linear model over the features below, fitted by `evals.training` on questions of ours (listwise
softmax; ListNet, Cao et al. 2007). Its card says how well it does on texts that it was not fitted
on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bot.models.loader import Models
from bot.question.understanding import Understanding
from bot.sources.documents.evidence import best_unit
from knowledge.numbers import NumberMention, find_numbers
from retrieval.retriever import Hit, Retrieval
from retrieval.values import find_values
from retrieval.words import Words, text_words

NAMES = (
    "fused",
    "cosine",
    "lacks_value",
    "unit_lacks_value",
    "covered_unit",
    "pairs_unit",
    "covered",
    "pairs",
    "covered_placed",
    "is_closing",
    "is_preamble",
    "is_lead_in",
    "length",
    "lacks_date",
    "lacks_agency",
    "names_number",
)
_CACHED_TEXTS = 4_096  # passages and units of a few thousand questions: under 20 MB


@dataclass(frozen=True, slots=True)
class Reranker:
    """Orders the hits of a retrieval; it neither adds nor drops any."""

    weights: np.ndarray  # (len(NAMES),)
    unlike: float  # cosine of what the dense leg did not find: below its candidates

    @classmethod
    def load(cls, models: Models, unlike: float) -> Reranker:
        """The weights that ship with the product; `unlike` is the embedder's."""
        named = models.open("ranker").card.parameters["weights"]
        return cls(np.array([named[name] for name in NAMES]), unlike)

    def rerank(self, found: Retrieval, meaning: Understanding, words: Words) -> Retrieval:
        """The same hits, best first, ranks counted anew."""
        if not found.hits:
            return found
        features = hit_features(found, meaning, words, self.unlike)
        scores = (features @ self.weights).tolist()
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        hits = tuple(
            Hit(hit.passage, hit.document, replace(hit.result, rank=rank))
            for rank, hit in enumerate((found.hits[i] for i in order), 1)
        )
        return replace(found, hits=hits)


def hit_features(
    found: Retrieval, meaning: Understanding, words: Words, unlike: float
) -> np.ndarray:
    """(n_hits, len(NAMES)): what is measured of each hit."""
    return np.array([_features(hit, found.missing, meaning, words, unlike) for hit in found.hits])


def _features(
    hit: Hit,
    numbers: Sequence[NumberMention],
    meaning: Understanding,
    words: Words,
    unlike: float,
) -> list[float]:
    passage = hit.passage
    start, end = best_unit(hit, words)
    unit, own = text_words(passage.text[start:end]), text_words(passage.text)
    placed = text_words(f"{passage.text} {passage.context} {hit.document.metadata.title}")
    asked = meaning.expects
    (unit_share, unit_pairs), (own_share, own_pairs), (placed_share, _) = words.shares(
        (unit, own, placed)
    )
    values, above = _kinds(passage.text), _kinds(passage.context)
    return [
        hit.result.score,
        hit.result.cosine or unlike,
        float(bool(asked) and not asked & (values | above)),
        float(bool(asked) and not asked & _kinds(passage.text[start:end])),
        unit_share,
        unit_pairs,
        own_share,
        own_pairs,
        placed_share,
        float(passage.kind == "closing"),
        float(passage.locator.startswith("Phần mở đầu")),
        float(passage.text.rstrip().endswith(":")),
        math.log(len(passage.text)),
        float("date" in asked and "date" not in values),
        float("agency" in asked and "agency" not in values | above),
        float(bool(numbers) and _names_number(passage.text[start:end], numbers)),
    ]


def _names_number(unit: str, numbers: Sequence[NumberMention]) -> bool:
    """Whether the unit names a document that the question names and we lack."""
    found = {(n.kind, n.number) for n in find_numbers(unit)}
    return any((n.kind, n.number) in found for n in numbers)


@lru_cache(_CACHED_TEXTS)
def _kinds(text: str) -> frozenset[str]:
    return frozenset(v.kind for v in find_values(text))
