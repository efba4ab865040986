"""Answers as JSON, for the store."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from bot.answer.answer import Answer, Citation


def to_stored(answer: Answer) -> dict[str, Any]:
    """The JSON object that is kept."""
    return {**asdict(answer), "question": answer.question}


def from_stored(payload: dict[str, Any]) -> Answer:
    """The answer of a kept JSON object."""
    values = dict(payload)
    values["citations"] = tuple(Citation(**c) for c in values["citations"])
    values["cards"], values["suggestions"] = tuple(values["cards"]), tuple(values["suggestions"])
    return replace(Answer("", "", "answered", ""), **values)
