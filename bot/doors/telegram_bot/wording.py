"""The wording of the Telegram door."""

from __future__ import annotations

from functools import cache

from prompts.wording import WORDING_FILE, Wording

TELEGRAM_WORDING = WORDING_FILE.with_name("telegram.vi.yaml")


@cache
def load_telegram_wording() -> Wording:
    """What the bot says around the answers."""
    return Wording(TELEGRAM_WORDING)
