"""Fit what weighs evidence, on questions of ours whose clause is known.

`python -m evals.calibrate` measures every question, then fits the order of hits (bot/rerank.json)
and, on hits so ordered, whether they answer (bot/answerability.npz). report.jsonl is never read.
Run `evals.known_questions` before it. Takes about 10 minutes on 2 cores.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.core import open_core
from bot.settings import Settings
from evals import calibrate_answerability, calibrate_ranking
from evals.measured import measured


def main() -> None:
    """Measure, fit the order, then fit the refusals."""
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data_dir=Path(folder)))
        rows, clauses = measured(core)
        vocabulary = core.retriever.vocabulary
        core.close()
    clauses.save()
    calibrate_ranking.fit(rows)
    calibrate_answerability.fit(rows, vocabulary)


if __name__ == "__main__":
    main()
