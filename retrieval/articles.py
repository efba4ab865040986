"""Articles of laws: what their clauses are found with.

A clause of a law seldom says what it is about; its article does. A document of kind "Điều" is one
article; in others each Điều is one with all that stands below it. Directives have none, and their
passages are found on their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from knowledge.models import Document, Passage

ARTICLE_KIND = "Điều"  # Metadata.kind of a document that is one article
_ARTICLE_IN_TITLE = " - Điều "  # "Luật Cư trú - Điều 3. Quyền của công dân"


@dataclass(frozen=True, slots=True)
class Article:
    """One article; its id is that of its first passage."""

    document: Document
    passages: tuple[Passage, ...]  # in reading order, headings among them
    text: str

    @property
    def id(self) -> str:
        """The first passage's id."""
        return self.passages[0].id

    @property
    def law(self) -> str:
        """What is the same for all articles of one law: its title, or its document's id."""
        metadata = self.document.metadata
        if metadata.kind == ARTICLE_KIND:
            return metadata.title.partition(_ARTICLE_IN_TITLE)[0]
        return self.document.id


def articles(documents: Iterable[Document]) -> Iterator[Article]:
    """The articles of all documents, in order."""
    for document in documents:
        if document.metadata.kind == ARTICLE_KIND:
            yield Article(document, document.passages, document.text)
            continue
        for path, run in groupby(document.passages, _article_path):
            if path:
                passages = tuple(run)
                text = document.text[passages[0].start : passages[-1].end]
                yield Article(document, passages, text)


def _article_path(passage: Passage) -> Sequence[str]:
    """The path down to the Điều; empty for a passage outside of any."""
    at = next((i for i, part in enumerate(passage.path) if part.startswith("Điều ")), None)
    return () if at is None else passage.path[: at + 1]
