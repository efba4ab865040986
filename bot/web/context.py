"""What every endpoint of one application shares."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

import structlog
from fastapi import Depends, Request

from bot.answer import Answer
from bot.settings import Settings
from bot.web.metrics import Metrics
from bot.web.problems import NOT_READY, ProblemError
from bot.web.protocols import CoreLike
from bot.web.templating import Templates

log = structlog.get_logger("haicap.web")


@dataclass(frozen=True)
class WebContext:
    """The core with what the web door adds to it."""

    core: CoreLike
    settings: Settings
    templates: Templates
    metrics: Metrics

    def ask(
        self,
        question: str,
        conversation_id: str | None,
        tell: Callable[[str], None] | None = None,
    ) -> Answer:
        """Ask the assistant, count and log the answer (not the question, unless told to)."""
        started = time.perf_counter()
        answer = self.core.assistant.ask(question, conversation_id, tell)
        self.metrics.answer(answer, time.perf_counter() - started)
        extra = {"question": question} if self.settings.log_questions else {}
        log.info("answer", status=answer.status, sources=len(answer.citations), **extra)
        return answer


def web_context(request: Request) -> WebContext:
    """The context of the application that serves this request."""
    return cast(WebContext, request.app.state.web)


def ready_context(request: Request) -> WebContext:
    """The same, or 503 while the core is not ready."""
    web = web_context(request)
    if not web.core.ready:
        raise ProblemError(NOT_READY)
    return web


AnyWeb = Annotated[WebContext, Depends(web_context)]
ReadyWeb = Annotated[WebContext, Depends(ready_context)]
