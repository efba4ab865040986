"""A draft in a language model's words, where they stand."""

from __future__ import annotations

from collections.abc import Callable

from bot.answer.answer import Citation
from bot.answer.blocks import Note
from bot.answer.draft import Draft
from bot.answer.quote import Quote
from bot.question.personal_data import mask_personal_data
from bot.rephrasing.phrased import COMPOSED, Phrased
from bot.rephrasing.rephraser import Phraser, merged
from bot.rephrasing.verifier import Evidence
from prompts.sources import date_text
from prompts.wording import Wording


class Rewording:
    """Gives the model the evidence of a draft and puts its verified words in."""

    def __init__(self, phraser: Phraser, generation: Callable[[], str], say: Wording) -> None:
        """`generation`: of the documents, for the cache of what the model said."""
        self._phraser, self._generation, self._say = phraser, generation, say

    def reword(self, draft: Draft, question: str, tell: Callable[[str], None] | None) -> Phrased:
        """What came of the model; the draft is changed only where its words stand."""
        if draft.status != "answered" or not draft.sources:
            return COMPOSED
        pairs = zip(draft.sources, draft.citations(), strict=True)
        evidence = [_evidence(source, citation) for source, citation in pairs]
        masked = mask_personal_data(question)
        phrased = self._phraser.phrase(masked, draft.blocks, evidence, self._generation(), tell)
        if phrased.mode == "model":
            note = Note(self._say.text("answers.mode.model_note"))
            draft.blocks = merged(draft.blocks, phrased.sentences, note)
        return phrased


def _evidence(source: object, citation: Citation) -> Evidence:
    quoted = source if isinstance(source, Quote) else None
    label = quoted.document.metadata.label if quoted else citation.document_title
    above = quoted.passage.context if quoted else ""
    return Evidence.of(citation, label, date_text(citation.issued_on), above)
