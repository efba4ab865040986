"""Whether the clauses found answer, and which honest no it is where they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bot.answer.draft import Draft
from bot.models.loader import Models
from bot.models.networks import Networks
from bot.question.question import Ask
from bot.sources.documents.direct import DirectAnswers
from bot.sources.documents.evidence import parent_lead_in
from bot.sources.documents.features import features
from bot.sources.refusals import NEAR, Refusals
from knowledge.text import fold
from retrieval.retriever import Hit, Retrieval, Retriever

SPOKEN_OF = 0.6  # of a subject by a clause, for the documents that speak of it to be named
OF_DETAIL = (
    0.5  # of the question covered by a clause that does not answer it: the detail is missing
)
NEVER = -10.0  # log-odds where nothing was found, or what must be named is not


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hits that may answer, the odds that they do, and what to say where they do not."""

    found: Retrieval
    odds: float
    refusal: Callable[[], Draft] | None = None  # None: they answer
    why: Mapping[str, float] = field(default_factory=dict)


class Judge:
    """Weighs ranked hits against an ask."""

    def __init__(
        self, retriever: Retriever, direct: DirectAnswers, refusals: Refusals, models: Models
    ) -> None:
        self._retriever, self._direct, self._refusals = retriever, direct, refusals
        self._model = Networks.of(models.open("judge"))

    def verdict(self, ask: Ask, found: Retrieval) -> Verdict:
        """Whether ranked hits answer the ask."""
        row = self._measures(ask, found)
        for kind, name, folded in _must_be_named(ask):
            kept = tuple(h for h in found.hits if folded in fold(_placed(h)))
            if found.hits and not kept:
                near = found.hits[:NEAR]
                refusal = partial(self._refusals.no_evidence, kind, near, **{kind: name})
                return Verdict(found, NEVER, refusal, row)
            if kept != found.hits:
                found = replace(found, hits=kept)
                row = self._measures(ask, found)
        return self._judged(ask, found, row)

    def _measures(self, ask: Ask, found: Retrieval) -> Mapping[str, float]:
        if not found.hits:
            return {}
        return features(found, ask.wants, ask.words, self._retriever.vocabulary)

    def _judged(self, ask: Ask, found: Retrieval, row: Mapping[str, float]) -> Verdict:
        direct = self._direct
        missing = partial(direct.missing_document, found.missing) if found.missing else None
        if not found.hits:
            plain = partial(self._refusals.no_evidence, "plain")
            return Verdict(found, NEVER, missing or plain, row)
        if days := self._retriever.unknown_days(ask.query):
            return Verdict(found, NEVER, partial(direct.unknown_day, days[0], found), row)
        odds = self._model.log_odds(row)
        if odds >= 0 or (ask.wants.intent == "documents" and row["covered"] >= SPOKEN_OF):
            return Verdict(found, odds, None, row)
        return Verdict(found, odds, missing or self._no(found, row["covered"]), row)

    def _no(self, found: Retrieval, covered: float) -> Callable[[], Draft]:
        name = "detail" if covered > OF_DETAIL else "plain"
        return partial(self._refusals.no_evidence, name, found.hits[:NEAR])


def _must_be_named(ask: Ask) -> Iterator[tuple[str, str, str]]:
    """What a clause must name to answer: which refusal else, as typed, and folded."""
    if body := ask.body:
        yield "body", *body
    if "number" in ask.wants.expects and (place := ask.place_of_figure):
        yield "place", place, fold(place)


def _placed(hit: Hit) -> str:
    above = parent_lead_in(hit.document, hit.passage)
    return f"{hit.passage.text} {hit.passage.context} {above.text if above else ''}"
