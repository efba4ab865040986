"""Claims what the documents answer, or the honest no that they do not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.models.loader import Models
from bot.question.bounds import Mention
from bot.question.question import Ask
from bot.question.subject import NOTHING, Subject
from bot.sources.documents.bounds import ScopeCheck, mention
from bot.sources.documents.composer import Composer
from bot.sources.documents.direct import DirectAnswers
from bot.sources.documents.drafts import ClauseDrafts
from bot.sources.documents.evidence import parent_lead_in
from bot.sources.documents.judging import Judge, Verdict
from bot.sources.documents.lead import key_phrase
from bot.sources.documents.ranking import Ranking
from bot.sources.refusals import Refusals
from bot.sources.source import CERTAIN, Claim
from prompts.wording import Wording
from retrieval.retriever import Retriever
from retrieval.words import Words

_OF_WHOLE = ("outline", "metadata")  # what such questions ask of is a document, not a clause


class DocumentSource:
    """Answers from the clauses of documents."""

    name = "documents"

    def __init__(
        self, retriever: Retriever, refusals: Refusals, models: Models, say: Wording
    ) -> None:
        """Take the search over all documents, the fitted models and the wording."""
        self._retriever, self._refusals = retriever, refusals
        self._composer = Composer(say)
        self._direct = DirectAnswers(retriever, self._composer, refusals, say)
        self._drafts = ClauseDrafts(self._composer, say)
        self._ranking = Ranking(retriever, models)
        self._judge = Judge(retriever, self._direct, refusals, models)
        self._scope = ScopeCheck(retriever.analyse, retriever.restorer.rarity)

    def claim(self, ask: Ask) -> Claim:
        """What the documents say, with the odds that it answers; there always is something."""
        direct = self._mention(ask.bounds.mention) if ask.bounds.mention else None
        direct = direct or self._direct.answer(ask)
        if direct:
            answer = partial(self._bounded, ask, direct)
            return Claim(self.name, CERTAIN, _subject(direct, ask), {"direct": 1.0}, answer)
        verdict = self._judge.verdict(ask, self._ranking.ranked(ask))
        hits = verdict.found.hits
        subject = Subject("document", document=hits[0].document.metadata.label) if hits else NOTHING
        answer = partial(self._answer, ask, verdict)
        return Claim(self.name, verdict.odds, subject, verdict.why, answer)

    def _answer(self, ask: Ask, verdict: Verdict) -> Draft:
        refused = verdict.refusal() if verdict.refusal else None
        return self._bounded(ask, refused or self._drafts.draft(ask, verdict.found))

    def _bounded(self, ask: Ask, draft: Draft) -> Draft:
        """The draft, where a clause of it is of the scope; else that none is."""
        scope = ask.bounds.scope
        if scope and draft.status == "no_evidence":
            return self._refusals.refuse(scope.refusal)
        quotes = _quotes(draft)
        if scope and draft.status == "answered" and quotes and not self._scope.holds(scope, quotes):
            return self._refusals.refuse(scope.refusal)
        draft.subject = _subject(draft, ask)
        return draft

    def _mention(self, asked: Mention) -> Draft:
        """The clause of a document that speaks of a matter, or that none does."""
        document = next(d for d in self._retriever.documents if d.id == asked.document_id)
        words = Words(self._retriever.analyse(asked.matter), self._retriever.restorer.rarity)
        quote = mention(document, words)
        if quote is None:
            return self._refusals.refuse(asked.refusal)
        draft = Draft()
        self._composer.clause(draft, quote, None, key_phrase(quote, words))
        self._composer.suggest(draft, document, parent_lead_in(document, quote.passage))
        return draft


def _quotes(draft: Draft) -> Sequence[Quote]:
    return [source for source in draft.sources if isinstance(source, Quote)]


def _subject(draft: Draft, ask: Ask) -> Subject:
    """The document of the first clause quoted; nothing where none is."""
    quotes = _quotes(draft)
    if not quotes:
        return NOTHING
    first = quotes[0]
    whole = ask.wants.intent in _OF_WHOLE
    return Subject("document", "", first.document.metadata.label, first.passage.id, whole)
