"""The optional language model: any OpenAI-compatible chat endpoint, bounded in time and length."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import LanguageModelError
from bot.rephrasing.usage import Usage
from prompts.prompt import Prompt

if TYPE_CHECKING:
    from bot.rephrasing.endpoint import Connection, Endpoint

MAX_CHARS_A_TOKEN = 8  # a server that ignores max_tokens is cut off here
MAX_IN_FLIGHT = 8  # answers at once; more are composed at once instead of waiting
TRIP_AFTER = 3  # failures in a row
PAUSE_S = 60.0  # how long nobody waits for an endpoint that failed so often
_DONE = object()


class Breaker:
    """Lets nobody wait for an endpoint that failed TRIP_AFTER times in a row, for PAUSE_S."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._failures, self._shut_until = 0, 0.0

    def allows(self) -> bool:
        """Whether to try; after a pause one caller tries and the others still do not."""
        with self._lock:
            if self._failures < TRIP_AFTER:
                return True
            now = self._clock()
            if now < self._shut_until:
                return False
            self._shut_until = now + PAUSE_S
            return True

    def succeeded(self) -> None:
        """The endpoint answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The endpoint did not."""
        with self._lock:
            self._failures += 1
            if self._failures >= TRIP_AFTER:
                self._shut_until = self._clock() + PAUSE_S

    @property
    def open(self) -> bool:
        """Whether callers are turned away now."""
        with self._lock:
            return self._failures >= TRIP_AFTER and self._clock() < self._shut_until


@dataclass
class LanguageModel:
    """One endpoint and model; safe to call from many threads."""

    endpoint: Endpoint
    breaker: Breaker = field(default_factory=Breaker)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(MAX_IN_FLIGHT)

    def stream(self, prompt: Prompt, values: dict[str, str], usage: Usage) -> Iterator[str]:
        """Pieces of the model's text as they come; `usage` is filled in on the way.

        Raises:
            LanguageModelError: refused, too slow, cut off or empty; `reason` says which. All of it
                happens within the endpoint's `timeout_s`.
        """
        prompt.check(set(values))
        if not self.breaker.allows():
            raise LanguageModelError("circuit_open")
        if not self._slots.acquire(blocking=False):
            raise LanguageModelError("busy")
        try:
            yield from self._bounded(prompt, values, usage)
        except LanguageModelError:
            self.breaker.failed()
            raise
        else:
            self.breaker.succeeded()
        finally:
            self._slots.release()

    def _bounded(self, prompt: Prompt, values: dict[str, str], usage: Usage) -> Iterator[str]:
        """Read in a thread of its own: a server that drips bytes must not hold the caller."""
        started = time.monotonic()
        deadline = started + self.endpoint.timeout_s
        http = self.endpoint.connect()
        pieces: queue.Queue[Any] = queue.Queue()
        reader = threading.Thread(
            target=self._read, args=(http, prompt, values, usage, pieces), daemon=True
        )
        reader.start()
        sent = 0
        try:
            while (piece := self._next(pieces, deadline)) is not _DONE:
                sent += len(piece)
                usage.pieces += 1
                yield piece
                if sent > MAX_CHARS_A_TOKEN * self.endpoint.max_tokens:
                    break
        finally:
            usage.seconds = time.monotonic() - started
            with contextlib.suppress(Exception):
                http.close()  # the reader, if it still waits, ends with an error nobody reads
        if not sent:
            raise LanguageModelError("empty")

    def _next(self, pieces: queue.Queue[Any], deadline: float) -> Any:
        try:
            piece = pieces.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            raise LanguageModelError("timeout") from None
        if isinstance(piece, LanguageModelError):
            raise piece
        if isinstance(piece, Exception):
            raise LanguageModelError(self.endpoint.reason_of(piece)) from piece
        return piece

    def _read(
        self,
        http: Connection,
        prompt: Prompt,
        values: dict[str, str],
        usage: Usage,
        pieces: queue.Queue[Any],
    ) -> None:
        try:
            for text in self.endpoint.read(http, prompt, values, usage):
                pieces.put(text)
            pieces.put(_DONE)
        except Exception as error:  # whatever it is, the reader's caller must hear of it
            pieces.put(error)
