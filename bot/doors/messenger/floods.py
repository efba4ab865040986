"""How often one person, and one chat, may ask."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Refusal:
    """Who asks too often and how long to wait; only the first of a row is told."""

    who: Literal["person", "chat"]
    wait_s: int
    tell: bool


class Floods:
    """Counts requests by opaque key; for one thread."""

    def __init__(self, person_rate: str, chat_rate: str) -> None:
        """Rates such as "60/minute", or "off"."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._person, self._chat = _rate(person_rate), _rate(chat_rate)
        self._told: dict[str, float] = {}  # key -> when its refusal ends

    def refuse(self, person: str, chat: str) -> Refusal | None:
        """Count one request; a refusal when it is one too many."""
        return self._hit("person", self._person, person) or self._hit("chat", self._chat, chat)

    def _hit(
        self, who: Literal["person", "chat"], rate: RateLimitItem | None, key: str
    ) -> Refusal | None:
        if rate is None or self._limiter.hit(rate, key):
            return None
        reset = self._limiter.get_window_stats(rate, key).reset_time
        now = time.time()
        wait_s = max(1, math.ceil(reset - now))
        self._told = {k: until for k, until in self._told.items() if until > now}
        tell = key not in self._told
        self._told.setdefault(key, now + wait_s)
        return Refusal(who, wait_s, tell)


def _rate(text: str) -> RateLimitItem | None:
    return None if text == "off" else parse(text)
