"""Models that decide nothing: what the sources are opened with before anything is fitted."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.models.loader import ANY
from bot.opening import Core, open_core
from bot.question.needs import CLASSES as NEEDS
from bot.question.turns import CLASSES as TURNS
from bot.settings import Settings
from bot.sources.documents.rerank import NAMES
from bot.sources.procedures.ranking import NAME as RECORD_RANKER
from bot.sources.replies.meaning import NONE
from evals.training.cards import save
from retrieval.record_ranker import WEIGHT_NAMES


@contextlib.contextmanager
def neutral_core() -> Iterator[tuple[Core, Path]]:
    """The product with an empty data folder over models that decide nothing, and their folder."""
    with tempfile.TemporaryDirectory() as scratch:
        models = Path(scratch) / "models"
        models.mkdir()
        write_neutral(models)
        core = open_core(Settings(data_dir=Path(scratch) / "data"), models=models)
        try:
            yield core, models
        finally:
            core.close()


def write_neutral(folder: Path) -> None:
    """Write one of each."""
    empty = {"mean": np.zeros(0), "scale": np.zeros(0), "centre": np.zeros(0)}
    flat = {**empty, "weights": np.zeros((0, 2)), "bias": np.zeros(2)}
    unlit = {
        "hidden": np.zeros((1, 0, 1)),
        "hidden_bias": np.zeros((1, 1)),
        "out": np.zeros((1, 1)),
        "out_bias": np.zeros(1),
    }
    fused = {name: float(name == "fused") for name in NAMES}
    by_phrase = dict.fromkeys(WEIGHT_NAMES, 0.0) | {"coverage": 1.0, "explained": 1.0}
    classes = {"names": [], "classes": ["documents", "procedures"]}
    answers = {"names": [], "classes": ["wrong", "right"]}
    for suffix in ("", ANY):
        save(folder, f"needs{suffix}", "nothing yet", [], {}, *_silent(NEEDS))
        save(folder, f"turns{suffix}", "nothing yet", [], {}, *_silent(TURNS))
        save(folder, f"ranker{suffix}", "nothing yet", [], {}, {"weights": fused})
        save(
            folder,
            f"judge{suffix}",
            "nothing yet",
            [],
            {},
            {"names": [], "slope": 1.0, "shift": 0.0},
            {**empty, **unlit},
        )
        save(folder, f"{RECORD_RANKER}{suffix}", "nothing yet", [], {}, {"weights": by_phrase})
        save(folder, f"router{suffix}", "nothing yet", [], {}, classes, flat)
        save(folder, f"procedure_confidence{suffix}", "nothing yet", [], {}, answers, flat)
        save(folder, f"safety{suffix}", "nothing yet", [], {}, *_silent((NONE,)))


def _silent(classes: Sequence[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The parameters and arrays of a `Terms` that looks at nothing."""
    none = np.zeros((0, len(classes)))
    arrays = {"words": none, "dims": none, "bias": np.zeros(len(classes)), "centre": np.zeros(0)}
    return {"classes": list(classes), "terms": []}, arrays
