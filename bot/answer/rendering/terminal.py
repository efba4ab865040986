"""Blocks as terminal text: wrapped, coloured only where that is wanted."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answer.blocks import Block
from bot.answer.rendering.looks import Signs, signed
from bot.answer.rendering.screen import Screen, printable
from bot.answer.rendering.shapes import Shape, shapes
from prompts.text import Text, joined

# Stand for the codes while text is wrapped, so that they take one column, not five.
_MARKS = {"\ue000": "\x1b[1m", "\ue001": "\x1b[22m", "\ue002": "\x1b[3m", "\ue003": "\x1b[23m"}
_SIGNS: Signs = {"bold": ("\ue000", "\ue001"), "italic": ("\ue002", "\ue003")}


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
