"""What people call the portal's procedures, and the cases that an official name does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from knowledge.procedures.errors import ProcedureError
from knowledge.procedures.loading import Line, validated
from knowledge.procedures.models import Case
from knowledge.text import clean

ALIASES_FILE = Path(__file__).parent / "portal_aliases.yaml"
CASES_FILE = Path(__file__).parent / "portal_cases.yaml"
_Code = Annotated[str, Field(pattern=r"^\d\.\d{6}$")]


class _RawAliases(RootModel[dict[_Code, Annotated[list[Line], Field(min_length=2, max_length=6)]]]):
    """Everyday phrases, by code."""


class _RawCovers(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    covers: list[Case] = []
    neighbours: dict[Case, Line] = {}


class _RawCases(RootModel[dict[_Code, _RawCovers]]):
    """Cases, by code."""


@dataclass(frozen=True, slots=True)
class PeoplesWords:
    """By code: how people say it, what it covers, who covers the rest."""

    aliases: Mapping[str, tuple[str, ...]]
    covers: Mapping[str, tuple[Case, ...]]
    neighbours: Mapping[str, tuple[tuple[Case, str], ...]]


def load_peoples_words(aliases: Path = ALIASES_FILE, cases: Path = CASES_FILE) -> PeoplesWords:
    """The words that ship with the product.

    Raises:
        ProcedureError: a file does not fit its schema, or two procedures share a phrase.
    """
    said = validated(_RawAliases, aliases).root
    covers = validated(_RawCases, cases).root
    _refuse_shared(aliases.name, said)
    return PeoplesWords(
        {code: tuple(phrases) for code, phrases in said.items()},
        {code: tuple(raw.covers) for code, raw in covers.items() if raw.covers},
        {code: tuple(raw.neighbours.items()) for code, raw in covers.items()},
    )


def _refuse_shared(source: str, said: Mapping[str, list[str]]) -> None:
    seen: dict[str, str] = {}
    for code, phrases in said.items():
        for phrase in phrases:
            other = seen.setdefault(clean(phrase).lower(), code)
            if other != code or phrases.count(phrase) > 1:
                raise ProcedureError(source, code, f"{phrase!r} đã có ở {other!r}", "Bỏ một chỗ")
