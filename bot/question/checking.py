"""Whether a text can be asked at all."""

from __future__ import annotations

import unicodedata

from bot.errors import QuestionError
from knowledge.text import clean
from prompts.wording import Wording

# As typed by an input method that was left in another mode: "１７７".
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def check_question(question: object, limit: int, say: Wording) -> str:
    """The question cleaned, or refused.

    Raises:
        QuestionError: empty, longer than `limit` characters, unreadable, or without a word.
    """
    if not isinstance(question, str):
        raise QuestionError(say("questions.error.unreadable"), "unreadable")
    # One character such as U+FDFA stands for eighteen when it is searched for.
    length = max(len(question), len(unicodedata.normalize("NFKC", question[: limit + 1])))
    if length > limit:
        raise QuestionError(say("questions.error.too_long", length=length, limit=limit), "too_long")
    if not question.strip():
        raise QuestionError(say("questions.error.empty"), "empty")
    odd = sum(
        unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in question
    )
    if odd * 5 > len(question) or "\0" in question:
        raise QuestionError(say("questions.error.unreadable"), "unreadable")
    text = clean(question).translate(_FULL_WIDTH).strip()
    if not any(c.isalnum() for c in unicodedata.normalize("NFKC", text)):
        raise QuestionError(say("questions.error.no_words"), "no_words")
    return text
