"""Questions of ours, measured through the product's own retriever, to fit models on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.opening import Core
from bot.question.understanding import Understanding
from bot.sources.documents.clauses import ClauseModel
from bot.sources.documents.known_questions import KnownQuestions, Likeness, passage_key
from bot.sources.documents.ranking import TOP
from bot.sources.source import CERTAIN
from evals.sets.typing_styles import STYLES, TypingStyle, restyle
from evals.training import calibrate_clauses
from evals.training.known_questions import answering, known_entries, read_lines
from knowledge.models import Passage
from retrieval.retriever import Retrieval
from retrieval.words import Words

SLIPS: tuple[TypingStyle, ...] = ("unaccented", "half", "sloppy")
NOT_ONE_CLAUSE = ("outline", "documents")  # kinds of tuning questions that no single clause answers
# Scopes of calibration_scope.jsonl, and the source they count as; records answer the last two.
SCOPES = {
    "outside": "scope",
    "directive": "scope",
    "procedure": "records",
    "place": "records",
}
FOLDS = 5
_SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of ours, before it is typed in some style."""

    question: str
    source: str  # pairs | scope | records | tuning
    kind: str
    answerable: bool
    right: tuple[Passage, ...]
    row: int | None  # in bot/known_questions.npz
    outside: bool = False  # of the rest of the world


@dataclass(frozen=True, slots=True)
class _Found:
    """An asked question in one typing style, before it is compared with the known ones."""

    asked: Asked
    style: str
    found: Retrieval
    meaning: Understanding
    words: Words


@dataclass(frozen=True, slots=True)
class Measured:
    """An asked question in one typing style, with what was found for it."""

    asked: Asked
    style: str
    found: Retrieval
    meaning: Understanding
    words: Words
    likeness: Likeness
    foreign: Likeness  # the same, as if the document that answers had been ingested
    beside: Likeness  # the same, as if another document had been ingested


def measured(core: Core) -> tuple[list[Measured], ClauseModel]:
    """Every question in its typing styles, where it reaches the search, and the clause model.

    A pair is measured with a clause model of the other folds.

    Raises:
        ValueError: the core has another embedder than the known questions were made with.
    """
    known = KnownQuestions.load(core.retriever.embedder_fingerprint)
    if known is None:
        raise ValueError(f"no known questions for {core.retriever.embedder_fingerprint!r}")
    found = [row for asked, styles in _questions(core) for row in _find(core, asked, styles)]
    taught = [row for row in found if row.asked.source == "pairs" and row.asked.right]
    whole = _clauses(taught)
    folds = [_clauses([r for r in taught if _fold(r.asked) != fold]) for fold in range(FOLDS)]
    return [
        _measured(core, known, row, whole if row.asked.row is None else folds[_fold(row.asked)])
        for row in found
    ], whole


def _fold(asked: Asked) -> int:
    return (asked.row or 0) % FOLDS


def _clauses(rows: Sequence[_Found]) -> ClauseModel:
    return calibrate_clauses.fit(
        np.stack([row.found.vector for row in rows]).astype(float),
        [sorted({passage_key(p.text) for p in row.asked.right}) for row in rows],
    )


def _questions(core: Core) -> Iterator[tuple[Asked, Sequence[TypingStyle]]]:
    documents = core.retriever.documents
    chance = random.Random(_SEED)  # noqa: S311 (a choice of typing styles)
    for row, entry in enumerate(known_entries()):
        right = tuple(answering(documents, entry))
        asked = Asked(entry["question"], "pairs", "fact", entry["answerable"], right, row)
        yield asked, ("careful", chance.choice(SLIPS))
    for entry in read_lines("calibration_scope"):
        scope = entry["scope"]
        if scope in SCOPES:
            asked = Asked(
                entry["question"],
                SCOPES[scope],
                "fact",
                scope == "directive",
                (),
                None,
                outside=scope == "outside",
            )
            yield asked, ("careful", chance.choice(SLIPS))
    for entry in read_lines("tuning"):
        if entry["kind"] not in NOT_ONE_CLAUSE:
            right = tuple(answering(documents, entry))
            kind = entry["kind"]
            outside = entry.get("why") == "other_topic"
            answerable = kind != "refuse"
            asked = Asked(entry["question"], "tuning", kind, answerable, right, None, outside)
            yield asked, STYLES


def _find(core: Core, asked: Asked, styles: Sequence[TypingStyle]) -> Iterator[_Found]:
    retriever = core.retriever
    for style in styles:
        ask = core.reader.ask(restyle(asked.question, style))
        if any(claim.odds >= CERTAIN for claim in core.router.route(ask).claims):
            continue  # without a search
        found = retriever.retrieve(ask.query, TOP)
        if found.hits:
            yield _Found(asked, style, found, ask.wants, ask.words)


def _measured(core: Core, known: KnownQuestions, row: _Found, clauses: ClauseModel) -> Measured:
    asked = row.asked
    likeness = known.likeness(row.found.vector, asked.row, clauses)
    documents = core.retriever.documents
    ids = {p.id for p in asked.right}
    right = [d for d in documents if any(p.id in ids for p in d.passages)]
    others = [d for d in documents if d not in right]
    other = random.Random(asked.question).choice(others) if others else None  # noqa: S311
    foreign, beside = (
        likeness.without([p.text for d in hidden for p in d.passages])
        for hidden in (right, [other] if other else [])
    )
    return Measured(asked, row.style, row.found, row.meaning, row.words, likeness, foreign, beside)
