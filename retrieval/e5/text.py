"""Text as the model reads it."""

from __future__ import annotations

import unicodedata

MAX_TEXT_CHARS = 20_000  # what is longer is cut: the worst case, one token per character, takes 6 s
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "


def safe_text(text: str) -> str:
    """Text as it is embedded: NFKC, no NUL, no lone surrogate, at most MAX_TEXT_CHARS."""
    cut = unicodedata.normalize("NFKC", text[:MAX_TEXT_CHARS])[:MAX_TEXT_CHARS]
    return cut.replace("\0", " ").encode("utf-8", "replace").decode()
