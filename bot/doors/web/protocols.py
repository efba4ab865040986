"""What the web door needs of the core, so that tests can put a small one in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.answer.answer import Answer
from knowledge.duties.choosing import Duties
from knowledge.models import Document
from knowledge.offices.catalogue import Offices


class AssistantLike(Protocol):
    """The conversation; every method may be called from any thread."""

    def ask(
        self,
        question: str,
        conversation_id: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> Answer:
        """Answer one question; raises `QuestionError` when it cannot be asked.

        `tell` is called with sentences as they are ready, before the answer is.
        """

    def saved_answer(self, answer_id: str) -> Answer | None:
        """An earlier answer with its question, or None."""

    def save_feedback(
        self, answer_id: str, useful: bool, reason: str | None, comment: str | None
    ) -> bool:
        """Keep what a user thought of an answer; False when there is no such answer."""


class DocumentsLike(Protocol):
    """The documents."""

    def all(self) -> list[Document]:
        """All documents, oldest first."""

    def get(self, document_id: str) -> Document | None:
        """One document, or None."""


class StoreLike(Protocol):
    """What is known."""

    @property
    def documents(self) -> DocumentsLike:
        """The documents."""


class CoreLike(Protocol):
    """Everything behind the doors."""

    @property
    def assistant(self) -> AssistantLike:
        """The conversation."""

    @property
    def store(self) -> StoreLike:
        """What is known."""

    @property
    def offices(self) -> Offices:
        """The offices of communes."""

    @property
    def degraded(self) -> Sequence[str]:
        """What does not work while questions are answered."""

    @property
    def duties(self) -> Duties:
        """Who is to do what by when, of all documents."""

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
