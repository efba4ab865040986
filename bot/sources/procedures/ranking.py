"""The fitted order of records, as its file has it."""

from __future__ import annotations

from bot.models.loader import Model, Models
from bot.question.situation import Situation
from retrieval.record_ranker import RecordRanker, Space

NAME = "record_ranker"


def told(situation: Situation) -> frozenset[str]:
    """The cases of a procedure that somebody tells of; what was bought changes its owner."""
    return frozenset("transfer" if case == "bought" else case for case in situation.cases)


def load_ranker(models: Models) -> RecordRanker:
    """The ranker that ships with the product."""
    return read_ranker(models.open(NAME))


def read_ranker(model: Model) -> RecordRanker:
    """The ranker that a card and its arrays describe."""
    weights, arrays = model.card.parameters["weights"], model.arrays
    if not arrays:
        return RecordRanker(weights)
    rows = zip(model.card.parameters["asked"], arrays["sums"], strict=True)
    asked = {name: (times, total) for (name, times), total in rows}
    space = Space(
        arrays["question_centre"],
        arrays["phrase_centre"],
        arrays["foretell"],
        arrays["metric"],
        asked,
    )
    return RecordRanker(weights, space)
