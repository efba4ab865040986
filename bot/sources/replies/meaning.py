"""What a message is, by its meaning: a cry for help, a crime, a dossier, a person or hours wanted.

A softmax over the question's vector and over which of some thousand words and pairs it has. Words
alone find 4 in 100 of the cries for help of evals/sets/safety.jsonl; the vector alone takes three
times as many chats for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.models.loader import Model
from knowledge.text import syllables

NONE = "none"
DESPAIR, VIOLENCE, RESCUE, CHILD = DANGERS = ("self_harm", "violence", "rescue", "child")
CRIME, EXTORTED, VICTIM = CRIMES = ("crime", "extorted", "victim")
STATUS, PERSON, HOURS = "dossier", "person", "hours"
ANY_DANGER = "emergency"  # a reply with the numbers for each
CLASSES = (NONE, *DANGERS, *CRIMES, STATUS, PERSON, HOURS)

# Of all dangers together: from SURE on it is all that is answered; from MAYBE on it is said before
# what another source answers. A false alarm costs a line, a miss may cost a life.
SURE, MAYBE = 0.5, 0.06
CLEAR = 0.55  # of that, for one danger to be answered by its own words
# Of crimes, whoever did them: all together, for a forged paper is bought, sold and met with.
OF_A_CRIME = 0.55
ACCUSED = 0.7  # the crime itself; and where a price is asked, as of any paper that costs a fee
ACCUSED_OF_A_PRICE = 0.83  # "làm giấy khai sinh hết bao nhiêu tiền" reached .80, a bribe .99
# Of the other classes: how sure it must be, so that a question about a procedure keeps its answer.
BARS: Mapping[str, float] = {STATUS: 0.7, PERSON: 0.7, HOURS: 0.75}


@dataclass(frozen=True, slots=True)
class Meaning:
    """The fitted model."""

    classes: tuple[str, ...]
    terms: Mapping[str, int]  # word or pair -> its row of `words`
    words: np.ndarray  # (n_terms, n_classes)
    dims: np.ndarray  # (dim, n_classes); (0, n_classes) where the vector is not looked at
    centre: np.ndarray  # (dim,) of question vectors
    bias: np.ndarray  # (n_classes,)

    @classmethod
    def of(cls, model: Model) -> Meaning:
        """The model that a card and its arrays describe."""
        parameters, arrays = model.card.parameters, model.arrays
        return cls(
            tuple(parameters["classes"]),
            {term: row for row, term in enumerate(parameters["terms"])},
            arrays["words"],
            arrays["dims"],
            arrays["centre"],
            arrays["bias"],
        )

    def shares(self, folded: str, vector: np.ndarray) -> dict[str, float]:
        """The probability of each class.

        Args:
            folded: the question's words, folded.
            vector: (dim,) float32, L2-normalised, of the question.
        """
        said = terms(folded)
        rows = [self.terms[term] for term in said if term in self.terms]
        scores = self.bias + self.words[rows].sum(0) * weight(said)
        if len(self.centre):
            # Not `@`: its threads wait for each other on a busy machine.
            scores = scores + np.einsum("d,dn->n", vector - self.centre, self.dims)
        odds = np.exp(scores - scores.max())
        return dict(zip(self.classes, (odds / odds.sum()).tolist(), strict=True))


def terms(folded: str) -> frozenset[str]:
    """The words of a folded text and its adjacent pairs."""
    said = syllables(folded)
    return frozenset([*said, *(f"{a} {b}" for a, b in pairwise(said))])


def weight(said: frozenset[str]) -> float:
    """How much each term of a text counts: a letter says more, and less with each word."""
    return float(max(len(said), 1) ** -0.5)


def danger(shares: Mapping[str, float]) -> float:
    """The probability that somebody is in danger."""
    return sum(shares.get(name, 0.0) for name in DANGERS)


def worst(shares: Mapping[str, float]) -> str:
    """The likeliest danger; ANY_DANGER where another is nearly as likely."""
    name = max(DANGERS, key=lambda name: shares.get(name, 0.0))
    return name if shares.get(name, 0.0) >= CLEAR * danger(shares) else ANY_DANGER


def told(shares: Mapping[str, float]) -> str:
    """The class that is sure enough, a danger before all others; empty where none is.

    A source that has an answer to one of them, as office records to HOURS, stands before the ready
    replies in `bot/sources/opening.py`, and is given what this tells (`ReplySource.told`).
    """
    if danger(shares) >= SURE:
        return worst(shares)
    if sum(shares.get(name, 0.0) for name in CRIMES) >= OF_A_CRIME:
        name = max(CRIMES, key=lambda name: shares.get(name, 0.0))
        if name != CRIME or shares[name] >= ACCUSED:
            return name
    return next((name for name, bar in BARS.items() if shares.get(name, 0.0) >= bar), "")
