"""`haicap eval left-out`: how well a text is answered by models that were not fitted on it.

That is what a text gets which somebody else ingests. For each bundled text the product is opened
with the models fitted without its questions (evals/training/left_out/), and asked the questions
that this text answers, and those that none answers.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bot.doors.web.schemas import DocumentOut, document_out
from bot.opening import Core, open_core
from bot.settings import Settings
from evals.scoring.floors import tell_missed
from evals.scoring.shares import mean, table
from evals.sets.halves import HALVES, Half
from evals.sets.questions import Question, load_half, resolve
from evals.sets.typing_styles import STYLES, TypingStyle, restyle
from evals.training.cards import LEFT_OUT

DONE, FAILED = 0, 1
KINDS: Final = ("fact", "metadata", "locator", "list")  # those that a clause answers


@dataclass(frozen=True, slots=True)
class LeftOutScore:
    """How one question went with one text left out."""

    half: Half
    style: TypingStyle
    document: str
    must_refuse: bool
    refused: bool
    clause_first: bool


@dataclass(frozen=True, slots=True)
class LeftOutSummary:
    """Shares from 0 to 1, None where nothing was there to measure."""

    questions: int
    hit_at_1: float | None
    wrongly_refused: float | None
    refusal_recall: float | None


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Leave each text out in turn; 1 when floors were asked for and one is missed."""
    scores = list(_scores(settings, args.styles))
    rows = {half: summaries([s for s in scores if s.half == half]) for half in HALVES}
    print(_as_json(rows) if args.json else _table(rows))
    return FAILED if args.floors and tell_missed("left_out", rows) else DONE


def summaries(scores: Sequence[LeftOutScore]) -> dict[str, LeftOutSummary]:
    """One row for each typing style asked, and `overall`."""
    rows = {
        style: summarise([s for s in scores if s.style == style])
        for style in STYLES
        if any(s.style == style for s in scores)
    }
    return rows | {"overall": summarise(scores)}


def summarise(scores: Sequence[LeftOutScore]) -> LeftOutSummary:
    """The numbers of some scores."""
    asked = [s for s in scores if not s.must_refuse]
    return LeftOutSummary(
        len(scores),
        mean([s.clause_first for s in asked]),
        mean([s.refused for s in asked]),
        mean([s.refused for s in scores if s.must_refuse]),
    )


def _scores(settings: Settings, styles: Sequence[TypingStyle]) -> Iterator[LeftOutScore]:
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sorted(p for p in LEFT_OUT.iterdir() if p.is_dir()):
            opened = Settings(data_dir=Path(scratch), embedder=settings.embedder)
            core = open_core(opened, models=folder)
            try:
                yield from _of_text(core, folder.name, styles)
            finally:
                core.close()


def _of_text(core: Core, document_id: str, styles: Sequence[TypingStyle]) -> Iterator[LeftOutScore]:
    documents = {
        d.id: DocumentOut.model_validate(document_out(d)) for d in core.retriever.documents
    }
    for half in HALVES:
        for question in load_half(half):
            ids = resolve(question, documents).ids
            own = question.kind in KINDS and any(i.startswith(f"{document_id}#") for i in ids)
            if own or question.must_refuse:
                for style in styles:
                    yield _score(core, half, question, style, document_id, ids)


def _score(
    core: Core,
    half: Half,
    question: Question,
    style: TypingStyle,
    document_id: str,
    ids: frozenset[str],
) -> LeftOutScore:
    answer = core.assistant.ask(restyle(question.text, style))
    first = answer.citations[0].passage_id if answer.citations else ""
    refused = answer.status in (question.expect or ("no_evidence", "out_of_scope"))
    hit = answer.status == "answered" and first in ids
    return LeftOutScore(half, style, document_id, question.must_refuse, refused, hit)


def _as_json(rows: dict[Half, dict[str, LeftOutSummary]]) -> str:
    values = {h: {name: asdict(row) for name, row in groups.items()} for h, groups in rows.items()}
    return json.dumps(values, indent=2)


def _table(rows: dict[Half, dict[str, LeftOutSummary]]) -> str:
    columns = {
        "đúng điều khoản đầu": "hit_at_1",
        "từ chối nhầm": "wrongly_refused",
        "từ chối đúng": "refusal_recall",
    }
    return table(rows, ("câu", "questions"), columns)
