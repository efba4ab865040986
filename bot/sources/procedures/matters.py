"""What is asked of a procedure that no field holds by itself, and what its record says of it.

A time to wait is no deadline, no condition and no validity: each is looked for in the notes of a
record alone, and said to be missing where they do not hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.question import rules
from bot.question.needs import MATTERS, Need
from bot.question.question import Ask
from bot.sources.procedures.view import FieldView, ProcedureView
from knowledge.procedures.models import FieldName, Procedure
from knowledge.text import fold
from retrieval.procedures import content_tokens

# Fields that may hold a matter, and how many of the question's words say so.
_FIELDS: Final[dict[FieldName, int]] = {"notes": 2, "papers": 3}
_OF_NOTES: Final[frozenset[Need]] = frozenset(("condition", "deadline", "validity", "amount"))


@dataclass(frozen=True, slots=True)
class Told:
    """A statement of a record, and the field that it stands in."""

    field: FieldView
    value: str


def matters(ask: Ask) -> list[Need]:
    """What is asked besides fields, a condition before all else."""
    found = [need for need in ask.needs if need in MATTERS]
    if "condition" not in found and rules.search("aspects.asks_age", ask.asked.folded):
        found.append("condition")
    return sorted(found, key=lambda matter: matter != "condition")


def told(matter: Need, ask: Ask, procedure: Procedure, shown: ProcedureView) -> Sequence[Told]:
    """The statements of the record that say it; none where the record does not."""
    return [
        Told(shown.fields[name], value)
        for name, least in _FIELDS.items()
        for value in shown.fields[name].values
        if (name == "notes" or matter not in _OF_NOTES)
        and (_tells(matter, ask, procedure, fold(value), least) or _asked_of(name, ask, value))
    ]


def condition_of_age(ask: Ask, shown: ProcedureView) -> Sequence[Told]:
    """The notes that say from which age on, where an age is told or the whole procedure is asked."""
    if "whole" not in ask.needs and not _names_age(ask):
        return ()
    notes = shown.fields["notes"]
    return [Told(notes, v) for v in notes.values if rules.search("aspects.tells_age", fold(v))]


def lacks(matter: Need, ask: Ask) -> str:
    """The wording that says what the record lacks."""
    if matter == "condition" and _asks_age(ask):
        return "age"
    if matter == "condition" and rules.search("aspects.stay", ask.asked.folded):
        return "stay"
    return matter


def _tells(matter: Need, ask: Ask, procedure: Procedure, value: str, least: int) -> bool:
    if matter in ("deadline", "validity", "amount"):
        return bool(rules.search(f"aspects.tells_{matter}", value))
    if matter == "condition" and _asks_age(ask):
        return bool(rules.search("aspects.tells_age", value))
    if matter == "condition" and rules.search("aspects.stay", ask.asked.folded):
        return bool(rules.search("aspects.tells_stay", value))
    named = content_tokens(fold(" ".join((procedure.name, *procedure.aliases))))
    asked = set(content_tokens(ask.asked.folded)).difference(named)
    return len(asked.intersection(content_tokens(value))) >= least


def _asked_of(name: FieldName, ask: Ask, value: str) -> bool:
    """Whether words ask for what only notes tell: "miễn phép", "mấy tầng"; a figure tells it."""
    return name == "notes" and "notes" in ask.aspects and any(char.isdigit() for char in value)


def _names_age(ask: Ask) -> bool:
    return bool(rules.search("aspects.an_age", ask.query.folded))


def _asks_age(ask: Ask) -> bool:
    return _names_age(ask) or bool(rules.search("aspects.asks_age", ask.asked.folded))
