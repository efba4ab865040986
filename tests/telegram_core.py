"""The Telegram door on the real core and our Bot API server, for tests."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from said import said
from telegram_server import BOT, TOKEN, TelegramServer

from bot.answer.answer import Answer
from bot.answer.blocks import Verdict
from bot.doors.telegram_bot.door import DoorThread, TelegramDoor
from bot.keeping.keeping import Keeping
from bot.opening import Core
from bot.settings import Settings
from knowledge.store.store import Store
from prompts.text import Text


def door_settings(core: Core, server: TelegramServer, **values: Any) -> Settings:
    """The core's settings, with the bot's beside them."""
    ours = {
        "data_dir": core.settings.data_dir,
        "telegram_token": TOKEN,
        "telegram_api_url": server.url,
        "rate_limit": "off",
        "telegram_chat_limit": "off",
    }
    return Settings(**{**ours, **values})


@contextmanager
def running_door(
    core: Any, settings: Settings, webhook_url: str | None = None
) -> Iterator[DoorThread]:
    """The door in its thread; gives up politely at the end."""
    failed = threading.Event()
    with DoorThread(TelegramDoor(core, settings, webhook_url), failed.set) as thread:
        yield thread
    assert thread.error is None, thread.error


class Echo:
    """Answers with the question itself, so that every answer can be told from the others."""

    def __init__(self, delay_s: float = 0.002) -> None:
        self._ids = itertools.count()
        self._delay_s = delay_s
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        time.sleep(self._delay_s)
        with self._lock:
            self.asked[question] += 1
            number = next(self._ids)
        ids = {"answer_id": f"echo-{id(self)}-{number}", "conversation_id": conversation_id or "c"}
        return said(Verdict(Text.of(question)), **ids)

    def saved_answer(self, answer_id: str) -> Answer | None:
        return None

    def opening_questions(self) -> tuple[str, ...]:
        return ()


@dataclass
class Stub:
    """A core whose assistant is a stand-in, with a real store."""

    assistant: Any
    store: Store

    def __post_init__(self) -> None:
        self.keeping = Keeping(self.store.database)


def reply_to_us(text: str) -> dict[str, Any]:
    """A message of the bot, as `reply_to_message` quotes it."""
    return {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 1, "type": "private", "first_name": "Người"},
        "from": BOT,
        "text": text,
    }
