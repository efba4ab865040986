"""One lane for each chat: its requests in order, chats beside each other."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable

from bot.doors.telegram_bot.reading import Request

Handle = Callable[[Request], Awaitable[None]]


class Lanes:
    """Runs requests; those of one chat one after another, by update id."""

    def __init__(self, handle: Handle) -> None:
        """`handle` does one request and never raises."""
        self._handle = handle
        self._waiting: dict[int, list[tuple[int, str, Request]]] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def submit(self, request: Request) -> None:
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

    async def _run(self, chat_id: int) -> None:
        lane = self._waiting[chat_id]
        try:
            while lane and not self._stopping:
                await self._handle(heapq.heappop(lane)[2])
        finally:
            del self._running[chat_id]
            if not lane:
                del self._waiting[chat_id]
