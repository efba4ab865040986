"""What a message is, by its meaning: a cry for help, a crime, a dossier, a person or hours wanted.

A softmax over the question's vector and over which of some thousand words and pairs it has. Words
alone find 4 in 100 of the cries for help of evals/sets/safety.jsonl; the vector alone takes three
times as many chats for one.
"""

from __future__ import annotations

from collections.abc import Mapping

NONE = "none"
DESPAIR, VIOLENCE, RESCUE, CHILD = DANGERS = ("self_harm", "violence", "rescue", "child")
CRIME, EXTORTED, VICTIM = CRIMES = ("crime", "extorted", "victim")
STATUS, PERSON, HOURS = "dossier", "person", "hours"
ANY_DANGER = "emergency"  # a reply with the numbers for each

# Of all dangers together: from SURE on it is all that is answered; from MAYBE on it is said before
# what another source answers. A false alarm costs a line, a miss may cost a life.
SURE, MAYBE = 0.5, 0.1
CLEAR = 0.55  # of that, for one danger to be answered by its own words
# Of crimes, whoever did them: all together, for a forged paper is bought, sold and met with.
OF_A_CRIME = 0.55
ACCUSED = 0.6  # the crime itself: of 10,858 ordinary questions of kinds left out 90 reach it
# Of the other classes: how sure it must be, so that a question about a procedure keeps its answer.
# Of the same ordinary questions 20 to 35 reach each.
BARS: Mapping[str, float] = {STATUS: 0.5, PERSON: 0.4, HOURS: 0.55}

CLASSES = (NONE, *DANGERS, *CRIMES, *BARS)


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
