"""Fit what weighs evidence, on questions of ours whose clause is known.

`python -m evals.training.calibrate` measures every question, then fits the order of hits (rerank in
bot/models/) and, on hits so ordered, whether they answer (answerability). report.jsonl is never
read. Run `evals.training.known_questions` before it. Takes about 10 minutes on 2 cores.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.opening import open_core
from bot.settings import Settings
from evals.training import calibrate_answerability, calibrate_ranking
from evals.training.measured import measured


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
