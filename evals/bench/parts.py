"""Where the time of an answer goes: the parts' own methods, timed while the Assistant asks them."""

from __future__ import annotations

import contextlib
import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.assistant import Assistant
from bot.keeping.answers import Answers
from bot.keeping.turns import Turns
from bot.question.places_named import PlaceReader
from bot.sources.documents.composer import Composer
from bot.sources.documents.judging import Judge
from bot.sources.documents.rerank import Reranker
from bot.sources.places.source import PlaceSource
from bot.sources.procedures.source import ProcedureSource
from evals.sets.record_questions import load_place_questions
from evals.sets.typing_styles import STYLES, restyle
from knowledge.places.resolver import open_resolver
from retrieval.dense import DenseIndex
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder
from retrieval.lexical import LexicalIndex
from retrieval.query import analyse
from retrieval.retriever import Retriever

REST: Final = "rest"
# A part that another one calls counts as time of the outer one, save that of _WITHIN.
PARTS: Final[dict[str, tuple[type, tuple[str, ...]]]] = {
    "analyse": (Retriever, ("analyse",)),
    "restore": (Restorer, ("restore",)),
    "embed": (Embedder, ("query",)),
    "places": (PlaceSource, ("claim",)),
    "procedures": (ProcedureSource, ("claim",)),
    "dense": (DenseIndex, ("search",)),
    "lexical": (LexicalIndex, ("search",)),
    "rerank": (Reranker, ("rerank",)),
    "judge": (Judge, ("verdict",)),
    "compose": (
        Composer,
        ("clause", "also", "list_below", "list_inside", "outline", "documents", "suggest"),
    ),
    "save": (Answers, ("save",)),
    "remember": (Turns, ("save",)),
}

_WITHIN: Final = {"restore": "analyse"}  # part -> the one whose time it is taken off


@dataclass(frozen=True, slots=True)
class PartTimes:
    """Milliseconds of each part, one number for each question that needed it."""

    total: tuple[float, ...]
    parts: dict[str, tuple[float, ...]]  # in the order of the work; REST is what no part took


def part_times(assistant: Assistant, questions: Sequence[str]) -> PartTimes:
    """Ask one at a time and watch the parts."""
    total: list[float] = []
    parts: dict[str, list[float]] = {name: [] for name in (*PARTS, REST)}
    with _watched() as spent:
        for question in questions:
            spent.clear()
            started = time.perf_counter()
            assistant.ask(question)
            total.append((time.perf_counter() - started) * 1_000)
            for name, took in spent.items():
                parts[name].append(took)
            parts[REST].append(total[-1] - sum(spent.values()))
    return PartTimes(tuple(total), {name: tuple(took) for name, took in parts.items()})


def place_times(restorer: Restorer) -> list[float]:
    """Milliseconds to find the place in each of our questions about places, marked and not."""
    reader = PlaceReader(open_resolver())
    times: list[float] = []
    for question in load_place_questions():
        for style in STYLES:
            query = analyse(restyle(question.question, style), restorer)
            started = time.perf_counter()
            reader.read(query)
            times.append((time.perf_counter() - started) * 1_000)
    return times


@contextlib.contextmanager
def _watched() -> Iterator[dict[str, float]]:
    """Milliseconds by part, counted up until the block ends; for one thread."""
    spent: defaultdict[str, float] = defaultdict(float)
    inside: list[str] = []  # the part that runs now
    with contextlib.ExitStack() as stack:
        for part, (owner, names) in PARTS.items():
            for name in names:
                original = getattr(owner, name)
                setattr(owner, name, _timed(original, part, spent, inside))
                stack.callback(setattr, owner, name, original)
        yield spent


def _timed(
    original: Callable[..., Any], part: str, spent: dict[str, float], inside: list[str]
) -> Callable[..., Any]:
    @functools.wraps(original)
    def timed(*args: Any, **options: Any) -> Any:
        if inside and _WITHIN.get(part) != inside[-1]:
            return original(*args, **options)
        inside.append(part)
        started = time.perf_counter()
        try:
            return original(*args, **options)
        finally:
            took = (time.perf_counter() - started) * 1_000
            spent[part] += took
            inside.pop()
            if inside:
                spent[inside[-1]] -= took

    return timed
