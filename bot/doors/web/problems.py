"""Refusals and failures as RFC 9457 problem details, or as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from bot.doors.web.asgi import request_id
from bot.doors.web.templating import Templates
from bot.errors import QuestionError
from knowledge.errors import StoreError
from knowledge.text import clean

_PROGRAM_PATHS = (
    "/api/",
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/telegram/",
)


@dataclass(frozen=True)
class Problem:
    """One kind of refusal; `type` is the part of /docs that explains it."""

    code: str
    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self, scope: Scope) -> dict[str, Any]:
        """The JSON object; `code` and `request_id` are our extension members."""
        return {
            "type": f"/docs#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": scope.get("path", ""),
            "code": self.code,
            "request_id": request_id(scope),
            **self.extra,
        }


BAD_REQUEST = Problem("bad_request", 400, "Yêu cầu không đúng", "Máy chủ không hiểu yêu cầu này.")
FORBIDDEN = Problem(
    "forbidden", 403, "Không được phép", "Thiếu mã bí mật, hoặc mã bí mật không đúng."
)
NOT_FOUND = Problem(
    "not_found", 404, "Không tìm thấy", "Trang hoặc dữ liệu bạn cần không có ở địa chỉ này."
)
METHOD_NOT_ALLOWED = Problem(
    "method_not_allowed", 405, "Cách gọi không đúng", "Địa chỉ này không nhận cách gọi vừa dùng."
)
BODY_TOO_LARGE = Problem(
    "body_too_large", 413, "Dữ liệu gửi lên quá lớn", "Bạn hãy rút ngắn nội dung rồi gửi lại."
)
INVALID_REQUEST = Problem(
    "invalid_request", 422, "Dữ liệu gửi lên chưa đúng", "Dữ liệu không đọc được hoặc sai kiểu."
)
INVALID_QUESTION = Problem(
    "invalid_question", 422, "Chưa nhận được câu hỏi", "Câu hỏi này không đọc được."
)
RATE_LIMITED = Problem(
    "rate_limited", 429, "Bạn hỏi hơi nhanh", "Bạn vui lòng đợi một chút rồi thử lại."
)
INTERNAL_ERROR = Problem(
    "internal_error",
    500,
    "Hệ thống gặp lỗi",
    "Lỗi này ở phía chúng tôi, không phải ở bạn. Bạn vui lòng thử lại sau ít phút.",
)
NOT_READY = Problem(
    "not_ready",
    503,
    "Hệ thống đang khởi động",
    "Các văn bản đang được chuẩn bị. Bạn vui lòng thử lại sau ít giây.",
    headers={"Retry-After": "5"},
)
BUSY = Problem(
    "busy",
    503,
    "Đang có nhiều người hỏi",
    "Bạn vui lòng đợi vài giây rồi thử lại. Câu hỏi của bạn chưa bị mất.",
    headers={"Retry-After": "5"},
)
NOT_KEPT = Problem(
    "not_kept",
    503,
    "Chưa đọc hoặc ghi được",
    "Kho dữ liệu đang không ghi được. Bạn vẫn hỏi được; việc này xin thử lại sau.",
    headers={"Retry-After": "60"},
)
PROBLEMS = (
    BAD_REQUEST,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    BODY_TOO_LARGE,
    INVALID_REQUEST,
    INVALID_QUESTION,
    RATE_LIMITED,
    INTERNAL_ERROR,
    NOT_READY,
    BUSY,
    NOT_KEPT,
)
_BY_STATUS = {p.status: p for p in PROBLEMS if p not in (INVALID_QUESTION, BUSY, NOT_KEPT)}

# pydantic error types -> what is wrong, for people
_FIELD_MESSAGES = {
    "missing": "chưa có",
    "string_type": "phải là chuỗi ký tự",
    "string_unicode": "có ký tự không hợp lệ",
    "string_pattern_mismatch": "có ký tự không được dùng",
    "string_too_long": "quá dài",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "json_invalid": "không phải JSON hợp lệ",
}


class ProblemError(Exception):
    """Raised by an endpoint to answer with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def question_problem(error: QuestionError) -> Problem:
    """The refusal of a question, in the assistant's own words."""
    return replace(INVALID_QUESTION, detail=error.message_vi, extra={"reason": error.code})


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser is asking, not a program."""
    accept = next((v for k, v in scope.get("headers", []) if k == b"accept"), b"")
    return b"text/html" in accept and not scope["path"].startswith(_PROGRAM_PATHS)


def problem_response(problem: Problem, scope: Scope, templates: Templates) -> Response:
    """A problem as JSON, or as a page that keeps the typed question."""
    headers = {**problem.headers, "Cache-Control": "no-store"}
    if wants_page(scope):
        question = clean(Request(scope).query_params.get("q", ""))
        page = templates.render(
            "error.html", problem=problem, request_id=request_id(scope), question=question
        )
        return Response(page, problem.status, headers, "text/html")
    return JSONResponse(problem.to_dict(scope), problem.status, headers, "application/problem+json")


def http_problem(error: HTTPException) -> Problem:
    """The problem for an error that the framework raised."""
    if error.status_code == 400:  # only raised for a body that is not UTF-8 or nests too deep
        return INVALID_REQUEST
    problem = _BY_STATUS.get(error.status_code) or replace(BAD_REQUEST, status=error.status_code)
    return replace(problem, headers={**problem.headers, **(error.headers or {})})


def validation_problem(error: RequestValidationError) -> Problem:
    """Names the refused fields, never their values."""
    fields = [
        {"field": _field(item), "message": _FIELD_MESSAGES.get(item["type"], "không hợp lệ")}
        for item in error.errors()
    ]
    detail = "; ".join(f"{f['field']}: {f['message']}" for f in fields[:5])
    return replace(INVALID_REQUEST, detail=detail + ".", extra={"errors": fields[:20]})


def _field(item: Mapping[str, Any]) -> str:
    names = [part for part in item["loc"][1:] if isinstance(part, str)]
    return ".".join(names) or "nội dung gửi lên"


def install_problem_handlers(app: FastAPI, templates: Templates) -> None:
    """Answer every foreseen error of an endpoint with a problem."""

    async def on_problem(request: Request, error: Exception) -> Response:
        return problem_response(_problem_of(error), request.scope, templates)

    for kind in (ProblemError, QuestionError, HTTPException, RequestValidationError, StoreError):
        app.add_exception_handler(kind, on_problem)


def _problem_of(error: Exception) -> Problem:
    match error:
        case ProblemError():
            return error.problem
        case StoreError():
            return NOT_KEPT
        case QuestionError():
            return question_problem(error)
        case RequestValidationError():
            return validation_problem(error)
        case HTTPException():
            return http_problem(error)
    return INTERNAL_ERROR
