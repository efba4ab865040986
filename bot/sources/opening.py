"""The sources over one state of the data, and the router between them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.models.loader import ANY, Models
from bot.models.loader import FOLDER as FITTED
from bot.models.networks import Networks, Softmax
from bot.models.terms import Terms
from bot.question.needs import Needs
from bot.question.offices_asked import Wanted
from bot.question.turns import Turns
from bot.sources.documents.source import DocumentSource
from bot.sources.duties.drafts import DutyDrafts
from bot.sources.duties.source import DutySource
from bot.sources.offices.desks import OfficeDesks
from bot.sources.offices.drafts import OfficeDrafts
from bot.sources.offices.source import OfficeSource
from bot.sources.places.answers import PlaceAnswers
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.places.records import place_url
from bot.sources.places.source import PlaceSource
from bot.sources.procedures.confidence import Confidence
from bot.sources.procedures.placing import PlaceRecords
from bot.sources.procedures.procedures import Procedures
from bot.sources.procedures.ranking import load_ranker
from bot.sources.procedures.source import ProcedureSource
from bot.sources.refusals import Refusals
from bot.sources.replies.meaning import HOURS, PERSON
from bot.sources.replies.source import ReplySource
from bot.sources.router import Router
from knowledge.duties.choosing import Duties
from knowledge.offices.catalogue import Offices
from knowledge.places.resolver import PlaceResolver
from knowledge.store.store import Store
from prompts.wording import Wording
from retrieval.retriever import Retriever

__all__ = ["FITTED", "Sources"]

# What of an office a message wants, where its meaning is known.
_OF_OFFICES: Mapping[str, Wanted] = {HOURS: "hours", PERSON: "phone"}


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
        self.offices = Offices.stored(store.records)
        self.duties = Duties(store.documents.all)
        desks = OfficeDesks(self.offices, resolver.catalogue.communes, say, place_url)
        self.procedures = Procedures(
            store,
            retriever.embedder,
            retriever.restorer,
            PlaceRecords(places.source, desks.told),
            Confidence.load(models),
            load_ranker(models),
        )
        self.refusals = Refusals(say)
        procedures = ProcedureSource(self.procedures, self.refusals)
        self.names_procedure, self.thing = procedures.names, procedures.thing
        self.covering = procedures.covering
        self.asks = Networks.of(models.open(f"requests{ANY}")).log_odds
        self.needs = Needs(Terms.of(models.open("needs")).each)
        self.turns = Turns(Terms.of(models.open("turns")).shares)
        replies = ReplySource(say, Terms.of(models.open("safety")))
        self.urgent = replies.urgent
        offices = OfficeSource(
            self.offices,
            OfficeDrafts(say, place_url, places.source),
            replies.told,
            _OF_OFFICES,
            replies.caution,
        )
        sources = (
            offices,  # before the replies: they say that no hours are known
            replies,
            DutySource(self.duties, DutyDrafts(store.documents.get, say)),
            DocumentSource(retriever, self.refusals, models, say),
            PlaceSource(PlaceAnswers(resolver, places)),
            procedures,
        )
        self.router = Router(sources, Softmax.of(models.open("router")), self.refusals)
