"""Blocks as terminal text: wrapped, coloured only where that is wanted."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from bot.answer.blocks import Block
from bot.answer.rendering.looks import Signs, signed
from bot.answer.rendering.shapes import Shape, shapes
from prompts.text import Text, joined

MAX_WIDTH = 100  # characters; longer lines are hard to read
MIN_WIDTH = 20

_CODES = {"bold": "1", "dim": "2", "italic": "3", "red": "31", "yellow": "33", "cyan": "36"}
# C0, DEL, C1 and bidirectional overrides: a terminal would obey them.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Stand for the codes while text is wrapped, so that they take one column, not five.
_MARKS = {"\ue000": "\x1b[1m", "\ue001": "\x1b[22m", "\ue002": "\x1b[3m", "\ue003": "\x1b[23m"}
_SIGNS: Signs = {"bold": ("\ue000", "\ue001"), "italic": ("\ue002", "\ue003")}


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


def terminal(blocks: Iterable[Block], screen: Screen) -> str:
    """The blocks as terminal text, without a final line break."""
    return "\n\n".join(_shape(shape, screen) for shape in shapes(blocks))


def _shape(shape: Shape, screen: Screen) -> str:
    match shape.kind:
        case "quote":
            text = _styled(joined(shape.texts, " "), screen, first="  ")
            bar = screen.paint("│", "cyan")
            return "\n".join(bar + line[1:] for line in text.split("\n"))
        case "bullets":
            return "\n".join(_styled(t, screen, first="• ", rest="  ") for t in shape.texts)
        case "numbers":
            signs = (f"{n}. " for n in range(1, len(shape.texts) + 1))
            return "\n".join(
                _styled(text, screen, first=sign, rest=" " * len(sign))
                for sign, text in zip(signs, shape.texts, strict=True)
            )
        case "paragraph":
            return _styled(shape.texts[0], screen)


def _styled(text: Text, screen: Screen, *, first: str = "", rest: str | None = None) -> str:
    signed_text = signed(text, _SIGNS, lambda span: printable(span.words))
    wrapped = screen.wrap(signed_text, first=first, rest=rest)
    for mark, code in _MARKS.items():
        wrapped = wrapped.replace(mark, code if screen.colour else "")
    return wrapped
