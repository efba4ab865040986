"""The pages, complete without JavaScript."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.answer.answer import Answer
from bot.doors.web.context import Client, ReadyWeb, WebContext
from bot.doors.web.problems import INVALID_REQUEST, NOT_FOUND, ProblemError, question_problem
from bot.errors import QuestionError
from knowledge.text import clean

router = APIRouter(include_in_schema=False)
_CONVERSATION_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_INDEXED = {"X-Robots-Tag": "noindex"}
_MAX_COMMENT_CHARS = 2000
_MAX_REASON_CHARS = 100


@router.api_route("/", methods=["GET", "HEAD"])
def chat(web: ReadyWeb, client: Client, q: str = "", c: str = "") -> HTMLResponse:
    """The conversation; with `q`, the answer to it (`c` is the conversation it belongs to)."""
    if not q.strip():
        return _chat_page(web)
    conversation_id = c if _CONVERSATION_ID.fullmatch(c) else None
    try:
        answer = web.ask(q, conversation_id, client)
    except QuestionError as error:
        problem = question_problem(error)
        return _chat_page(web, problem.status, question=q, notice=problem.detail)
    return _chat_page(web, question=q, answer=answer)


@router.api_route("/van-ban", methods=["GET", "HEAD"])
def document_list(request: Request, web: ReadyWeb) -> Response:
    """The list of documents, newest first."""
    documents = list(reversed(web.core.store.documents.all()))
    return _unless_known(request, _page(web, "documents.html", documents=documents))


@router.api_route("/van-ban/{document_id}", methods=["GET", "HEAD"])
def document(document_id: str, request: Request, web: ReadyWeb) -> Response:
    """One document: outline, whole text, every passage under its anchor."""
    found = web.core.store.documents.get(document_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return _unless_known(request, _page(web, "document.html", document=found))


@router.api_route("/tra-loi/{answer_id}", methods=["GET", "HEAD"])
def shared_answer(answer_id: str, web: ReadyWeb, cam_on: bool = Query(False)) -> HTMLResponse:
    """An answer that somebody shared; `cam_on` thanks for feedback."""
    # Whoever has the link sees the answer, but may not go on with the asker's conversation.
    answer = replace(_saved(web, answer_id), conversation_id="")
    return _page(web, "shared.html", _NOT_INDEXED, answer=answer, thanks=cam_on)


@router.post("/tra-loi/{answer_id}/danh-gia")
async def feedback(answer_id: str, request: Request, web: ReadyWeb) -> RedirectResponse:
    """Feedback from a form, for browsers without JavaScript."""
    form = _form(await request.body())
    useful = {"yes": True, "no": False}.get(form.get("useful", ""))
    if useful is None:
        raise ProblemError(INVALID_REQUEST)
    reason = form.get("reason", "")[:_MAX_REASON_CHARS] or None
    comment = form.get("comment", "")[:_MAX_COMMENT_CHARS] or None
    save = web.core.assistant.save_feedback
    if not await run_in_threadpool(save, answer_id, useful, reason, comment):
        raise ProblemError(NOT_FOUND)
    web.metrics.feedback(useful)
    return RedirectResponse(f"/tra-loi/{answer_id}?cam_on=1", status_code=303)


def _chat_page(
    web: WebContext,
    status: int = 200,
    question: str = "",
    answer: Answer | None = None,
    notice: str = "",
) -> HTMLResponse:
    # NUL is no HTML, and a mark that turns the line hides words; what is kept is what is shown.
    question = clean(answer.question if answer and answer.question else question)
    html = web.templates.render(
        "chat.html",
        question=question,
        answer=answer,
        notice=notice,
        documents=web.core.store.documents.all(),
        max_question_chars=web.settings.max_question_chars,
    )
    return HTMLResponse(html, status, _NOT_INDEXED if question else None)


def _page(
    web: WebContext, name: str, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    return HTMLResponse(web.templates.render(name, **values), headers=headers)


def _unless_known(request: Request, page: HTMLResponse) -> Response:
    """The page, or 304 when the browser has it: documents are long and networks slow."""
    tag = f'W/"{hashlib.sha256(page.body).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    page.headers.update(headers)
    return page


def _saved(web: WebContext, answer_id: str) -> Answer:
    answer = web.core.assistant.saved_answer(answer_id)
    if answer is None:
        raise ProblemError(NOT_FOUND)
    return answer


def _form(body: bytes) -> dict[str, str]:
    """The last value of each field of an urlencoded form, without NUL."""
    try:
        fields = parse_qs(body.decode("ascii"), errors="replace", max_num_fields=20)
    except ValueError:
        raise ProblemError(INVALID_REQUEST) from None
    return {name: values[-1].replace("\0", "") for name, values in fields.items()}
