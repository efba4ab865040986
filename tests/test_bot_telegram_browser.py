"""Messages drawn by Debian's Chromium at the size of a phone: each fits one screen."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright
from telegram_page import CHROMIUM, CHROMIUM_ARGS, PHONE, conversation_page
from telegram_server import Sent, TelegramServer

from bot.doors.telegram_bot.render import Message, Renderer
from bot.opening import Core
from evals.sets.questions import load_half
from prompts.wording import load_wording

pytestmark = pytest.mark.browser

CHROME_PX = 150  # Telegram's own bars above and below the conversation
QUESTIONS = 100
EXTRA = ("Phường 1", "Phường Đa Kao nay là phường nào?", "Tóm tắt Kế hoạch 47", "xin chào")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        browser.close()


def heights(page: Page, messages: list[Message]) -> list[float]:
    """Points that each message takes with its buttons."""
    server = TelegramServer()
    for number, message in enumerate(messages):
        rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in message.rows]
        markup = {"inline_keyboard": rows}
        sent = Sent(1, number, message.plain, message.html, None, markup, time.time())
        server.talk.append((server.chat, sent))
    page.set_content(conversation_page(server, server.chat))
    measured = page.eval_on_selector_all(
        ".bot", "all => all.map(e => e.getBoundingClientRect().height)"
    )
    return [float(height) for height in measured]


def test_every_first_message_fits_one_screen(page: Page, core: Core) -> None:
    render = Renderer(load_wording(), None)
    tuning = load_half("tuning")
    asked = [tuning[len(tuning) * n // QUESTIONS].text for n in range(QUESTIONS)] + list(EXTRA)
    answers = [core.assistant.ask(question) for question in asked]
    firsts = [shown for answer in answers if (shown := render.answer(answer))]
    assert len(firsts) == len(asked)
    room = PHONE[1] - CHROME_PX
    found = zip(asked, heights(page, firsts), strict=True)
    assert [(question, height) for question, height in found if height > room] == []


def test_our_own_messages_fit_too(page: Page) -> None:
    render = Renderer(load_wording(), None)
    ours = [render.welcome(), render.help(30), render.group_welcome("@HaiCapBot")]
    room = PHONE[1] - CHROME_PX
    assert [h for h in heights(page, ours) if h > room] == []
