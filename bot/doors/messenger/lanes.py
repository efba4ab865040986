"""One lane for each chat: its requests in order, chats beside each other."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Queued(Protocol):
    """What a lane must know of a request, of any messenger."""

    @property
    def chat_id(self) -> Hashable:
        """Whose turn waits for which."""

    @property
    def update_id(self) -> int:
        """The order within a chat."""

    @property
    def key(self) -> str:
        """What tells two requests of one number apart."""


_Request = TypeVar("_Request", bound=Queued)


class Lanes(Generic[_Request]):
    """Runs requests; those of one chat one after another, by update id."""

    def __init__(self, handle: Callable[[_Request], Awaitable[None]]) -> None:
        """`handle` does one request and never raises."""
        self._handle = handle
        self._waiting: dict[Hashable, list[tuple[int, str, _Request]]] = {}
        self._running: dict[Hashable, asyncio.Task[None]] = {}
        self._stopping = False

    def submit(self, request: _Request) -> None:
        """Do it when those before it in its chat are done."""
        lane = self._waiting.setdefault(request.chat_id, [])
        heapq.heappush(lane, (request.update_id, request.key, request))
        if request.chat_id not in self._running and not self._stopping:
            task = asyncio.create_task(self._run(request.chat_id))
            self._running[request.chat_id] = task

    async def drain(self, patience_s: float) -> None:
        """Finish what was begun, begin nothing more; give up after `patience_s` seconds."""
        self._stopping = True
        running = set(self._running.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=patience_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, chat_id: Hashable) -> None:
        lane = self._waiting[chat_id]
        try:
            while lane and not self._stopping:
                await self._handle(heapq.heappop(lane)[2])
        finally:
            del self._running[chat_id]
            if not lane:
                del self._waiting[chat_id]
