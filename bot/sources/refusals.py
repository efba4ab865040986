"""The honest no: polite, with a way on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer.blocks import Choices, Intro, Note, Option, Verdict
from bot.answer.draft import Draft
from prompts.text import Text
from prompts.wording import Wording
from retrieval.retriever import Hit

NEAR = 2  # clauses that a refusal offers to show
MAX_OFFERED = 3  # suggestions below what no source answers


class Refusals:
    """Drafts that answer nothing."""

    def __init__(self, say: Wording) -> None:
        """Take the wording."""
        self._say = say

    def no_evidence(self, name: str, near: Sequence[Hit] = (), **values: str) -> Draft:
        """A polite refusal with a way on; `near`: clauses on the same matter, to be read."""
        draft = self.refuse(self._say.text(f"refusals.{name}", **values))
        offered = [
            self._say(
                "documents.suggest.locator_in",
                locator=h.passage.locator,
                label=h.document.metadata.label,
            )
            for h in near
            if h.passage.kind != "closing"
        ]
        draft.suggestions = [*offered, *self._say.lines("questions.opening")][:MAX_OFFERED]
        return draft

    def refuse(self, why: Text) -> Draft:
        """A refusal in words of its own, with a way on."""
        onward = Note(self._say.text("refusals.onward"))
        draft = Draft("no_evidence").add(Verdict(why), onward)
        draft.suggestions = list(self._say.lines("questions.opening")[:MAX_OFFERED])
        return draft

    def clarify(self, question: str, document: str) -> Draft:
        """A question back; `document` is the label of the one talked about, or empty."""
        draft = Draft("needs_clarification").add(Verdict(Text.of(question)))
        names = ("issued", "outline") if document else ()
        own = [self._say(f"documents.suggest.{name}", label=document) for name in names]
        draft.suggestions = [*own, *self._say.lines("questions.opening")][:MAX_OFFERED]
        return draft

    def not_held(self, near: Sequence[Option] = ()) -> Draft:
        """A procedure that no record of ours is about; `near`: those whose names come nearest."""
        draft = Draft("no_evidence").add(Verdict(self._say.text("refusals.procedure")))
        draft.add(Note(self._say.text("refusals.procedure_onward")))
        if near:
            draft.add(Intro(self._say.text("refusals.procedure_near")), Choices(tuple(near)))
        opening = self._say.lines("questions.opening")[:MAX_OFFERED]
        draft.suggestions = [option.asks for option in near] or list(opening)
        return draft

    def out_of_scope(self) -> Draft:
        """The question is of the rest of the world."""
        draft = Draft("out_of_scope").add(Verdict(self._say.text("refusals.out_of_scope")))
        draft.suggestions = list(self._say.lines("questions.opening")[:MAX_OFFERED])
        return draft
