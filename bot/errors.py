"""Errors of the conversation and its doors.

BotError
├── QuestionError    a question that cannot be asked: empty, too long, unreadable
├── ModelError       a small fitted model that is missing, broken or of another embedder
├── LanguageModelError   the language model gave nothing to use; the answer is composed instead
├── RuleError        a rule of bot/question/rules that cannot be read
├── SettingsError    a HAICAP_* setting that is unknown or has a refused value
├── TelegramError    Telegram does not let the bot run: token, webhook, another poller
└── UsageError       a command line that cannot be carried out as typed
"""

from __future__ import annotations


class BotError(Exception):
    """Base of everything raised on purpose by `bot`."""


class QuestionError(BotError):
    """A question refused before anything is searched or stored.

    Args:
        message_vi: what to tell the user, in Vietnamese.
        code: stable name of the reason for programs, such as "too_long".
    """

    def __init__(self, message_vi: str, code: str) -> None:
        super().__init__(message_vi)
        self.message_vi = message_vi
        self.code = code


class ModelError(BotError):
    """A fitted model cannot be used; the one-line message names it and says how to mend it."""


class LanguageModelError(BotError):
    """The language model failed.

    Args:
        reason: stable name, such as "timeout", "refused", "status_429", "empty", "circuit_open".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"the language model failed: {reason}")
        self.reason = reason


class RuleError(BotError):
    """A rule refused; the message names its file or words and how to mend them."""


class SettingsError(BotError):
    """A setting refused; the one-line message names it, its value and what is allowed."""


class TelegramError(BotError):
    """The bot cannot run with these settings; the one-line message says why and how to mend it."""


class UsageError(BotError):
    """A command refused; the one-line message says what, where and how to mend it."""
