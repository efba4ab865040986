"""The page in Debian's Chromium with a scripted model: verified words, and a model that dies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scripted_llm as llm
from conftest import built_copy
from live_server import live_server
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from scripted_llm import Script, scripted_llm

from bot.opening import open_core
from bot.rephrasing.model import Breaker

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
QUESTION = "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?"
TRUE = (
    "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp tỉnh, cấp xã phải hoàn thành trước "
    "ngày 31/7/2025 [1]."
)
FALSE = "Quy định này cũng áp dụng cho cấp huyện từ ngày 1/9/2025 [1]."
MODEL_NOTE = "do mô hình ngôn ngữ diễn đạt, đã đối chiếu"
DEGRADED_NOTE = "Mô hình ngôn ngữ đang không dùng được"
WAIT_S = 30


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    with scripted_llm() as script:
        yield script


@pytest.fixture(scope="module")
def address(
    server: Script, built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = built_copy(
        built_folder,
        tmp_path_factory.mktemp("llm-page") / "data",
        llm_base_url=server.url,
        llm_model="scripted",
        llm_timeout_s=WAIT_S,
        rate_limit="off",
        port=port,
    )
    core = open_core(settings)
    assert core.model is not None
    core.model.breaker = Breaker()
    with live_server(core, settings) as url:
        yield url
    core.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(WAIT_S * 1_000)
    opened.goto("/")
    yield opened
    context.close()


def ask(page: Page, question: str) -> Locator:
    page.get_by_label("Câu hỏi của bạn").fill(question)
    page.get_by_role("button", name="Hỏi", exact=True).click()
    return page.locator(".turn").last


def test_a_verified_sentence_is_shown_before_the_answer_is_whole(
    page: Page, server: Script
) -> None:
    go_on = threading.Event()

    def slowly(handler: Any) -> None:
        llm.open_stream(handler)
        llm.send_piece(handler, f"{TRUE} {FALSE[:20]}")
        go_on.wait(WAIT_S)
        llm.send_piece(handler, FALSE[20:])
        llm.end_stream(handler)

    server.reply = slowly
    turn = ask(page, QUESTION)
    try:
        expect(turn).to_contain_text("phải hoàn thành trước ngày 31/7/2025", timeout=WAIT_S * 1_000)
        expect(turn.locator(".answer")).to_have_count(0)
        expect(turn).not_to_contain_text("1/9/2025")
        expect(turn).not_to_contain_text(MODEL_NOTE)
    finally:
        go_on.set()
    answer = turn.locator(".answer")
    expect(answer).to_contain_text("phải hoàn thành trước ngày 31/7/2025")
    expect(answer).to_contain_text(MODEL_NOTE)
    expect(answer).not_to_contain_text("1/9/2025")
    answer.locator(".marker").first.click()
    expect(page.locator("#ui-panel .is-target")).to_contain_text("31/7/2025")


def test_a_model_that_dies_half_way_leaves_the_composed_answer(page: Page, server: Script) -> None:
    die = threading.Event()

    def broken(handler: Any) -> None:
        llm.open_stream(handler)
        llm.send_piece(handler, f"{TRUE} Ngoài ra ")
        die.wait(WAIT_S)
        handler.connection.close()

    server.reply = broken
    turn = ask(page, QUESTION + " ạ")
    try:
        expect(turn).to_contain_text("phải hoàn thành trước ngày 31/7/2025", timeout=WAIT_S * 1_000)
    finally:
        die.set()
    answer = turn.locator(".answer")
    expect(answer).to_contain_text("Thời điểm văn bản nêu: trước ngày 31/7/2025")
    expect(answer).to_contain_text(DEGRADED_NOTE)
    expect(answer).not_to_contain_text("Ngoài ra")
    expect(answer).not_to_contain_text(MODEL_NOTE)
