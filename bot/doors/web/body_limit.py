"""Middleware that refuses a request body over the limit, announced or chunked."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.doors.web.problems import BODY_TOO_LARGE, problem_response
from bot.doors.web.templating import Templates


class BodyLimitMiddleware:
    """Reads the body before the application does: bodies are small by definition here."""

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        templates: Templates,
        larger: Mapping[str, int] | None = None,  # path -> its own limit, for uploads
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.larger = dict(larger or {})
        self.templates = templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a body within the limit, refuse any other."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.larger.get(scope["path"], self.max_bytes)
        messages = None if _announces_more(scope, limit) else await _read(receive, limit)
        if messages is None:
            response = problem_response(BODY_TOO_LARGE, scope, self.templates)
            return await response(scope, receive, send)
        await self.app(scope, _replay(messages, receive), send)


def _announces_more(scope: Scope, limit: int) -> bool:
    length = Headers(scope=scope).get("content-length", "0")
    return length.isdecimal() and int(length) > limit


async def _read(receive: Receive, limit: int) -> list[Message] | None:
    """All messages of the body, or None when it is too large."""
    messages, size = [], 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > limit:
            return None
        if not message.get("more_body", False):
            return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    """Give the messages read before, then what comes next (a disconnect)."""
    waiting = iter(messages)

    async def next_message() -> Message:
        message = next(waiting, None)
        return await receive() if message is None else message

    return next_message
