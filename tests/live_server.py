"""The web door on a real port of this machine, for tests that need more than a test client."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bot.doors.web.protocols import CoreLike
from bot.doors.web.server import server_config
from bot.settings import Settings


@contextmanager
def live_server(core: CoreLike, settings: Settings) -> Iterator[str]:
    """Serve in a thread; gives the address."""
    server = uvicorn.Server(server_config(core, settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://{settings.host}:{settings.port}"
    finally:
        server.should_exit = True
        thread.join(20)
