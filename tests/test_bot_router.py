"""The router compares claims; it knows nothing of the sources but their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from asks import read_ask

from bot.answer.blocks import Note
from bot.answer.draft import Draft
from bot.models.networks import Inputs, Softmax
from bot.question.subject import NOTHING
from bot.sources.refusals import Refusals
from bot.sources.router import NOT_HELD, OUTSIDE, Router
from bot.sources.source import CERTAIN, Claim
from prompts.text import Text
from prompts.wording import load_wording
from retrieval.diacritics import Restorer


@dataclass
class Says:
    """A source that claims everything with given odds."""

    name: str
    odds: float | None
    seen: float = 0.0
    beside: Note | None = None

    def claim(self, ask):
        if self.odds is None:
            return None
        why = {"seen": self.seen}
        draft = Draft().add(self.name)
        return Claim(self.name, self.odds, NOTHING, why, lambda: draft, beside=self.beside)


class OneModel:
    """A router's model that prefers the classes in the order given."""

    def __init__(self, *classes: str) -> None:
        bias = -np.arange(len(classes), dtype=float)
        weights = np.zeros((0, len(classes)))
        inputs = Inputs((), np.zeros(0), np.zeros(0))
        self.model = Softmax(classes, inputs, weights, bias, np.zeros(0))


@pytest.fixture(scope="module")
def ask():
    return read_ask("xin giấy phép ở đâu", Restorer(own_texts=[]))


def route(ask, sources, *classes):
    router = Router(sources, OneModel(*classes).model, Refusals(load_wording()))
    return router.route(ask)


def test_the_likelier_kind_answers(ask) -> None:
    sources = [Says("a", 1.0), Says("b", 1.0)]
    assert route(ask, sources, "b", "a").chosen.source == "b"
    assert route(ask, sources, "a", "b").chosen.source == "a"


def test_a_source_that_claims_nothing_is_passed_over(ask) -> None:
    assert route(ask, [Says("a", 1.0), Says("b", None)], "b", "a").chosen.source == "a"


def test_what_a_closed_rule_decides_is_not_weighed(ask) -> None:
    routed = route(ask, [Says("a", 1.0), Says("b", CERTAIN)], "a", "b")
    assert routed.chosen.source == "b"
    assert not routed.shares


@pytest.mark.parametrize(("kind", "status"), [(OUTSIDE, "out_of_scope"), (NOT_HELD, "no_evidence")])
def test_what_no_source_can_claim_is_an_honest_no(ask, kind: str, status: str) -> None:
    draft = route(ask, [Says("a", 1.0)], kind, "a").chosen.answer()
    assert draft.status == status


@pytest.mark.parametrize("odds", [1.0, CERTAIN])
def test_what_is_to_be_read_first_stands_before_the_answer_of_another(ask, odds: float) -> None:
    warning = Note(Text.of("113"))
    answered = route(ask, [Says("warns", 0.0, beside=warning), Says("a", odds)], "a").answer()
    assert answered.blocks == [warning, "a"]
    alone = route(ask, [Says("warns", CERTAIN, beside=warning), Says("a", odds)], "a").answer()
    assert alone.blocks == ["warns"]


def test_what_was_measured_is_told_by_source(ask) -> None:
    routed = route(ask, [Says("a", 1.0, seen=0.5)], "a", OUTSIDE)
    assert routed.values["a.seen"] == 0.5
    assert routed.values["a.claims"] == 1.0
    assert set(routed.shares) == {"a", OUTSIDE}


def test_no_source_is_asked_behind_one_that_is_certain(ask) -> None:
    class MustNotBeAsked:
        name = "b"

        def claim(self, ask):
            raise AssertionError("asked")

    assert route(ask, [Says("a", CERTAIN), MustNotBeAsked()], "b", "a").chosen.source == "a"
