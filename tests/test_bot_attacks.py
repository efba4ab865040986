"""What attackers tried against the doors, and what must hold."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import processor_time
import pytest
from fake_core import FakeCore
from live_server import live_server
from starlette.testclient import TestClient

from bot.doors.web import patience
from bot.doors.web.app import create_app
from bot.question.personal_data import MASK, mask_personal_data
from bot.settings import Settings
from knowledge.errors import DocumentError
from knowledge.reading.bundled import load_bundled
from knowledge.reading.duplicates import refuse_duplicates
from knowledge.reading.formats import read_document
from knowledge.structure.passages import parse_passages
from knowledge.text import sentence_spans

PAGE = {"Accept": "text/html"}
ASK_HEAD = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def _closed(connection: socket.socket) -> bool:
    """Whether the other side closed it, within the time limit of the socket."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def _sends_until_dropped(connection: socket.socket, data: bytes, pause_s: float = 0.0) -> None:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        connection.sendall(data)
        time.sleep(pause_s)


def _health(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


# Connections


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HT",
        ASK_HEAD,
        ASK_HEAD + b"Content-Length: 100\r\n\r\n{",
        ASK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
def test_a_client_that_never_sends_its_request_is_dropped(sent, free_port, monkeypatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.3)
    with (
        live_server(FakeCore(), Settings(port=free_port)),
        _connect(free_port) as slow,
    ):
        slow.sendall(sent)
        assert _closed(slow)
        assert _health(free_port) == 200


def test_a_client_that_trickles_its_request_is_dropped(free_port, monkeypatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.5)
    with (
        live_server(FakeCore(), Settings(port=free_port)),
        _connect(free_port) as slow,
    ):
        slow.sendall(ASK_HEAD + b"Content-Length: 1000\r\n\r\n{")
        with pytest.raises(ConnectionError):
            _sends_until_dropped(slow, b" ", 0.05)


def test_a_client_that_never_reads_its_answers_is_dropped(free_port, monkeypatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.5)
    # One more than itself is too many.
    settings = Settings(port=free_port, rate_limit="off", max_connections=1)
    with live_server(FakeCore(), settings), _connect(free_port) as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.settimeout(1)
        with pytest.raises(OSError, match=r"timed out|reset|pipe"):
            _sends_until_dropped(greedy, b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
        time.sleep(0.5)
        assert _health(free_port) == 200


def test_patience_does_not_cut_a_slow_answer_or_an_idle_client(free_port, monkeypatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.3)
    with live_server(FakeCore(delay_s=0.8), Settings(port=free_port)):
        connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=10)
        for _ in range(2):
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/ask", '{"question": "a"}', headers)
            assert connection.getresponse().read()
            time.sleep(0.6)
        connection.close()


def test_headers_without_end_are_refused(free_port) -> None:
    with live_server(FakeCore(), Settings(port=free_port)), _connect(free_port) as hostile:
        hostile.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ")
        with pytest.raises(ConnectionError):
            _sends_until_dropped(hostile, b"a" * 100_000)
        assert _health(free_port) == 200


def test_the_longest_question_fits_the_address(free_port) -> None:
    settings = Settings(port=free_port, max_question_chars=10_000, rate_limit="off")
    with live_server(FakeCore(), settings):
        connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=10)
        connection.request("GET", "/?q=" + quote("😀" * 10_000), headers=PAGE)
        assert connection.getresponse().status == 422  # the fake core takes 1,000


# The rate limit


@pytest.mark.parametrize("query", ["q=a", "%71=a", "c=b&%71=a", "%71=", "q"])
def test_no_spelling_of_q_escapes_the_rate_limit(query) -> None:
    client = TestClient(create_app(FakeCore(), Settings(rate_limit="1/minute")))
    statuses = [client.get(f"/?{query}", headers=PAGE).status_code for _ in range(2)]
    assert statuses == [200, 429]


def test_reading_stays_free() -> None:
    client = TestClient(create_app(FakeCore(), Settings(rate_limit="1/minute")))
    assert {client.get(path).status_code for path in ("/", "/van-ban", "/?c=x", "/?qq=x")} == {200}


# Pages


