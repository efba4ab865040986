"""A Bot API server of our own: what is published about it, over real HTTP, with faults on demand.

It refuses what Telegram refuses (too long, unknown or unclosed tags, callback data over 64 bytes,
no rights), forgets updates only when a later offset confirms them, and remembers what it was sent.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import threading
import time
import urllib.request
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs

import uvicorn

TOKEN = "123456:TEST-token_of_the_test_server"
BOT = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Hai Cấp",
    "username": "HaiCapTestBot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
_TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}
_CHATS = itertools.count(1_001)  # a server's usual chat: no test is in another's conversation
_UPDATE_IDS = itertools.count(1_000)  # go on from one server to the next, as Telegram's do
# A "<" that begins no tag, which Telegram refuses.
_BARE = re.compile(r"<(?!/?[a-z][a-z-]*(?:\s+[a-z]+(?:=\"[^\"<>]*\")?)*>)")
_MAX_CHARS = 4_096
_MAX_CALLBACK_BYTES = 64
_METHODS = {
    "getMe", "getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery",
    "sendChatAction", "setWebhook", "deleteWebhook", "getWebhookInfo", "setMyCommands",
}  # fmt: skip


class ApiError(Exception):
    """An answer with ok: false."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass
class Sent:
    """A message as the person sees it, last text first."""

    chat_id: int
    message_id: int
    text: str  # without markup
    html: str
    reply_to: int | None
    markup: dict[str, Any]
    at: float
    edits: int = 0

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> callback data of the inline buttons."""
        rows = self.markup.get("inline_keyboard", [])
        return {b["text"]: b.get("callback_data", "") for row in rows for b in row}


@dataclass
class Faults:
    """How often requests go wrong, as shares of 1; `rng` makes a run repeatable."""

    rng: random.Random = field(default_factory=lambda: random.Random(7))
    too_many: float = 0.0  # 429 with retry_after
    bad_gateway: float = 0.0
    dropped: float = 0.0  # the connection is closed without an answer, nothing done
    slow: float = 0.0  # answered only after `slow_s`
    slow_s: float = 0.3
    retry_after: int = 1
    repeated: float = 0.0  # updates offered twice in one answer
    shuffled: bool = False  # updates of one answer out of order
    blocked: set[int] = field(default_factory=set)  # chats that blocked the bot
    conflict: bool = False  # another poller
    down: bool = False  # every connection is dropped


class TelegramServer:
    """The server's state; `running` serves it. Methods may be called from any thread."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.chat = next(_CHATS)
        self.faults = Faults()
        self.sent: list[Sent] = []
        self.talk: list[tuple[int, str | Sent]] = []  # (chat, what a person wrote or we sent)
        self.calls: Counter[str] = Counter()
        self.actions: list[tuple[int, str]] = []
        self.toasts: list[tuple[str, str]] = []  # (callback query id, text)
        self.commands: list[dict[str, str]] = []
        self.webhook: dict[str, Any] = {"url": "", "secret_token": ""}
        self.url = ""
        self._queue: deque[dict[str, Any]] = deque()
        self._update_ids = _UPDATE_IDS
        self._message_ids: defaultdict[int, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._callbacks = itertools.count(1)
        self._waited: set[int] = set()  # chats that a 429 held back: the retry passes
        self.log_lines: list[str] = []

    # What people do

    def say(self, text: str, chat: int | None = None, user: int | None = None, **extra: Any) -> int:
        """Somebody writes; returns the update id.

        Args:
            text: of the message.
            chat: a private chat when positive, a group when negative; None: the usual one.
            user: who writes; the owner of a private chat when None.
            extra: further fields of the message.
        """
        chat = chat or self.chat
        self.talk.append((chat, text))
        return self.push({"message": self.text(text, chat, user, **extra)})

    def text(self, text: str, chat: int, user: int | None = None, **extra: Any) -> dict[str, Any]:
        """A message with text."""
        return self.message(chat, user, text=text, entities=_entities(text), **extra)

    def message(self, chat: int, user: int | None = None, **extra: Any) -> dict[str, Any]:
        """A message without content, with its sender and chat."""
        sender = user or abs(chat)
        return {
            "message_id": next(self._message_ids[chat]),
            "date": int(time.time()),
            "chat": _chat(chat),
            "from": {"id": sender, "is_bot": False, "first_name": f"Người {sender}"},
            **extra,
        }

    def press(self, sent: Sent, label: str, user: int | None = None) -> int:
        """Somebody presses an inline button, named by its label or the beginning of it."""
        data = next(d for text, d in sent.buttons.items() if text.startswith(label))
        query = {
            "id": str(next(self._callbacks)),
            "from": {"id": user or abs(sent.chat_id), "is_bot": False, "first_name": "Người"},
            "chat_instance": "1",
            "message": self.ours(sent),
            "data": data,
        }
        return self.push({"callback_query": query})

    def ours(self, sent: Sent) -> dict[str, Any]:
        """A message of the bot, as it is quoted in updates."""
        return {
            "message_id": sent.message_id,
            "date": int(sent.at),
            "chat": _chat(sent.chat_id),
            "from": BOT,
            "text": sent.text,
        }

    def push(self, content: dict[str, Any], update_id: int | None = None) -> int:
        """Queue an update (or post it to the webhook); the same id twice makes a duplicate."""
        with self._news:
            update = {"update_id": update_id or next(self._update_ids), **content}
            self._queue.append(update)
            self._news.notify_all()
        return update["update_id"]

    def post_webhook(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Post one update to the webhook as Telegram would; returns the HTTP status."""
        request = urllib.request.Request(
            self.webhook["url"],
            json.dumps(update).encode(),
            {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": (
                    self.webhook["secret_token"] if secret is None else secret
                ),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    # What was sent

    def wait_for(self, count: int, chat: int | None = None, timeout_s: float = 20.0) -> list[Sent]:
        """The messages sent (to one chat) once there are `count` of them."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while len(self.to(chat)) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"{len(self.to(chat))} of {count} messages: {self.to(chat)}"
                self._news.wait(left)
            return self.to(chat)

    def to(self, chat: int | None) -> list[Sent]:
        """Messages sent so far, to one chat or to all."""
        with self._lock:
            return [s for s in self.sent if chat is None or s.chat_id == chat]

    @property
    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        with self._lock:
            return len(self._queue)

    # The API

    def call(self, method: str, given: dict[str, Any]) -> Any:
        """Carry out one method."""
        if method not in _METHODS:
            raise ApiError(404, "Not Found")
        with self._news:
            result = getattr(self, f"_{method}")(given)
            self._news.notify_all()
            return result

    def _getMe(self, _: dict[str, Any]) -> Any:
        return BOT

    def _setMyCommands(self, given: dict[str, Any]) -> bool:
        for command in given["commands"]:
            if not (1 <= len(command["description"]) <= 256 and command["command"].islower()):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands = given["commands"]
        return True

    def _getWebhookInfo(self, _: dict[str, Any]) -> Any:
        return {
            "url": self.webhook["url"],
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }

    def _setWebhook(self, given: dict[str, Any]) -> bool:
        self.webhook = {"url": given["url"], "secret_token": given.get("secret_token", "")}
        return True

    def _deleteWebhook(self, _: dict[str, Any]) -> bool:
        self.webhook = {"url": "", "secret_token": ""}
        return True

    def poll(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """getUpdates, without its waiting."""
        if self.webhook["url"]:
            text = "can't use getUpdates method while webhook is active; use deleteWebhook"
            raise ApiError(409, f"Conflict: {text} to delete the webhook first")
        if self.faults.conflict:
            text = "terminated by other getUpdates request; make sure that only one bot instance"
            raise ApiError(409, f"Conflict: {text} is running")
        with self._lock:
            offset = given.get("offset")
            if offset is not None:
                self._queue = deque(u for u in self._queue if u["update_id"] >= offset)
            offered = sorted(self._queue, key=lambda u: u["update_id"])[: given.get("limit", 100)]
            faults = self.faults
            offered += [u for u in offered if faults.rng.random() < faults.repeated]
            if faults.shuffled:
                faults.rng.shuffle(offered)
            return offered

    def _sendChatAction(self, given: dict[str, Any]) -> bool:
        self._allowed(given["chat_id"])
        self.actions.append((given["chat_id"], given["action"]))
        return True

    def _answerCallbackQuery(self, given: dict[str, Any]) -> bool:
        if len(given.get("text", "")) > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts.append((given["callback_query_id"], given.get("text", "")))
        return True

    def _sendMessage(self, given: dict[str, Any]) -> Any:
        chat_id = given["chat_id"]
        self._allowed(chat_id)
        sent = Sent(
            chat_id,
            next(self._message_ids[chat_id]),
            _readable(given),
            given["text"],
            given.get("reply_parameters", {}).get("message_id"),
            _checked_markup(given),
            time.time(),
        )
        self.sent.append(sent)
        self.talk.append((chat_id, sent))
        return self.ours(sent)

    def _editMessageText(self, given: dict[str, Any]) -> Any:
        found = [
            s
            for s in self.sent
            if (s.chat_id, s.message_id) == (given["chat_id"], given["message_id"])
        ]
        if not found:
            raise ApiError(400, "Bad Request: message to edit not found")
        text, markup = _readable(given), _checked_markup(given)
        if (text, markup) == (found[0].text, found[0].markup):
            raise ApiError(400, "Bad Request: message is not modified")
        found[0].text, found[0].html, found[0].markup = text, given["text"], markup
        found[0].edits += 1
        return self.ours(found[0])

    def _allowed(self, chat_id: int) -> None:
        if chat_id in self.faults.blocked:
            self.calls["refused as blocked"] += 1
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat_id == 0:
            raise ApiError(400, "Bad Request: chat not found")

    def fault(self, method: str, given: dict[str, Any]) -> str | None:
        """What goes wrong with this request, if anything."""
        faults = self.faults
        if faults.down:
            return "dropped"
        with self._lock:
            lot = faults.rng.random()
        key = hash((method, given.get("chat_id"), given.get("text"), given.get("offset")))
        for name in ("too_many", "bad_gateway", "dropped", "slow"):
            share = getattr(faults, name)
            if lot < share:
                if name == "too_many":
                    if method != "sendMessage" or key in self._waited:
                        return None
                    self._waited.add(key)
                return name
            lot -= share
        return None

    # Serving

    @contextmanager
    def running(self) -> Iterator[TelegramServer]:
        """Serve on a free port of this machine."""
        config = uvicorn.Config(
            self._asgi, host="127.0.0.1", port=0, log_level="critical", interface="asgi3",
            access_log=False, lifespan="off", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)

    async def _asgi(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        _, _, rest = scope["path"].partition("/bot")
        token, _, method = rest.partition("/")
        given = _parameters(body)
        with self._lock:
            self.calls[method] += 1
        if token != self.token:
            return await _answer(send, 401, {"ok": False, "error_code": 401,
                                             "description": "Unauthorized"})  # fmt: skip
        fault = self.fault(method, given)
        if fault == "dropped":
            head = [(b"content-length", b"100")]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            return None  # uvicorn closes the connection of an answer without its end
        if fault == "bad_gateway":
            return await _answer(send, 502, b"<html>502 Bad Gateway</html>")
        if fault == "slow":
            await asyncio.sleep(self.faults.slow_s)
        try:
            if fault == "too_many":
                wait = self.faults.retry_after
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
            if method == "getUpdates":
                result = await self._long_poll(given, receive)
            else:
                result = self.call(method, given)
        except ApiError as error:
            told: dict[str, Any] = {
                "ok": False,
                "error_code": error.status,
                "description": error.description,
            }
            if error.parameters:
                told["parameters"] = error.parameters
            return await _answer(send, error.status, told)
        return await _answer(send, 200, {"ok": True, "result": result})

    async def _long_poll(self, given: dict[str, Any], receive: Any) -> list[dict[str, Any]]:
        gone = asyncio.ensure_future(receive())
        deadline = time.monotonic() + given.get("timeout", 0)
        try:
            while not (found := self.poll(given)) and time.monotonic() < deadline:
                if gone.done() or self.faults.down:
                    break
                await asyncio.sleep(0.005)
            return found
        finally:
            gone.cancel()


async def _answer(send: Any, status: int, body: dict[str, Any] | bytes) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(raw))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


def _parameters(body: bytes) -> dict[str, Any]:
    """Form fields, whose values are JSON where they are not plain text."""
    given: dict[str, Any] = {}
    for name, (value, *_) in parse_qs(body.decode(), keep_blank_values=True).items():
        if name in ("text", "url", "secret_token", "callback_query_id", "parse_mode"):
            given[name] = value
            continue
        try:
            given[name] = json.loads(value)
        except ValueError:
            given[name] = value
    return given


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise ApiError(400, f"Bad Request: can't parse entities: Unsupported start tag {tag!r}")
        if tag == "blockquote" and "blockquote" in self.open:
            raise ApiError(400, "Bad Request: can't parse entities: nested blockquote")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise ApiError(400, f"Bad Request: can't parse entities: Unexpected end tag {tag!r}")

    def handle_data(self, data: str) -> None:
        self.text += data


def _readable(given: dict[str, Any]) -> str:
    """The text without markup; raises what Telegram would say about it."""
    text = given.get("text", "")
    if given.get("parse_mode") == "HTML":
        if bare := _BARE.search(text):
            raise ApiError(400, f"Bad Request: can't parse entities: at {bare.start()}")
        reader = _Reader()
        reader.feed(text)
        reader.close()
        if reader.open:
            raise ApiError(400, f"Bad Request: can't parse entities: no end tag {reader.open}")
        text = reader.text
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > _MAX_CHARS:
        raise ApiError(400, "Bad Request: message is too long")
    return text


def _checked_markup(given: dict[str, Any]) -> dict[str, Any]:
    markup = given.get("reply_markup") or {}
    for row in markup.get("inline_keyboard", []):
        for button in row:
            data = button.get("callback_data", "")
            if not 1 <= len(data.encode()) <= _MAX_CALLBACK_BYTES:
                raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button["text"].strip():
                raise ApiError(400, "Bad Request: BUTTON_TEXT_EMPTY")
    return markup


def _chat(chat: int) -> dict[str, Any]:
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": f"Người {chat}"}
    return {"id": chat, "type": "supergroup", "title": f"Nhóm {chat}"}


def _entities(text: str) -> list[dict[str, Any]]:
    """Commands at the beginning and names with "@", as Telegram marks them (UTF-16 offsets)."""
    found = []
    first = text.split()[0] if text.split() else ""
    if first.startswith("/"):
        found.append({"type": "bot_command", "offset": 0, "length": len(first)})
    at = 0
    for word in text.split(" "):
        name = word.rstrip(",.:?!")
        if name.startswith("@") and len(name) > 1:
            offset = len(text[:at].encode("utf-16-le")) // 2
            found.append({"type": "mention", "offset": offset, "length": len(name)})
        at += len(word) + 1
    return found
