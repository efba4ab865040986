"""The terminal: how wide it is, whether it shows colours, what must not reach it."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from dataclasses import dataclass
from typing import TextIO

MAX_WIDTH = 100  # characters; longer lines are hard to read
MIN_WIDTH = 20
_CODES = {"bold": "1", "dim": "2", "italic": "3", "red": "31", "yellow": "33", "cyan": "36"}
# C0, DEL, C1 and bidirectional overrides: a terminal would obey them.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text goes: its width in characters and whether it shows colours."""

    width: int = 80
    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """The screen behind a stream; no colours in a file, a pipe or with NO_COLOR."""
        width = shutil.get_terminal_size().columns
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return cls(max(MIN_WIDTH, min(width, MAX_WIDTH)), stream.isatty() and not plain)

    def paint(self, text: str, style: str) -> str:
        """The text in a style ("bold", "dim", "cyan" ...), or as it is without colours."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text

    def wrap(self, text: str, *, first: str = "", rest: str | None = None) -> str:
        """The text wrapped to the width; `first` opens line one, `rest` the others."""
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return "\n".join(lines)


def printable(text: str) -> str:
    """The text without characters that steer a terminal; line breaks stay."""
    return _CONTROL.sub(" ", text)
