"""Fits the decision "this question is about a procedure".

Run it as `python -m evals.training.calibrate_procedures`.

Procedure questions of evals/sets/calibration_scope.jsonl against all its other scopes and the
tuning questions on directives, in every typing style. Prints the confusion counts of a model that
was fitted on the other half of the questions, then writes one fitted on all of them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from bot.sources.procedures.scope import MODEL_FILE, scope_features
from evals.sets.questions import FOLDER
from evals.sets.record_questions import load_place_questions, load_procedure_questions
from evals.sets.typing_styles import STYLES, restyle
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.loading import load_procedures, load_rules, load_words
from knowledge.reading.bundled import load_bundled
from knowledge.store.store import open_store
from retrieval.diacritics import Restorer
from retrieval.embedding import open_embedder
from retrieval.procedures import ProcedureSearch
from retrieval.query import analyse

QUESTIONS = FOLDER
NOT_IN_RECORDS = frozenset({"s0747", "s0749"})  # procedure questions that no record answers
_RIDGE = 0.02
_STEPS = 400


def main() -> None:
    """Fit, report on held-out questions, write the model."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    search, restorer = _search(folder)
    rows = [_row(search, restorer, q, style) for q in _questions() for style in STYLES]
    held_out: Counter[tuple[str, bool]] = Counter()
    for half in (0, 1):
        model = _fit([r for r in rows if r["fold"] != half])
        for row in rows:
            if row["fold"] == half:
                held_out[row["scope"], _score(model, row["x"]) >= 0] += 1
    for scope in sorted({scope for scope, _ in held_out}):
        print(f"{scope:12} procedure {held_out[scope, True]:5} other {held_out[scope, False]:5}")
    MODEL_FILE.write_text(json.dumps(_fit(rows), indent=1) + "\n", encoding="utf-8")


def _search(folder: Path) -> tuple[ProcedureSearch, Restorer]:
    catalogue = Catalogue(load_procedures(), load_rules(), words=load_words())
    restorer = Restorer(own_texts=[d.text for d in load_bundled()])
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{folder / 'calibrate.sqlite3'}")
    embedder = open_embedder("default", folder / "models")
    return ProcedureSearch(catalogue, embedder, store.vectors, restorer.rarity), restorer


def _questions() -> list[dict[str, Any]]:
    scope = _read("calibration_scope.jsonl")
    scope += [
        {"id": q.id, "question": q.question, "scope": "procedure" if q.record else "outside"}
        for q in load_procedure_questions()
        if q.half == "tuning"
    ]
    scope += [
        {"id": q.id, "question": q.question, "scope": "place"}
        for q in load_place_questions()
        if q.half == "tuning"
    ]
    tuning = [{**q, "scope": "directive"} for q in _read("tuning.jsonl")]
    kept = [q for q in [*scope, *tuning] if q["id"] not in NOT_IN_RECORDS]
    return [{**q, "fold": at % 2} for at, q in enumerate(kept)]


def _read(name: str) -> list[dict[str, Any]]:
    lines = (QUESTIONS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _row(
    search: ProcedureSearch, restorer: Restorer, question: dict[str, Any], style: Any
) -> dict[str, Any]:
    text = restyle(question["question"], style, seed=int(question["id"][1:]))
    query = analyse(text, restorer)
    vector = search.vector(query)
    hits, rules = search.search(query, 3, vector), search.rules(query, 1, vector)
    return {
        "scope": question["scope"],
        "fold": question["fold"],
        "x": scope_features(query, hits, rules),
        "text": text,
    }


def _fit(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Ridge logistic regression by Newton's method; classes weigh the same."""
    names = list(rows[0]["x"])
    x = np.array([[r["x"][n] for n in names] for r in rows])
    y = np.array([float(r["scope"] == "procedure") for r in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    weight = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean())) / len(y)
    w = np.zeros(z.shape[1])
    ridge = _RIDGE * np.eye(len(w)) / len(w)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        gradient = z.T @ (weight * (p - y)) + ridge @ w
        hessian = (z * (weight * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ z + ridge
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return {
        "names": names,
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        "weights": [round(float(v), 6) for v in w[:-1]],
        "bias": round(float(w[-1]), 6),
    }


def _score(model: dict[str, Any], x: dict[str, float]) -> float:
    rows = zip(model["names"], model["mean"], model["scale"], model["weights"], strict=True)
    return float(model["bias"] + sum(w * (x[n] - m) / s for n, m, s, w in rows))


if __name__ == "__main__":
    main()
