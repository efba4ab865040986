"""Outermost middleware: request id, one log line and the metrics of each request."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from bot.doors.web.asgi import REQUEST_ID, ResponseWatch, route_path
from bot.doors.web.metrics import Metrics

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
log = structlog.get_logger("haicap.web")


class AccessMiddleware:
    """Neither the query string nor the body is logged: they hold the question."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and record it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = _request_id(Headers(scope=scope))
        scope[REQUEST_ID] = request_id
        watch = ResponseWatch(send, {"X-Request-ID": request_id})
        started = time.perf_counter()
        with bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, watch)
            finally:
                self._record(scope, watch.status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int | None, seconds: float) -> None:
        """A status of 499 means that the client left before the response began."""
        route = route_path(scope) or "other"
        self.metrics.request(scope["method"], route, status or 499, seconds)
        write = log.debug if route in _QUIET else log.info
        # The template instead of the path: an answer's address is known to its asker alone.
        write(
            "request",
            method=scope["method"],
            route=route,
            status=status or 499,
            ms=round(seconds * 1000, 1),
        )


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
