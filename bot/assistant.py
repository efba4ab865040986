"""The conversation: one question to one answer, the same for every door."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.answer.answer import Answer
from bot.answer.codec import from_json, to_stored
from bot.answer.finish import finished
from bot.conversation.conversations import Conversations
from bot.keeping.answers import Answers
from bot.keeping.feedback import Feedback
from bot.keeping.writing import Writing
from bot.question.checking import check_question
from bot.question.personal_data import mask_personal_data
from bot.question.question import Question
from bot.question.subject import Subject
from bot.rephrasing.phrased import Rewords
from bot.sources.answering import Answering, Watch, unwatched
from knowledge.errors import StoreError
from prompts.wording import Wording


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions; safe to call from many threads."""

    conversations: Conversations
    answering: Answering
    rewording: Rewords
    answers: Answers
    feedback: Feedback
    say: Wording
    checked_on: str  # ISO date: the oldest check among all documents
    max_question_chars: int = 4_000
    writing: Writing = field(default_factory=Writing)

    def ask(
        self,
        question: str,
        conversation_id: str | None = None,
        tell: Callable[[str], None] | None = None,
        watch: Watch = unwatched,
    ) -> Answer:
        """The whole life of a question: check, read, claim, answer, reword, keep.

        Args:
            question: the user's words.
            conversation_id: of an earlier answer; None begins a conversation.
            tell: called with each sentence of a language model once it is verified.
            watch: shown what each stage made, by the stage's name.

        Raises:
            QuestionError: it cannot be asked; nothing was stored.
        """
        started = time.perf_counter()
        text = check_question(question, self.max_question_chars, self.say)
        asked = self.conversations.read(text, conversation_id)
        watch("read", asked)
        draft, asked = self.answering.draft(asked, watch)
        watch("answered", draft)
        phrased = self.rewording.reword(draft, asked.ask.text, tell)
        answer = replace(
            finished(draft, conversation_id, self.checked_on),
            took_ms=max(1, round((time.perf_counter() - started) * 1_000)),
            question=mask_personal_data(text),
            understood_as=mask_personal_data(asked.ask.text) if asked.leans else "",
            mode=phrased.mode,
            phrasing=phrased.record,
        )
        self._keep(answer, asked, draft.subject)
        watch("kept", answer)
        return answer

    def _keep(self, answer: Answer, asked: Question, subject: Subject) -> None:
        """Keep an answer for its share page, its turn for follow-ups; it is given in any case."""
        try:
            self.answers.save(answer.answer_id, to_stored(answer))
            self.conversations.keep(answer.conversation_id, answer.status, asked, subject)
        except StoreError as error:
            self.writing.failed(error)
        else:
            self.writing.worked()

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete what is kept of a conversation; returns how many turns that was."""
        return self.conversations.forget(conversation_id)

    def saved_answer(self, answer_id: str) -> Answer | None:
        """An earlier answer with its question, or None."""
        payload = self.answers.get(answer_id)
        return from_json(payload) if payload else None

    def save_feedback(
        self, answer_id: str, useful: bool, reason: str | None, comment: str | None
    ) -> bool:
        """Keep what a user thought of an answer; False when there is no such answer."""
        given = [mask_personal_data(words) if words else None for words in (reason, comment)]
        return self.feedback.save(answer_id, useful, *given)

    def opening_questions(self) -> tuple[str, ...]:
        """Example questions for an empty page."""
        return self.say.lines("questions.opening")
