"""What Markdown puts around words: bullets, # marks, bars, stars."""

from __future__ import annotations

import re

BULLET = re.compile(r"(?:#{1,6}|>|[-–•+*])\s+")
LIST_BULLETS = "-–•+*"


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without what Markdown puts at its ends: bullets, # marks, bars, stars around it."""
    start, end = _without_bars(text, start, end)
    bullet = BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    for _ in range(2):
        own = text[start:end]
        opening = len(own) - len(own.lstrip("*"))
        closing = len(own) - len(own.rstrip("*"))
        paired = len(re.findall(r"\*+", own)) % 2 == 0
        encloses = opening == closing and "*" not in own.strip("*")
        if closing and (not paired or encloses):
            end -= closing
        if opening and ((not paired and not closing) or encloses):
            start += opening
        start, end = _without_bars(text, start, max(start, end))
    return start, end


def _without_bars(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] == "|"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "|"):
        end -= 1
    return start, end
