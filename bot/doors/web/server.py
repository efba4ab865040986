"""How uvicorn runs the web application."""

from __future__ import annotations

import uvicorn

from bot.doors.web.app import create_app
from bot.doors.web.patience import PatientProtocol
from bot.doors.web.protocols import CoreLike
from bot.doors.web.webhook import Receiver
from bot.settings import Settings

_SHUTDOWN_S = 10
_MAX_CONNECTIONS = 500  # beyond it uvicorn answers 503 at once
_MAX_HEAD_BYTES = 65_536  # request line and headers
_BYTES_PER_CHAR = 12  # of a question in the address: "%F0%9F%98%80"


def server_config(
    core: CoreLike, settings: Settings, receiver: Receiver | None = None
) -> uvicorn.Config:
    """Uvicorn without its access log (it writes the question) and its trust in X-Forwarded-For."""
    return uvicorn.Config(
        create_app(core, settings, receiver),
        host=settings.host,
        port=settings.port,
        http=PatientProtocol,
        h11_max_incomplete_event_size=max(
            _MAX_HEAD_BYTES, 16_384 + _BYTES_PER_CHAR * settings.max_question_chars
        ),
        ws="none",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )


def web_server(
    core: CoreLike, settings: Settings, receiver: Receiver | None = None
) -> uvicorn.Server:
    """The server for one core, to be run on a socket."""
    return uvicorn.Server(server_config(core, settings, receiver))
