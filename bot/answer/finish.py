"""From a draft to the answer that every door renders."""

from __future__ import annotations

import secrets

from bot.answer.answer import Answer
from bot.answer.blocks import markers_of
from bot.answer.draft import Draft
from bot.answer.quote import Quote


def finished(draft: Draft, conversation_id: str | None, checked_on: str) -> Answer:
    """The draft as an answer with new ids; without time and question.

    Args:
        draft: what is said.
        conversation_id: of an earlier answer; None begins a conversation.
        checked_on: ISO date that an answer without citations bears.
    """
    named = {marker for block in draft.blocks for marker in markers_of(block)}
    pairs = zip(draft.citations(), draft.sources, strict=True)
    cited = [(citation, source) for citation, source in pairs if citation.marker in named]
    checked = [s.document.metadata.sources_as_of for _, s in cited if isinstance(s, Quote)]
    return Answer(
        answer_id=secrets.token_urlsafe(12),
        conversation_id=conversation_id or secrets.token_urlsafe(12),
        status=draft.status,
        text=draft.text,
        blocks=tuple(draft.blocks),
        citations=tuple(c for c, _ in cited),
        cards=tuple(draft.cards),
        suggestions=tuple(draft.suggestions),
        sources_as_of=min(checked, default="") if cited else checked_on,
    )
