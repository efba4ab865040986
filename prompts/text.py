"""Words before any markup: runs of one look, and the places where a source is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one look.

    A span with a `marker` names a source by its number, as "[3]". A span with `press` stands for
    how that source is opened, any source where `marker` is 0: each door says it in its own words.
    A span with an `href` is an address outside: words that can be tapped where a door can do that.
    """

    words: str
    bold: bool = False
    italic: bool = False
    marker: int = 0  # from 1; 0: names no source
    press: bool = False
    href: str = ""  # "https://…" or "tel:…"


@dataclass(frozen=True, slots=True)
class Text:
    """Spans in reading order; no two neighbours are one run."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, *parts: Text | str) -> Text:
        """The parts one after the other; a string is words, whatever marks it holds."""
        given = [
            span
            for part in parts
            for span in (part.spans if isinstance(part, Text) else (Span(part),))
            if span.words or span.press
        ]
        runs = groupby(
            given, lambda span: (span.bold, span.italic, span.marker, span.press, span.href)
        )
        spans: list[Span] = []
        for (bold, italic, marker, press, href), run in runs:
            if marker or press or href:
                spans += run
            else:
                spans.append(Span("".join([span.words for span in run]), bold, italic))
        return cls(tuple(spans))

    def __add__(self, other: Text) -> Text:
        return Text.of(self, other)

    def __bool__(self) -> bool:
        return bool(self.spans)

    @property
    def words(self) -> str:
        """What is read, markers as "[3]"."""
        return "".join(span.words for span in self.spans)

    @property
    def markers(self) -> tuple[int, ...]:
        """The sources named, in order, each as often as it is."""
        return tuple(span.marker for span in self.spans if span.marker)

    def without_markers(self) -> Text:
        """The words alone, for where the sources are not numbered."""
        kept: list[Span] = []
        for span in self.spans:
            if not span.marker:
                kept.append(span)
            elif kept:
                kept[-1] = replace(kept[-1], words=kept[-1].words.removesuffix(" "))
        return Text.of(*(Text((span,)) for span in kept))

    def looking(self, *, bold: bool, italic: bool) -> Text:
        """The same, bold or italic besides the looks it has."""
        spans = (
            replace(s, bold=s.bold or bold, italic=s.italic or italic) if bold or italic else s
            for s in self.spans
        )
        return Text(tuple(spans))


def reference(marker: int) -> Text:
    """The number of a source, as "[3]"."""
    return Text((Span(f"[{marker}]", marker=marker),))


def press(marker: int = 0) -> Text:
    """How a source is opened, any source where `marker` is 0: for each door to say."""
    return Text((Span("", marker=marker, press=True),))


def joined(texts: Iterable[Text], between: str) -> Text:
    """The texts with `between` them."""
    parts: list[Text | str] = []
    for text in texts:
        parts += [between, text] if parts else [text]
    return Text.of(*parts)
