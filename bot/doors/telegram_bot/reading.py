"""What an update asks of us, as a small record that can be kept until it is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType

from bot.question.personal_data import mask_personal_data

Kind = Literal["question", "claim", "command", "press", "location", "unreadable", "joined"]
ALLOWED_UPDATES: Final = ("message", "callback_query", "my_chat_member")
KEPT_DECIMALS: Final = 2  # of a position, about 1 km: enough for the nearest commune
_MAX_ASIDE_WORDS: Final = 6  # "@bot cái này đúng không?" asks about the message it replies to
_CHAT_TYPES: Final = (ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do for one person in one chat."""

    key: str  # the same whenever the same update comes
    update_id: int
    kind: Kind
    chat_id: int
    user_id: int
    group: bool
    message_id: int
    text: str = ""  # a question, a claim, what follows a command, or the data of a button
    command: str = ""
    callback_id: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    unseen: bool = False  # a picture or file came with the text, and we cannot look at it

    def kept(self) -> dict[str, Any]:
        """As JSON to be stored: personal data masked, a position coarse."""
        text = self.text if self.kind == "press" else mask_personal_data(self.text)
        coarse = replace(
            self,
            text=text,
            latitude=round(self.latitude, KEPT_DECIMALS),
            longitude=round(self.longitude, KEPT_DECIMALS),
        )
        return asdict(coarse)

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Request:
        """From what `kept` gave."""
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Texts of ours that turn what people send into a command."""

    prompts: Mapping[str, str]  # what we asked -> the command that the reply completes
    keyboard: Mapping[str, str]  # a button below the input line -> its command


def read_update(update: Update, key: str, me: User, phrases: Phrases) -> Request | None:
    """What is asked of us, or None when it is not meant for us.

    Args:
        update: from Telegram.
        key: of the update, from `Identities.update`.
        me: the bot.
        phrases: what people send by pressing, or in reply to us.
    """
    if update.callback_query:
        return _press(update, key)
    if update.my_chat_member:
        return _joined(update, key)
    message = update.message
    if message is None or message.chat.type not in _CHAT_TYPES:
        return None
    if message.sender_chat:  # a group's anonymous administrator, or a channel's post in a group
        user_id = message.sender_chat.id
    elif message.from_user is None or message.from_user.is_bot:
        return None
    else:
        user_id = message.from_user.id
    group = message.chat.type != ChatType.PRIVATE
    blank = Request(
        key, update.update_id, "question", message.chat.id, user_id, group, message.message_id
    )
    return _message(message, blank, me, phrases)


def _message(message: Message, blank: Request, me: User, phrases: Phrases) -> Request | None:
    replied = message.reply_to_message
    to_us = bool(replied and replied.from_user and replied.from_user.id == me.id)
    if not (message.text or message.caption):
        return _wordless(message, blank, to_us)
    blank = replace(blank, unseen=message.text is None)
    command = _command(message, me)
    if command is not None:
        name, rest = command
        return replace(blank, kind="command", command=name, text=rest) if name else None
    text, named = _without_name(message, me)
    if blank.group and not named and not to_us:
        return None
    if message.forward_origin:
        return replace(blank, kind="claim", text=text)
    if replied and not to_us and replied.text and len(text.split()) <= _MAX_ASIDE_WORDS:
        return replace(blank, kind="claim", text=replied.text)
    if text in phrases.keyboard:
        return replace(blank, kind="command", command=phrases.keyboard[text])
    prompt = replied.text if to_us and replied else None
    if prompt and prompt in phrases.prompts:
        return replace(blank, kind="command", command=phrases.prompts[prompt], text=text)
    if named and not text:
        return replace(blank, kind="command", command="start")
    return replace(blank, text=text)


def _wordless(message: Message, blank: Request, to_us: bool) -> Request | None:
    """A message without words: a position, something we cannot read, or a note of the chat."""
    if blank.group and not to_us:
        return None
    if message.location:
        where = message.location
        return replace(blank, kind="location", latitude=where.latitude, longitude=where.longitude)
    if message.effective_attachment is None:  # somebody came, left, pinned ...
        return None
    return replace(blank, kind="unreadable")


def _command(message: Message, me: User) -> tuple[str, str] | None:
    """Its name and what follows; ("", "") for another bot's; None when it is no command."""
    entities = message.entities or message.caption_entities
    first = entities[0] if entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return None
    caption = message.text is None
    written = message.parse_caption_entity(first) if caption else message.parse_entity(first)
    name, _, addressee = written.removeprefix("/").partition("@")
    if addressee and addressee.lower() != (me.username or "").lower():
        return "", ""
    text = message.text or message.caption or ""
    return name.lower(), text.removeprefix(written).strip()


def _without_name(message: Message, me: User) -> tuple[str, bool]:
    """The text without our name, and whether it had it."""
    text = message.text or message.caption or ""
    name = re.compile(rf"@{re.escape(me.username or '')}\b", re.IGNORECASE)
    parse = message.parse_entities if message.text else message.parse_caption_entities
    named = any(name.fullmatch(m) for m in parse(["mention"]).values())
    return (name.sub(" ", text) if named else text).strip(" ,:\n"), named


def _press(update: Update, key: str) -> Request | None:
    query = update.callback_query
    if query is None or query.message is None or query.data is None:
        return None
    chat = query.message.chat
    return Request(
        key,
        update.update_id,
        "press",
        chat.id,
        query.from_user.id,
        chat.type != ChatType.PRIVATE,
        query.message.message_id,
        text=query.data,
        callback_id=query.id,
    )


def _joined(update: Update, key: str) -> Request | None:
    """Added to a group; being blocked or removed asks for nothing."""
    change = update.my_chat_member
    if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    was, now = change.old_chat_member.status, change.new_chat_member.status
    if now not in ("member", "administrator") or was not in ("left", "kicked"):
        return None
    return Request(key, update.update_id, "joined", change.chat.id, change.from_user.id, True, 0)
