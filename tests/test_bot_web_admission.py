"""One client cannot stop the others: a bounded queue, shares of connections, a door that closes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_core import FakeCore
from live_server import live_server
from starlette.testclient import TestClient

from bot.doors.web.app import create_app
from bot.doors.web.loading import Loading
from bot.settings import Settings

BODY = json.dumps({"question": "Kết luận 177 ban hành ngày nào?"})
JSON = {"Content-Type": "application/json"}


class Gate(FakeCore):
    """Answers when the gate is open."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.open = threading.Event()
        ask = self.assistant.ask

        def waiting(*args, **options):
            assert self.open.wait(60)
            return ask(*args, **options)

        self.assistant.ask = waiting


def ask(port: int, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/ask", BODY, {**JSON, **headers})
    response = connection.getresponse()
    response.data = response.read()
    return response


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse().status


def until(true) -> None:
    deadline = time.monotonic() + 150
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert true()


def counted(port: int, name: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name))


def settings(port: int, **values: object) -> Settings:
    return Settings(port=port, rate_limit="off", **values)


def test_more_than_can_wait_are_told_to_come_back(free_port: int) -> None:
    core = Gate()
    bounds = {"max_working": 2, "max_waiting": 1, "max_wait_s": 60}
    with live_server(core, settings(free_port, **bounds)), ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, free_port) for _ in range(6)]
        until(lambda: sum(one.done() for one in asked) == 3)  # two are worked at, one waits
        late = [one.result() for one in asked if one.done()]
        assert [r.status for r in late] == [503] * 3
        assert {r.getheader("Retry-After") for r in late} == {"5"}
        assert json.loads(late[0].data)["code"] == "busy"
        page = ask(free_port, Accept="text/html")
        assert page.status == 503  # an API path: a problem, whoever asks
        assert get(free_port, "/healthz") == 200  # all threads may be taken
        core.open.set()
        assert sorted(one.result().status for one in asked) == [200] * 3 + [503] * 3


def test_nobody_waits_longer_than_they_are_told_and_people_get_a_page(free_port: int) -> None:
    core = Gate()
    bounds = {"max_working": 1, "max_wait_s": 0.2}
    with live_server(core, settings(free_port, **bounds)), ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, free_port)
        until(lambda: counted(free_port, "haicap_turned_away_total") == 0)
        time.sleep(0.2)
        connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=60)
        connection.request("GET", "/van-ban", headers={"Accept": "text/html"})
        page = connection.getresponse()
        assert page.status == 503
        assert "Đang có nhiều người hỏi" in page.read().decode()
        core.open.set()
        assert first.result().status == 200


def test_the_work_of_whoever_has_gone_is_not_done(free_port: int) -> None:
    core = Gate()
    with live_server(core, settings(free_port, max_working=1)), ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, free_port)
        time.sleep(0.2)
        gone = socket.create_connection(("127.0.0.1", free_port))
        head = f"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: {len(BODY.encode())}\r\n"
        gone.sendall(f"{head}Content-Type: application/json\r\n\r\n{BODY}".encode())
        time.sleep(0.2)
        gone.close()
        until(lambda: counted(free_port, "haicap_left_the_queue_total") == 1)
        core.open.set()
        assert first.result().status == 200
        assert ask(free_port).status == 200
        assert len(core.assistant.asked) == 2


def test_one_client_holds_only_its_share_of_connections(free_port: int) -> None:
    with live_server(FakeCore(), settings(free_port, max_client_connections=5)):
        held = [socket.create_connection(("127.0.0.1", free_port)) for _ in range(5)]
        until(lambda: _refused(free_port))
        held.pop().close()
        until(lambda: get(free_port, "/healthz") == 200)


def _refused(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    return response.status == 503 and response.getheader("Retry-After") == "5"


def test_a_route_has_a_rate_of_its_own() -> None:
    own = Settings(rate_limit="off", route_rate_limits="/dia-chi=2/hour, /api/ask=1/minute")
    client = TestClient(create_app(FakeCore(), own))
    assert [client.get("/dia-chi").status_code for _ in range(3)] == [200, 200, 429]
    asked = [client.post("/api/ask", content=BODY, headers=JSON) for _ in range(2)]
    assert [one.status_code for one in asked] == [200, 429]
    assert int(asked[1].headers["retry-after"]) <= 60
    assert client.get("/van-ban").status_code == 200


def test_the_port_answers_while_loading(free_port: int) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", free_port))
    with listener, Loading(listener):
        assert get(free_port, "/healthz") == 200
        response = ask(free_port)
        assert (response.status, response.getheader("Retry-After")) == (503, "5")
        assert "khởi động" in json.loads(response.data)["title"]


_SERVE = """
import sys, time
sys.path.insert(0, sys.argv[2])
import socket
from fake_core import FakeCore
from bot.doors.web.server import web_server
from bot.settings import Settings
s = Settings(port=int(sys.argv[1]), rate_limit="off", max_waiting=1000, max_wait_s=60,
             max_client_connections=1000)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", s.port))
web_server(FakeCore(delay_s=0.1), s).run(sockets=[listener])
"""


@pytest.mark.parametrize("clients", [40])
def test_what_was_let_in_is_answered_when_told_to_stop(free_port: int, clients: int) -> None:
    here = os.path.dirname(__file__)  # noqa: PTH120
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(free_port), here])
    try:
        until(lambda: _up(free_port))
        with ThreadPoolExecutor(clients) as pool:
            asked = [pool.submit(_came, free_port) for _ in range(clients)]
            until(lambda: sum(one.done() for one in asked) >= 3)
            process.send_signal(signal.SIGTERM)
            came = [one.result() for one in asked]
        assert came == ["answered"] * clients
        assert process.wait(60) in (0, -signal.SIGTERM)
    finally:
        process.kill()


def _up(port: int) -> bool:
    try:
        return get(port, "/healthz") == 200
    except OSError:
        return False


def _came(port: int) -> str:
    try:
        return "answered" if ask(port).status == 200 else "refused"
    except (ConnectionError, http.client.HTTPException) as error:
        return type(error).__name__
