"""What answers about procedures stand on: made anew with each import."""

from __future__ import annotations

from bot.sources.procedures.choosing import ProcedureChooser
from bot.sources.procedures.confidence import Confidence
from bot.sources.procedures.drafts import ProcedureDrafts
from bot.sources.procedures.placing import PlaceRecords
from bot.sources.procedures.things import Things
from knowledge.procedures.catalogue import Catalogue
from prompts.wording import Wording
from retrieval.procedures import ProcedureSearch


class ProcedureAnswers:
    """The search, the choice and the drafts over one catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        search: ProcedureSearch,
        say: Wording,
        records: PlaceRecords,
        confidence: Confidence,
    ) -> None:
        """Take the records, their index, the wording, what is known of places, and the model."""
        self.search, self.thing = search, Things(catalogue)
        self.chooser = ProcedureChooser(catalogue, search, confidence)
        self.drafts = ProcedureDrafts(catalogue, say, records)
