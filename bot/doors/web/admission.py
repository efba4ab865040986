"""Middleware that lets in only as much work as can be done soon; the rest is told to come back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.doors.web.metrics import Metrics
from bot.doors.web.problems import BUSY, problem_response
from bot.doors.web.templating import Templates

# Served from memory, and what operators look at when everything else waits.
_FREE = ("/static/", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much work is let in."""

    working: int  # requests worked at
    waiting: int  # requests in the queue
    wait_s: float  # longest time there


class AdmissionMiddleware:
    """A queue before the work; whoever left it before their turn costs nothing."""

    def __init__(
        self, app: ASGIApp, bounds: Bounds, templates: Templates, metrics: Metrics
    ) -> None:
        self.app = app
        self.bounds = bounds
        self.templates = templates
        self.metrics = metrics
        self._turns = asyncio.Semaphore(bounds.working)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request when its turn comes; refuse it when that would be too late."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            return await self.app(scope, receive, send)
        request = _Request(receive)
        match await self._turn(request):
            case "come":
                try:
                    await self.app(scope, request.receive, send)
                finally:
                    self._turns.release()
                    request.close()
            case "left":
                self.metrics.left_the_queue.inc()
            case _:
                request.close()
                self.metrics.turned_away.inc()
                await problem_response(BUSY, scope, self.templates)(scope, receive, send)

    async def _turn(self, request: _Request) -> str:
        """Whether it has come, the client left, or it would be too late."""
        if not self._turns.locked():
            await self._turns.acquire()
            return "come"
        if self._waiting >= self.bounds.waiting:
            return "late"
        self._waiting += 1
        turn = asyncio.ensure_future(self._turns.acquire())
        gone = asyncio.ensure_future(request.gone())
        try:
            await asyncio.wait(
                (turn, gone), timeout=self.bounds.wait_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._waiting -= 1
            gone.cancel()
            if not turn.done():
                turn.cancel()
        if request.left:
            if turn.done() and not turn.cancelled():
                self._turns.release()
            return "left"
        return "come" if turn.done() and not turn.cancelled() else "late"


class _Request:
    """What a client sends, read ahead as far as is needed to see it leave."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []
        self._next: asyncio.Future[Message] | None = None
        self.left = False

    async def gone(self) -> None:
        """Return when the client has left; its body was read before by the body limit."""
        while not self.left:
            message = await self._ahead()
            self._next = None
            self._read.append(message)
            self.left = message["type"] == "http.disconnect"

    async def receive(self) -> Message:
        """The messages as they came."""
        if self._read:
            return self._read.pop(0)
        message = await self._ahead()
        self._next = None
        return message

    def close(self) -> None:
        """Wait for nothing more."""
        if self._next:
            self._next.cancel()

    def _ahead(self) -> Awaitable[Message]:
        """The next message; one that was begun to be waited for is not lost."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._receive())
        return asyncio.shield(self._next)
