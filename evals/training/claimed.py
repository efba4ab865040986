"""What the sources claim on every example: measured once, for all that is fitted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from bot.opening import Core
from bot.sources.documents.judging import NEVER
from bot.sources.router import measured
from bot.sources.source import CERTAIN
from evals.training.examples import DOCUMENTS, PROCEDURES, Example
from knowledge.procedures.catalogue import codes_of
from retrieval.record_ranker import RecordRanker


@dataclass(frozen=True, slots=True)
class Claimed:
    """An example that no closed rule decides, with what the sources measured."""

    example: Example
    documents: Mapping[str, float]  # of the clauses found; empty where a rule refuses them
    procedures: Mapping[str, float]  # of the records found; empty where none was
    right: bool  # whether the first record answers
    values: Mapping[str, float]  # what the router looks at
    vector: np.ndarray


def claimed(
    core: Core, asked: Sequence[Example], unseen: Sequence[tuple[RecordRanker, Set[str]]]
) -> list[Claimed]:
    """Ask every example.

    Args:
        core: the product.
        asked: the examples.
        unseen: rankers of records, each with the keys of the examples that it did not see; those
            are asked of it, so that what is fitted next knows how sure a ranker of strangers is.
    """
    search, fitted = core.procedures.search, core.procedures.search.ranking
    records = core.procedures.catalogue.all
    rows, left = [], {example.key for example in asked}
    for ranker, keys in unseen:
        search.ranking = ranker.over(records, search.bounds, search.vectors)
        rows += [row for e in asked if e.key in keys and (row := _claimed(core, e))]
        left -= keys
    search.ranking = fitted
    return [*rows, *(row for e in asked if e.key in left and (row := _claimed(core, e)))]


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
        _is_right(core, example, record.subject.procedure if record else ""),
        measured(ask, claims),
        ask.vector,
    )


def _is_right(core: Core, example: Example, name: str) -> bool:
    """Whether a record of a name is one that answers."""
    catalogue = core.procedures.catalogue
    codes = {code for p in catalogue.all if p.name == name for code in (p.id, *codes_of(p))}
    wanted = [catalogue.get(record) or catalogue.by_code(record) for record in example.records]
    known = {code for p in wanted if p for code in (p.id, *codes_of(p))}
    return not codes.isdisjoint(known.union(example.records))
