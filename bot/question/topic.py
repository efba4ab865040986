"""What a turn of a conversation was about."""

from __future__ import annotations

from dataclasses import dataclass

from bot.question.subject import About


@dataclass(frozen=True, slots=True)
class Topic:
    """The names that find it again."""

    question: str = ""  # as it was answered, personal data masked
    content: str = ""  # what it asked about, without the asking words; empty: a whole document
    base: str = ""  # the question before a level or body was added to it
    about: About = ""
    procedure: str = ""
    place: str = ""
    document: str = ""  # label, such as "Kết luận 177-KL/TW"
    passage: str = ""  # id of the first clause cited


NO_TOPIC = Topic()
