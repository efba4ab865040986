"""Ready replies: courtesies, cries for help, and what only a person can answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from bot.answer.answer import Status
from bot.answer.blocks import Note, Verdict
from bot.answer.draft import Draft
from bot.models.terms import Terms
from bot.question.aspects import Aspect
from bot.question.personal_data import has_dossier_code
from bot.question.question import Ask
from bot.question.subject import NOTHING
from bot.sources.refusals import MAX_OFFERED
from bot.sources.replies import meaning
from bot.sources.replies.meaning import DANGERS, MAYBE, danger, told, worst
from bot.sources.source import CERTAIN, Claim
from prompts.wording import Wording

# What a rule finds in words that may also hold a cry for help.
_MAY_HIDE = ("abuse", "complaint")
_STATUS: Mapping[str, Status] = {
    **dict.fromkeys(
        ("abuse", "injection", meaning.ANY_DANGER, *DANGERS, meaning.CRIME), "out_of_scope"
    ),
    meaning.HOURS: "no_evidence",
}
VERY_SURE = 0.8  # share of the dangers, where one of these is asked
_FIELDS: frozenset[Aspect] = frozenset(("fee", "time"))  # where to go, who is beaten asks too
_REPORTED = (meaning.EXTORTED, meaning.VICTIM)
_URGENT = (*DANGERS, meaning.ANY_DANGER, meaning.CRIME, *_REPORTED)
_WITHOUT_EXAMPLES = (meaning.ANY_DANGER, *DANGERS)


class ReplySource:
    """Claims what is no question to any text: a greeting, a cry for help, a person wanted."""

    name = "replies"

    def __init__(self, say: Wording, model: Terms) -> None:
        """`model` tells what a message is by its meaning."""
        self._say, self._model = say, model

    def claim(self, ask: Ask) -> Claim | None:
        """A ready reply where one is called for; less surely, a word to say before others' answers."""
        name, why = self._named(ask)
        if name:
            return self._certain(name, why)
        return self._maybe(why) if danger(why) >= MAYBE else None

    def told(self, ask: Ask) -> str:
        """The ready reply that is sure, by its name; empty where none is."""
        return self._named(ask)[0]

    def caution(self, ask: Ask) -> Note | None:
        """What is to be read before another's answer, where somebody may be in danger."""
        claim = self.claim(ask)
        return self._word_of_caution() if claim and claim.odds < CERTAIN else None

    def urgent(self, ask: Ask, leans: bool = False) -> bool:
        """Whether words must be answered by themselves; surely so where they seem to lean."""
        if ask.wants.reply:
            return True
        shares = self._shares(ask)
        return self._told(ask, shares, leans=leans) in _URGENT

    def _shares(self, ask: Ask) -> Mapping[str, float]:
        return self._model.shares(ask.query.folded, ask.vector)

    @staticmethod
    def _told(ask: Ask, shares: Mapping[str, float], *, leans: bool = False) -> str:
        """The class that is sure enough.

        Who leans on what was said hardly plans a crime or cries for help, nor does who asks a fee:
        "hết bao lâu" reached .59. Below VERY_SURE the numbers still stand before what is answered.
        """
        name = told(shares)
        if name == meaning.CRIME:
            return "" if leans and shares[name] < VERY_SURE else name
        asks = leans or not _FIELDS.isdisjoint(ask.aspects)
        in_danger = name in DANGERS or name == meaning.ANY_DANGER
        return "" if in_danger and asks and danger(shares) < VERY_SURE else name

    def _named(self, ask: Ask) -> tuple[str, Mapping[str, float]]:
        """The ready reply that is sure, or "", and what shows it."""
        by_rule = ask.wants.reply
        if by_rule and by_rule not in _MAY_HIDE:
            return by_rule, {"rule": 1.0}
        shares = self._shares(ask)
        name = self._told(ask, shares)
        if by_rule and name not in _URGENT:  # an insult may hold a cry for help
            name = by_rule
        return name or (meaning.STATUS if has_dossier_code(ask.text) else ""), shares

    def _word_of_caution(self) -> Note:
        return Note(self._say.text("replies.maybe"))

    def _certain(self, name: str, why: Mapping[str, float]) -> Claim:
        return Claim(self.name, CERTAIN, NOTHING, why, partial(self._draft, name))

    def _maybe(self, shares: Mapping[str, float]) -> Claim:
        share = danger(shares)
        return Claim(
            self.name,
            math.log(share / (1 - share)),
            NOTHING,
            shares,
            partial(self._draft, worst(shares)),
            beside=self._word_of_caution(),
        )

    def _draft(self, name: str) -> Draft:
        draft = Draft(_STATUS.get(name, "answered")).add(Verdict(self._say.text(f"replies.{name}")))
        if name not in _WITHOUT_EXAMPLES:
            offered = "questions.report" if name in _REPORTED else "questions.opening"
            draft.suggestions = list(self._say.lines(offered)[:MAX_OFFERED])
        return draft
