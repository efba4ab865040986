"""Two things in one short question that share its words: "lệ phí đăng ký thường trú và tạm trú"."""

from __future__ import annotations

import re
from typing import Final

MAX_THING_WORDS: Final = 3
_AND: Final = re.compile(r",?\s+(?:và|va|với|cùng|lẫn)\s+", re.IGNORECASE)


def parted(text: str) -> tuple[str, ...]:
    """The question asked of each of two things that "và" joins, by how many words a thing may have.

    Whether they are things is for the records to say. Shown first is what takes most words for
    one: "đăng ký thường trú | đăng ký tạm trú".
    """
    joint = _AND.search(text)
    if joint is None or _AND.search(text, joint.end()):
        return ()
    return (text[: joint.start()], text[joint.end() :])
