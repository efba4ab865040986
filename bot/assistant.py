"""The conversation: one question to one answer, the same for every door."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from bot.answer.answer import Answer, Citation
from bot.answer.draft import Draft, date_text
from bot.answer.quote import Quote
from bot.conversation.conversations import Conversations
from bot.conversation.follow_up import Reading
from bot.question.personal_data import mask_personal_data
from bot.question.understanding import Understanding, body_with_duties, check_question, understand
from bot.rephrasing.rephraser import Phrased, Phraser, merged
from bot.rephrasing.verifier import Evidence
from bot.sources.documents.answerability import Answerability
from bot.sources.documents.bounds import Mention, Scope, mention
from bot.sources.documents.composer import Composer, short
from bot.sources.documents.direct import NEAR, DirectAnswers
from bot.sources.documents.evidence import (
    best_unit,
    children,
    parent_lead_in,
    quote_around,
    unit_around,
)
from bot.sources.documents.features import features
from bot.sources.documents.known_questions import NOTHING_KNOWN, KnownQuestions, Likeness
from bot.sources.documents.lead import find_lead, key_phrase
from bot.sources.documents.rerank import Reranker
from bot.sources.records import RecordAnswers
from knowledge.models import Document, Passage
from knowledge.numbers import NumberMention
from knowledge.store import Store
from knowledge.text import fold, unit_spans
from prompts.wording import Wording
from retrieval.query import SearchQuery
from retrieval.retriever import Hit, Retrieval, Retriever
from retrieval.values import find_values
from retrieval.words import Words, text_words

TOP = 20  # passages put in order: 99 % hold the answering clause, of 10 only 97 %
MAX_ALSO = 2  # further clauses shown
ALSO_SHARE = 0.75  # a further clause must reach this share of the first one's coverage
MIN_LIST_PIECES = 3
MIN_LIST_ITEMS = 2
SPOKEN_OF = 0.6  # of a subject by a clause, for the documents that speak of it to be named
LIST_HITS = 2  # hits around which a list is looked for
MIN_HEAD_COVERAGE = 0.35  # of the question by the words that lead in a list


class Assistant:
    """Answers from the documents; safe to call from many threads."""

    def __init__(
        self,
        retriever: Retriever,
        records: RecordAnswers,
        store: Store,
        say: Wording,
        max_question_chars: int = 1_000,
        phraser: Phraser | None = None,
    ) -> None:
        """`store` keeps answers for their share pages; `say` is the wording for documents."""
        self._phraser = phraser
        self._retriever, self._records, self._store, self._say = retriever, records, store, say
        self._max_chars = max_question_chars
        self._composer = Composer(say)
        self._direct = DirectAnswers(retriever.documents, self._composer, say)
        self._known = KnownQuestions.load(retriever.embedder_fingerprint)
        self._reranker = Reranker()
        self._answerability = Answerability(retriever.embedder_fingerprint)
        self._conversations = Conversations(store, retriever, records, say)

    def ask(
        self,
        question: str,
        conversation_id: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> Answer:
        """The whole life of a question: check, understand, retrieve, weigh, compose, keep.

        Args:
            question: the user's words.
            conversation_id: of an earlier answer; None begins a conversation.
            tell: called with each sentence of a language model once it is verified.

        Raises:
            QuestionError: it cannot be asked; nothing was stored.
        """
        started = time.perf_counter()
        text = check_question(question, self._max_chars, self._say)
        reading = self._conversations.read(text, conversation_id)
        draft, reading = self._read_draft(text, reading)
        phrased = self._phrase(draft, reading.question, tell)
        answer = self._answer(draft, text, conversation_id, started)
        answer = replace(answer, mode=phrased.mode, phrasing=phrased.record)
        if reading.leans:
            answer = replace(answer, understood_as=mask_personal_data(reading.question))
        self._store.save_answer(answer.answer_id, {**asdict(answer), "question": answer.question})
        self._conversations.keep(answer, reading)
        return answer

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete what is kept of a conversation; returns how many turns that was."""
        return self._conversations.forget(conversation_id)

    def saved_answer(self, answer_id: str) -> Answer | None:
        """An earlier answer with its question, or None."""
        payload = self._store.saved_answer(answer_id)
        return _restored(payload) if payload else None

    def save_feedback(
        self, answer_id: str, useful: bool, reason: str | None, comment: str | None
    ) -> bool:
        """Keep what a user thought of an answer; False when there is no such answer."""
        reason = mask_personal_data(reason) if reason else None
        kept = mask_personal_data(comment) if comment else None
        return self._store.save_feedback(answer_id, useful, reason, kept)

    def opening_questions(self) -> tuple[str, ...]:
        """Example questions for an empty page."""
        return self._say.lines("opening")

    def answers_directly(
        self,
        query: SearchQuery,
        meaning: Understanding,
        named: Sequence[Document],
        missing: Sequence[NumberMention],
    ) -> bool:
        """Whether a question is answered (or refused) without a search."""
        return self._direct.answer(query, meaning, named, missing) is not None

    def _phrase(self, draft: Draft, question: str, tell: Callable[[str], None] | None) -> Phrased:
        """The draft in a language model's words, where one is configured and they stand."""
        if self._phraser is None or draft.status != "answered" or not draft.sources:
            return Phrased("composed")
        evidence = [self._evidence(citation) for citation in draft.citations()]
        masked = mask_personal_data(question)
        generation = self._store.generation()
        phrased = self._phraser.phrase(masked, draft.paragraphs, evidence, generation, tell)
        if phrased.mode == "model":
            note = self._say("mode.model_note")
            draft.paragraphs = merged(draft.paragraphs, phrased.sentences, note)
        return phrased

    def _evidence(self, citation: Citation) -> Evidence:
        found = self._retriever.passage(citation.passage_id)
        label = found[1].metadata.label if found else citation.document_title
        above = found[0].context if found else ""
        return Evidence.of(citation, label, date_text(citation.issued_on), above)

    def _read_draft(self, text: str, reading: Reading) -> tuple[Draft, Reading]:
        """The draft of a question as it was read; its own words when that finds nothing."""
        if reading.clarify:
            return self._direct.clarify(reading.clarify, reading.topic.document), reading
        if reading.mention:
            draft = self._mention(reading.mention)
        else:
            draft = self._draft(reading.question, reading.near)
        if reading.scope and not self._is_of(draft, reading.scope):
            draft = self._direct.refuse(reading.scope.refusal)
        if reading.leans and not reading.sure and draft.status == "no_evidence":
            return self._draft(text), Reading(text)
        if reading.leans:
            shown = mask_personal_data(reading.question)
            draft.paragraphs.insert(0, self._say("follow_up.understood", question=shown))
        return draft, reading

    def _is_of(self, draft: Draft, scope: Scope) -> bool:
        """Whether a clause of the draft is of the scope; records are about what they name."""
        if draft.status != "answered":
            return draft.status != "no_evidence"
        quotes = [source for source in draft.sources if isinstance(source, Quote)]
        rarity = self._retriever.restorer.rarity
        return not quotes or scope.holds(quotes, self._retriever.analyse, rarity)

    def _mention(self, asked: Mention) -> Draft:
        """The clause of a document that speaks of a matter, or that none does."""
        document = next(d for d in self._retriever.documents if d.id == asked.document_id)
        words = Words(self._retriever.analyse(asked.matter), self._retriever.restorer.rarity)
        quote = mention(document, words)
        if quote is None:
            return self._direct.refuse(asked.refusal)
        draft = Draft()
        self._composer.clause(draft, quote, None, key_phrase(quote, words))
        self._composer.suggest(draft, document, parent_lead_in(document, quote.passage))
        return draft

    def _draft(self, text: str, near: str = "") -> Draft:
        query = self._retriever.analyse(text)
        named, missing = self._retriever.named(query)
        meaning = understand(query, bool(named))
        draft = self._direct.answer(query, meaning, named, missing)
        if draft:
            return draft
        vector = self._retriever.embed(query)
        free = not named and not query.numbers
        draft = self._records.answer(query, vector) if free else None
        if draft:
            return draft
        words = Words(query, self._retriever.restorer.rarity)
        found = self._retriever.retrieve(query, TOP, vector)
        likeness = self._known.likeness(vector) if self._known else NOTHING_KNOWN
        retrieval = self._reranker.rerank(found, meaning, words, likeness)
        if near:
            retrieval = _near_first(retrieval, near, meaning, words)
        for kind, name, folded in self._must_be_named(query, meaning):
            kept = tuple(h for h in retrieval.hits if folded in fold(_placed(h)))
            if retrieval.hits and not kept:
                return self._direct.no_evidence(kind, retrieval.hits[:NEAR], **{kind: name})
            retrieval = replace(retrieval, hits=kept)
        refusal = self._refusal(retrieval, meaning, words, likeness)
        if refusal:
            return (self._records.fallback(query, vector) if free else None) or refusal
        draft = self._composed(retrieval, meaning, words, likeness)
        if retrieval.missing:
            draft.add(self._say("no_evidence.beside", name=retrieval.missing[0].shown))
        return draft

    def _must_be_named(
        self, query: SearchQuery, meaning: Understanding
    ) -> Iterator[tuple[str, str, str]]:
        """What a clause must name to answer: which refusal else, as typed, and folded."""
        if body := body_with_duties(query):
            yield "body", *body
        if "number" in meaning.expects and (place := self._records.place_of_figure(query)):
            yield "place", place, fold(place)

    def _composed(
        self, retrieval: Retrieval, meaning: Understanding, words: Words, likeness: Likeness
    ) -> Draft:
        if meaning.intent == "documents":
            return self._documents(retrieval, words)
        if meaning.intent == "list":
            listed = self._list(retrieval, words)
            if listed:
                return listed
        return self._clause(retrieval, meaning, words, likeness)

    def _refusal(
        self, retrieval: Retrieval, meaning: Understanding, words: Words, likeness: Likeness
    ) -> Draft | None:
        if retrieval.missing and not retrieval.hits:
            return self._direct.missing_document(retrieval.missing)
        if not retrieval.hits:
            return self._direct.no_evidence("plain")
        if days := self._retriever.unknown_days(retrieval.query):
            return self._direct.unknown_day(days[0], retrieval)
        row = features(retrieval, meaning, words, self._retriever.vocabulary, likeness)
        score = self._answerability.score(retrieval, row)
        if score >= 0 or (meaning.intent == "documents" and row["covered"] >= SPOKEN_OF):
            return None
        if retrieval.missing:
            return self._direct.missing_document(retrieval.missing)
        if not retrieval.named and self._answerability.is_outside(retrieval.vector):
            return self._direct.out_of_scope()
        name = "detail" if row["covered"] > 0.5 else "plain"
        return self._direct.no_evidence(name, retrieval.hits[:NEAR])

    def _clause(
        self, retrieval: Retrieval, meaning: Understanding, words: Words, likeness: Likeness
    ) -> Draft:
        hit = retrieval.hits[0]
        focus = likeness.words_that_answer(hit.passage.text)
        span = unit_around(hit.passage, focus) if focus else best_unit(hit, words)
        lead = find_lead(hit, span, retrieval.query, meaning, words, focus)
        quote = quote_around(hit.document, hit.passage, span)
        draft = Draft()
        phrase = None if lead else key_phrase(quote, words, meaning.expects, focus)
        self._composer.clause(draft, quote, lead, phrase)
        self._composer.also(
            draft, (self._part(h, words) for h in self._also(retrieval.hits, words))
        )
        self._composer.suggest(draft, hit.document, parent_lead_in(hit.document, hit.passage))
        return draft

    def _also(self, hits: tuple[Hit, ...], words: Words) -> list[Hit]:
        first = self._coverage(hits[0], words)
        near = [h for h in hits[1:5] if self._coverage(h, words) >= max(ALSO_SHARE * first, 0.3)]
        return near[:MAX_ALSO]

    def _coverage(self, hit: Hit, words: Words) -> float:
        unit = hit.passage.text[slice(*best_unit(hit, words))]
        return words.coverage(text_words(unit))

    def _part(self, hit: Hit, words: Words) -> Quote:
        start, end = best_unit(hit, words)
        passage = hit.passage
        if len(passage.text) <= 220:
            return short(hit.document, passage)
        return Quote(hit.document, passage, passage.start + start, passage.start + end)

    def _list(self, retrieval: Retrieval, words: Words) -> Draft | None:
        """The list whose heading or lead-in speaks to the question; else the pieces of a clause."""
        draft = Draft()
        first = retrieval.hits[0]
        head = self._list_head(retrieval.hits[:LIST_HITS], words)
        if head:
            document, passage = head
            self._composer.list_below(draft, document, passage, children(document, passage))
        elif len(unit_spans(first.passage.text)) >= MIN_LIST_PIECES:
            self._composer.list_inside(draft, first.document, first.passage)
        else:
            return None
        self._composer.suggest(draft, first.document)
        return draft

    def _list_head(self, hits: Sequence[Hit], words: Words) -> tuple[Document, Passage] | None:
        """Of the passages that lead in a list around the hits, the one that covers the question."""
        best, best_score = None, MIN_HEAD_COVERAGE
        for hit in hits:
            above = next((p for p in hit.document.passages if p.id == hit.passage.parent_id), None)
            for head in (hit.passage, above):
                if head is None or len(children(hit.document, head)) < MIN_LIST_ITEMS:
                    continue
                score = words.coverage(text_words(head.text))
                if score > best_score:
                    best, best_score = (hit.document, head), score
        return best

    def _documents(self, retrieval: Retrieval, words: Words) -> Draft:
        draft = Draft()
        first = self._coverage(retrieval.hits[0], words)
        best: dict[str, Hit] = {}
        for hit in retrieval.hits:
            if self._coverage(hit, words) >= ALSO_SHARE * first:
                best.setdefault(hit.document.id, hit)
        self._composer.documents(draft, [self._part(h, words) for h in best.values()])
        self._composer.suggest(draft, retrieval.hits[0].document)
        return draft

    def _answer(
        self, draft: Draft, text: str, conversation_id: str | None, started: float
    ) -> Answer:
        text_of = draft.text
        citations = tuple(c for c in draft.citations() if f"[{c.marker}]" in text_of)
        cited = (self._retriever.passage(c.passage_id) for c in citations)
        documents = (
            [found[1] for found in cited if found] if citations else self._retriever.documents
        )
        return Answer(
            answer_id=secrets.token_urlsafe(12),
            conversation_id=conversation_id or secrets.token_urlsafe(12),
            status=draft.status,
            text=draft.text,
            citations=citations,
            cards=tuple(draft.cards),
            suggestions=tuple(draft.suggestions),
            sources_as_of=min((d.metadata.sources_as_of for d in documents), default=""),
            took_ms=max(1, round((time.perf_counter() - started) * 1_000)),
            question=mask_personal_data(text),
        )


def _near_first(retrieval: Retrieval, near: str, meaning: Understanding, words: Words) -> Retrieval:
    """The clause talked about first, where it has what is asked for and as much of the question."""
    hit = next((h for h in retrieval.hits if h.passage.id == near), None)
    if hit is None or not any(v.kind in meaning.expects for v in find_values(hit.passage.text)):
        return retrieval
    covered, best = (words.coverage(text_words(h.passage.text)) for h in (hit, retrieval.hits[0]))
    if covered < best:
        return retrieval
    return replace(retrieval, hits=(hit, *(h for h in retrieval.hits if h is not hit)))


def _placed(hit: Hit) -> str:
    above = parent_lead_in(hit.document, hit.passage)
    return f"{hit.passage.text} {hit.passage.context} {above.text if above else ''}"


def _restored(payload: dict[str, Any]) -> Answer:
    values = dict(payload)
    values["citations"] = tuple(Citation(**c) for c in values["citations"])
    values["cards"], values["suggestions"] = tuple(values["cards"]), tuple(values["suggestions"])
    return replace(Answer("", "", "answered", ""), **values)
