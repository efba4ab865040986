"""Facts told about oneself without a request: "em 17 tuổi", "em đang học ở Đà Nẵng quê Nghệ An"."""

from __future__ import annotations

from typing import Final

from bot.question import rules
from bot.question.question import Ask
from knowledge.text import fold, syllables

MAX_WORDS: Final = 20
MAX_UNTOLD: Final = 1  # words that are neither a fact nor about one
_ASKING: Final = ("asks", "ends", "opens", "wishes")


def is_statement(ask: Ask) -> bool:
    """Whether a text only tells who somebody is or where."""
    folded = ask.query.folded
    if "?" in folded or len(folded.split()) > MAX_WORDS or ask.query.english:
        return False
    if any(rules.search(f"letters.{name}", folded) for name in _ASKING):
        return False
    told = ask.situation
    mine = any(place.role != "at" for place in told.places)
    return bool(told.ages or mine) and len(_untold(ask)) <= MAX_UNTOLD


def _untold(ask: Ask) -> list[str]:
    """The words that say neither where nor how old, nor what these are."""
    raw = ask.query.raw
    for place in ask.situation.places:
        raw = raw.replace(place.found.matched, " ")
    rest = rules.sub("statements.fillers", " ", fold(raw))
    return [word for word in syllables(rest) if not word.isdigit()]
