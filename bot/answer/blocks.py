"""What is said, before any markup: a draft and an answer are blocks, and doors render them.

Title       what the answer is about, where it is a record
Verdict     what becomes of the question: a no, a reply, a question back
Lead        the sentence that answers, and the value in it that does
Intro       a sentence that leads in the block below it
Quotation   words of a source, verbatim
Items       a list
Field       a part of a record that was asked for
Fields      other parts of it, a line each
Choices     what a question back lets one choose from
Note        what is to be known beside the answer
SourceLine  where the answer comes from and of what date
Folded      what is read when it is asked for: behind a tap where a door has one
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from prompts.text import Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A block that is sentences."""

    text: Text

    @property
    def texts(self) -> tuple[Text, ...]:
        """All that is read, in order."""
        return (self.text,)


@dataclass(frozen=True, slots=True)
class Title(Sentence):
    """What the answer is about, where it is a record."""


@dataclass(frozen=True, slots=True)
class Verdict(Sentence):
    """What becomes of the question: a no, a reply, a question back."""


@dataclass(frozen=True, slots=True)
class Lead(Sentence):
    """The sentence that answers."""

    value: str = ""  # in it, that answers; empty where only the words below do


@dataclass(frozen=True, slots=True)
class Intro(Sentence):
    """A sentence that leads in the block below it, and says nothing without it."""


@dataclass(frozen=True, slots=True)
class Note(Sentence):
    """What is to be known beside the answer."""


@dataclass(frozen=True, slots=True)
class SourceLine(Sentence):
    """Where the answer comes from and of what date."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a source, verbatim, without quotation marks."""

    text: Text
    marker: int
    remark: Text = field(default_factory=Text)  # such as that they are an excerpt

    @property
    def texts(self) -> tuple[Text, ...]:
        """All that is read, in order; the marker is read behind the words."""
        return (self.text, self.remark) if self.remark else (self.text,)


@dataclass(frozen=True, slots=True)
class Items:
    """A list; the numbers of a numbered one begin at 1."""

    items: tuple[Text, ...]
    numbered: bool = False

    @property
    def texts(self) -> tuple[Text, ...]:
        """The items."""
        return self.items


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a record: its label, and its value in the same line or its values below."""

    label: str
    values: tuple[Text, ...]
    listed: bool = False

    @property
    def texts(self) -> tuple[Text, ...]:
        """The values."""
        return self.values


@dataclass(frozen=True, slots=True)
class Fields:
    """Parts of a record, a line each."""

    fields: tuple[Field, ...]

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every value."""
        return tuple(text for one in self.fields for text in one.texts)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: how it is shown, and the question that choosing it asks."""

    shown: str
    asks: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What a question back lets one choose from."""

    options: tuple[Option, ...]

    texts: ClassVar[tuple[Text, ...]] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """What is read when it is asked for: behind a tap where a door has one, else in full."""

    title: Text
    blocks: tuple[Block, ...]  # none of them folded

    @property
    def texts(self) -> tuple[Text, ...]:
        """The title and all that is read below it."""
        return (self.title, *(text for block in self.blocks for text in block.texts))


Block = (
    Title
    | Verdict
    | Lead
    | Intro
    | Quotation
    | Items
    | Field
    | Fields
    | Choices
    | Note
    | SourceLine
    | Folded
)


def markers_of(block: Block) -> tuple[int, ...]:
    """The sources that a block names, in order."""
    if isinstance(block, Folded):
        return tuple(marker for inner in block.blocks for marker in markers_of(inner))
    own = (block.marker,) if isinstance(block, Quotation) else ()
    return tuple(marker for text in block.texts for marker in text.markers) + own
