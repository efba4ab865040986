"""Short follow-ups typed with a slip or two: "mất ba lâu" is "mất bao lâu" within a talk."""

from __future__ import annotations

import re
from functools import cache

from bot.question import rules
from knowledge.slips import distance, within
from knowledge.text import fold, syllables
from retrieval.spelling import vni

LETTERS_A_SLIP = 5  # one slip in so many letters, and one at least
LONG_WORD = 6  # letters of a word that may have two
MIN_LETTERS = 5  # of a phrase: shorter ones are near to too much

_WORD = re.compile(r"[^\W_]+")


def mended(text: str) -> str | None:
    """`text` as it was meant, when a usual follow-up is a slip or two away; None when none is."""
    decoded = _from_vni(text)
    words = _without_closing(decoded).split()
    for size in range(min(2, len(words) - 1), -1, -1):
        typed, rest = " ".join(words[:size]), " ".join(words[size:])
        opener = _nearest(typed, rules.phrases("usual.opening")) if size else ""
        asked = _nearest(rest, rules.phrases("usual.asked"))
        if opener is not None and asked is not None:
            return f"{opener} {asked}".strip()
        if opener and fold(opener) != fold(typed.lower()):
            return f"{opener} {rest}"  # "thế cin Kế hoạch 47"
    return decoded if decoded != text else None


def _without_closing(text: str) -> str:
    folded = fold(text)
    closing = rules.search("follow_up.closing", folded) if len(folded) == len(text) else None
    return text[: closing.start()] if closing else text.rstrip(" ?!.")


def _nearest(typed: str, phrases: tuple[str, ...]) -> str | None:
    folded = syllables(fold(typed))
    best: tuple[int, str] | None = None
    split = _split(phrases)
    line = " ".join(folded)
    for at, _ in within(
        line, [words for words, _ in split], max(1, len(line) // LETTERS_A_SLIP + 1)
    ):
        words = split[at][0].split(" ")
        slips = _slips(folded, words) if len(words) == len(folded) else None
        if slips is not None and (best is None or slips < best[0]):
            best = (slips, split[at][1])
    return best[1] if best else None


@cache
def _split(phrases: tuple[str, ...]) -> list[tuple[str, str]]:
    """The folded syllables of each phrase of the rules, and the phrase."""
    return [(" ".join(syllables(fold(phrase))), phrase) for phrase in phrases]


def _slips(typed: list[str], meant: list[str]) -> int | None:
    """How many slips turn one into the other; None when they are too many to be slips."""
    letters = sum(map(len, meant))
    allowed = max(1, letters // LETTERS_A_SLIP) if letters >= MIN_LETTERS else 0
    total = 0
    for a, b in zip(typed, meant, strict=True):
        most = 2 if len(b) >= LONG_WORD else 1
        slips = distance(a, b, most)
        if slips > most:
            return None
        total += slips
    return total if total <= allowed else None


def _from_vni(text: str) -> str:
    """VNI keys that an input method left: "the61" is "thế", "d9o1" is "đó"."""
    return _WORD.sub(lambda match: vni(match[0]) or match[0], text)
