"""Questions of ours, measured through the product's own retriever, to fit models on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.assistant import TOP
from bot.core import Core
from bot.known_questions import KnownQuestions, Likeness
from bot.question import Understanding, understand
from bot.words import Words
from evals.known_questions import answering, known_entries, read_lines
from evals.typing_styles import STYLES, TypingStyle, restyle
from knowledge.models import Passage
from retrieval.retriever import Retrieval

SLIPS: tuple[TypingStyle, ...] = ("unaccented", "half", "sloppy")
NOT_ONE_CLAUSE = ("outline", "documents")  # kinds of tuning questions that no single clause answers
_SEED = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of ours, before it is typed in some style."""

    question: str
    source: str  # pairs | scope | tuning
    kind: str
    answerable: bool
    right: tuple[Passage, ...]
    row: int | None  # in bot/known_questions.npz


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


def measured(core: Core) -> Iterator[Measured]:
    """Every question in its typing styles, where it reaches the search at all.

    Raises:
        ValueError: the core has another embedder than the known questions were made with.
    """
    for asked, styles in _questions(core):
        yield from _measure(core, asked, styles)


def _questions(core: Core) -> Iterator[tuple[Asked, Sequence[TypingStyle]]]:
    documents = core.retriever.documents
    chance = random.Random(_SEED)  # noqa: S311 (a choice of typing styles)
    for row, entry in enumerate(known_entries()):
        right = tuple(answering(documents, entry))
        asked = Asked(entry["question"], "pairs", "fact", entry["answerable"], right, row)
        yield asked, ("careful", chance.choice(SLIPS))
    for entry in read_lines("calibration_scope"):
        if entry["scope"] in ("outside", "directive"):
            answerable = entry["scope"] == "directive"
            yield Asked(entry["question"], "scope", "fact", answerable, (), None), ("careful",)
    for entry in read_lines("tuning"):
        if entry["kind"] not in NOT_ONE_CLAUSE:
            right = tuple(answering(documents, entry))
            kind = entry["kind"]
            yield Asked(entry["question"], "tuning", kind, kind != "refuse", right, None), STYLES


def _measure(core: Core, asked: Asked, styles: Sequence[TypingStyle]) -> Iterator[Measured]:
    retriever = core.retriever
    known = KnownQuestions.load(retriever.embedder_fingerprint)
    if known is None:
        raise ValueError(f"no known questions for {retriever.embedder_fingerprint!r}")
    ids = {p.id for p in asked.right}
    right = [d for d in retriever.documents if any(p.id in ids for p in d.passages)]
    others = [d for d in retriever.documents if d not in right]
    other = random.Random(asked.question).choice(others) if others else None  # noqa: S311
    for style in styles:
        query = retriever.analyse(restyle(asked.question, style))
        named, missing = retriever.named(query)
        meaning = understand(query, bool(named))
        if core.assistant.answers_directly(query, meaning, named, missing):
            continue
        found = retriever.retrieve(query, TOP)
        likeness = known.likeness(found.vector, asked.row)
        words = Words(query, retriever.restorer.rarity)
        if found.hits:
            foreign, beside = (
                likeness.without([p.text for d in hidden for p in d.passages])
                for hidden in (right, [other] if other else [])
            )
            yield Measured(asked, style, found, meaning, words, likeness, foreign, beside)
