"""`haicap telegram`: the bot alone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from bot.doors.cli.core import opened_core
from bot.doors.telegram_bot.door import TelegramDoor, remove_webhook
from bot.doors.web.logs import configure_logs
from bot.errors import UsageError
from bot.settings import Settings

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer at Telegram by long polling until SIGTERM or Ctrl-C."""
    if settings.telegram_token is None:
        raise UsageError(
            "chưa có HAICAP_TELEGRAM_TOKEN. Lấy token ở @BotFather rồi đặt vào .env; "
            "cách làm có trong README, mục Telegram"
        )
    configure_logs(settings.log_level)
    if args.delete_webhook:
        asyncio.run(remove_webhook(settings))
        print("Đã gỡ webhook.")
        return DONE
    with opened_core(settings) as core:
        asyncio.run(_until_told(TelegramDoor(core, settings)))
    return DONE


async def _until_told(door: TelegramDoor) -> None:
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C alone, less politely
            loop.add_signal_handler(told, door.stop)
    await door.run(_say_ready)


def _say_ready(name: str) -> None:
    print(f"Hai Cấp trên Telegram: @{name} (dừng bằng Ctrl-C)", flush=True)
