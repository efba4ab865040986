"""What the reader of a file format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from knowledge.models import Document
from knowledge.reading.files import File


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says about a document whose file does not say it."""

    number: str | None = None
    title: str | None = None
    issuer: str | None = None
    issued_on: str | None = None

    def values(self) -> dict[str, str]:
        """What was said, by the keys of front matter."""
        return {key: value for key, value in asdict(self).items() if value}

    @property
    def enough(self) -> bool:
        """Whether a document can be made of it."""
        return bool(self.title and self.issuer and self.issued_on)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file, and how it is read.

    `read` raises DocumentError for a file that is not as it should be.
    """

    name: str  # as users call it: "tệp Markdown"
    suffixes: tuple[str, ...]  # small letters, the usual one first
    told_inside: str | None  # where the file says what `Told` would; None: it must be told
    read: Callable[[File, Told], Document]
