"""Ready replies: courtesies, and what no text answers."""

from __future__ import annotations

from functools import partial

from bot.answer.blocks import Verdict
from bot.answer.draft import Draft
from bot.question.question import Ask
from bot.question.subject import NOTHING
from bot.sources.refusals import MAX_OFFERED
from bot.sources.source import CERTAIN, Claim
from prompts.wording import Wording

_UNSAFE = ("abuse", "injection", "self_harm", "crime", "emergency")
_WITHOUT_EXAMPLES = ("self_harm", "emergency")


class ReplySource:
    """Claims what is no question to any text: a greeting, a cry for help, an insult."""

    name = "replies"

    def __init__(self, say: Wording) -> None:
        """Take the wording."""
        self._say = say

    def claim(self, ask: Ask) -> Claim | None:
        """A ready reply, where the words call for one."""
        reply = ask.wants.reply
        if not reply:
            return None
        return Claim(self.name, CERTAIN, NOTHING, {"reply": 1.0}, partial(self._draft, reply))

    def _draft(self, name: str) -> Draft:
        draft = Draft("out_of_scope" if name in _UNSAFE else "answered").add(
            Verdict(self._say.text(f"replies.{name}"))
        )
        if name not in _WITHOUT_EXAMPLES:
            draft.suggestions = list(self._say.lines("questions.opening")[:MAX_OFFERED])
        return draft
