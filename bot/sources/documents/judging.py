"""Whether the clauses found answer, and which honest no it is where they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bot.answer.draft import Draft
from bot.question.question import Ask
from bot.sources.documents.answerability import Answerability
from bot.sources.documents.direct import DirectAnswers
from bot.sources.documents.evidence import parent_lead_in
from bot.sources.documents.features import features
from bot.sources.documents.ranking import Ranked
from bot.sources.refusals import NEAR, Refusals
from knowledge.text import fold
from retrieval.retriever import Hit, Retrieval, Retriever

SPOKEN_OF = 0.6  # of a subject by a clause, for the documents that speak of it to be named
OF_DETAIL = (
    0.5  # of the question covered by a clause that does not answer it: the detail is missing
)
YES, NOT_NAMED, NO = 10.0, 8.0, 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The hits that may answer, the odds that they do, and what to say where they do not."""

    found: Retrieval
    odds: float
    refusal: Callable[[], Draft] | None = None  # None: they answer
    why: Mapping[str, float] = field(default_factory=dict)


class Judge:
    """Weighs ranked hits against an ask."""

    def __init__(self, retriever: Retriever, direct: DirectAnswers, refusals: Refusals) -> None:
        self._retriever, self._direct, self._refusals = retriever, direct, refusals
        self._answerability = Answerability(retriever.embedder_fingerprint)

    def verdict(self, ask: Ask, ranked: Ranked) -> Verdict:
        """Whether the hits answer the ask."""
        found = ranked.found
        for kind, name, folded in _must_be_named(ask):
            kept = tuple(h for h in found.hits if folded in fold(_placed(h)))
            if found.hits and not kept:
                near = found.hits[:NEAR]
                return Verdict(
                    found,
                    NOT_NAMED,
                    partial(self._refusals.no_evidence, kind, near, **{kind: name}),
                )
            found = replace(found, hits=kept)
        return self._judged(ask, replace(ranked, found=found))

    def _judged(self, ask: Ask, ranked: Ranked) -> Verdict:
        found, direct = ranked.found, self._direct
        missing = partial(direct.missing_document, found.missing) if found.missing else None
        if not found.hits:
            return Verdict(found, NO, missing or partial(self._refusals.no_evidence, "plain"))
        if days := self._retriever.unknown_days(ask.query):
            return Verdict(found, NO, partial(direct.unknown_day, days[0], found))
        row = features(found, ask.wants, ask.words, self._retriever.vocabulary, ranked.likeness)
        score = self._answerability.score(found, row)
        if score >= 0 or (ask.wants.intent == "documents" and row["covered"] >= SPOKEN_OF):
            return Verdict(found, YES, None, row)
        return Verdict(found, NO, missing or self._no(found, row["covered"]), row)

    def _no(self, found: Retrieval, covered: float) -> Callable[[], Draft]:
        if not found.named and self._answerability.is_outside(found.vector):
            return self._refusals.out_of_scope
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
