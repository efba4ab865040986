"""What is measured of each clause of a letter, to tell requests from the story."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot.question import rules
from bot.question.clauses import Clause

SAID: Final = ("opens", "asks", "ends", "wishes", "greets", "thanks", "tells", "leans")
_BESIDE: Final = ("opens", "asks", "ends")  # also looked for in the clauses around


def measures(clauses: Sequence[Clause]) -> list[dict[str, float]]:
    """The values of each clause, by name."""
    said = [_said(clause) for clause in clauses]
    blank = dict.fromkeys(said[0], 0.0) if said else {}
    marked = any(clause.asked for clause in clauses)
    rows = []
    for at, (clause, own) in enumerate(zip(clauses, said, strict=True)):
        before = said[at - 1] if at and clauses[at - 1].sentence == clause.sentence else blank
        behind = _next(clauses, said, at) or blank
        rows.append(
            {
                **own,
                **{f"before.{name}": before[name] for name in _BESIDE},
                **{f"behind.{name}": behind[name] for name in _BESIDE},
                **_standing(clauses, at, marked=marked),
                "asked.asks": own["asked"] * own["asks"],
                "asked.plain": own["asked"] * (1 - own["asks"]) * (1 - own["ends"]),
                "asks.ends": own["asks"] * own["ends"],
                "asks.tells": own["asks"] * own["tells"],
                "told": float(bool(own["tells"]) and not own["asked"]),
            }
        )
    return rows


def _said(clause: Clause) -> dict[str, float]:
    found = {name: float(bool(rules.search(f"letters.{name}", clause.folded))) for name in SAID}
    words = len(clause.folded.split())
    return found | {
        "asked": float(clause.asked),
        "mark": float(clause.asked and clause.last),
        "words": math.log1p(words),
    }


def _next(
    clauses: Sequence[Clause], said: Sequence[dict[str, float]], at: int
) -> dict[str, float] | None:
    same = at + 1 < len(clauses) and clauses[at + 1].sentence == clauses[at].sentence
    return said[at + 1] if same else None


def _standing(clauses: Sequence[Clause], at: int, *, marked: bool) -> dict[str, float]:
    clause, last = clauses[at], clauses[-1]
    return {
        "first": float(clause.sentence == 0),
        "last_sentence": float(clause.sentence == last.sentence),
        "sentences_left": math.log1p(last.sentence - clause.sentence),
        "clauses_left": math.log1p(len(clauses) - 1 - at),
        "share": at / max(len(clauses) - 1, 1),
        "last_in_sentence": float(clause.last),
        "marks_elsewhere": float(marked and not clause.asked),
    }
