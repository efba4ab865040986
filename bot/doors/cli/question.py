"""The question as somebody gave it to the command line: in words, or through stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bot.errors import QuestionError, UsageError


def question_of(words: Sequence[str], max_chars: int) -> str:
    """The question from the command line, or from stdin for "-"."""
    if list(words) != ["-"]:
        return readable(" ".join(words))
    limit = 4 * max_chars + 1024  # bytes; UTF-8 takes at most 4 a character
    raw = sys.stdin.buffer.read(limit + 1)
    if len(raw) > limit:
        raise UsageError(f"câu hỏi trong stdin dài hơn {max_chars} ký tự. Hãy hỏi ngắn hơn")
    return readable(raw.decode("utf-8", "surrogateescape").strip())


def readable(text: str) -> str:
    """The text, with bytes that the locale could not read taken as UTF-8.

    Raises:
        QuestionError: they are not UTF-8 either.
    """
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"Câu hỏi không phải chữ UTF-8 (byte thứ {error.start}). Hãy gõ lại bằng Unicode."
        raise QuestionError(message, "not_utf8") from error
    except UnicodeEncodeError:  # a narrow locale that read every byte already
        return text
