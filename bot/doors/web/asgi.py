"""Small helpers for plain ASGI middlewares (BaseHTTPMiddleware would buffer streams)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

REQUEST_ID = "haicap.request_id"  # key in the ASGI scope


def request_id(scope: Scope) -> str:
    """The id that ties the response, the log and the problem body together."""
    return str(scope.get(REQUEST_ID, ""))


def route_path(scope: Scope) -> str | None:
    """The template of the matched route ("/van-ban/{document_id}"), or None."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else None


class ResponseWatch:
    """A `send` that remembers the status and adds headers to the response start."""

    def __init__(self, send: Send, headers: dict[str, str] | None = None) -> None:
        self._send = send
        self._headers = headers or {}
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        """Send one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)
