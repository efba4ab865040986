"""What is asked of a procedure that no field holds by itself, and what its record says of it.

A time to wait is no deadline, no condition and no validity: each is looked for in the notes of a
record alone, and said to be missing where they do not hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.question import rules
from bot.question.aspects import Aspect
from bot.question.question import Ask
from bot.sources.procedures.view import FieldView, ProcedureView
from knowledge.procedures.models import FieldName, Procedure
from knowledge.text import fold
from retrieval.procedures import content_tokens

Matter = Literal["condition", "deadline", "validity", "notes", "whether"]

# What these ask is yes or no already, of who decides, another commune or the way online.
_ASK_WHETHER: frozenset[Aspect] = frozenset(("where", "papers"))
# Fields that may hold what a yes-or-no question asks, and how many of its words say so.
_FIELDS_OF_WHETHER: dict[FieldName, int] = {"notes": 2, "papers": 3}


@dataclass(frozen=True, slots=True)
class Told:
    """A statement of a record, and the field that it stands in."""

    field: FieldView
    value: str


def asks_whether(ask: Ask) -> bool:
    """Whether somebody wants to know if they may or must, not one of a record's fields."""
    folded = ask.asked.folded
    if rules.search("aspects.polite", folded):
        return False
    if not ask.aspects:
        return bool(rules.search("aspects.whether", folded) or rules.search("aspects.may", folded))
    if not set(ask.aspects) <= _ASK_WHETHER or not rules.search("aspects.may", folded):
        return False
    return "where" not in ask.aspects or bool(rules.search("aspects.which_place", folded))


def matters(ask: Ask) -> list[Matter]:
    """What is asked besides fields, a condition before all else."""
    found: list[Matter] = []
    for aspect in ask.aspects:
        if aspect in ("condition", "deadline", "validity", "notes"):
            found.append(aspect)
    if "condition" not in found and asks_whether(ask):
        found.append("condition" if _names_age(ask) else "whether")
    if "validity" in found:  # "giá trị bao lâu" asks no amount
        found = [matter for matter in found if matter != "notes"]
    return sorted(found, key=lambda matter: matter != "condition")


def told(matter: Matter, ask: Ask, procedure: Procedure, shown: ProcedureView) -> Sequence[Told]:
    """The statements of the record that say it; none where the record does not."""
    fields: Iterable[FieldName] = _FIELDS_OF_WHETHER if matter == "whether" else ("notes",)
    return [
        Told(shown.fields[name], value)
        for name in fields
        for value in shown.fields[name].values
        if _tells(matter, ask, procedure, name, fold(value))
    ]


def condition_of_age(ask: Ask, shown: ProcedureView) -> Sequence[Told]:
    """The notes that say from which age on, where an age is told or the whole procedure is asked."""
    if ask.aspects and not _names_age(ask):
        return ()
    notes = shown.fields["notes"]
    return [Told(notes, v) for v in notes.values if rules.search("aspects.tells_age", fold(v))]


def lacks(matter: Matter, ask: Ask) -> str:
    """The wording that says what the record lacks."""
    if matter == "condition" and _asks_age(ask):
        return "age"
    if matter == "condition" and rules.search("aspects.stay", ask.asked.folded):
        return "stay"
    if matter == "whether" and not rules.search("aspects.may", ask.asked.folded):
        return "notes"
    return matter


def _tells(matter: Matter, ask: Ask, procedure: Procedure, name: FieldName, value: str) -> bool:
    if matter in ("deadline", "validity"):
        return bool(rules.search(f"aspects.tells_{matter}", value))
    if matter == "condition" and _asks_age(ask):
        return bool(rules.search("aspects.tells_age", value))
    if matter == "condition" and rules.search("aspects.stay", ask.asked.folded):
        return bool(rules.search("aspects.tells_stay", value))
    asks_amount = rules.search("procedures.how_much", ask.asked.folded)
    if matter == "notes" and asks_amount and any(char.isdigit() for char in value):
        return True
    named = content_tokens(fold(" ".join((procedure.name, *procedure.aliases))))
    asked = set(content_tokens(ask.query.folded)).difference(named)
    shared = asked.intersection(content_tokens(value))
    return len(shared) >= (_FIELDS_OF_WHETHER[name] if matter == "whether" else 1)


def _names_age(ask: Ask) -> bool:
    return bool(rules.search("aspects.an_age", ask.query.folded))


def _asks_age(ask: Ask) -> bool:
    return _names_age(ask) or bool(rules.search("aspects.asks_age", ask.asked.folded))
