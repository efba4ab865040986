"""What the sources claim on every example: measured once, for all that is fitted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.opening import Core
from bot.sources.documents.judging import NEVER
from bot.sources.router import measured
from bot.sources.source import CERTAIN
from evals.training.examples import DOCUMENTS, PROCEDURES, Example


@dataclass(frozen=True, slots=True)
class Claimed:
    """An example that no closed rule decides, with what the sources measured."""

    example: Example
    documents: Mapping[str, float]  # of the clauses found; empty where a rule refuses them
    procedures: Mapping[str, float]  # of the records found; empty where none was
    record: str  # name of the first record; empty where there is none
    values: Mapping[str, float]  # what the router looks at
    vector: np.ndarray


def claimed(core: Core, asked: Sequence[Example]) -> list[Claimed]:
    """Ask every example."""
    return [row for example in asked if (row := _claimed(core, example))]


def _claimed(core: Core, example: Example) -> Claimed | None:
    ask = core.reader.ask(example.text)
    claims = core.router.claims(ask)
    if any(claim.odds >= CERTAIN for claim in claims):
        return None
    by_source = {claim.source: claim for claim in claims}
    clause, record = by_source[DOCUMENTS], by_source.get(PROCEDURES)
    return Claimed(
        example,
        clause.why if clause.odds > NEVER else {},
        record.why if record else {},
        record.subject.procedure if record else "",
        measured(ask, claims),
        ask.vector,
    )
