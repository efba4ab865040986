"""The sources over one state of the data, and the router between them."""

from __future__ import annotations

from pathlib import Path

from bot.models.loader import ANY, Models
from bot.models.loader import FOLDER as FITTED
from bot.models.networks import Networks, Softmax
from bot.sources.documents.source import DocumentSource
from bot.sources.places.answers import PlaceAnswers
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.places.source import PlaceSource
from bot.sources.procedures.confidence import Confidence
from bot.sources.procedures.procedures import Procedures
from bot.sources.procedures.ranking import load_ranker
from bot.sources.procedures.source import ProcedureSource
from bot.sources.refusals import Refusals
from bot.sources.replies.meaning import Meaning
from bot.sources.replies.source import ReplySource
from bot.sources.router import Router
from knowledge.places.resolver import PlaceResolver
from knowledge.store.store import Store
from prompts.wording import Wording
from retrieval.retriever import Retriever

__all__ = ["FITTED", "Sources"]


class Sources:
    """Every source, opened; a new one is written in here, and nowhere else."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        resolver: PlaceResolver,
        say: Wording,
        fitted: Path = FITTED,
    ) -> None:
        """Open them; `fitted` is the folder of the fitted models.

        Raises:
            ModelError: a model is missing, or was fitted with another embedder.
        """
        models = Models(retriever.embedder_fingerprint, fitted)
        places = PlaceDrafts(resolver, say)
        self.procedures = Procedures(
            store,
            retriever.embedder,
            retriever.restorer,
            places.source,
            Confidence.load(models),
            load_ranker(models),
        )
        self.refusals = Refusals(say)
        procedures = ProcedureSource(self.procedures, self.refusals)
        self.names_procedure, self.thing = procedures.names, procedures.thing
        self.asks = Networks.of(Models("", FITTED).open(f"requests{ANY}")).log_odds
        replies = ReplySource(say, Meaning.of(models.open("safety")))
        self.urgent = replies.urgent
        sources = (
            replies,
            DocumentSource(retriever, self.refusals, models, say),
            PlaceSource(PlaceAnswers(resolver, places)),
            procedures,
        )
        self.router = Router(sources, Softmax.of(models.open("router")), self.refusals)
