"""How uvicorn runs the web application."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence

import uvicorn

from bot.doors.web.app import create_app
from bot.doors.web.connections import Share, SharedProtocol
from bot.doors.web.hook import Hook
from bot.doors.web.protocols import CoreLike
from bot.settings import Settings

_DRAIN_S = 0.2  # to take in who stands before the door when it closes
_FIRST_REQUEST_S = 3.0  # for whoever came in to say what for
_MAX_HEAD_BYTES = 65_536  # request line and headers
_BYTES_PER_CHAR = 12  # of a question in the address: "%F0%9F%98%80"


def server_config(core: CoreLike, settings: Settings, hooks: Sequence[Hook] = ()) -> uvicorn.Config:
    """Uvicorn without its access log (it writes the question) and its trust in X-Forwarded-For."""
    share = Share(
        settings.max_connections, settings.max_client_connections, settings.trusted_proxies
    )
    return uvicorn.Config(
        create_app(core, settings, hooks),
        host=settings.host,
        port=settings.port,
        http=type("Protocol", (SharedProtocol,), {"share": share}),
        h11_max_incomplete_event_size=max(
            _MAX_HEAD_BYTES, 16_384 + _BYTES_PER_CHAR * settings.max_question_chars
        ),
        ws="none",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )


class Server(uvicorn.Server):
    """Ends when all that had come in is answered.

    The system resets connections that wait to be accepted when a listening socket is closed, and
    uvicorn closes it first: of 132 clients under load 104 were cut off.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let no more come, take in those who have, answer them, end."""
        self.server_state.default_headers.append((b"connection", b"close"))
        for listener in sockets or []:
            listener.listen(0)  # later ones try again for a second, then are told that we are gone
        deadline = time.monotonic() + _FIRST_REQUEST_S
        await asyncio.sleep(_DRAIN_S)
        # Uvicorn takes a connection that has sent nothing for idle; it may be about to be read.
        while time.monotonic() < deadline and any(
            getattr(connection, "cycle", None) is None
            for connection in self.server_state.connections
        ):
            await asyncio.sleep(_DRAIN_S)
        await super().shutdown(sockets)


def web_server(core: CoreLike, settings: Settings, hooks: Sequence[Hook] = ()) -> Server:
    """The server for one core, to be run on a socket."""
    return Server(server_config(core, settings, hooks))
