"""Middleware that turns an unforeseen error into a polite 500 and one log entry."""

from __future__ import annotations

import traceback

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.doors.web.asgi import ResponseWatch
from bot.doors.web.problems import INTERNAL_ERROR, problem_response
from bot.doors.web.templating import Templates

log = structlog.get_logger("haicap.web")


class CrashGuardMiddleware:
    """The only `except Exception` of the web door besides the stream's."""

    def __init__(self, app: ASGIApp, templates: Templates, log_messages: bool) -> None:
        self.app = app
        self.templates = templates
        self.log_messages = log_messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, whatever happens inside."""
        watch = ResponseWatch(send)
        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            log_crash(error, self.log_messages)
            if scope["type"] != "http" or watch.status is not None:
                raise
            response = problem_response(INTERNAL_ERROR, scope, self.templates)
            await response(scope, receive, send)


def log_crash(error: Exception, with_message: bool) -> None:
    """Log where it happened; the message only on request, for it may quote the question."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    message = {"message": str(error)} if with_message else {}
    log.error("crash", error=type(error).__name__, where=where, **message)
