"""How a place in a text is cited, and its address on the page."""

from __future__ import annotations

import re

from knowledge.text import fold


def locator(path: tuple[str, ...]) -> str:
    """How the place is cited: an article's number says enough, so what is above it is left out."""
    article = next((i for i, p in enumerate(path) if p.startswith("Điều ")), 0)
    parts = list(path[article:])
    if len(parts) > 1 and re.match(r"Mục [IVX]+$", parts[0]) and parts[1].startswith("mục "):
        parts[:2] = [f"{parts[0]}.{parts[1].removeprefix('mục ')}"]
    return ", ".join(parts)


def anchor_of(path: tuple[str, ...], seen: dict[str, int]) -> str:
    """URL fragment of a path, unique within the document ("muc-4-diem-10")."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(locator(path))).strip("-") or "doan"
    seen[slug] = seen.get(slug, 0) + 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
