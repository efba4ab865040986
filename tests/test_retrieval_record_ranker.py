"""The order of records against an ask: each part moves it the way that it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from built import embedder

from bot.models.loader import ANY, Models
from bot.sources.procedures.ranking import NAME, load_ranker, read_ranker, told
from knowledge.procedures.loading import load_procedures
from knowledge.procedures.models import CASES
from retrieval.record_ranker import WEIGHT_NAMES, Measured, RecordRanker, Space

DIM = 4
AXES = np.eye(DIM, dtype=np.float32)
RECORDS = tuple(
    replace(procedure, id=name, cases=("first",), origin="portal")
    for name, procedure in zip("abc", load_procedures()[:3], strict=True)
)
BOUNDS = np.array([0, 1, 2, 3])  # one phrase each
PHRASES = AXES[:3]
NOTHING = dict.fromkeys(WEIGHT_NAMES, 0.0)


def asked(vector: np.ndarray, **measured: object) -> Measured:
    n = len(PHRASES)
    plain = Measured(
        vector,
        *(np.zeros(n) for _ in range(6)),  # scores, cosines, coverage, explained, meant, signed
        meanings=0,
        told=frozenset(),
    )
    return replace(plain, **measured)


def space(**parts: object) -> Space:
    zeros = np.zeros(DIM)
    plain = Space(zeros, zeros, np.zeros((DIM + 1, DIM)), np.zeros((DIM, DIM)))
    return replace(plain, **parts)


def order(ranker: RecordRanker, found: Measured, records=RECORDS) -> str:
    fit = ranker.over(records, BOUNDS, PHRASES).fit(found)
    return "".join(records[at].id for at in np.argsort(-fit, kind="stable"))


@pytest.mark.parametrize(("at", "first"), [(0, "a"), (1, "b"), (2, "c")])
def test_the_nearest_phrase_wins(at, first) -> None:
    ranker = RecordRanker(NOTHING | {"near": 1.0}, space())
    assert order(ranker, asked(AXES[at]))[0] == first


def test_words_count_without_any_vector() -> None:
    ranker = RecordRanker(NOTHING | {"coverage": 1.0})
    assert order(ranker, asked(AXES[0], coverage=np.array([0.1, 0.9, 0.5]))) == "bca"


def test_only_the_best_phrase_of_a_record_counts() -> None:
    ranker = RecordRanker(NOTHING | {"coverage": 1.0})
    ranking = ranker.over(RECORDS[:2], np.array([0, 2, 3]), PHRASES)
    fit = ranking.fit(
        asked(AXES[0], coverage=np.array([0.1, 0.8, 0.7]), meant=np.zeros(2), signed=np.zeros(2))
    )
    assert fit.tolist() == [0.8, 0.7]


def test_phrasings_draw_questions_like_them() -> None:
    """A record that people asked for in words of the fourth axis is expected there again."""
    known = space(asked={"c": (9, 9 * AXES[3])})
    ranker = RecordRanker(NOTHING | {"expected": 1.0}, known)
    assert order(ranker, asked(AXES[3]))[0] == "c"
    few = space(asked={"c": (1, AXES[3])})
    fits = [
        RecordRanker(NOTHING | {"expected": 1.0}, s).over(RECORDS, BOUNDS, PHRASES)
        for s in (known, few)
    ]
    many, one = (float(ranking.fit(asked(AXES[3]))[2]) for ranking in fits)
    assert many > one > 0


def test_a_record_without_phrasings_is_foretold() -> None:
    turned = np.zeros((DIM + 1, DIM))
    turned[0, 3] = 1.0  # what is named along the first axis is asked for along the fourth
    ranker = RecordRanker(NOTHING | {"expected": 1.0}, space(foretell=turned))
    assert order(ranker, asked(AXES[3]))[0] == "a"


@pytest.mark.parametrize(
    ("weight", "value", "first"),
    [("lost_both", 2.0, "b"), ("lost_record", -2.0, "a"), ("lost_told", -2.0, "b")],
)
def test_cases_that_are_told_and_covered(weight, value, first) -> None:
    records = (RECORDS[0], replace(RECORDS[1], cases=("lost",)), RECORDS[2])
    ranker = RecordRanker(NOTHING | {weight: value})
    said = frozenset() if weight == "lost_record" else frozenset({"lost"})
    assert order(ranker, asked(AXES[0], told=said), records)[0] == first


def test_what_ships_knows_the_embedder_and_how_well_it_does() -> None:
    model = Models(embedder().fingerprint).open(NAME)
    ranker = read_ranker(model)
    assert set(ranker.weights) == set(WEIGHT_NAMES)
    assert ranker.space is not None
    questions, first, near = model.card.figures["question left out"]
    assert questions >= 4_000
    assert first >= 0.7  # half of the questions say none of the name's words
    assert near >= 0.88
    _, first, near = model.card.figures["record left out"]
    assert first >= 0.6
    assert near >= 0.8
    assert model.card.figures["records"] >= 300


def test_another_embedder_gets_the_order_without_vectors() -> None:
    assert load_ranker(Models("another")).space is None
    assert Models("another").open(NAME).card.name == NAME + ANY


def test_cases_told_are_cases_of_records() -> None:
    from bot.question.situation import CASES as TOLD
    from bot.question.situation import Situation

    known = {case for name in TOLD for case in told(Situation(frozenset({name})))}
    assert known - set(CASES) == {"dead"}
    assert told(Situation(frozenset({"bought"}))) == {"transfer"}
