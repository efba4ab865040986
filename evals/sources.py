"""The documents as the server under test gives them: text, passages, and anchors of their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.web.schemas import DocumentOut

_ELEMENT_ID = re.compile(r"<[a-z][^>]*?\sid=\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Source:
    """One document; `anchors` are the ids of the elements of its page."""

    document: DocumentOut
    anchors: frozenset[str]


Sources = Mapping[str, Source]  # by document id


def element_ids(html: str) -> frozenset[str]:
    """The ids that a fragment of an address can point to in a page."""
    return frozenset(_ELEMENT_ID.findall(html))
