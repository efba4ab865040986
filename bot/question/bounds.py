"""What a conversation asks of the clauses that may answer a follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prompts.text import Text

Where = Literal["words", "above", "both"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a clause must speak of to answer."""

    refusal: Text  # the sentence to say when none does
    says: str = ".*"  # a pattern on its words in lower case, such as "xã(?! hội)|phường"
    matter: str = ""  # words that it shares with the earlier question
    passage: str = ""  # id of the clause it must be, where words cannot tell (a talk in English)
    where: Where = "words"  # a duty is told by what leads a clause in, to whom it speaks


@dataclass(frozen=True, slots=True)
class Mention:
    """A matter that a document is asked to speak of."""

    document_id: str
    matter: str
    refusal: Text  # the sentence to say when it does not


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one ask; the first question of a conversation has none."""

    near: str = ""  # id of the clause talked about: it comes first where it has what is asked
    scope: Scope | None = None
    mention: Mention | None = None  # the question is whether a document speaks of something
