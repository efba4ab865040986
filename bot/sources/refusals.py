"""The honest no: polite, with a way on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.draft import Draft
from prompts.wording import Wording
from retrieval.retriever import Hit

NEAR = 2  # clauses that a refusal offers to show
MAX_OFFERED = 3  # suggestions below a refusal


class Refusals:
    """Drafts that answer nothing."""

    def __init__(self, say: Wording) -> None:
        """Take the wording for documents."""
        self._say = say

    def no_evidence(self, name: str, near: Sequence[Hit] = (), **values: str) -> Draft:
        """A polite refusal with a way on; `near`: clauses on the same matter, to be read."""
        draft = self.refuse(self._say(f"no_evidence.{name}", **values))
        offered = [
            self._say(
                "suggest.locator_in", locator=h.passage.locator, label=h.document.metadata.label
            )
            for h in near
            if h.passage.kind != "closing"
        ]
        draft.suggestions = [*offered, *self._say.lines("opening")][:MAX_OFFERED]
        return draft

    def refuse(self, why: str) -> Draft:
        """A refusal in words of its own, with a way on."""
        draft = Draft("no_evidence").add(why, self._say("no_evidence.onward"))
        draft.suggestions = list(self._say.lines("opening")[:MAX_OFFERED])
        return draft

    def clarify(self, question: str, document: str) -> Draft:
        """A question back; `document` is the label of the one talked about, or empty."""
        draft = Draft("needs_clarification").add(question)
        offered = [self._say(f"suggest.{name}", label=document) for name in ("issued", "outline")]
        own = offered if document else []
        draft.suggestions = [*own, *self._say.lines("opening")][:MAX_OFFERED]
        return draft

    def not_held(self) -> Draft:
        """A procedure that no record of ours is about."""
        return self.refuse(self._say("no_evidence.procedure"))

    def out_of_scope(self) -> Draft:
        """The question is of the rest of the world."""
        draft = Draft("out_of_scope").add(self._say("out_of_scope.plain"))
        draft.suggestions = list(self._say.lines("opening")[:3])
        return draft
