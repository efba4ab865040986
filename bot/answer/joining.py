"""Several answers as one: each below what it answers, their sources numbered through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import zip_longest
from typing import Any, Final

from bot.answer.answer import Status
from bot.answer.blocks import Block, Intro, Quotation
from bot.answer.draft import Draft
from prompts.text import Span, Text

MAX_SUGGESTIONS: Final = 4
Number = Callable[[int], int]


def joined_drafts(parts: Sequence[tuple[Text, Draft]]) -> Draft:
    """The drafts in order, each below its heading; answered where one of them is."""
    whole = Draft(_status([draft for _, draft in parts]), subject=parts[0][1].subject)
    for heading, draft in parts:
        numbers = {n: whole.marker(source) for n, source in enumerate(draft.sources, 1)}
        whole.add(Intro(heading), *(renumbered(b, numbers.__getitem__) for b in draft.blocks))
        whole.cards += [card for card in draft.cards if card not in whole.cards]
    in_turn = zip_longest(*(draft.suggestions for _, draft in parts))
    offered = dict.fromkeys(one for row in in_turn for one in row if one)
    whole.suggestions = list(offered)[:MAX_SUGGESTIONS]
    return whole


def renumbered(block: Block, number: Number) -> Block:
    """A block whose markers are those of another draft."""
    made: Block = _renumbered(block, number)
    return made


def _status(drafts: Sequence[Draft]) -> Status:
    answered = any(draft.status == "answered" for draft in drafts)
    return "answered" if answered else drafts[0].status


def _renumbered(value: Any, number: Number) -> Any:
    made = value
    if isinstance(value, Span):
        if value.marker:
            made = _marked(value, number(value.marker))
    elif isinstance(value, tuple):
        made = tuple(_renumbered(one, number) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        read = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        made = replace(value, **{name: _renumbered(one, number) for name, one in read.items()})
        if isinstance(value, Quotation):
            made = replace(made, marker=number(value.marker))
    return made


def _marked(span: Span, marker: int) -> Span:
    shown = f"[{marker}]" if span.words == f"[{span.marker}]" else span.words
    return replace(span, marker=marker, words=shown)
