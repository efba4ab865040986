"""The documents as the server under test gives them: text, passages, and anchors of their pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.doors.web.schemas import DocumentOut
from knowledge.text import collapse

_TAG = re.compile(r"<[^>]*>")
_ELEMENT_ID = re.compile(r"<[a-z][^>]*?\sid=\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Source:
    """One document; `anchors` are the ids of the elements of its page."""

    document: DocumentOut
    anchors: frozenset[str]


Sources = Mapping[str, Source]  # by document id
# The HTML of a record's page by its path and query, or None when there is no such page.
Pages = Callable[[str], str | None]


def no_page(path: str) -> str | None:
    """For a server whose answers cite no records."""
    return None


def page_words(page: str) -> str:
    """The words of a page, in order, with single blanks between them."""
    return collapse(html.unescape(_TAG.sub(" ", page)))


def element_ids(page: str) -> frozenset[str]:
    """The ids that a fragment of an address can point to in a page."""
    return frozenset(_ELEMENT_ID.findall(page))
