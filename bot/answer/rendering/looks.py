"""Looks as pairs of signs, well nested: "**a *b* c**"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from prompts.text import Span, Text

Look = Literal["bold", "italic"]
Signs = Mapping[Look, tuple[str, str]]  # what opens and what ends a look


def signed(text: Text, signs: Signs, words: Callable[[Span], str]) -> str:
    """The spans of `text` as `words` gives them, with the signs of their looks around them."""
    parts: list[str] = []
    opened: list[Look] = []
    for span in text.spans:
        wanted = _looks(span)
        parts += _ended(opened, wanted, signs)
        for look in wanted:
            if look not in opened:
                opened.append(look)
                parts.append(signs[look][0])
        parts.append(words(span))
    return "".join([*parts, *_ended(opened, (), signs)])


def _looks(span: Span) -> tuple[Look, ...]:
    looks: tuple[tuple[Look, bool], ...] = (("bold", span.bold), ("italic", span.italic))
    return tuple(look for look, has in looks if has)


def _ended(opened: list[Look], wanted: Iterable[Look], signs: Signs) -> list[str]:
    """Ends looks from the innermost out, until only wanted ones are open."""
    parts = []
    while not set(opened) <= set(wanted):
        parts.append(signs[opened.pop()][1])
    return parts
