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

from bot.answer.answer import Answer
from bot.doors.web.context import WebContext
from bot.doors.web.crash_guard import log_crash
from bot.doors.web.problems import INTERNAL_ERROR, question_problem
from bot.doors.web.schemas import AskIn
from bot.errors import QuestionError

# A refused question is known at once; waiting this long lets it be a 422 instead of an event.
_REFUSAL_S = 0.2
_PIECES = re.compile(r"(?<=\n\n)")
_SEARCHING = {"state": "searching", "text": "Đang tìm trong các văn bản…"}
_DEGRADED = {"state": "degraded", "text": "Mô hình ngôn ngữ không dùng được. Đang dùng nguyên văn…"}
# What was sent as `delta` so far does not count: the whole text follows anew.
_REPLACED = {"state": "replaced", "text": "Đang dùng nguyên văn…"}
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Render = Callable[[Answer], dict[str, Any]]


async def stream_answer(
    web: WebContext, asked: AskIn, client: str, scope: Scope, render: Render
) -> EventSourceResponse:
    """Start answering; raises `QuestionError` when the question is refused.

    Args:
        web: what the application shares.
        asked: the question.
        client: who asks.
        scope: of the request, for the body of an `error` event.
        render: gives the object that the `done` event carries.
    """
    loop = asyncio.get_running_loop()
    early: asyncio.Queue[str] = asyncio.Queue()

    def tell(sentence: str) -> None:
        loop.call_soon_threadsafe(early.put_nowait, sentence)

    task = asyncio.create_task(
        run_in_threadpool(web.ask, asked.question, asked.conversation_id, client, tell)
    )
    await asyncio.wait({task}, timeout=_REFUSAL_S)
    if task.done() and isinstance(error := task.exception(), QuestionError):
        raise error
    return EventSourceResponse(_events(web, task, early, scope, render), headers=_HEADERS)


async def _events(
    web: WebContext,
    task: asyncio.Task[Answer],
    early: asyncio.Queue[str],
    scope: Scope,
    render: Render,
) -> AsyncIterator[bytes]:
    """The server stops this generator when the client leaves."""
    finished = False
    try:
        yield _event("status", _SEARCHING)
        told = False
        async for sentence in _early(task, early):
            told = True
            yield _event("delta", {"text": sentence + " "})
        answer = await task
        if answer.mode == "degraded":
            yield _event("status", _DEGRADED)
        if told and answer.mode != "model":
            yield _event("status", _REPLACED)
        if not (told and answer.mode == "model"):
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


async def _early(task: asyncio.Task[Answer], early: asyncio.Queue[str]) -> AsyncIterator[str]:
    """Sentences that are ready before the answer is."""
    while not (task.done() and early.empty()):
        waiting = asyncio.ensure_future(early.get())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            yield waiting.result()
        else:
            waiting.cancel()


def _failure(error: Exception, web: WebContext, scope: Scope) -> dict[str, Any]:
    if isinstance(error, QuestionError):
        return question_problem(error).to_dict(scope)
    log_crash(error, web.settings.log_questions)
    return INTERNAL_ERROR.to_dict(scope)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
