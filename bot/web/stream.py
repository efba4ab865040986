"""An answer as server-sent events: `status`, then `delta` pieces of the text, then `done`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from bot.answer import Answer
from bot.errors import QuestionError
from bot.web.context import WebContext
from bot.web.crash_guard import log_crash
from bot.web.problems import INTERNAL_ERROR, question_problem
from bot.web.schemas import AskIn

# A refused question is known at once; waiting this long lets it be a 422 instead of an event.
_REFUSAL_S = 0.2
_PIECES = re.compile(r"(?<=\n\n)")
_SEARCHING = {"state": "searching", "text": "Đang tìm trong các văn bản…"}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Render = Callable[[Answer], dict[str, Any]]


async def stream_answer(
    web: WebContext, asked: AskIn, scope: Scope, render: Render
) -> EventSourceResponse:
    """Start answering; raises `QuestionError` when the question is refused.

    Args:
        web: what the application shares.
        asked: the question.
        scope: of the request, for the body of an `error` event.
        render: gives the object that the `done` event carries.
    """
    task = asyncio.create_task(run_in_threadpool(web.ask, asked.question, asked.conversation_id))
    await asyncio.wait({task}, timeout=_REFUSAL_S)
    if task.done() and isinstance(error := task.exception(), QuestionError):
        raise error
    return EventSourceResponse(_events(web, task, scope, render), headers=_HEADERS)


async def _events(
    web: WebContext, task: asyncio.Task[Answer], scope: Scope, render: Render
) -> AsyncIterator[bytes]:
    """The server stops this generator when the client leaves."""
    finished = False
    try:
        yield _event("status", _SEARCHING)
        answer = await task
        for piece in _PIECES.split(answer.text):
            yield _event("delta", {"text": piece})
        yield _event("done", render(answer))
        finished = True
    except Exception as error:
        yield _event("error", _failure(error, web, scope))
        finished = True
    finally:
        if not finished:
            web.metrics.streams_cut.inc()
            task.cancel()


def _failure(error: Exception, web: WebContext, scope: Scope) -> dict[str, Any]:
    if isinstance(error, QuestionError):
        return question_problem(error).to_dict(scope)
    log_crash(error, web.settings.log_questions)
    return INTERNAL_ERROR.to_dict(scope)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
