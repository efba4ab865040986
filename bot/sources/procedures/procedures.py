"""The procedures behind every door: records, search, answers, and what an import adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.sources.procedures.answers import ProcedureAnswers
from bot.sources.procedures.confidence import WHOLE, Confidence
from bot.sources.procedures.placing import PlaceRecords
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import load_groups, load_procedures, load_rules, load_words
from knowledge.procedures.portal import PortalExport, from_payload, read_portal, to_payload
from knowledge.store.store import Store
from knowledge.text import fold
from prompts.wording import load_wording
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder
from retrieval.index import Progress
from retrieval.procedures import ProcedureHit, ProcedureSearch, content_tokens
from retrieval.query import SearchQuery, analyse
from retrieval.record_ranker import Ranker

RECORD_KIND = "portal-procedure"  # in the store
MIN_LISTED = 0.2  # records below have next to nothing to do with the words
MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ids of the records."""

    export: PortalExport
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    covered: int = 0  # imported procedures that went into a record of ours


class Procedures:
    """Everything about procedures; safe to read from many threads."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        restorer: Restorer,
        records: PlaceRecords,
        confidence: Confidence,
        ranker: Ranker,
        progress: Progress | None = None,
    ) -> None:
        """Load the records that ship and what was imported before; vectors come from the store's cache.

        Raises:
            ProcedureError: a bundled record is wrong.
        """
        self._store, self._embedder, self._restorer = store, embedder, restorer
        self._places, self._confidence, self._ranker = records, confidence, ranker
        self.say = load_wording()
        self._load(progress)

    def _load(self, progress: Progress | None = None) -> None:
        imported = [from_payload(row) for row in self._store.records.of_kind(RECORD_KIND).values()]
        portal = (*load_facts(), *imported)
        catalogue = Catalogue(load_procedures(), load_rules(), portal, load_groups(), load_words())
        rarity: Callable[[str], float] = self._restorer.rarity
        vectors = self._store.vectors
        search = ProcedureSearch(catalogue, self._embedder, vectors, rarity, self._ranker, progress)
        self.catalogue, self.search = catalogue, search
        self.answers = ProcedureAnswers(catalogue, search, self.say, self._places, self._confidence)

    def find(self, text: str | SearchQuery, k: int = MAX_LISTED) -> list[ProcedureHit]:
        """The records that fit `text`, best first; nothing fitting gives an empty list."""
        query = analyse(text, self._restorer) if isinstance(text, str) else text
        if not query.raw:
            return []
        return [hit for hit in self.search.search(query, k) if _listed(hit, query)]

    def ingest(
        self, path: Path, as_of: str | None = None, progress: Progress | None = None
    ) -> ImportReport:
        """Take an export of the national portal; the same file twice changes nothing.

        Raises:
            PortalFileError: it cannot be read; nothing was written.
        """
        export = read_portal(path, as_of)
        known = self._store.records.of_kind(RECORD_KIND)
        report = ImportReport(export)
        rows = {p.id: to_payload(p) for p in export.procedures}
        for procedure_id, payload in rows.items():
            if procedure_id not in known:
                report.added.append(procedure_id)
            elif known[procedure_id] != payload:
                report.replaced.append(procedure_id)
            else:
                report.unchanged.append(procedure_id)
        changed = {i: rows[i] for i in (*report.added, *report.replaced)}
        if changed:
            self._store.records.save(RECORD_KIND, changed)
            self._load(progress)
        shown = {p.id for p in self.catalogue.portal}
        covered = sum(procedure_id not in shown for procedure_id in rows)
        return ImportReport(export, report.added, report.replaced, report.unchanged, covered)


def _listed(hit: ProcedureHit, query: SearchQuery) -> bool:
    """Whether a record has something to do with the words.

    Words that stand in any question ("có", "không") show nothing: with them alone, six records came
    for "zzz khong co".
    """
    if hit.score < MIN_LISTED:
        return False
    if query.english or hit.coverage >= WHOLE or hit.meant:
        return True
    return not set(content_tokens(query.folded)).isdisjoint(content_tokens(fold(hit.phrase)))
