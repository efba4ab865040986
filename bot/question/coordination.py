"""Several things in one text: "lệ phí đăng ký thường trú và tạm trú" asks for two fees."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from knowledge.text import fold

MAX_THING_WORDS: Final = 4
MAX_HEAD_WORDS: Final = 2  # of the words in front that both share: "đăng ký" thường trú
Things = Callable[[str], str]
_AND: Final = re.compile(r",?\s+(?:và|va|với|cùng|lẫn)\s+", re.IGNORECASE)


def parted(text: str, thing: Things) -> tuple[str, ...]:
    """The question asked of each of two things that "và" joins; empty where it does not ask so.

    Args:
        text: as written.
        thing: the id of the record that bears a folded name; empty where none or several do.
    """
    joint = _AND.search(text)
    if joint is None or _AND.search(text, joint.end()):
        return ()
    before, behind = text[: joint.start()].split(), text[joint.end() :].split()
    for size, length in _sizes(len(before), len(behind)):
        head, first = before[:-size], before[-size:]
        second, tail = behind[:length], behind[length:]
        if _two(first, second, head, thing):
            return (" ".join([*head, *first, *tail]), " ".join([*head, *second, *tail]))
    return ()


def _sizes(before: int, behind: int) -> list[tuple[int, int]]:
    """How many words each thing may have; things that share words have as many of their own."""
    longest = range(MAX_THING_WORDS, 0, -1)
    sizes = [(a, b) for a in longest for b in longest if a <= before and b <= behind]
    return sorted(sizes, key=lambda size: size[0] != size[1])


def _two(first: list[str], second: list[str], head: list[str], thing: Things) -> bool:
    """Whether both are things of their own, and not one."""
    one = _thing(first, head, thing)
    other = _thing(second, head, thing)
    return bool(one and other) and one != other


def _thing(words: list[str], head: list[str], thing: Things) -> str:
    """The record that words name, with or without the last words of what they share."""
    for taken in range(MAX_HEAD_WORDS + 1):
        shared = head[len(head) - taken :] if taken <= len(head) else head
        if found := thing(_bare(" ".join([*shared, *words]))):
            return found
    return ""


def _bare(words: str) -> str:
    return fold(words).strip(" ,.?!;:")
