"""`python -m evals.training.needs`: fits what is wanted of a procedure, whole records left out."""

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
from bot.question.needs import CLASSES, MATTER, MATTERS, NEEDS, Need, signs, wanted
from evals.sets.typing_styles import TypingStyle, restyle
from evals.training.examples import SLIPS, read_lines
from evals.training.fitting import any_of
from evals.training.terms import Kind, Recipe, Rows, fit_alone, fit_kind
from knowledge.procedures.loading import load_procedures
from prompts.wording import load_wording

OWN: Final = "needs"
TEXTS: Final = ("voices_procedures", "phrasings", "letters")  # where the texts stand
FILES: Final = (OWN, *TEXTS)
# Questions that answers offer, prompts/wording/procedures.vi.yaml.
OFFERED: Final[dict[str, Need]] = {
    "where": "where",
    "papers": "papers",
    "time": "time",
    "fee": "fee",
    "boundary": "other_place",
    "plain": "whole",
}
KIND: Final = Kind(
    "needs",
    "what is wanted of a procedure: its place, papers, a fee, or what no field holds",
    FILES,
    CLASSES,
    Recipe(any_of, term_penalty=2e-3, dim_penalty=4e-3),
    folds=6,
)
_SEED: Final = 11


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one typing style, and what is wanted in it."""

    text: str
    needs: frozenset[str]
    group: str  # the record asked about: left out whole
    style: TypingStyle


def texts() -> list[Text]:
    """Every labelled text, careful and in one other style."""
    chance = random.Random(_SEED)  # noqa: S311 (a choice of styles)
    return [styled for one in _written() for styled in _styled(one, chance)]


def _written() -> Iterator[Text]:
    known = {line["id"]: line for name in TEXTS for line in read_lines(name)}
    for entry in read_lines(OWN):
        line = known[entry["same_as"]] if "same_as" in entry else entry
        needs = frozenset(NEEDS) & frozenset(entry["needs"])
        group = line.get("record") or line.get("id") or entry["id"]
        yield Text(line["question"], needs, group, "careful")
    say = load_wording()
    for procedure in load_procedures():  # what answers offer to ask next is understood
        name = (procedure.aliases or (procedure.name,))[0]
        for asks, need in OFFERED.items():
            text = say(f"procedures.ask.{asks}", name=name[:1].upper() + name[1:])
            yield Text(text, frozenset((need,)), procedure.id, "careful")


def _styled(one: Text, chance: random.Random) -> Iterator[Text]:
    yield one
    style = chance.choice(SLIPS)
    yield Text(restyle(one.text, style), one.needs, one.group, style)


def main() -> None:
    """Fit this model alone, and put it beside the others."""
    fit_alone(KIND.name, fit)


def fit(core: Core, folder: Path) -> None:
    """Fit on all, with the figures of fits that left records out."""
    said = texts()
    groups = [one.group for one in said]
    fit_kind(KIND, _measured(core, said), groups, partial(_figures, said=said), folder)


def _measured(core: Core, said: Sequence[Text]) -> Rows:
    asks = [core.reader.ask(one.text) for one in said]
    return Rows(
        [one.text for one in said],
        [terms(ask.asked.folded) | signs(ask.asked.folded, ask.aspects) for ask in asks],
        np.stack([ask.asked_vector for ask in asks]),
        _right(said).astype(float),
        np.ones(len(said)),
        np.ones(len(said), bool),
    )


def _right(said: Sequence[Text]) -> np.ndarray:
    """(n, n_classes) bool."""
    told = [one.needs | ({MATTER} if one.needs & set(MATTERS) else set()) for one in said]
    return np.array([[name in needs for name in CLASSES] for needs in told])


def _figures(shares: np.ndarray, said: Sequence[Text]) -> dict[str, Any]:
    """How often the first need is wanted, and recall and precision of each."""
    careful = np.array([one.style == "careful" for one in said])
    given = [wanted(dict(zip(CLASSES, row, strict=True))) for row in shares.tolist()]
    first = np.array([needs[0] in one.needs for needs, one in zip(given, said, strict=True)])
    figures: dict[str, Any] = {
        "left out": "whole records",
        "first": _share(first[careful]),
        "first, other styles": _share(first[~careful]),
    }
    right = _right(said)[careful]
    shown = _right([Text("", frozenset(n), "", "careful") for n in given])[careful]
    for at, name in enumerate(CLASSES):
        both = float((shown[:, at] & right[:, at]).sum())
        figures[name] = {
            "of": int(right[:, at].sum()),
            "recall": round(both / max(int(right[:, at].sum()), 1), 3),
            "precision": round(both / max(int(shown[:, at].sum()), 1), 3),
        }
    return figures


def _share(found: np.ndarray) -> float:
    return round(float(found.mean()), 4)


if __name__ == "__main__":
    main()
