"""Middleware that bounds how often one client may ask."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import parse_qsl

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.doors.web.metrics import Metrics
from bot.doors.web.problems import RATE_LIMITED, Problem, problem_response
from bot.doors.web.templating import Templates
from bot.settings import Network


class RateLimitMiddleware:
    """Counts questions, API calls and posts; reading pages is free."""

    def __init__(
        self,
        app: ASGIApp,
        rate: str,
        of_routes: Mapping[str, str],  # path or beginning of one -> its own rate, beside the other
        trusted: Sequence[Network],
        templates: Templates,
        metrics: Metrics,
        free: frozenset[str] = frozenset(),  # paths that count their own users
    ) -> None:
        self.app = app
        self.limit = None if rate == "off" else parse(rate)
        self.of_routes = {path: parse(own) for path, own in of_routes.items() if own != "off"}
        self.limiter = MovingWindowRateLimiter(MemoryStorage())
        self.trusted = trusted
        self.templates = templates
        self.metrics = metrics
        self.free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request within the limit, refuse any other."""
        problem = self._refusal(scope) if scope["type"] == "http" else None
        if problem is None:
            return await self.app(scope, receive, send)
        self.metrics.rate_limited.inc()
        await problem_response(problem, scope, self.templates)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        path = scope["path"]
        if path in self.free:
            return None
        own = [(limit, route) for route, limit in self.of_routes.items() if path.startswith(route)]
        if self.limit and _counts(scope):
            own.append((self.limit, ""))
        client = client_key(scope, self.trusted) if own else ""
        for limit, route in own:
            if not self.limiter.hit(limit, client, route):
                return self._wait(limit, client, route)
        return None

    def _wait(self, limit: RateLimitItem, client: str, route: str) -> Problem:
        reset = self.limiter.get_window_stats(limit, client, route).reset_time
        wait_s = max(1, math.ceil(reset - time.time()))
        return replace(
            RATE_LIMITED,
            detail=f"Bạn vui lòng đợi {wait_s} giây rồi thử lại.",
            headers={"Retry-After": str(wait_s)},
        )


def client_key(scope: Scope, trusted: Sequence[Network]) -> str:
    """Who is asking: the peer, or what trusted proxies say; IPv6 by /64, one home's share."""
    address = (scope.get("client") or ("unknown", 0))[0]
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    for hop in reversed([part.strip() for part in forwarded.split(",")]):
        if not is_trusted(address, trusted) or not _is_address(hop):
            break
        address = hop
    return _network_of(address)


def _counts(scope: Scope) -> bool:
    writes = scope["method"] not in ("GET", "HEAD")
    return writes or scope["path"].startswith("/api/") or _asks(scope["query_string"])


def _asks(query_string: bytes) -> bool:
    """Whether there is a `q`, read as the endpoints read it: "%71=" is one too."""
    fields = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    return any(name == "q" for name, _ in fields)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of the proxies that speak for others."""
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _network_of(address: str) -> str:
    if _is_address(address) and isinstance(ip := ip_address(address), IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ip_network((ip.packed, 64), strict=False))
    return address
