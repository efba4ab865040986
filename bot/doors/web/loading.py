"""What the port says while the documents are opened: wait a little, instead of nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

from bot.doors.web.plain_refusal import alive, plain_refusal

_LOOK_S = 0.1  # between looks whether the loading is over
_PATIENCE_S = 1.0  # with one client: they are answered one after the other
_MAX_BYTES = 65_536
_TITLE = "Hai Cấp đang khởi động"
_DETAIL = "Các văn bản đang được chuẩn bị. Bạn vui lòng thử lại sau ít giây."


class Loading:
    """Answers on a bound socket while the block lasts; whoever connects later is served."""

    def __init__(self, listener: socket.socket) -> None:
        """Take a socket that is bound and does not listen yet."""
        self._listener = listener
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="loading", daemon=True)

    def __enter__(self) -> Loading:
        """Begin.

        Raises:
            OSError: somebody else began to listen meanwhile.
        """
        self._listener.listen()
        self._listener.settimeout(_LOOK_S)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._listener.setblocking(False)

    def _answer(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):  # nobody came, or the client left
                client, _ = self._listener.accept()
                with client:
                    client.settimeout(_PATIENCE_S)
                    client.sendall(_reply(_request(client)))


def _request(client: socket.socket) -> bytes:
    """The head of a request, or what came of it."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < _MAX_BYTES and (part := client.recv(8_192)):
        data += part
    return data


def _reply(request: bytes) -> bytes:
    if request.startswith((b"GET /healthz ", b"HEAD /healthz ")):
        return alive()
    return plain_refusal(request, _TITLE, _DETAIL)
