"""What the reader of a file format is, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.reading.files import File
from knowledge.reading.limits import Limits

PAGE = "\f"  # in the words of a reader: here begins another page


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says about a document; it goes before what the text says."""

    number: str | None = None
    title: str | None = None
    issuer: str | None = None
    issued_on: str | None = None

    def values(self) -> dict[str, str]:
        """What was said, by the keys of front matter."""
        return {key: value for key, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader finds in a file.

    Attributes:
        text: paragraphs parted by newlines, tables as Markdown; `PAGE` where a page begins.
        values: front matter, where the file has it.
        margins: lines outside the text: page headers, text boxes.
        notes: what whoever ingests should look at, in Vietnamese.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    margins: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file, and how it is read.

    `read` gets a file that opens as `is_one` says, and raises DocumentError for one that is not as
    it should be. A reader given by name ("module:function") runs in a process of its own, bounded
    in time and memory, and what it imports is not loaded before.
    """

    name: str  # as users call it: "tệp Markdown"
    suffixes: tuple[str, ...]  # small letters, the usual one first
    is_one: Callable[[bytes], bool]  # by how its bytes begin
    read: Callable[[File, Limits], Words] | str
