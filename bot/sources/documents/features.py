"""What can be measured of a question against the evidence found for it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.question.understanding import Understanding
from bot.sources.documents.evidence import best_unit
from knowledge.text import fold
from retrieval.lexical import lexical_tokens
from retrieval.retriever import Hit, Retrieval
from retrieval.values import ValueKind, find_values
from retrieval.words import Words, text_words

_TOP = 3
_TYPED: tuple[ValueKind, ...] = ("number", "date", "person", "agency", "document")
_QUANTITY = re.compile(r"(?<![\w/.-])\d[\d.,]*(?![\w/-])")
_ASKED_UNIT = re.compile(r"(?:bao nhieu|may|how many)\s+([a-z]{2,})(?:\s+([a-z]{2,}))?")


def features(
    retrieval: Retrieval,
    meaning: Understanding,
    words: Words,
    vocabulary: frozenset[str],
) -> dict[str, float]:
    """What the model looks at, for the first hits of a question.

    Args:
        retrieval: at least one hit.
        meaning: what is asked.
        words: the question's content words.
        vocabulary: folded tokens of all documents.
    """
    hit = retrieval.hits[0]
    span = best_unit(hit, words)
    unit = hit.passage.text[slice(*span)]
    unit_words, own = text_words(unit), text_words(hit.passage.text)
    title = hit.document.metadata.title
    placed = text_words(f"{hit.passage.text} {hit.passage.context} {title}")
    (unit_share, unit_pairs), (_, own_pairs), (placed_share, _) = words.shares(
        (unit_words, own, placed)
    )
    uncovered, unknown = words.uncovered(placed.tokens), words.uncovered(vocabulary)
    cosines = [h.result.cosine or 0.0 for h in retrieval.hits[:_TOP]]
    values = {v.kind for v in find_values(hit.passage.text)} | {
        v.kind for v in find_values(hit.passage.context)
    }
    unit_values = {v.kind for v in find_values(unit)}
    row = {
        "cosine": cosines[0],
        "cosine_best": max(cosines),
        "bm25": (hit.result.bm25 or 0.0) / max(len(words.content), 1),
        "margin": retrieval.hits[0].result.score
        - retrieval.hits[min(1, len(retrieval.hits) - 1)].result.score,
        "covered": placed_share,
        "covered_unit": unit_share,
        "pairs": own_pairs,
        "pairs_unit": unit_pairs,
        "uncovered_rarest": uncovered[0] if uncovered else 0.0,
        "uncovered_sum": sum(uncovered),
        "unknown_rarest": unknown[0] if unknown else 0.0,
        "unknown_sum": sum(unknown),
        "length": math.log1p(len(words.content)),
        "english": float(retrieval.query.english),
        "named": float(bool(retrieval.named)),
        "why": float(meaning.why),
        "yes_no": float(meaning.yes_no),
        "strange_number": float(_strange_number(retrieval, hit)),
        "asked_unit_missing": float(_asked_unit_missing(retrieval, unit)),
    }
    for kind in _TYPED:
        asked = kind in meaning.expects
        row[f"wants_{kind}"] = float(asked)
        row[f"lacks_{kind}"] = float(asked and kind not in values)
        row[f"unit_lacks_{kind}"] = float(asked and kind not in unit_values)
    return row


def _strange_number(retrieval: Retrieval, hit: Hit) -> bool:
    """A quantity, year or amount in the question that the evidence does not hold."""
    query = retrieval.query
    text = fold(query.raw)
    for number in reversed(query.numbers):
        text = text[: number.start] + " " + text[number.end :]
    meta = hit.document.metadata
    have = f"{hit.passage.text} {hit.passage.context} {meta.title} {meta.issued_on} {meta.number}"
    have_numbers = {n.lstrip("0") for n in re.findall(r"\d+", have.replace(".", ""))}
    asked = [n.replace(".", "").replace(",", "").lstrip("0") for n in _QUANTITY.findall(text)]
    return any(n not in have_numbers and n not in ("1", "2", "02") for n in asked)


def _asked_unit_missing(retrieval: Retrieval, unit: str) -> bool:
    """As in "bao nhiêu ghế": no number in the unit stands by the noun that is counted."""
    asked = _ASKED_UNIT.search(retrieval.query.folded)
    if not asked:
        return False
    numbers = [v for v in find_values(unit) if v.kind == "number"]
    near: Sequence[str] = [t for v in numbers for t in lexical_tokens(unit[v.start : v.end + 30])]
    return asked[1] not in near
