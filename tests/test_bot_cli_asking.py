"""A question asked while `haicap serve` has the data folder goes to the server."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.answer.codec import blocks_out, to_public
from bot.doors.cli.asking import assistant_or_server
from bot.errors import QuestionError, UsageError
from bot.opening import Core
from retrieval.errors import IndexLockedError

QUESTION = "Kết luận 177 nói gì về cán bộ cấp xã?"


@contextlib.contextmanager
def serving(status: int, body: bytes) -> Iterator[tuple[str, list[Any]]]:
    """A server that always gives one reply; what it was asked is kept."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def taken(url: str | None) -> Iterator[Core]:
    raise IndexLockedError("Thư mục dữ liệu đang được dùng", url)
    yield


def test_the_server_answers_as_the_core_would(core: Core) -> None:
    expected = core.assistant.ask(QUESTION, "c1")
    given = to_public(expected) | {"blocks": blocks_out(expected.blocks)}
    body = json.dumps(given).encode()
    with serving(200, body) as (url, asked), assistant_or_server(lambda: taken(url)) as assistant:
        answer = assistant.ask(QUESTION, "c1")
    assert asked == [{"question": QUESTION, "conversation_id": "c1"}]
    assert answer == replace(expected, question="", phrasing={})


def test_the_own_core_is_asked_when_the_folder_is_free(core: Core) -> None:
    with assistant_or_server(lambda: contextlib.nullcontext(core)) as assistant:
        assert assistant is core.assistant


def test_a_refused_question_stays_refused() -> None:
    body = json.dumps({"detail": "Câu hỏi dài quá."}).encode()
    with (
        serving(422, body) as (url, _),
        assistant_or_server(lambda: taken(url)) as assistant,
        pytest.raises(QuestionError, match="dài quá"),
    ):
        assistant.ask("x" * 2_000)


@pytest.mark.parametrize(
    ("status", "body"), [(503, b'{"detail": "dang mo"}'), (200, b"<html>khong phai JSON")]
)
def test_a_server_that_cannot_answer_says_so(status: int, body: bytes) -> None:
    with (
        serving(status, body) as (url, _),
        assistant_or_server(lambda: taken(url)) as assistant,
        pytest.raises(UsageError, match="máy chủ Hai Cấp"),
    ):
        assistant.ask(QUESTION)


def test_a_process_that_is_no_server_keeps_its_folder() -> None:
    with pytest.raises(IndexLockedError), assistant_or_server(lambda: taken(None)):
        pass
