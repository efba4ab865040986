"""Delivery of the Telegram door under load, restarts and signals; the same answers as by HTTP."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import built_copy
from fastapi.testclient import TestClient
from telegram_core import Echo, Stub, door_settings, running_door
from telegram_server import TOKEN, Sent, TelegramServer

from bot.doors.web.app import create_app
from bot.opening import open_core
from bot.settings import Settings
from evals.sets.questions import load_half
from knowledge.store.store import open_store

ROOT = Path(__file__).parent.parent
CHATS, ROUNDS = 200, 5
CLAUSE = "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?"


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer().running() as running:
        yield running


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Stub]:
    store = open_store(f"sqlite:///{tmp_path / 'haicap.sqlite3'}")
    yield Stub(Echo(), store)
    store.close()


def echo_settings(server: TelegramServer, folder: Path, **values: Any) -> Settings:
    given = {
        "data_dir": folder,
        "telegram_token": TOKEN,
        "telegram_api_url": server.url,
        "rate_limit": "off",
        "telegram_chat_limit": "off",
    }
    return Settings(**{**given, **values})


@pytest.mark.server
def test_a_thousand_updates_with_faults_are_each_answered_once(
    server: TelegramServer, echo: Stub, tmp_path: Path
) -> None:
    faults = server.faults
    faults.too_many, faults.bad_gateway, faults.dropped, faults.slow = 0.03, 0.04, 0.04, 0.03
    faults.repeated, faults.shuffled = 0.2, True
    expected: dict[int, list[str]] = {chat: [] for chat in range(1, CHATS + 1)}

    def talk() -> None:
        for number in range(ROUNDS):
            for chat in expected:
                server.say(f"Câu {number} của {chat}", chat=chat)
                expected[chat].append(f"Câu {number} của {chat}")
            time.sleep(0.3)

    settings = echo_settings(server, tmp_path)
    talking = threading.Thread(target=talk)
    talking.start()
    for share in (0.3, 0.7, 1.0):  # two restarts on the way
        with running_door(echo, settings):
            server.wait_for(round(share * CHATS * ROUNDS), timeout_s=120)
    talking.join()
    with running_door(echo, settings):  # and a last look for what might be sent again
        server.say("Hết", chat=9_999)
        server.wait_for(1, 9_999)
    told = {chat: [s.text for s in server.to(chat)] for chat in expected}
    assert told == expected
    assert set(echo.assistant.asked.values()) == {1}


def test_one_slow_chat_holds_up_no_other(
    server: TelegramServer, echo: Stub, tmp_path: Path
) -> None:
    echo.assistant._delay_s = 0.15
    with running_door(echo, echo_settings(server, tmp_path)):
        for number in range(20):
            server.say(f"Câu {number}", chat=1)
        server.say("Câu khác", chat=2)
        server.wait_for(1, 2)
        assert len(server.to(1)) < 15
        assert [s.text for s in server.wait_for(20, 1)] == [f"Câu {n}" for n in range(20)]


def test_a_stop_finishes_what_was_begun(server: TelegramServer, echo: Stub, tmp_path: Path) -> None:
    echo.assistant._delay_s = 0.5
    settings = echo_settings(server, tmp_path)
    with running_door(echo, settings):
        server.say("Câu đầu", chat=1)
        server.say("Câu sau", chat=1)
        while not server.actions:  # begun
            time.sleep(0.01)
    assert [s.text for s in server.to(1)] == ["Câu đầu"]
    with running_door(echo, settings):
        assert [s.text for s in server.wait_for(2, 1)] == ["Câu đầu", "Câu sau"]


def test_what_ends_the_process_again_and_again_is_given_up(echo: Stub) -> None:
    inbox = echo.keeping.inbox
    assert inbox.take(1, {"7:a": {"n": 7}, "8:b": {"n": 8}}) == ["7:a", "8:b"]
    assert inbox.take(1, {"7:a": {"n": 7}}) == []
    assert inbox.take(2, {"7:a": {"n": 7}}) == ["7:a"]  # of another bot
    inbox.finish(1, "8:b")
    for _ in range(2):
        assert inbox.waiting(1, 3) == [{"n": 7}]  # however often it is looked at
        assert inbox.waiting(1, 3) == [{"n": 7}]
        inbox.begin_again(1, "7:a")
    assert inbox.waiting(1, 3) == []
    assert inbox.take(1, {"7:a": {"n": 7}, "8:b": {"n": 8}}) == []


# Processes


@contextmanager
def haicap(
    command: str, server: TelegramServer, folder: Path, **more: str
) -> Iterator[subprocess.Popen[str]]:
    """A process of the command line; killed at the end when it still runs."""
    env = {
        **os.environ,
        "HAICAP_DATA_DIR": str(folder),
        "HAICAP_TELEGRAM_TOKEN": TOKEN,
        "HAICAP_TELEGRAM_API_URL": server.url,
        "HAICAP_RATE_LIMIT": "off",
        "PYTHONPATH": str(ROOT),
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.doors.cli.main", *command.split()],
        env=env,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def data(built_folder: Path, tmp_path: Path) -> Path:
    return built_copy(built_folder, tmp_path / "data").data_dir


@pytest.mark.server
def test_sigterm_ends_it_with_success(server: TelegramServer, data: Path) -> None:
    with haicap("telegram", server, data) as process:
        server.say(CLAUSE)
        server.wait_for(1, timeout_s=120)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "@HaiCapTestBot" in out
    assert TOKEN not in out + err
    assert "cơ quan chuyên môn" not in out + err


@pytest.mark.server
def test_a_killed_process_loses_no_question(server: TelegramServer, data: Path) -> None:
    chats = range(1, 61)
    with haicap("telegram", server, data) as process:
        server.say("/moi", chat=999)
        server.wait_for(1, 999, timeout_s=120)
        for chat in chats:
            server.say(CLAUSE, chat=chat)
        server.wait_for(10, timeout_s=60)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    with haicap("telegram", server, data):
        for chat in chats:
            server.wait_for(1, chat, timeout_s=120)
    twice = [chat for chat in chats if len(server.to(chat)) > 1]
    assert len(twice) <= 4  # those being sent when it was killed: one for each worker at most


@pytest.mark.server
@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("token", "HAICAP_TELEGRAM_TOKEN"),
        ("poller", "chương trình khác"),
        ("webhook", "--delete-webhook"),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_exit_2(
    server: TelegramServer, data: Path, trouble: str, told: str
) -> None:
    more = {"HAICAP_TELEGRAM_TOKEN": "1:wrong"} if trouble == "token" else {}
    server.faults.conflict = trouble == "poller"
    if trouble == "webhook":
        server.webhook["url"] = "https://other.example/x"
    for command in ("telegram", "serve --port 0"):
        with haicap(command.replace("--port 0", f"--port {a_port()}"), server, data, **more) as it:
            _, err = it.communicate(timeout=120)
        lines = [line for line in err.splitlines() if line.startswith("haicap:")]
        assert it.returncode == 2, err
        assert len(lines) == 1
        assert told in lines[0]
        assert TOKEN not in err
        assert "Traceback" not in err


@pytest.mark.server
def test_serve_runs_page_and_bot_in_one_process(server: TelegramServer, data: Path) -> None:
    port = a_port()
    with haicap(f"serve --port {port}", server, data) as process:
        server.say(CLAUSE)
        (sent,) = server.wait_for(1, timeout_s=120)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=40)
    assert "31/7/2025" in sent.text
    assert page.status == 200
    assert process.returncode == 0, err


@pytest.mark.server
def test_with_a_public_address_serve_takes_the_webhook(server: TelegramServer, data: Path) -> None:
    port = a_port()
    url = f"http://127.0.0.1:{port}"
    more = {"HAICAP_PUBLIC_URL": url, "HAICAP_TELEGRAM_WEBHOOK_SECRET": "mot-chuoi-bi-mat"}
    with haicap(f"serve --port {port}", server, data, **more) as process:
        deadline = time.monotonic() + 120
        while not server.webhook["url"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.webhook["url"] == f"{url}/telegram/webhook"
        assert server.calls["getUpdates"] == 0
        update = {"update_id": 5_000_001, "message": server.text(CLAUSE, 1)}
        while server.post_webhook(update) == 503:  # it asked before it could keep anything
            time.sleep(0.05)
        assert [server.post_webhook(update) for _ in range(3)] == [200] * 3
        server.wait_for(1)
        for secret in ("", "sai", "mot-chuoi-bi-mat-", "mật"):
            if secret.isascii():
                assert server.post_webhook(update, secret) == 403
        late = {"update_id": 5_000_002, "message": server.text("/moi", 1)}
        assert server.post_webhook(late) == 200
        sent = server.wait_for(2)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=40)
    assert len(sent) == 2
    assert f'href="{url}/van-ban/ket-luan-177-kl-tw#muc-4-diem-10"' in sent[0].html
    assert process.returncode == 0, err
    assert "mot-chuoi-bi-mat" not in err
    with haicap("telegram --delete-webhook", server, data) as process:
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, server.webhook["url"]) == (0, "")
    assert "Đã gỡ webhook" in out


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# The same answers as by HTTP

FIGURE = re.compile(r"\d[\d./,-]*\d|\d")


@pytest.mark.server
def test_the_bot_answers_as_http_does(
    server: TelegramServer, built_folder: Path, tmp_path: Path
) -> None:
    """One hundred questions at both doors: status, citations and every figure shown."""
    core = open_core(built_copy(built_folder, tmp_path / "data", rate_limit="off"))
    tuning, extra = load_half("tuning"), ("Phường 1", "Phường Đa Kao nay là phường nào?")
    step = len(tuning) / (100 - len(extra))
    questions = [tuning[int(n * step)].text for n in range(100 - len(extra))] + list(extra)
    try:
        http = TestClient(create_app(core, core.settings))
        with running_door(core, door_settings(core, server)):
            for number, question in enumerate(questions, 1):
                by_http = http.post("/api/ask", json={"question": question}).json()
                server.say(question, chat=number)
                (first,) = server.wait_for(1, number)
                by_bot = core.assistant.saved_answer(answer_id(first))
                assert by_bot
                assert by_bot.status == by_http["status"], question
                cited = [(c.marker, c.url, c.quote) for c in by_bot.citations]
                expected = [(c["marker"], c["url"], c["quote"]) for c in by_http["citations"]]
                assert cited == expected, question
                assert figures(all_that_is_read(server, first)) >= figures(by_http["text"])
                assert figures(by_bot.text) == figures(by_http["text"])
    finally:
        core.close()
    assert len(questions) == 100


def all_that_is_read(server: TelegramServer, first: Sent) -> str:
    """All pages of an answer, with the choices that are buttons."""
    read, sent = first.text, first
    while any(label.startswith("Xem tiếp") for label in sent.buttons):
        count = len(server.to(sent.chat_id))
        server.press(sent, "Xem tiếp")
        sent = server.wait_for(count + 1, first.chat_id)[-1]
        read += "\n" + sent.text
    choices = [label for label, data in first.buttons.items() if data.startswith("k:")]
    return "\n".join([read, *choices])


def figures(text: str) -> Counter[str]:
    return Counter(FIGURE.findall(text))


def answer_id(sent: Sent) -> str:
    return next(iter(sent.buttons.values())).split(":")[1]
