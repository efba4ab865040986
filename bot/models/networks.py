"""The two shapes of fitted model: a softmax over classes, and small networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.models.loader import Model


@dataclass(frozen=True, slots=True)
class Inputs:
    """Which measured values a model looks at, standardised."""

    names: tuple[str, ...]
    mean: np.ndarray  # (n_names,)
    scale: np.ndarray  # (n_names,)

    def row(self, values: Mapping[str, float]) -> np.ndarray:
        """(n_names,) float; a value that was not measured counts as the mean of those that were."""
        missing = float("nan")
        raw = np.array([values.get(name, missing) for name in self.names], float)
        standard: np.ndarray = np.nan_to_num((raw - self.mean) / self.scale)
        return standard


@dataclass(frozen=True, slots=True)
class Softmax:
    """Log-probabilities of classes: a linear model over named values and the question's vector."""

    classes: tuple[str, ...]
    inputs: Inputs
    weights: np.ndarray  # (n_names + dim, n_classes); without the vector (n_names, n_classes)
    bias: np.ndarray  # (n_classes,)
    centre: np.ndarray  # (dim,), of question vectors; (0,) where the vector is not looked at

    @classmethod
    def of(cls, model: Model) -> Softmax:
        """The model that a card and its arrays describe."""
        return cls(
            tuple(model.card.parameters["classes"]),
            _inputs(model),
            model.arrays["weights"],
            model.arrays["bias"],
            model.arrays["centre"],
        )

    def log_odds(self, values: Mapping[str, float], vector: np.ndarray) -> dict[str, float]:
        """The log-probability of each class.

        Args:
            values: by name, as measured.
            vector: (dim,) float32, L2-normalised, of the question.
        """
        row = self.inputs.row(values)
        if len(self.centre):
            row = np.concatenate([row, vector - self.centre])
        # Not `@`: its threads wait for each other on a busy machine.
        scores = np.einsum("d,dn->n", row, self.weights) + self.bias
        scores -= scores.max()
        scores -= np.log(np.exp(scores).sum())
        return dict(zip(self.classes, scores.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Networks:
    """The mean of the log-odds of several networks of one hidden layer each (rectified).

    `hidden` is (n_networks, n_inputs, n_hidden), `hidden_bias` and `out` (n_networks, n_hidden),
    `out_bias` (n_networks,).
    """

    inputs: Inputs
    hidden: np.ndarray
    hidden_bias: np.ndarray
    out: np.ndarray
    out_bias: np.ndarray
    slope: float  # Platt scaling on what was left out: log-odds = slope * mean + shift
    shift: float

    @classmethod
    def of(cls, model: Model) -> Networks:
        """The model that a card and its arrays describe."""
        arrays, parameters = model.arrays, model.card.parameters
        return cls(
            _inputs(model),
            arrays["hidden"],
            arrays["hidden_bias"],
            arrays["out"],
            arrays["out_bias"],
            parameters["slope"],
            parameters["shift"],
        )

    def log_odds(self, values: Mapping[str, float]) -> float:
        """Calibrated log-odds for one row of values by name."""
        row = self.inputs.row(values)
        inner = np.maximum(np.einsum("i,nih->nh", row, self.hidden) + self.hidden_bias, 0)
        each = np.einsum("nh,nh->n", inner, self.out) + self.out_bias
        return float(self.slope * each.mean() + self.shift)


def _inputs(model: Model) -> Inputs:
    names: Sequence[str] = model.card.parameters["names"]
    return Inputs(tuple(names), model.arrays["mean"], model.arrays["scale"])
