"""Small fitted models, each with a card; one loader, which refuses another embedder.

A model is `<name>.json`, its card, and `<name>.npz` where it has arrays. A model that looks at
vectors or cosines is fitted with one embedder; `<name>.any` beside it looks at neither and serves
every other one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ModelError

FOLDER = Path(__file__).parent
ANY = ".any"  # of the variant that every embedder may use


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is: what it decides, what it was fitted on, and how well it does."""

    name: str
    decides: str
    embedder: str  # beginning of the fingerprint it was fitted with; empty: it looks at no vectors
    made_by: str  # the command
    data: dict[str, str]  # file of questions -> sha256, its first 16 hex digits
    figures: dict[str, Any]  # on what was left out of fitting
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A card with its arrays."""

    card: Card
    arrays: dict[str, np.ndarray]


class Models:
    """The models of a folder for one embedder."""

    def __init__(self, embedder_fingerprint: str, folder: Path = FOLDER) -> None:
        self._fingerprint, self._folder = embedder_fingerprint, folder

    def open(self, name: str) -> Model:
        """The model `name`, or its variant for any embedder where it was fitted with another one.

        Raises:
            ModelError: no such model, an unreadable one, or none that fits the embedder.
        """
        model = self._read(name)
        if self._fingerprint.startswith(model.card.embedder):
            return model
        try:
            return self._read(name + ANY)
        except ModelError as error:
            raise ModelError(
                f"mô hình {name!r} khớp với bộ nhúng {model.card.embedder!r}, không dùng được với "
                f"{self._fingerprint!r}. Đặt HAICAP_EMBEDDER=default, hoặc khớp lại: make fit"
            ) from error

    def _read(self, name: str) -> Model:
        path = self._folder / f"{name}.json"
        if not path.exists():  # a folder may hold those models alone that a text was left out of
            path = FOLDER / path.name
        try:
            card = Card(**json.loads(path.read_text(encoding="utf-8")))
            arrays = path.with_name(f"{name}.npz")
            if not arrays.exists():
                return Model(card, {})
            with np.load(arrays) as data:
                return Model(card, dict(data))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(
                f"mô hình {path.name!r} không đọc được ({error}). Cài lại bằng: make run"
            ) from error
