"""Fitted models and their cards: one loader, which refuses what does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.models.loader import ANY, FOLDER, Models
from bot.models.networks import Networks, Softmax
from evals.sets.questions import FOLDER as SETS
from evals.training.cards import save

OURS, OTHER = "e5-small-q4-int8", "st-another-768"
NAMES = ("ranker", "judge", "procedure_confidence", "router", "safety", "needs", "turns")


def write(folder: Path, name: str, **parameters: object) -> None:
    empty = np.zeros(0)
    arrays = {"weights": np.ones((1, 2)), "bias": np.zeros(2), "mean": np.zeros(1)}
    arrays |= {"scale": np.ones(1), "centre": empty}
    given = {"names": ["a"], "classes": ["no", "yes"], **parameters}
    save(folder, name, "a test", ["tuning"], {}, given, arrays)


def test_a_model_of_another_embedder_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, "x")
    assert Models(OURS, tmp_path).open("x").card.embedder == "e5-small-q4"
    with pytest.raises(ModelError, match="HAICAP_EMBEDDER=default"):
        Models(OTHER, tmp_path).open("x")


def test_its_variant_for_any_embedder_is(tmp_path: Path) -> None:
    write(tmp_path, "x")
    write(tmp_path, f"x{ANY}")
    assert Models(OTHER, tmp_path).open("x").card.name == f"x{ANY}"
    assert Models(OURS, tmp_path).open("x").card.name == "x"


@pytest.mark.parametrize("text", ["", "{", '{"name": "x"}'])
def test_a_broken_card_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ModelError, match=r"x\.json"):
        Models(OURS, tmp_path).open("x")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", ["", ANY])
def test_every_shipped_model_has_a_card_of_the_questions_it_was_fitted_on(
    name: str, suffix: str
) -> None:
    card = Models(OURS if not suffix else OTHER).open(name).card
    assert card.name == name + suffix
    assert card.decides
    assert card.figures
    assert all((SETS / f"{file}.jsonl").exists() for file in card.data)


def test_the_cards_are_of_the_questions_as_they_are(tmp_path: Path) -> None:
    """A set that changed after `make fit` makes the figures of the cards stale."""
    for path in FOLDER.glob("*.json"):
        data = json.loads(path.read_text("utf-8"))["data"]
        save(tmp_path, "now", "", list(data), {}, {})
        now = json.loads((tmp_path / "now.json").read_text("utf-8"))["data"]
        assert data == now, f"{path.name}: run make fit"


def test_softmax_gives_log_probabilities(tmp_path: Path) -> None:
    write(tmp_path, "x")
    model = Softmax.of(Models(OURS, tmp_path).open("x"))
    shares = model.log_odds({"a": 3.0}, np.zeros(0))
    assert sum(np.exp(list(shares.values()))) == pytest.approx(1)
    assert model.log_odds({}, np.zeros(0)) == model.log_odds({"a": 0.0}, np.zeros(0))


def test_networks_calibrate_the_mean_of_their_odds() -> None:
    model = Networks.of(Models(OURS).open("judge"))
    values = dict.fromkeys(model.inputs.names, 0.0)
    odds = model.log_odds(values)
    assert np.isfinite(odds)
    assert odds == model.log_odds(values)
