"""What is said to a question: one answer, or one for each of the things that it asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.answer.answer import Status
from bot.answer.blocks import Note
from bot.answer.draft import Draft
from bot.answer.joining import joined_drafts
from bot.question.personal_data import mask_personal_data
from bot.question.question import MANY, Ask, Question
from bot.question.reader import MAX_REQUESTS, Reader
from bot.sources.refusals import Refusals
from bot.sources.router import Routed, Router
from prompts.text import Text
from prompts.wording import Wording

MAX_ASKS: Final = 3  # answered in turn; the others are named
STANDS: Final = 0.0  # log-odds of the record of a letter's request to be a matter of its own
MAX_QUOTED: Final = 160  # characters of a request in a heading

_NOTHING_FOUND: Final[tuple[Status, ...]] = ("no_evidence", "out_of_scope")

Watch = Callable[[str, object], None]


def unwatched(_stage: str, _made: object) -> None:
    """Look at nothing."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Drafts answers; safe to call from many threads."""

    reader: Reader
    router: Router
    refusals: Refusals
    say: Wording

    def draft(self, asked: Question, watch: Watch = unwatched) -> tuple[Draft, Question]:
        """What is said, and the reading answered: the other one where the first finds nothing."""
        draft, outside = self._of_reading(asked, watch)
        if asked.instead is None or outside or draft.status not in _NOTHING_FOUND:
            return draft, asked
        other, _ = self._of_reading(asked.instead, watch)
        if other.status in _NOTHING_FOUND and not asked.leans:  # refused as it was written
            return draft, asked
        return other, asked.instead

    def _of_reading(self, asked: Question, watch: Watch) -> tuple[Draft, bool]:
        """The answer, and whether the words themselves are surely of something else."""
        if asked.clarify:
            return self.refusals.clarify(asked.clarify, asked.topic.document), False
        draft, outside = self._answered(asked.ask, watch)
        if asked.noted:
            draft.blocks.insert(0, Note(Text.of(asked.noted)))
        elif asked.leans:
            shown = mask_personal_data(asked.ask.text)
            draft.blocks.insert(0, Note(self.say.text("follow_up.understood", question=shown)))
        return draft, outside and not asked.leans

    def _answered(self, ask: Ask, watch: Watch) -> tuple[Draft, bool]:
        parts = self._apart(ask)
        if len(parts) < MANY:
            routed = self.router.route(ask)
            watch("routed", routed)
            return routed.answer(), routed.surely_outside
        for _, routed in parts[:MAX_ASKS]:
            watch("routed", routed)
        drafts = [(self._heading(text), one.answer()) for text, one in parts[:MAX_ASKS]]
        whole = joined_drafts(drafts)
        if left := [text for text, _ in parts[MAX_ASKS:]] + _beyond(ask):
            named = "; ".join(_quoted(text) for text in left)
            whole.add(Note(self.say.text("letters.left", asks=named)))
        return whole, False

    def _apart(self, ask: Ask) -> list[tuple[str, Routed]]:
        """The things asked for that are different records of ours, in the order written."""
        groups: dict[str, list[tuple[str, Routed]]] = {}
        at, waiting = "", list[tuple[str, Routed]]()
        for part in self.reader.apart(ask):
            routed = self.router.route(part)
            if named := _stands_for(part, routed):
                at = named
            waiting.append((part.text, routed))
            if at:  # what is unsure goes with what was named before it
                groups.setdefault(at, []).extend(waiting)
                waiting = []
        return (
            [self._of_group(ask, group) for group in groups.values()] if len(groups) >= MANY else []
        )

    def _of_group(self, ask: Ask, group: Sequence[tuple[str, Routed]]) -> tuple[str, Routed]:
        """The requests on one record, as one."""
        if len(group) == 1:
            return group[0]
        text = " ".join(text for text, _ in group)
        return text, self.router.route(self.reader.part(ask, text))

    def _heading(self, text: str) -> Text:
        return self.say.text("letters.heading", ask=_quoted(text))


def _stands_for(part: Ask, routed: Routed) -> str:
    """The record that a part of what is asked is on; empty where it hardly says one by itself."""
    chosen = routed.chosen
    sure = not part.told or chosen.odds >= STANDS
    return chosen.subject.procedure if sure else ""


def _beyond(ask: Ask) -> list[str]:
    """The requests of a letter that are too many to be read."""
    return list(ask.letter.requests[MAX_REQUESTS:]) if ask.letter else []


def _quoted(text: str) -> str:
    """A request as it was written, cut at a word where it is long."""
    masked = mask_personal_data(" ".join(text.split()))
    if len(masked) <= MAX_QUOTED:
        return masked
    return masked[:MAX_QUOTED].rsplit(" ", 1)[0] + "…"
