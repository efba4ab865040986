"""Answers about procedures: what is asked, and what is said of it."""

from __future__ import annotations

import numpy as np

from bot.answer.draft import Draft, RecordSource
from bot.sources.procedures.choosing import ProcedureChooser
from bot.sources.procedures.drafts import ProcedureDrafts
from knowledge.places.models import PlaceResolution
from knowledge.procedures.catalogue import Catalogue
from prompts.wording import Wording
from retrieval.procedures import ProcedureSearch
from retrieval.query import SearchQuery


class ProcedureAnswers:
    """Decides whether a question is about a procedure, and answers it."""

    def __init__(self, catalogue: Catalogue, search: ProcedureSearch, say: Wording) -> None:
        """Take the records, their index, and the wording of prompts/procedures.vi.yaml."""
        self.search = search
        self._chooser = ProcedureChooser(catalogue, search)
        self._drafts = ProcedureDrafts(catalogue, say)

    def answer(
        self,
        query: SearchQuery,
        place: PlaceResolution | None = None,
        *,
        place_source: RecordSource | None = None,
        vector: np.ndarray | None = None,
        at_least: float = 0.0,
    ) -> Draft | None:
        """A draft, or None when the question is not about a procedure.

        Args:
            query: the analysed question.
            place: the place it names, when it names one.
            place_source: the record that says what that place is today.
            vector: the query's vector, when the caller has it.
            at_least: log-odds that it is about a procedure; 0 is as likely as not.
        """
        if vector is None:
            vector = self.search.vector(query)
        chosen = self._chooser.choose(query, vector, at_least)
        return self._drafts.draft(chosen, query, place, place_source) if chosen else None
