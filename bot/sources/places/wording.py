"""The wording about places."""

from __future__ import annotations

from functools import cache

from prompts.wording import WORDING_FILE, Wording

PLACES_WORDING = WORDING_FILE.with_name("places.vi.yaml")


@cache
def load_places_wording() -> Wording:
    """The wording about places that ships with the product."""
    return Wording(PLACES_WORDING)
