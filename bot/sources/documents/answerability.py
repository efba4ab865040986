"""Whether the evidence answers the question: small networks over what can be measured.

Trained by `evals.training.calibrate` on questions of ours, answerable and not, in several typing styles. The
weights are in answerability.npz; how well they do on questions not trained on is in
answerability.json beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.reading.bundled import BUNDLED_DOCUMENTS
from retrieval.retriever import Retrieval

MODEL_FILE = Path(__file__).parents[2] / "models" / "answerability.npz"
CARD_FILE = MODEL_FILE.with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Network:
    """The sum of several networks of one hidden layer each (rectified), so of their log-odds.

    Inputs are standardised by `mean` and `scale`, (n_inputs,). `hidden` is (n_networks, n_inputs,
    n_hidden), `hidden_bias` and `out` are (n_networks, n_hidden), `out_bias` is (n_networks,).
    """

    mean: np.ndarray
    scale: np.ndarray
    hidden: np.ndarray
    hidden_bias: np.ndarray
    out: np.ndarray
    out_bias: np.ndarray

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """(n_rows,) summed log-odds for rows of shape (n_rows, n_inputs)."""
        x = (rows - self.mean) / self.scale
        inner = np.maximum(np.einsum("ri,nih->nrh", x, self.hidden) + self.hidden_bias[:, None], 0)
        odds: np.ndarray = np.einsum("nrh,nh->r", inner, self.out) + self.out_bias.sum()
        return odds


@dataclass(frozen=True, slots=True)
class Model:
    """A network over named features and, for one, the question's own vector."""

    names: tuple[str, ...]
    uses_vector: bool
    network: Network
    threshold: float

    def score(self, row: dict[str, float], vector: np.ndarray) -> float:
        """Log-odds above the threshold: positive means that the evidence answers."""
        inputs = np.array([row[name] for name in self.names])
        if self.uses_vector:
            inputs = np.concatenate([inputs, vector])
        return float(self.network(inputs[None, :])[0]) - self.threshold


class Answerability:
    """Which model judges which evidence.

    * "bundled": the default embedder and a clause of a bundled text. It knows from the question's
      vector what those texts hold, which says nothing of another text.
    * "general": the default embedder and any other text.
    * "lexical": any other embedder, whose cosines mean something else.

    A fourth, "scope", tells the rest of the world from our subjects.
    """

    def __init__(self, embedder_fingerprint: str) -> None:
        """Read the models that ship with the product."""
        card = json.loads(CARD_FILE.read_text(encoding="utf-8"))
        with np.load(MODEL_FILE) as arrays:
            self._models = {n: _model(n, entry, arrays) for n, entry in card["models"].items()}
        self._known_embedder = embedder_fingerprint.startswith(card["embedder"])
        self._bundled = frozenset(p.stem for p in BUNDLED_DOCUMENTS.glob("*.md"))

    def is_outside(self, vector: np.ndarray) -> bool:
        """Whether a question is of the rest of the world; never, for another embedder."""
        return self._known_embedder and self._models["scope"].score({}, vector) < 0

    def score(self, retrieval: Retrieval, row: dict[str, float]) -> float:
        """Log-odds above the threshold that the first hit answers; needs at least one hit.

        Args:
            retrieval: what was found.
            row: `bot.sources.documents.features.features` of it.
        """
        name = "lexical"
        if self._known_embedder:
            bundled = retrieval.hits[0].document.id in self._bundled
            name = "bundled" if bundled else "general"
        return self._models[name].score(row, retrieval.vector)


def _model(name: str, entry: dict[str, Any], arrays: Any) -> Model:
    parts = {part: arrays[f"{name}.{part}"] for part in Network.__dataclass_fields__}
    network = Network(**parts)
    return Model(
        tuple(entry["names"]), bool(entry["uses_vector"]), network, float(entry["threshold"])
    )
