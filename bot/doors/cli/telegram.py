"""`haicap telegram`, and the bot beside the web page of `haicap serve`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from bot.doors.cli.core import opened_core
from bot.errors import UsageError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.doors.telegram_bot.door import TelegramDoor
    from bot.opening import Core

DONE = 0


class Server(Protocol):
    """A web server that ends when it is told to."""

    should_exit: bool


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer at Telegram by long polling until SIGTERM or Ctrl-C."""
    if settings.telegram_token is None:
        raise UsageError(
            "chưa có HAICAP_TELEGRAM_TOKEN. Lấy token ở @BotFather rồi đặt vào .env; "
            "cách làm có trong README, mục Telegram"
        )
    from bot.doors.telegram_bot.door import TelegramDoor, remove_webhook
    from bot.doors.web.logs import configure_logs

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


class Beside:
    """The bot of `haicap serve`: a thread beside the web server, or fed by its webhook."""

    def __init__(self, door: TelegramDoor, *, webhook: bool) -> None:
        self._door = door
        self.receiver = door if webhook else None

    @contextlib.contextmanager
    def running(self, server: Server) -> Iterator[None]:
        """Answer while the block lasts; the server is ended when the bot cannot go on.

        Raises:
            TelegramError: why it could not.
        """
        from bot.doors.telegram_bot.door import DoorThread

        def end_server() -> None:
            server.should_exit = True

        with DoorThread(self._door, end_server) as thread:
            yield
        if thread.error:
            raise thread.error


def beside(core: Core, settings: Settings) -> Beside | None:
    """The bot for a web server, or None without a token."""
    if settings.telegram_token is None:
        return None
    from bot.doors.telegram_bot.door import TelegramDoor
    from bot.doors.web.webhook import PATH

    webhook = bool(settings.public_url and settings.telegram_webhook_secret)
    url = f"{settings.public_url}{PATH}" if webhook else None
    if settings.telegram_webhook_secret and not settings.public_url:
        print(
            "haicap: có HAICAP_TELEGRAM_WEBHOOK_SECRET nhưng chưa có HAICAP_PUBLIC_URL, "
            "nên bot nhận tin bằng long polling",
            file=sys.stderr,
        )
    return Beside(TelegramDoor(core, settings, url), webhook=webhook)
