"""Writes fitted models with their cards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models.loader import ANY, Card
from evals.sets.questions import FOLDER

EMBEDDER: Final = "e5-small-q4"  # how the fingerprint of the default one begins
COMMAND: Final = "make fit"
LEFT_OUT: Final = Path(__file__).parent / "left_out"  # models fitted without one text each


def save(
    folder: Path,
    name: str,
    decides: str,
    files: Sequence[str],
    figures: dict[str, Any],
    parameters: dict[str, Any],
    arrays: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Write `name`; one whose name ends in ANY looks at no vectors."""
    embedder = "" if name.endswith(ANY) else EMBEDDER
    data = {file: _hash(FOLDER / f"{file}.jsonl") for file in files}
    card = Card(name, decides, embedder, COMMAND, data, figures, parameters)
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    if arrays:
        small = {key: value.astype(np.float32) for key, value in arrays.items()}
        np.savez_compressed(folder / f"{name}.npz", **small)  # type: ignore[arg-type]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
