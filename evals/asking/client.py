"""The real server in a process of its own, and questions to it over HTTP."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from bot.doors.web.schemas import AnswerOut, DocumentOut
from bot.settings import PREFIX
from evals.errors import ServedError
from evals.sets.sources import Source, element_ids

READY_WITHIN_S: Final = 600  # the first index of a slow machine
ANSWER_WITHIN_S: Final = 60
STOP_WITHIN_S: Final = 20
_HOST: Final = "127.0.0.1"
_LOG_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer and how long it took by the asker's clock."""

    answer: AnswerOut
    client_ms: float


class Client:
    """Asks one server, one question at a time, each in a conversation of its own unless told."""

    def __init__(self, http: httpx.Client) -> None:
        """Take a client whose base address is the server."""
        self._http = http
        self._pages: dict[str, str | None] = {}

    def ask(self, question: str, conversation_id: str | None = None) -> Asked:
        """`POST /api/ask`; `conversation_id` goes on with an earlier answer's conversation.

        Raises:
            ServedError: no answer, or another status than 200.
        """
        started = time.perf_counter()
        body = {"question": question}
        if conversation_id:
            body["conversation_id"] = conversation_id
        response = self._send("POST", "/api/ask", body)
        client_ms = (time.perf_counter() - started) * 1_000
        return Asked(AnswerOut.model_validate_json(response.content), client_ms)

    def sources(self) -> dict[str, Source]:
        """Every document with the anchors of its page, by document id."""
        listed = self._send("GET", "/api/documents").json()
        return {entry["id"]: self._source(entry["id"]) for entry in listed}

    def page(self, path: str) -> str | None:
        """The HTML of a page of the server, or None when it has no such page; kept."""
        if path not in self._pages:
            response = self._http.get(path)
            found = response.status_code == httpx.codes.OK
            self._pages[path] = response.text if found else None
        return self._pages[path]

    def _source(self, document_id: str) -> Source:
        document = self._send("GET", f"/api/documents/{document_id}")
        page = self._send("GET", f"/van-ban/{document_id}")
        return Source(DocumentOut.model_validate_json(document.content), element_ids(page.text))

    def _send(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        shown = f"{method} {path} {body or ''}".rstrip()
        try:
            response = self._http.request(method, path, json=body)
        except httpx.HTTPError as error:
            problem = f"{shown}: không có trả lời ({type(error).__name__})"
            raise ServedError(f"{problem}. Xem máy chủ còn chạy không") from error
        if response.status_code != httpx.codes.OK:
            problem = f"{shown}: mã {response.status_code} thay vì 200"
            raise ServedError(f"{problem}. Máy chủ nói: {response.text[:300]!r}")
        return response


@contextlib.contextmanager
def served(data_dir: Path | None = None, embedder: str = "default") -> Iterator[Client]:
    """A client of `haicap serve` on a free port; the server is ready, and stops at the end.

    The server sees none of this process's settings.

    Args:
        data_dir: its data folder; None: an empty temporary one.
        embedder: as the setting EMBEDDER.

    Raises:
        ServedError: it did not become ready.
    """
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haicap-eval-")))
        data_dir = (data_dir or scratch / "data").resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        environment = _environment(data_dir, port, embedder)
        log = scratch / "log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.doors.cli.main", "serve"],
                cwd=scratch,  # without a .env
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        stack.callback(_stop, process)
        http = stack.enter_context(
            httpx.Client(
                base_url=f"http://{_HOST}:{port}", timeout=ANSWER_WITHIN_S, trust_env=False
            )
        )
        _wait_until_ready(process, http, log)
        yield Client(http)


def _environment(data_dir: Path, port: int, embedder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    ours = {
        "DATA_DIR": str(data_dir),
        "HOST": _HOST,
        "PORT": str(port),
        "EMBEDDER": embedder,
        "RATE_LIMIT": "off",
        "LOG_LEVEL": "warning",
    }
    return kept | {PREFIX + name: value for name, value in ours.items()}


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIX)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], http: httpx.Client, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServedError(f"Máy chủ dừng trước khi sẵn sàng. Lời cuối: {_last_words(log)}")
        with contextlib.suppress(httpx.TransportError):
            if http.get("/readyz").status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise ServedError(
        f"Máy chủ chưa sẵn sàng sau {READY_WITHIN_S} giây. Lời cuối: {_last_words(log)}"
    )


def _last_words(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").splitlines()
    return " | ".join(lines[-_LOG_LINES:]) or "(không có)"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
