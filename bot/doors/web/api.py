"""The HTTP API."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.sse import EventSourceResponse
from starlette.responses import JSONResponse, Response

from bot.answer.answer import Answer
from bot.answer.codec import blocks_out
from bot.doors.web.context import AnyWeb, Client, ReadyWeb, WebContext
from bot.doors.web.problems import NOT_FOUND, NOT_READY, ProblemError
from bot.doors.web.schemas import (
    AnswerOut,
    AskIn,
    DocumentOut,
    FeedbackIn,
    FeedbackOut,
    MetadataOut,
    View,
    answer_out,
    document_out,
    metadata_out,
)
from bot.doors.web.stream import stream_answer

router = APIRouter()
_VIEW = Query(
    None,
    description="`html` thêm khoá `html`: câu trả lời như trên trang; `blocks` thêm khoá `blocks`",
)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.post("/api/ask", response_model=AnswerOut, summary="Hỏi, nhận câu trả lời có trích dẫn")
def ask(asked: AskIn, web: ReadyWeb, client: Client, view: View | None = _VIEW) -> JSONResponse:
    """Answer one question from the documents."""
    answer = web.ask(asked.question, asked.conversation_id, client)
    return JSONResponse(_answer(web, answer, view))


@router.post(
    "/api/ask/stream",
    response_class=Response,
    responses=_STREAM,
    summary="Hỏi, nhận câu trả lời dần dần (server-sent events: status, delta, done)",
)
async def ask_stream(
    asked: AskIn, request: Request, web: ReadyWeb, client: Client, view: View | None = _VIEW
) -> EventSourceResponse:
    """Answer one question as server-sent events."""
    render = partial(_answer, web, view=view)
    return await stream_answer(web, asked, client, request.scope, render)


@router.get("/api/documents", response_model=list[MetadataOut], summary="Các văn bản hiện có")
def documents(web: ReadyWeb) -> JSONResponse:
    """All documents, oldest first."""
    return JSONResponse([metadata_out(d.metadata) for d in web.core.store.documents.all()])


@router.get(
    "/api/documents/{document_id}",
    response_model=DocumentOut,
    summary="Một văn bản: toàn văn và các đoạn trích dẫn được",
)
def document(document_id: str, web: ReadyWeb) -> JSONResponse:
    """One document with its text and passages."""
    found = web.core.store.documents.get(document_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return JSONResponse(document_out(found))


@router.post(
    "/api/answers/{answer_id}/feedback",
    response_model=FeedbackOut,
    summary="Đánh giá một câu trả lời",
)
def feedback(answer_id: str, given: FeedbackIn, web: ReadyWeb) -> JSONResponse:
    """Keep what a user thought of an answer."""
    if not web.core.assistant.save_feedback(answer_id, given.useful, given.reason, given.comment):
        raise ProblemError(NOT_FOUND)
    web.metrics.feedback(given.useful)
    return JSONResponse(FeedbackOut(answer_id=answer_id).model_dump())


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Tiến trình còn chạy")
async def healthz() -> JSONResponse:
    """The process answers; `HealthMiddleware` does so before this is reached."""
    return JSONResponse({"status": "ok"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Sẵn sàng trả lời")
def readyz(web: AnyWeb) -> JSONResponse:
    """The documents are indexed; 503 until then."""
    if not web.core.ready:
        raise ProblemError(NOT_READY)
    if reasons := web.core.degraded:  # it answers, so nothing should be sent elsewhere
        return JSONResponse({"status": "degraded", "reasons": list(reasons)})
    return JSONResponse({"status": "ready"})


@router.get("/metrics", summary="Số đo cho Prometheus")
def metrics(web: AnyWeb) -> Response:
    """Metrics in the Prometheus text format."""
    return Response(web.metrics.exposition(), media_type="text/plain; version=0.0.4")


def _answer(web: WebContext, answer: Answer, view: View | None) -> dict[str, Any]:
    match view:
        case "html":
            return answer_out(answer, html=web.templates.answer(answer))
        case "blocks":
            return answer_out(answer, blocks=blocks_out(answer.blocks))
        case _:
            return answer_out(answer)
