"""How a place in a text is cited, and its address on the page."""

from __future__ import annotations

import re

from knowledge.text import fold

_ABOVE_ARTICLE = re.compile(r"(?:Phần|Chương|Mục|Tiểu mục) (?!kèm theo)")
_ROMAN_SECTION = re.compile(r"Mục [IVX]+")


class Places:
    """The places of one text: each is called by a name, and has an address, of its own."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._anchors: dict[str, int] = {}

    def of(self, path: tuple[str, ...]) -> tuple[tuple[str, ...], str, str]:
        """The path of the next place with its name and its anchor ("muc-4-diem-10").

        Where a name is taken, what stands above an article is said too; else which time it is.
        """
        name = locator(path)
        if name in self._names:
            name = ", ".join(path)
        anchor = self._anchor(name)
        times = 2
        while name in self._names:
            name = locator((*path, f"lần {times}"))
            times += 1
        if times > 2:
            path = (*path, f"lần {times - 1}")
        self._names.add(name)
        return path, name, anchor

    def _anchor(self, name: str) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "doan"
        anchor = slug
        while anchor in self._anchors:  # "muc-1-2" may be the second "muc-1", and a name of its own
            self._anchors[slug] += 1
            anchor = f"{slug}-{self._anchors[slug]}"
        self._anchors[anchor] = 1
        return anchor


def locator(path: tuple[str, ...]) -> str:
    """How the place is cited.

    An article's number says enough, so what is above it is left out, but for what is attached.
    """
    article = next((i for i, p in enumerate(path) if p.startswith("Điều ")), 0)
    attached = [p for p in path[:article] if not _ABOVE_ARTICLE.match(p)]
    parts = [*attached, *path[article:]]
    at = next((i for i, p in enumerate(parts) if _ABOVE_ARTICLE.match(p)), len(parts))
    section, item = (*parts[at : at + 2], "", "")[:2]
    if _ROMAN_SECTION.fullmatch(section) and item.startswith("mục "):
        parts[at : at + 2] = [f"{section}.{item.removeprefix('mục ')}"]
    return ", ".join(parts)
