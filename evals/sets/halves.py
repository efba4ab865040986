"""The two halves of every set of questions: one to tune on, one that only reports."""

from __future__ import annotations

from typing import Final, Literal, get_args

Half = Literal["tuning", "report"]
HALVES: Final[tuple[Half, ...]] = get_args(Half)
