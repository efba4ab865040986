"""`make fit`: fits the small models of bot/models on questions of ours.

The order is that of the work: hits are put in order, then judged; a record is chosen, by rankers
that did not see the question; then the router weighs what the sources claim. Every question is
asked of the product's own sources, once before and once after the order is fitted. Every text is
also left out: models fitted without its questions are written to evals/training/left_out/, for
`haicap eval left-out`. An hour on 2 cores.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.models.loader import FOLDER
from bot.opening import Core
from evals.training import (
    confidence,
    judge,
    needs,
    ranker,
    records,
    requests,
    router,
    safety,
    turns,
)
from evals.training.cards import LEFT_OUT
from evals.training.claimed import Claimed, claimed
from evals.training.examples import Example, examples
from evals.training.neutral import neutral_core
from evals.training.ranker import Found


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that was measured."""

    found: Sequence[Found]
    claimed: Sequence[Claimed]

    def without(self, document_id: str) -> Measured:
        """The same without the questions that a document answers."""
        found = [f for f in self.found if document_id not in f.example.documents]
        kept = [c for c in self.claimed if document_id not in c.example.documents]
        return Measured(found, kept)


def main() -> None:
    """Fit all models, then once without each text."""
    parser = argparse.ArgumentParser(description="Khớp lại các mô hình nhỏ")
    parser.add_argument("--keep-left-out", action="store_true", help="chỉ khớp mô hình chính")
    args = parser.parse_args()
    requests.fit(FOLDER)  # first: letters are read with it
    with neutral_core() as (core, models):
        safety.fit(core, models)
        needs.fit(core, models)
        turns.fit(core, models)
        measured = _measure(core, examples(core.retriever.documents), models)
        _fit(measured, models)
        _publish(models, FOLDER)
        if args.keep_left_out:
            return
        for document in core.retriever.documents:
            kept = measured.without(document.id)
            ranker.fit(kept.found, models)
            _fit(kept, models, tested=False)
            _publish(models, LEFT_OUT / document.id, ("ranker", "judge", "router"))


def _measure(core: Core, asked: Sequence[Example], models: Path) -> Measured:
    """Ask everything, the second time with the order fitted."""
    print(f"{len(asked)} câu", flush=True)
    found = ranker.measure(core, asked)
    ranker.fit(found, models)
    unseen = records.fit(core, records.measure(core, asked), models)
    core.load()
    return Measured(found, claimed(core, asked, unseen))


def _fit(measured: Measured, models: Path, *, tested: bool = True) -> None:
    """Fit what stands on the order."""
    judge.fit(measured.claimed, models)
    confidence.fit(measured.claimed, models)
    router.fit(measured.claimed, models, tested=tested)


def _publish(models: Path, folder: Path, names: Sequence[str] = ("*",)) -> None:
    """Copy all models, or those that look at texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        for path in models.glob(f"{name}.*"):
            shutil.copy(path, folder / path.name)


if __name__ == "__main__":
    main()
