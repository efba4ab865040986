"""Which clause a question is about, told from its vector alone."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bot.opening import Core
from bot.sources.documents.clauses import load_clauses
from bot.sources.documents.known_questions import KnownQuestions, passage_key
from evals.training.calibrate_clauses import fit
from evals.training.known_questions import answering, read_lines

NEAR = np.array([[1, 0.1, 0], [1, 0, 0.1], [0, 1, 0.1], [0.1, 1, 0]])
OWNERS = [["a"], ["a"], ["b"], ["a", "b"]]


def test_a_fitted_model_tells_its_clauses_apart(tmp_path: Path) -> None:
    model = fit(NEAR, OWNERS)
    model.save(tmp_path / "clauses.npz")
    shares = load_clauses(tmp_path / "clauses.npz").shares(np.array([1, 0.05, 0], np.float32))
    assert shares["a"] > shares["b"]
    assert sum(map(math.exp, shares.values())) == pytest.approx(1, abs=1e-3)


def test_what_ships_knows_the_clauses_of_the_known_questions(core: Core) -> None:
    known = KnownQuestions.load(core.retriever.embedder_fingerprint)
    assert known
    assert set(load_clauses().keys) == known.keys


def test_what_ships_finds_the_clause_of_a_question_it_was_not_fitted_on(core: Core) -> None:
    retriever, model = core.retriever, load_clauses()
    right = total = 0
    for entry in [e for e in read_lines("tuning") if e["kind"] == "fact"][::6]:
        shares = model.shares(retriever.embed(retriever.analyse(entry["question"])))
        keys = {passage_key(p.text) for p in answering(retriever.documents, entry)}
        right += max(shares, key=lambda key: shares[key]) in keys
        total += 1
    assert right >= 0.8 * total
