"""Words of a document as text: documents are Markdown, and their emphasis is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from prompts.text import Span, Text

# Of Markdown, emphasis alone: a clause's dashes, numbers and signs are its words.
_EMPHASIS = MarkdownIt("zero").enable("emphasis")
_HEADINGS = MarkdownIt("zero").enable(["heading", "hr", "emphasis"])


def verbatim(words: str) -> Text:
    """The words with their emphasis; a mark that has no other half is a word."""
    if "*" not in words:
        return Text.of(words)
    (block,) = _EMPHASIS.parseInline(words)
    return Text.of(*_spans(block.children or ()))


def paragraphs(source: str) -> list[Text]:
    """The paragraphs and headings of a piece of Markdown; half a pair of marks is left out.

    The other half stands in another piece: "**1. Name**" is parted behind its number.
    """
    blocks = (token for token in _HEADINGS.parse(source) if token.type == "inline")
    texts = (_without_halves(Text.of(*_spans(block.children or ()))) for block in blocks)
    return [text for text in texts if text.words.strip("* \n")]


def _spans(tokens: Iterable[Token]) -> Iterator[Text]:
    bold = italic = 0
    for token in tokens:
        emphasis = token.nesting != 0 and token.markup.startswith("*")
        if emphasis and token.tag == "strong":
            bold += token.nesting
        elif emphasis:
            italic += token.nesting
        else:  # words, or the "_" of a blank to fill in: no emphasis in a form
            yield Text((Span(token.content or token.markup, bool(bold), bool(italic)),))


def _without_halves(text: Text) -> Text:
    return Text(tuple(replace(span, words=span.words.replace("**", "")) for span in text.spans))
