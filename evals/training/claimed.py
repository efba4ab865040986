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
from knowledge.procedures.catalogue import Catalogue, codes_of
from knowledge.procedures.models import Procedure
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
    known = Records(core.procedures.catalogue)
    rows, left = [], {example.key for example in asked}
    for ranker, keys in unseen:
        search.ranking = ranker.over(known.catalogue.all, search.bounds, search.vectors)
        rows += [row for e in asked if e.key in keys and (row := _claimed(core, known, e))]
        left -= keys
    search.ranking = fitted
    return [*rows, *(row for e in asked if e.key in left and (row := _claimed(core, known, e)))]


def _claimed(core: Core, known: Records, example: Example) -> Claimed | None:
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
        known.right(example, record.subject.procedure if record else ""),
        measured(ask, claims),
        ask.vector,
    )


class Records:
    """Which records are one and the same: those that share a code."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._named: dict[str, set[str]] = {}
        for procedure in catalogue.all:
            self._named.setdefault(procedure.name, set()).update(_codes(procedure))

    def right(self, example: Example, name: str) -> bool:
        """Whether a record of a name is one that answers an example."""
        found = (self.catalogue.get(r) or self.catalogue.by_code(r) for r in example.records)
        wanted = {code for procedure in found if procedure for code in _codes(procedure)}
        return not wanted.union(example.records).isdisjoint(self._named.get(name, ()))


def _codes(procedure: Procedure) -> tuple[str, ...]:
    return (procedure.id, *codes_of(procedure))
