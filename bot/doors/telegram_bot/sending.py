"""Sends to Telegram until it is there: waits when told to, backs off when the network is down."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import structlog
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.doors.telegram_bot.render import MAX_CHARS, Message

FIRST_WAIT_S: Final = 0.5
MAX_WAIT_S: Final = 30.0
GIVE_UP_S: Final = 3_600.0  # of trying to send one message
TYPING_EVERY_S: Final = 4.0  # Telegram shows it for five seconds
TYPING_PATIENCE_S: Final = 0.3  # an answer waits this long for "typing" to be out of its way
_MOST_LABEL_CHARS: Final = 60  # a phone shows fewer

# python-telegram-bot warns at each 429 until told that time spans may be timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")

Result = TypeVar("Result")
log = structlog.get_logger("haicap.telegram")


class UndeliverableError(Exception):
    """Nobody can get this message: the bot is blocked, or the chat is gone."""


class Sender:
    """Everything that goes out through one bot."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def send(
        self,
        chat_id: int,
        message: Message,
        reply_to: int | None = None,
        keyboard: tuple[tuple[str, ...], ...] = (),
        placeholder: str = "",
        location_button: str = "",
    ) -> None:
        """Send one message.

        Args:
            chat_id: where to.
            message: what.
            reply_to: the message that it answers, shown above it.
            keyboard: buttons below the input line, by row; instead of inline buttons.
            placeholder: what the input line says meanwhile.
            location_button: the button of `keyboard` that sends the position.

        Raises:
            UndeliverableError: blocked, or no such chat.
        """
        markup = _markup(message, keyboard, placeholder, location_button)
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        preview = LinkPreviewOptions(is_disabled=True)

        async def once(text: str, mode: str | None) -> None:
            await self._until_done(
                lambda chat: self.bot.send_message(
                    chat,
                    text,
                    parse_mode=mode,
                    link_preview_options=preview,
                    reply_parameters=reply,
                    reply_markup=markup,
                ),
                chat_id,
            )

        try:
            await once(message.html, ParseMode.HTML)
        except BadRequest as error:
            if _chat_is_gone(error):
                raise UndeliverableError from error
            log.error("telegram_refused_markup", reason=error.message)
            try:
                await once(message.plain[:MAX_CHARS], None)
            except BadRequest as again:
                raise UndeliverableError from again

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """Change a message of ours; one that is the same already, or gone, stays as it is."""
        markup = _markup(message, (), "", "")
        with contextlib.suppress(BadRequest):
            await self._until_done(
                lambda chat: self.bot.edit_message_text(
                    message.html,
                    chat,
                    message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
                ),
                chat_id,
            )

    async def answer_press(self, callback_id: str, text: str = "") -> None:
        """End the waiting sign on a button; one that is too old does not matter."""
        with contextlib.suppress(BadRequest, UndeliverableError):
            await self._until_done(
                lambda _: self.bot.answer_callback_query(callback_id, text or None), 0
            )

    @contextlib.asynccontextmanager
    async def typing(self, chat_id: int) -> AsyncIterator[None]:
        """Show "typing" until the block ends."""
        first = asyncio.create_task(self._type(chat_id))
        again = asyncio.create_task(self._keep_typing(chat_id))
        try:
            yield
        finally:
            again.cancel()
            await asyncio.wait([first], timeout=TYPING_PATIENCE_S)

    async def _type(self, chat_id: int) -> None:
        with contextlib.suppress(TelegramError):
            await self.bot.send_chat_action(chat_id, ChatAction.TYPING)

    async def _keep_typing(self, chat_id: int) -> None:
        while True:
            await asyncio.sleep(TYPING_EVERY_S)
            await self._type(chat_id)

    async def _until_done(self, call: Callable[[int], Awaitable[Result]], chat_id: int) -> Result:
        """Call until it is neither held back (429) nor lost on the way."""
        wait_s = FIRST_WAIT_S
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            try:
                return await call(chat_id)
            except RetryAfter as error:
                pause_s = retry_seconds(error)
            except ChatMigrated as error:
                chat_id = error.new_chat_id
                continue
            except (Forbidden, InvalidToken) as error:
                raise UndeliverableError from error
            except BadRequest:  # trying again would not help
                raise
            except TelegramError as error:  # the network, or an answer that is no JSON
                if time.monotonic() > deadline:
                    raise UndeliverableError from error
                pause_s, wait_s = wait_s, min(2 * wait_s, MAX_WAIT_S)
            await asyncio.sleep(pause_s)


def retry_seconds(error: RetryAfter) -> float:
    """How long Telegram wants us to wait."""
    wait = error.retry_after
    return max(wait.total_seconds() if isinstance(wait, timedelta) else wait, 0.1)


def _chat_is_gone(error: BadRequest) -> bool:
    told = error.message.lower()
    return any(
        sign in told
        for sign in ("chat not found", "user not found", "rights to send", "peer_id", "chat_write")
    )


def _markup(
    message: Message, keyboard: tuple[tuple[str, ...], ...], placeholder: str, location: str
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ForceReply | None:
    if keyboard:
        rows = [
            [KeyboardButton(label, request_location=label == location or None) for label in row]
            for row in keyboard
        ]
        return ReplyKeyboardMarkup(
            rows, resize_keyboard=True, input_field_placeholder=placeholder or None
        )
    if message.prompt:
        return ForceReply(selective=True)
    if not message.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(_short(b.label), callback_data=b.data) for b in row]
            for row in message.rows
        ]
    )


def _short(label: str) -> str:
    if len(label) <= _MOST_LABEL_CHARS:
        return label
    return label[: _MOST_LABEL_CHARS - 1].rsplit(" ", 1)[0] + "…"
