"""Which cases an official name speaks of: closed rules over words, in `cases.yaml`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from knowledge.procedures.loading import validated
from knowledge.procedures.models import Case
from knowledge.text import clean, collapse

CASES_FILE = Path(__file__).parent / "cases.yaml"
# Words that say where, not what: names that differ in them alone are of one matter.
_PLACED = re.compile(r"\((?:thực hiện )?(?:tại|ở)?[^()]*\)|\bthủ tục\b|^giải quyết việc ")


class _RawRule(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    case: Case
    words: Annotated[list[str], Field(min_length=1)]
    unless: list[str] = []
    examples: Annotated[list[str], Field(min_length=1)]
    not_examples: Annotated[list[str], Field(min_length=1)]


class _RawRules(RootModel[list[_RawRule]]):
    """The rules, one a case."""


@dataclass(frozen=True, slots=True)
class CaseRule:
    """The words of one case, with names that must and must not have it."""

    case: Case
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    examples: tuple[str, ...]
    not_examples: tuple[str, ...]

    def holds(self, name: str) -> bool:
        """Whether a name, as `plain` gives it, speaks of the case."""
        if not self.words.search(name):  # most names: without this the 808 took .2 s, not .05
            return False
        return not self.unless or bool(self.words.search(self.unless.sub(" ", name)))


@dataclass(frozen=True, slots=True)
class CaseRules:
    """All rules."""

    rules: tuple[CaseRule, ...]

    def cases(self, name: str) -> tuple[Case, ...]:
        """The cases that an official name speaks of; a name that speaks of none is of the first."""
        said = plain(name)
        return tuple(rule.case for rule in self.rules if rule.holds(said)) or ("first",)

    def stem(self, name: str) -> str:
        """A name without the words of its cases: what it shares with those of the other cases."""
        said = plain(name)
        for rule in self.rules:
            if rule.case != "first":
                said = rule.words.sub(" ", said)
        return collapse(_PLACED.sub(" ", re.sub(r"[,;/.]", " ", said)))


def plain(name: str) -> str:
    """A name to match words in: lower case with its marks, one spelling of "uỷ" and "xoá"."""
    said = collapse(clean(name).lower()).replace("uỷ", "ủy").replace("xoá", "xóa")
    return said.removeprefix("thủ tục ").strip()


@functools.cache
def load_case_rules(path: Path = CASES_FILE) -> CaseRules:
    """The rules that ship with the product.

    Raises:
        ProcedureError: names the file and the field.
    """
    raw = validated(_RawRules, path)
    return CaseRules(
        tuple(
            CaseRule(
                r.case,
                _either(r.words),
                _either(r.unless) if r.unless else None,
                tuple(r.examples),
                tuple(r.not_examples),
            )
            for r in raw.root
        )
    )


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, whole; "^" in front of one holds it to the start of the name."""
    longest_first = sorted(words, key=len, reverse=True)
    parts = ("^" * w.startswith("^") + re.escape(plain(w.lstrip("^"))) for w in longest_first)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
