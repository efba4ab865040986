"""`haicap eval duties`: duties read off texts, against those that people labelled.

One object a line in sets/duties.jsonl: `document`, `words` of the deed that stand once in its
text, `who` and `with` as the text names them, and `due`. All duties of ten texts: the five that
are bundled, and five (sets/duties_texts/) that nothing was made to fit: no rule was changed after
a look at what became of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.settings import Settings
from evals.errors import QuestionFileError
from evals.scoring.floors import tell_missed
from evals.scoring.shares import mean, percents
from evals.sets.halves import Half
from evals.sets.json_lines import MEND, read_json_lines
from evals.sets.questions import FOLDER
from knowledge.duties.extraction import duties_of
from knowledge.duties.models import Due, DueKind, Duty, Every
from knowledge.models import Document
from knowledge.reading.bundled import load_bundled
from knowledge.text import collapse, fold

FILE: Final = FOLDER / "duties.jsonl"
TEXTS: Final = FOLDER / "duties_texts"
DONE, FAILED = 0, 1
BUNDLED, LEFT_OUT = "bundled", "left_out"


class LabelledDue(BaseModel):
    """By when, as a person reads it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: DueKind
    first: date | None = None
    last: date | None = None
    every: Every | None = None
    weekday: int | None = None
    day: int | None = None
    hour: int | None = None

    def is_of(self, due: Due) -> bool:
        """Whether a due was read right; of an event, that it is one."""
        if self.kind != due.kind or self.kind in ("event", "none"):
            return self.kind == due.kind
        return all(
            getattr(self, name) == getattr(due, name)
            for name in ("first", "last", "every", "weekday", "day", "hour")
        )


class LabelledDuty(BaseModel):
    """A duty, as a person reads it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    document: str
    words: Annotated[str, Field(min_length=1)]
    who: Annotated[str, Field(min_length=1)]
    partners: str = Field("", alias="with")
    due: LabelledDue


@dataclass(frozen=True, slots=True)
class DutySummary:
    """How the reading did: shares from 0 to 1, None where nothing was there to measure."""

    duties: int
    found: int
    recall: float | None  # of the duties labelled, those found with their bearer
    precision: float | None  # of the duties found, those labelled, with their bearer
    dates: float | None  # of the duties labelled with a time, those found with that time
    partners: float | None  # of the duties labelled with a partner, those found with it
    false_dates: int  # duties without a time that were given one


def load_labels(path: Path = FILE) -> list[LabelledDuty]:
    """The duties of a file.

    Raises:
        QuestionFileError: unreadable file or a wrong line; the message names it.
    """
    return [label for _, label in read_json_lines(path, LabelledDuty)]


def summarise(documents: Sequence[Document], labels: Sequence[LabelledDuty]) -> DutySummary:
    """Compare what is read off some texts with their labels.

    Raises:
        QuestionFileError: words of a label that do not stand once in its text.
    """
    pairs: list[tuple[LabelledDuty, Duty | None]] = []
    found = 0
    for document in documents:
        duties = duties_of(document)
        found += len(duties)
        pairs += [
            (one, match(one, document, duties)) for one in labels if one.document == document.id
        ]
    right = {duty.id for _, duty in pairs if duty}
    timed = [(one, duty) for one, duty in pairs if one.due.kind != "none"]
    shared = [(one, duty) for one, duty in pairs if one.partners]
    return DutySummary(
        len(pairs),
        found,
        mean([duty is not None for _, duty in pairs]),
        len(right) / found if found else None,
        mean([duty is not None and one.due.is_of(duty.due) for one, duty in timed]),
        mean([duty is not None and _same(one.partners, duty.partners) for one, duty in shared]),
        sum(d is not None and one.due.kind == "none" != d.due.kind for one, d in pairs),
    )


def match(label: LabelledDuty, document: Document, duties: Sequence[Duty]) -> Duty | None:
    """The duty whose words hold those of the label and whose bearer is its bearer."""
    if document.text.count(label.words) != 1:
        problem = f"{label.words!r} không đứng đúng một lần trong {document.id}"
        raise QuestionFileError(FILE.name, problem, MEND)
    start = document.text.index(label.words)
    return next(
        (
            duty
            for duty in duties
            if duty.start <= start < duty.end and _same(duty.bearer, label.who)
        ),
        None,
    )


def _same(one: str, other: str) -> bool:
    return fold(collapse(one)) == fold(collapse(other))


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Read all ten texts; 1 when floors were asked for and one is missed."""
    labels = load_labels()
    rows = {
        BUNDLED: summarise(load_bundled(), labels),
        LEFT_OUT: summarise(load_bundled(TEXTS), labels),
    }
    if args.json:
        print(json.dumps({name: asdict(row) for name, row in rows.items()}, indent=2))
    else:
        print(_table(rows))
    by_half: dict[Half, dict[str, DutySummary]] = {
        "tuning": {BUNDLED: rows[BUNDLED]},  # the rules were written with these texts in view
        "report": {LEFT_OUT: rows[LEFT_OUT]},
    }
    return FAILED if args.floors and tell_missed("duties", by_half) else DONE


def _table(rows: Mapping[str, DutySummary]) -> str:
    lines = [
        "| văn bản | việc | tìm ra | độ phủ | độ chính xác | hạn đúng | phối hợp đúng | hạn thừa |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    names = {BUNDLED: "năm văn bản đi kèm", LEFT_OUT: "năm văn bản để riêng"}
    for name, row in rows.items():
        shares = percents((row.recall, row.precision, row.dates, row.partners))
        lines.append(
            f"| {names[name]} | {row.duties} | {row.found} | {shares} | {row.false_dates} |"
        )
    return "\n".join(lines)
