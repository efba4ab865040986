"""A turn that takes back what was said before: "không phải xe máy, đất cơ mà"."""

from __future__ import annotations

import re
from typing import Final

from bot.question import rules
from knowledge.text import fold

_SIGN: Final = re.compile(r"[,.;:!?]")


def corrected(before: str, turn: str) -> tuple[str, str]:
    """An earlier question as a turn corrects it.

    Of 153 corrections of ours the earlier words with the turn's, less what is denied, have the
    record first that the question in full has for 99; the turn alone for 61.

    Returns:
        Both in one text, and what of the turn is meant.
    """
    meant, denied = _parted(turn)
    return f"{_without(before, denied)} {meant or turn}".strip(), meant or turn


def _parted(turn: str) -> tuple[str, list[str]]:
    """A turn without what it denies, and the words denied."""
    folded = fold(turn)
    if len(folded) != len(turn):
        return turn, []
    kept, denied, at = "", [], 0
    for found in rules.finditer("follow_up.denies", folded):
        if found.start() < at:
            continue
        behind = folded[found.end() :]
        ends = (_SIGN.search(behind), rules.search("follow_up.calls_for", behind))
        length = min((end.start() for end in ends if end), default=len(behind))
        kept += turn[at : found.start()]
        at = found.end() + length
        denied.append(turn[found.end() : at].strip())
    return f"{kept}{turn[at:]}".strip(" ,.;:"), [words for words in denied if words]


def _without(text: str, denied: list[str]) -> str:
    """A text less the longest beginning of each thing denied that stands in it."""
    for thing in denied:
        words = thing.split()
        for count in range(len(words), 0, -1):
            pattern = rf"\b{re.escape(fold(' '.join(words[:count])))}\b"
            found = re.search(pattern, fold(text))
            if found and len(fold(text)) == len(text):
                text = f"{text[: found.start()]} {text[found.end() :]}"
                break
    return " ".join(text.split())
