"""The Telegram bot beside the web page of `haicap serve`.

Its library takes a fifth of a second to import: only where there is a token.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from bot.doors.web.webhook import PATH, telegram_hook
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.doors.telegram_bot.door import TelegramDoor
    from bot.opening import Core


class Server(Protocol):
    """A web server that ends when it is told to."""

    should_exit: bool


class Beside:
    """The bot of `haicap serve`: a thread beside the web server, or fed by its webhook."""

    def __init__(self, door: TelegramDoor, *, webhook: bool) -> None:
        self._door = door
        self.hooks = (telegram_hook(door),) if webhook else ()

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

    webhook = bool(settings.public_url and settings.telegram_webhook_secret)
    url = f"{settings.public_url}{PATH}" if webhook else None
    if settings.telegram_webhook_secret and not settings.public_url:
        print(
            "haicap: có HAICAP_TELEGRAM_WEBHOOK_SECRET nhưng chưa có HAICAP_PUBLIC_URL, "
            "nên bot nhận tin bằng long polling",
            file=sys.stderr,
        )
    return Beside(TelegramDoor(core, settings, url), webhook=webhook)
