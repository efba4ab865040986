"""HTTP connections, of which no client holds more than its share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.doors.web.patience import PatientProtocol
from bot.doors.web.plain_refusal import plain_refusal
from bot.doors.web.rate_limit import client_key, is_trusted
from bot.settings import Network

REFUSED_S = 2.0  # that a refused client has to send its request, so that it can be told


class Share:
    """Connections by client; the proxies we trust speak for many."""

    def __init__(self, total: int, of_client: int, trusted: Sequence[Network]) -> None:
        self._total, self._of_client, self._trusted = total, of_client, trusted
        self._open: Counter[str] = Counter()

    def take(self, address: str) -> str | None:
        """The client that a new connection is counted for, to be given back; None: refused."""
        client = client_key({"type": "http", "client": (address, 0), "headers": []}, ())
        proxy = is_trusted(address, self._trusted)
        if self._open.total() >= self._total or (
            self._open[client] >= self._of_client and not proxy
        ):
            return None
        self._open[client] += 1
        return client

    def give_back(self, client: str) -> None:
        """A connection of this client ended."""
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]


class SharedProtocol(PatientProtocol):
    """Tells a client over its share to come back, as soon as it has asked for something."""

    share: Share  # set by the class made for one server
    _client: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, or refuse it."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._client = self.share.take(str(peer[0]) if peer else "unknown")
        if self._client is None:
            self._expect(REFUSED_S)

    def data_received(self, data: bytes) -> None:
        """Serve what is asked, or refuse it."""
        if self._client is not None:
            return super().data_received(data)
        if not self.transport.is_closing():
            self.transport.write(plain_refusal(data))
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place to another."""
        super().connection_lost(exc)
        if self._client is not None:
            self.share.give_back(self._client)
            self._client = None
