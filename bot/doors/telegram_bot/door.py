"""The door itself: connects, receives, keeps each update until it is answered, stops politely."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import TimeoutError as TooLateError
from typing import Any, Final, TypeVar

import structlog
from telegram import Bot, BotCommand, Update, User
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot import errors
from bot.doors.messenger.identity import Identities
from bot.doors.messenger.lanes import Lanes
from bot.doors.telegram_bot.handling import COMMANDS, CoreLike, Handling
from bot.doors.telegram_bot.reading import ALLOWED_UPDATES, Phrases, Request, read_update
from bot.doors.telegram_bot.secrecy import hide_token
from bot.doors.telegram_bot.sending import FIRST_WAIT_S, MAX_WAIT_S, Sender, retry_seconds
from bot.settings import Settings
from prompts.wording import load_wording

KEY_FILE: Final = "telegram.key"  # in the data folder: keys people's and chats' hashes
POLL_S: Final = 25  # Telegram holds an empty answer back this long
REQUEST_S: Final = 10.0
CONNECTIONS: Final = 64
CONFLICTS: Final = 3  # in a row; one alone is a poller of ours that has just ended
CONFLICT_WAIT_S: Final = 1.0
STOP_S: Final = 20.0  # for finishing what was begun
MAX_TRIES: Final = 3  # of one update, each ended by the end of the process
SEEN_DAYS: Final = 3  # Telegram offers an update for one day
CLEAN_EVERY_S: Final = 86_400.0
KEEP_S: Final = 10.0  # for keeping an update that a webhook brought
_CLEAN_TOKEN = re.compile(r"[!-~]+")

Result = TypeVar("Result")
log = structlog.get_logger("haicap.telegram")


class TelegramDoor:
    """One bot; `run` it once, in one event loop."""

    def __init__(self, core: CoreLike, settings: Settings, webhook_url: str | None = None) -> None:
        """Nothing is sent before `run`.

        Args:
            core: what answers.
            settings: with a token, and with the webhook's secret for `webhook_url`.
            webhook_url: where Telegram posts what `receive` is to be given; None: long polling.

        Raises:
            TelegramError: no token, or one that cannot be one.
        """
        token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
        if not _CLEAN_TOKEN.fullmatch(token) or "/" in token:
            raise errors.TelegramError(
                "HAICAP_TELEGRAM_TOKEN chưa có hoặc sai dạng. "
                "Lấy token ở @BotFather (dạng 123456:ABC...) rồi đặt vào .env"
            )
        hide_token(token)
        self._settings, self._keeping = settings, core.keeping
        self._webhook_url = webhook_url
        secret = settings.telegram_webhook_secret
        self.secret = secret.get_secret_value() if secret else ""
        self._bot = Bot(
            token,
            base_url=f"{settings.telegram_api_url}/bot",
            request=_client(CONNECTIONS),
            get_updates_request=_client(1),
        )
        self._say = load_wording()
        sender = Sender(self._bot)
        self._who = Identities(settings.data_dir / KEY_FILE)
        self._handling = Handling(core, sender, settings, self._say, self._who)
        self._lanes = Lanes(self._handle)
        self._phrases = Phrases(
            {self._say(f"telegram.ask.{c}"): c for c in ("hoi", "noi", "diachi")},
            {self._say(f"telegram.keyboard.{c}"): c for c in ("noi", "diachi", "vanban")},
        )
        self._me: User | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._stopped = threading.Event()  # `stop` may come before there is a loop
        self._taking = asyncio.Lock()
        self._resumed: set[str] = set()  # keys of what an earlier process did not finish

    async def run(self, told: Callable[[str], None] = lambda _: None) -> None:
        """Answer until `stop`.

        Args:
            told: called with the bot's name once it answers.

        Raises:
            TelegramError: the token, a webhook or another poller stands in the way.
        """
        self._loop = asyncio.get_running_loop()
        if self._stopped.is_set():
            return
        cleaning = asyncio.create_task(self._clean())
        try:
            me = await self._connected()
            if me is None:
                return
            await self._claim_token()
            await self._offer_menu()
            self._handling.name = me.username or ""
            self._me = me
            self._resume(me)
            told(me.username or "")
            log.info("telegram_ready", webhook=self._webhook_url is not None)
            await (self._stop.wait() if self._webhook_url else self._poll(me))
        finally:
            self._me = None
            cleaning.cancel()
            await self._lanes.drain(STOP_S)
            self._handling.close()
            with contextlib.suppress(TelegramError):
                await self._bot.shutdown()

    def stop(self) -> None:
        """Receive nothing more and let `run` end; may be called from any thread."""
        self._stopped.set()
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    def receive(self, update: dict[str, Any]) -> bool:
        """Keep one update from the webhook; from any thread but the loop's own."""
        if self._loop is None or self._me is None:
            return False
        try:
            read = Update.de_json(update, self._bot)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.warning("telegram_unreadable_update")
            return True  # it would be no better the next time
        kept = asyncio.run_coroutine_threadsafe(self._take([read]), self._loop)
        try:
            kept.result(KEEP_S)
        except (TooLateError, asyncio.CancelledError):
            return False
        return True

    # Receiving

    async def _poll(self, me: User) -> None:
        offset: int | None = None
        conflicts = 0
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                updates = await self._unless_stopped(
                    self._bot.get_updates(offset, timeout=POLL_S, allowed_updates=ALLOWED_UPDATES)
                )
            except Conflict as error:
                conflicts += 1
                if "webhook" in error.message.lower():
                    raise _webhook_clash() from None
                if conflicts >= CONFLICTS:
                    raise _other_poller() from None
                await self._pause(CONFLICT_WAIT_S)
            except InvalidToken:
                raise _bad_token() from None
            except RetryAfter as error:
                await self._pause(retry_seconds(error))
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__, wait_s=wait_s)
                await self._pause(wait_s)
                wait_s = min(2 * wait_s, MAX_WAIT_S)
            else:
                conflicts, wait_s = 0, FIRST_WAIT_S
                if updates:
                    await self._take(updates)
                    offset = max(update.update_id for update in updates) + 1

    async def _take(self, updates: Sequence[Update]) -> None:
        """Keep what is for us, then line it up; Telegram may forget it from here on."""
        if self._me is None:
            return
        bot_id = self._me.id
        requests: dict[str, Request] = {}
        for update in sorted(updates, key=lambda u: u.update_id):
            key = self._who.update(update.update_id, json.dumps(update.to_dict(), sort_keys=True))
            request = read_update(update, key, self._me, self._phrases)
            if request:
                requests[key] = request
        if not requests:
            return
        kept = {key: request.kept() for key, request in requests.items()}
        async with self._taking:
            fresh = await asyncio.to_thread(self._keeping.inbox.take, bot_id, kept)
        for key in fresh:
            self._lanes.submit(requests[key])

    def _resume(self, me: User) -> None:
        for kept in self._keeping.inbox.waiting(me.id, MAX_TRIES):
            request = Request.restored(kept)
            self._resumed.add(request.key)
            self._lanes.submit(request)

    async def _handle(self, request: Request) -> None:
        if request.key in self._resumed:
            self._resumed.discard(request.key)
            await asyncio.to_thread(self._keeping.inbox.begin_again, self._bot.id, request.key)
        await self._handling(request)
        try:
            await asyncio.to_thread(self._keeping.inbox.finish, self._bot.id, request.key)
        except Exception as error:  # a lane must go on; the update is tried again at next start
            log.error("telegram_not_marked", error=type(error).__name__)

    # Starting

    async def _connected(self) -> User | None:
        """Who we are, however long the network takes; None when told to stop first."""
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                await self._unless_stopped(self._bot.initialize())
                return None if self._stop.is_set() else self._bot.bot
            except InvalidToken:
                raise _bad_token() from None
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__, wait_s=wait_s)
                await self._pause(wait_s)
                wait_s = min(2 * wait_s, MAX_WAIT_S)
        return None

    async def _claim_token(self) -> None:
        """See that updates come this way and no other."""
        ours = self._webhook_url or ""
        theirs = ""
        with contextlib.suppress(TelegramError):  # asked for the clearer message only
            theirs = (await self._bot.get_webhook_info()).url
        if theirs and theirs != ours:
            raise _webhook_clash()
        if not ours:
            return
        try:
            await self._patiently(
                lambda: self._bot.set_webhook(
                    ours, secret_token=self.secret, allowed_updates=ALLOWED_UPDATES
                )
            )
        except TelegramError as error:
            raise errors.TelegramError(
                f"Telegram không nhận địa chỉ webhook {ours!r} ({error.message}). "
                "HAICAP_PUBLIC_URL phải là địa chỉ https mở ra Internet; "
                "hoặc bỏ HAICAP_TELEGRAM_WEBHOOK_SECRET để dùng long polling"
            ) from None

    async def _offer_menu(self) -> None:
        """The menu of commands; a bot without it answers all the same."""
        commands = [BotCommand(name, self._say(f"telegram.menu.{name}")) for name in COMMANDS]
        with contextlib.suppress(TelegramError):
            await self._bot.set_my_commands(commands)

    async def _patiently(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """A few attempts at something that must succeed."""
        for wait_s in (FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S):
            try:
                return await call()
            except RetryAfter as error:
                await self._pause(retry_seconds(error))
            except TelegramError:
                await self._pause(wait_s)
        return await call()

    # Time

    async def _unless_stopped(self, work: Awaitable[Result]) -> Result | None:
        """The result, or None when told to stop before it is there."""
        asked = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({asked, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        finally:
            stopped.cancel()
            if not asked.done():
                asked.cancel()
                await asyncio.gather(asked, return_exceptions=True)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _clean(self) -> None:
        """Once a day: what is past its retention."""
        while True:
            days = self._settings.telegram_retention_days
            try:
                await asyncio.to_thread(self._keeping.visits.forget, days)
                await asyncio.to_thread(self._keeping.inbox.forget, SEEN_DAYS)
            except Exception as error:  # answering matters more; tomorrow is another day
                log.error("telegram_not_cleaned", error=type(error).__name__)
            await asyncio.sleep(CLEAN_EVERY_S)


class DoorThread:
    """A door in a thread and an event loop of its own, beside a web server."""

    def __init__(self, door: TelegramDoor, failed: Callable[[], None]) -> None:
        """`failed` is called when the door cannot go on; `error` says why."""
        self.error: BaseException | None = None
        self._door, self._failed = door, failed
        self._thread = threading.Thread(target=self._run, name="telegram", daemon=True)

    def __enter__(self) -> DoorThread:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.stop()
        self._thread.join(STOP_S + REQUEST_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._door.run())
        except Exception as error:
            self.error = error
            self._failed()


async def remove_webhook(settings: Settings) -> None:
    """Let a bot be asked by long polling again.

    Raises:
        TelegramError: Telegram cannot be reached, or refuses the token.
    """
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    hide_token(token)
    bot = Bot(token, base_url=f"{settings.telegram_api_url}/bot", request=_client(1))
    try:
        async with bot:
            await bot.delete_webhook()
    except InvalidToken:
        raise _bad_token() from None
    except TelegramError as error:
        raise errors.TelegramError(
            f"Chưa gỡ được webhook ({type(error).__name__}). Kiểm tra mạng rồi chạy lại"
        ) from None


def _client(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connections,
        read_timeout=REQUEST_S,
        write_timeout=REQUEST_S,
        connect_timeout=REQUEST_S,
        pool_timeout=REQUEST_S,
    )


def _bad_token() -> errors.TelegramError:
    return errors.TelegramError(
        "Telegram không nhận HAICAP_TELEGRAM_TOKEN. Chép lại token từ @BotFather vào .env"
    )


def _other_poller() -> errors.TelegramError:
    return errors.TelegramError(
        "Token này đang được một chương trình khác dùng để nhận tin. "
        "Dừng chương trình đó, hoặc tạo bot khác ở @BotFather"
    )


def _webhook_clash() -> errors.TelegramError:
    return errors.TelegramError(
        "Bot này đang gửi tin tới một webhook khác. "
        "Gỡ webhook bằng: haicap telegram --delete-webhook"
    )
