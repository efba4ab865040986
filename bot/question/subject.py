"""What an answer is about, stated by the source that gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

About = Literal["procedure", "place", "document", ""]


@dataclass(frozen=True, slots=True)
class Subject:
    """Names that find it again in a later question; empty where there is none."""

    about: About = ""
    procedure: str = ""
    document: str = ""  # label, such as "Kết luận 177-KL/TW"
    passage: str = ""  # id of the first clause cited
    whole: bool = False  # the document as a whole: its outline, its signer


NOTHING = Subject()
