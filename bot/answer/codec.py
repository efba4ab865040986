"""Answers as JSON: what the store keeps, and what HTTP and the command line give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from bot.answer.answer import Answer, Citation
from bot.answer.blocks import (
    Block,
    Choices,
    Field,
    Fields,
    Folded,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    Quotation,
    SourceLine,
    Title,
    Verdict,
)
from prompts.text import Span, Text

Json = dict[str, Any]

_KINDS: dict[str, type[Block]] = {
    "title": Title,
    "verdict": Verdict,
    "lead": Lead,
    "intro": Intro,
    "quotation": Quotation,
    "items": Items,
    "field": Field,
    "fields": Fields,
    "choices": Choices,
    "note": Note,
    "source_line": SourceLine,
    "folded": Folded,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_KEPT_ONLY = ("blocks", "question", "phrasing")


# Answers


def to_public(answer: Answer) -> Json:
    """The JSON object of `POST /api/ask` and `haicap ask --json`, keys in their order."""
    return {name: value for name, value in to_stored(answer).items() if name not in _KEPT_ONLY}


def to_stored(answer: Answer) -> Json:
    """The JSON object that is kept, with the blocks that doors render."""
    own = {one.name: getattr(answer, one.name) for one in fields(answer)}
    return own | {
        "citations": [asdict(citation) for citation in answer.citations],
        "cards": list(answer.cards),
        "suggestions": list(answer.suggestions),
        "blocks": blocks_out(answer.blocks),
    }


def from_json(data: Mapping[str, Any]) -> Answer:
    """The answer of either object, kept or given; keys that it does not have are left out."""
    known = {one.name for one in fields(Answer)}
    values = {name: value for name, value in data.items() if name in known}
    citation = {one.name for one in fields(Citation)}
    return Answer(
        **values
        | {
            "citations": tuple(
                Citation(**{name: c[name] for name in citation}) for c in data["citations"]
            ),
            "cards": tuple(data["cards"]),
            "suggestions": tuple(data["suggestions"]),
            "blocks": _blocks_of(data),
        }
    )


def _blocks_of(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """The blocks; of an answer that was kept before there were any, its paragraphs as words."""
    if "blocks" in data:
        return blocks_in(data["blocks"])
    return tuple(Note(Text.of(part)) for part in data["text"].split("\n\n") if part.strip())


# Blocks


def blocks_out(blocks: Iterable[Block]) -> list[Json]:
    """Blocks as JSON; what is empty is left out."""
    return [{"kind": _NAMES[type(block)]} | _out(block) for block in blocks]


def blocks_in(data: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
    """The blocks of what `blocks_out` gave."""
    return tuple(_in(_KINDS[block["kind"]], block) for block in data)


def _out(value: Any) -> Any:
    match value:
        case Text():
            return [_span_out(span) for span in value.spans]
        case tuple():
            return [_out(one) for one in value]
        case str() | int():
            return value
        case _:
            read = ((one.name, getattr(value, one.name)) for one in fields(value))
            kept = ((name, field) for name, field in read if field)
            return {n: blocks_out(f) if n == "blocks" else _out(f) for n, f in kept}


def _span_out(span: Span) -> str | Json:
    """Plain words as they are, so that a kept answer can be read."""
    own = {one.name: value for one in fields(span) if (value := getattr(span, one.name))}
    return span.words if own.keys() <= {"words"} else own


def _text_in(data: Iterable[str | Mapping[str, Any]]) -> Text:
    return Text(tuple(Span(s) if isinstance(s, str) else Span(**{"words": "", **s}) for s in data))


def _texts_in(data: Iterable[Any]) -> tuple[Text, ...]:
    return tuple(map(_text_in, data))


_READ: dict[str, Callable[[Any], Any]] = {
    "text": _text_in,
    "title": _text_in,
    "remark": _text_in,
    "items": _texts_in,
    "values": _texts_in,
    "fields": lambda data: tuple(_in(Field, one) for one in data),
    "blocks": blocks_in,
    "options": lambda data: tuple(Option(**one) for one in data),
}


def _in(kind: Callable[..., Any], data: Mapping[str, Any]) -> Any:
    values = {name: value for name, value in data.items() if name != "kind"}
    return kind(**{name: _READ.get(name, lambda v: v)(value) for name, value in values.items()})
