"""`python -m evals.training.turns`: fits what a turn is beside the turns before it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.terms import terms
from bot.opening import Core
from bot.question.turns import CLASSES, CORRECTS, LEANS, LIKELY, STANDS, TOLD, signs
from evals.sets.typing_styles import restyle
from evals.training.examples import SLIPS, read_lines
from evals.training.fitting import one_of
from evals.training.terms import Kind, Recipe, Rows, fit_alone, fit_kind

OWN: Final = "told"
# Questions of their own, and how many of each file.
STANDING: Final = {"phrasings": 700, "voices_other": 500, "unanswered": 500, "tuning": 400}
FACTS: Final = ("safety", ("fact_age", "fact_family", "fact_place", "fact_thing"))
FILES: Final = (OWN, *STANDING, FACTS[0])
KIND: Final = Kind(
    "turns",
    "whether a turn tells a fact, leans on the turns before it, corrects them, or stands alone",
    FILES,
    CLASSES,
    Recipe(one_of, term_penalty=1e-3, dim_penalty=2e-3),
    folds=6,
)
_SEED: Final = 13
_KINDS: Final = {"told": TOLD, "ask": LEANS, "stands": STANDS, "corrects": CORRECTS}


@dataclass(frozen=True, slots=True)
class Turn:
    """A text in one typing style."""

    text: str
    kind: str
    group: str
    careful: bool


def texts() -> list[Turn]:
    """Every text, careful and in one other style."""
    chance = random.Random(_SEED)  # noqa: S311 (a choice of texts and styles)
    return [styled for one in _written(chance) for styled in _styled(one, chance)]


def _written(chance: random.Random) -> Iterator[Turn]:
    for number, entry in enumerate(read_lines(OWN)):
        kind = _KINDS[entry["kind"]]
        yield Turn(entry["question"], kind, f"{kind}/{number % 60}", careful=True)
    name, kinds = FACTS
    for entry in read_lines(name):
        if entry.get("kind") in kinds:
            yield Turn(entry["question"], TOLD, f"{TOLD}/{entry['kind']}", careful=True)
    for name, most in STANDING.items():
        entries = [line for line in read_lines(name) if line.get("half") != "report"]
        for number, entry in enumerate(chance.sample(entries, min(most, len(entries)))):
            yield Turn(entry["question"], STANDS, f"{STANDS}/{name} {number % 30}", careful=True)


def _styled(one: Turn, chance: random.Random) -> Iterator[Turn]:
    yield one
    yield Turn(restyle(one.text, chance.choice(SLIPS)), one.kind, one.group, careful=False)


def main() -> None:
    """Fit this model alone, and put it beside the others."""
    fit_alone(KIND.name, fit)


def fit(core: Core, folder: Path) -> None:
    """Fit on all, with the figures of fits that left groups of texts out."""
    said = texts()
    groups = [one.group for one in said]
    fit_kind(KIND, _measured(core, said), groups, partial(_figures, said=said), folder)


def _measured(core: Core, said: Sequence[Turn]) -> Rows:
    asks = [core.reader.ask(one.text) for one in said]
    return Rows(
        [one.text for one in said],
        [terms(ask.query.folded) | signs(ask) for ask in asks],
        np.stack([ask.vector for ask in asks]),
        np.array([[one.kind == name for name in CLASSES] for one in said], float),
        np.ones(len(said)),
        np.ones(len(said), bool),
    )


def _figures(shares: np.ndarray, said: Sequence[Turn]) -> dict[str, Any]:
    """Of each class: how many texts, the share found, and the share of others taken for it."""
    kinds = np.array([one.kind for one in said])
    careful = np.array([one.careful for one in said])
    figures: dict[str, Any] = {"left out": "a sixth of the texts"}
    for at, name in enumerate(CLASSES):
        given, own = shares[:, at] >= LIKELY, kinds == name
        figures[name] = {
            "of": int((own & careful).sum()),
            "found": round(float(given[own & careful].mean()), 3),
            "found, other styles": round(float(given[own & ~careful].mean()), 3),
            "false": round(float(given[~own & careful].mean()), 4),
        }
    return figures


if __name__ == "__main__":
    main()
