"""Whether a request asks about places themselves, or only names some beside an errand."""

from __future__ import annotations

from bot.question import rules


def asks_about_places(folded: str) -> bool:
    """Whether places may be what is asked about.

    Args:
        folded: the request alone; a story may speak of mergers for any reason.
    """
    if not rules.search("place_questions.errand", folded):
        return True
    return bool(rules.search("place_questions.of_places", folded))
