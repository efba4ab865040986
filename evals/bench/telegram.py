"""What the Telegram bot takes besides the assistant: its own requests, storage and rendering."""

from __future__ import annotations

import json
import queue
import tempfile
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from bot.answer.answer import Answer
from bot.doors.telegram_bot.door import DoorThread, TelegramDoor
from bot.opening import Core
from bot.settings import Settings

_TOKEN: Final = "1:bench"  # noqa: S105 (of a server of our own)
_PATIENCE_S: Final = 60.0
_BOT: Final = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "BenchBot"}


def added_by_telegram(core: Core, questions: Sequence[str]) -> list[float]:
    """Milliseconds for each question, asked one after another over HTTP on this machine.

    From the moment the Bot API server has a question to the moment it has the answer, less the
    time that the assistant took.
    """
    assistant = _Timed(core)
    api = _BotApi()
    with tempfile.TemporaryDirectory(prefix="haicap-bench-") as scratch:
        settings = Settings(
            data_dir=Path(scratch),  # for the key of people's names alone
            telegram_token=_TOKEN,
            telegram_api_url=f"http://127.0.0.1:{api.server_port}",
            telegram_webhook_secret=None,
            public_url=None,
            rate_limit="off",
            telegram_chat_limit="off",
        )
        serving = threading.Thread(target=api.serve_forever, daemon=True)
        serving.start()
        try:
            door = TelegramDoor(_Watched(core, assistant), settings)
            with DoorThread(door, api.failed):
                return [api.ask(question) - assistant.took_ms for question in questions]
        finally:
            api.shutdown()
            api.server_close()


class _Timed:
    """The assistant with a stop-watch."""

    def __init__(self, core: Core) -> None:
        self._assistant = core.assistant
        self.took_ms = 0.0

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        started = time.perf_counter()
        try:
            return self._assistant.ask(question, conversation_id)
        finally:
            self.took_ms = (time.perf_counter() - started) * 1_000

    def saved_answer(self, answer_id: str) -> Answer | None:
        return self._assistant.saved_answer(answer_id)

    def opening_questions(self) -> tuple[str, ...]:
        return self._assistant.opening_questions()


class _Watched:
    """The core with the timed assistant."""

    def __init__(self, core: Core, assistant: _Timed) -> None:
        self.assistant, self.store, self.keeping = assistant, core.store, core.keeping


class _BotApi(ThreadingHTTPServer):
    """As much of the Bot API as the measurement needs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answered: queue.Queue[float] = queue.Queue()
        self._count = time.time_ns() // 1_000_000  # ids that no earlier run used

    def ask(self, question: str) -> float:
        """Milliseconds until the answer is there; each question in a chat of its own."""
        self._count += 1
        person = {"id": self._count, "is_bot": False, "first_name": "Bench"}
        message = {
            "message_id": 1,
            "date": 1,
            "chat": {"id": self._count, "type": "private", "first_name": "Bench"},
            "from": person,
            "text": question,
        }
        started = time.perf_counter()
        self.asked.put({"update_id": self._count, "message": message})
        return (self.answered.get(timeout=_PATIENCE_S) - started) * 1_000

    def handle_error(self, request: object, client_address: object) -> None:
        """The bot has left with its poll open."""

    def failed(self) -> None:
        """The bot cannot go on; `ask` runs out of patience."""

    def result(self, method: str, given: dict[str, list[str]]) -> object:
        """What one method gives."""
        if method == "getMe":
            return _BOT
        if method == "getWebhookInfo":
            return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        if method == "sendMessage":
            self.answered.put(time.perf_counter())
            return {"message_id": 2, "date": 1, "chat": {"id": 1, "type": "private"}}
        if method == "getUpdates":
            try:
                return [self.asked.get(timeout=float(given.get("timeout", ["0"])[0]))]
            except queue.Empty:
                return []
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the peer's acknowledgement
    server: _BotApi

    def do_POST(self) -> None:
        """One method call."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        result = self.server.result(self.path.rpartition("/")[2], parse_qs(body.decode()))
        raw = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Nothing."""
