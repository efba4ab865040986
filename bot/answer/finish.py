"""From a draft to the answer that every door renders."""

from __future__ import annotations

import secrets

from bot.answer.answer import Answer
from bot.answer.draft import Draft
from bot.answer.quote import Quote


def finished(draft: Draft, conversation_id: str | None, checked_on: str) -> Answer:
    """The draft as an answer with new ids; without time and question.

    Args:
        draft: what is said.
        conversation_id: of an earlier answer; None begins a conversation.
        checked_on: ISO date that an answer without citations bears.
    """
    text = draft.text
    cited = [(c, s) for c, s in zip(draft.citations(), draft.sources, strict=True)]
    cited = [(c, s) for c, s in cited if f"[{c.marker}]" in text]
    checked = [s.document.metadata.sources_as_of for _, s in cited if isinstance(s, Quote)]
    return Answer(
        answer_id=secrets.token_urlsafe(12),
        conversation_id=conversation_id or secrets.token_urlsafe(12),
        status=draft.status,
        text=text,
        citations=tuple(c for c, _ in cited),
        cards=tuple(draft.cards),
        suggestions=tuple(draft.suggestions),
        sources_as_of=min(checked, default="") if cited else checked_on,
    )
