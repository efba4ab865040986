"""What every endpoint of one application shares."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, cast

import structlog
from fastapi import Depends, Request

from bot.answer.answer import Answer
from bot.doors.web.metrics import Metrics
from bot.doors.web.problems import NOT_READY, ProblemError
from bot.doors.web.protocols import CoreLike
from bot.doors.web.rate_limit import client_key
from bot.doors.web.templating import Templates
from bot.settings import Settings

log = structlog.get_logger("haicap.web")

# An id of fewer characters can be guessed ("1", "test"): what is said under it is remembered for
# the address alone that says it. The ids that we give out have 16.
MIN_ID_CHARS = 16


@dataclass(frozen=True)
class WebContext:
    """The core with what the web door adds to it."""

    core: CoreLike
    settings: Settings
    templates: Templates
    metrics: Metrics
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    def ask(
        self,
        question: str,
        conversation_id: str | None,
        client: str,
        tell: Callable[[str], None] | None = None,
    ) -> Answer:
        """Ask the assistant, count and log the answer (not the question, unless told to).

        Args:
            question: the user's words.
            conversation_id: as the client sent it, or None; the answer carries it back.
            client: who asks, as `client_of` gives it.
            tell: see `Assistant.ask`.
        """
        started = time.perf_counter()
        kept_under = self._own(conversation_id, client) if conversation_id else None
        answer = self.core.assistant.ask(question, kept_under, tell)
        if conversation_id:
            answer = replace(answer, conversation_id=conversation_id)
        self.metrics.answer(answer, time.perf_counter() - started)
        extra = {"question": question} if self.settings.log_questions else {}
        log.info("answer", status=answer.status, sources=len(answer.citations), **extra)
        return answer

    def _own(self, conversation_id: str, client: str) -> str:
        """The id that a conversation is kept under; no client can send one with a dot."""
        if len(conversation_id) >= MIN_ID_CHARS:
            return conversation_id
        digest = hashlib.sha256(self._salt + client.encode()).hexdigest()
        return f"{conversation_id}.{digest[:MIN_ID_CHARS]}"


def web_context(request: Request) -> WebContext:
    """The context of the application that serves this request."""
    return cast(WebContext, request.app.state.web)


def ready_context(request: Request) -> WebContext:
    """The same, or 503 while the core is not ready."""
    web = web_context(request)
    if not web.core.ready:
        raise ProblemError(NOT_READY)
    return web


def client_of(request: Request) -> str:
    """Who sends this request, as the rate limit counts clients."""
    return client_key(request.scope, web_context(request).settings.trusted_proxies)


Client = Annotated[str, Depends(client_of)]
AnyWeb = Annotated[WebContext, Depends(web_context)]
ReadyWeb = Annotated[WebContext, Depends(ready_context)]
