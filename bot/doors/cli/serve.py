"""`haicap serve`: the web page and the API, and the Telegram bot beside them."""

from __future__ import annotations

import argparse
import contextlib
import errno
import signal
import socket
from collections.abc import Iterator
from typing import NoReturn

from bot.doors.cli.beside import beside
from bot.doors.cli.core import opened_core
from bot.doors.web.loading import Loading
from bot.doors.web.logs import configure_logs
from bot.doors.web.server import web_server
from bot.errors import UsageError
from bot.opening import Core
from bot.settings import Settings

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop; the port is taken before the index is opened."""
    given = {key: value for key in ("host", "port") if (value := getattr(args, key))}
    if given:
        settings = Settings(**given)
    configure_logs(settings.log_level)
    signal.signal(signal.SIGTERM, _stop)  # uvicorn hands the signal on after its shutdown
    url = f"http://{_in_url(settings.host)}:{settings.port}"
    with _bound(settings) as listener, _opened(listener, settings, url) as core:
        bot = beside(core, settings)
        server = web_server(core, settings, bot.hooks if bot else ())
        print(f"Hai Cấp: {url} (dừng bằng Ctrl-C)", flush=True)
        forgetting = core.retention.running(settings.retention_check_s)
        with forgetting, bot.running(server) if bot else contextlib.nullcontext():
            try:
                server.run(sockets=[listener])
            except OSError as error:  # somebody else began to listen meanwhile
                _refuse_address(settings, error)
    return DONE


@contextlib.contextmanager
def _opened(listener: socket.socket, settings: Settings, url: str) -> Iterator[Core]:
    """The core; while it is opened the port says so."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(Loading(listener))
        except OSError as error:  # somebody else began to listen meanwhile
            _refuse_address(settings, error)
        with opened_core(settings, url) as core:
            stack.close()
            yield core


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _stop(*_: object) -> NoReturn:
    raise SystemExit(DONE)


def _bound(settings: Settings) -> socket.socket:
    """A socket that holds the address and does not listen yet."""
    listener = None
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener:
            listener.close()
        _refuse_address(settings, error)
    return listener


def _refuse_address(settings: Settings, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        problem = f"cổng {settings.port} trên {settings.host} đang có chương trình khác dùng"
        mend = f"Dừng chương trình đó hoặc chọn cổng khác: HAICAP_PORT={settings.port + 1}"
    elif error.errno == errno.EACCES:
        problem = f"không được phép mở cổng {settings.port}"
        mend = "Chọn cổng từ 1024 trở lên: HAICAP_PORT=8000"
    else:
        problem = f"không mở được địa chỉ {settings.host!r} ({error.strerror})"
        mend = "Đặt lại HAICAP_HOST, thường là 127.0.0.1"
    raise UsageError(f"{problem}. {mend}") from error
