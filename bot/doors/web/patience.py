"""HTTP connections that wait for a slow client only so long."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S = 30.0
PROGRESS_BYTES = 65_536  # of a request: whoever sends as much gets the time anew


class PatientProtocol(H11Protocol):
    """Drops a connection whose client neither sends its request nor reads its answer.

    Uvicorn bounds the time between requests alone, so that clients who send nothing could hold
    every connection for ever. It stands on h11, which bounds the headers; httptools does not.
    """

    _late: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _received = 0  # bytes since `_late` began to run

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """The time runs from the first byte of a request to its last."""
        self._received += len(data)
        super().data_received(data)
        if self.cycle and not self.cycle.more_body and not self.cycle.response_complete:
            self._expect_nothing()
        elif self._late is None or self._received >= PROGRESS_BYTES:
            self._expect()

    def on_response_complete(self) -> None:
        """What follows is the time between requests, which uvicorn bounds."""
        self._expect_nothing()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client reads slower than we write."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(PATIENCE_S, self._drop)

    def resume_writing(self) -> None:
        """The client took what was waiting."""
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._expect_nothing()
        super().connection_lost(exc)
        if self._stalled:
            self._stalled.cancel()

    def _expect(self, patience_s: float | None = None) -> None:
        self._expect_nothing()
        self._late = self.loop.call_later(patience_s or PATIENCE_S, self._drop)

    def _expect_nothing(self) -> None:
        self._received = 0
        if self._late:
            self._late.cancel()
            self._late = None

    def _drop(self) -> None:
        self.transport.abort()