@pytest.mark.parametrize("query", ["\0", "a\0b", "Kết luận \u202e177\u202c nói gì", "a\x1bb\x85"])
@pytest.mark.parametrize("rate_limit", ["off", "1/minute"])
def test_pages_repeat_no_control_character(query, rate_limit) -> None:
    client = TestClient(create_app(FakeCore(), Settings(rate_limit=rate_limit)))
    for _ in range(2):  # the second is refused with a page when the rate is limited
        page = client.get("/", params={"q": query}, headers=PAGE).text
        assert not set(page) & set("\0\x1b\x85\u202e\u202c")


# Personal data


@pytest.mark.parametrize(
    "text",
    [
        "sđt ０９１２３４５６７８",
        "٠٩١٢٣٤٥٦٧٨",
        "0912\u200b345\u200b678",
        "0912\u00a0345\u00a0678",
        "0912–345–678",
        "0912/345/678",
        "0912_345_678",
        "0912,345,678",
        "SĐT0912345678",
        "0912345678/0987654321",
        "https://zalo.me/0912345678",
        "0084912345678",
        "cccd ０７９１２３４５６７８９",
    ],
)
def test_other_spellings_of_numbers_are_masked(text) -> None:
    masked = mask_personal_data(text)
    assert MASK in masked
    assert not any(c.isdigit() for c in masked)


def test_other_spellings_of_addresses_are_masked() -> None:
    assert mask_personal_data("gửi a.b＠gmail．com nhé") == f"gửi {MASK} nhé"


@pytest.mark.parametrize(
    "text",
    ["mục 1, 2, 3, 4, 5", "12/345/678", "10,912,345,678 đồng", "Luật số 26/2023/QH15", "1–7–2025"],
)
def test_other_numbers_stay(text) -> None:
    assert mask_personal_data(text) == text


# Documents


@pytest.mark.parametrize("mark", [".", "…", "?!", ".)", ". ", ".*"])
def test_a_run_of_marks_takes_linear_time(mark) -> None:
    text = "Điều 1. " + mark * 50_000
    with processor_time.at_most(5):
        sentence_spans(text)
        parse_passages("d", text)


def test_marks_still_end_sentences() -> None:
    text = "Vì sao?! Vì thế... Và hết. 1. Một"
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "Vì sao?!",
        "Vì thế...",
        "Và hết.",
        "1. Một",
    ]


_FRONT = "title: {title}\nissuer: {issuer}\nissued_on: '{issued_on}'\nnumber: {number}"


def _load(tmp_path, title="A", issued_on="2025-07-11", number="9/X", issuer="Cơ quan"):
    path = tmp_path / "a.md"
    front = _FRONT.format(title=title, issued_on=issued_on, number=number, issuer=issuer)
    path.write_text(f"---\n{front}\n---\nĐiều 1. Nội dung.\n", encoding="utf-8")
    return read_document(path)


@pytest.mark.parametrize("number", ["'177-KL/TW\u200b'", "１７７-KL/TW", '"177-KL/\\u00adTW"'])
def test_no_spelling_hides_a_number_that_is_taken(number, tmp_path) -> None:
    held = next(d for d in load_bundled() if d.metadata.number == "177-KL/TW").metadata
    twin = _load(tmp_path, number=number, issuer=held.issuer)
    assert twin.metadata.number == "177-KL/TW"
    with pytest.raises(DocumentError, match="number"):
        refuse_duplicates([*load_bundled(), twin])


@pytest.mark.parametrize(
    ("title", "kept"),
    [('"a\\0b"', "ab"), ('"a\\nb\\n# x"', "a b # x"), ('"\\e[31mđỏ\\a"', "[31mđỏ")],
)
def test_titles_are_one_line_without_control_characters(title, kept, tmp_path) -> None:
    assert _load(tmp_path, title=title).metadata.title == kept


def test_an_invisible_title_is_none(tmp_path) -> None:
    with pytest.raises(DocumentError, match="title"):
        _load(tmp_path, title='"\\u200b"')


def test_dates_in_other_digits_are_refused(tmp_path) -> None:
    with pytest.raises(DocumentError, match="issued_on"):
        _load(tmp_path, issued_on="٢٠٢٥-٠١-٠١")


# Nothing calls home


def test_onnxruntime_sends_nothing(tmp_path) -> None:
    """The official build writes a device id into the cache folder, and sends events, by default."""
    code = (
        "import retrieval.e5.encoder, onnxruntime, os; onnxruntime.SessionOptions();"
        "assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], check=True, env={**environment, **home})
    assert not list(tmp_path.rglob("*onnxruntime*"))
