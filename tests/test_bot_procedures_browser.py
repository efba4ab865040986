"""A record on paper and on a phone, in Debian's Chromium."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from live_server import live_server
from playwright.sync_api import sync_playwright
from procedure_core import ProcedureCore, procedures

from bot.settings import Settings

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
A5 = (420, 595)  # points
PAGES = ("/thu-tuc", "/thu-tuc/can-cuoc", "/thu-tuc/khai-sinh/huong-dan", "/thu-tuc/quy-dinh-chung")


@pytest.fixture(scope="module")
def address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with live_server(ProcedureCore(), Settings(port=port, rate_limit="off")) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.fail(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_every_record_prints_on_one_a5_sheet(browser, address) -> None:
    page = browser.new_page()
    for procedure in procedures().catalogue.own:
        page.goto(f"{address}{procedure.url}")
        pdf = page.pdf(prefer_css_page_size=True)
        box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert (round(float(box[1])), round(float(box[2]))) == A5
        assert pages_of(pdf) == 1, procedure.id
    page.close()


def test_the_sheet_carries_its_qr_code_and_dates(browser, address) -> None:
    page = browser.new_page()
    page.goto(f"{address}/thu-tuc/giay-phep-xay-dung")
    page.emulate_media(media="print")
    picture = page.locator(".qr img")
    assert picture.is_visible()
    assert picture.evaluate("e => e.naturalWidth") > 0
    assert "tháng 6/2026" in page.locator(".sheet__foot").inner_text()
    assert not page.locator(".top").is_visible()
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(browser, address, path) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert complaints == []
    page.close()


def test_the_finder_works_by_keyboard_without_a_script(browser, address) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/thu-tuc")
    box = page.get_by_label("Bạn cần làm việc gì?")
    box.fill("mo quan")
    box.press("Enter")
    page.get_by_role("link", name="Đăng ký thành lập hộ kinh doanh").first.click()
    assert page.url.endswith("/thu-tuc/ho-kinh-doanh")
    context.close()
