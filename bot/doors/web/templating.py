"""Jinja2 with escaping on, strict about missing variables, and the words of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.answer import naming
from bot.answer.answer import Answer, Mode, Status
from bot.answer.rendering.heard import choices, lead
from bot.answer.rendering.html import html, inline
from bot.answer.rendering.plain import plain
from bot.answer.verbatim import verbatim
from bot.doors.web.document_view import document_pieces, outline
from bot.question.personal_data import MASK, mask_personal_data
from bot.sources.procedures.view import Shown
from knowledge.text import clean
from prompts.sources import date_text, force_text, kind_text, number_text
from prompts.wording import load_wording
from retrieval.query import is_english

MAX_CARD_UNITS = 6  # the answer lists them all
FOLDER = Path(__file__).parent / "templates"
FIRST_QUESTIONS: Final = ("filing", "place", "text")  # an example for each kind of matter
REASONS: Final = ("wrong", "off_topic", "incomplete", "outdated", "hard_to_read")
# What the wording has in Vietnamese, for who asks in English.
ENGLISH_STATUSES: Final[dict[Status, str]] = {
    "answered": "Answer",
    "no_evidence": "The texts at hand do not answer this",
    "out_of_scope": "A word from Hai Cấp",
    "needs_clarification": "Please say more",
}
ENGLISH_REASONS: Final = {
    "wrong": "It is wrong",
    "off_topic": "Not what I asked",
    "incomplete": "Something is missing",
    "outdated": "Out of date",
    "hard_to_read": "Hard to understand",
}


def _words(prefix: str, names: Iterable[str]) -> dict[str, str]:
    say = load_wording()
    return {name: say(f"{prefix}.{name}") for name in names}


class Templates:
    """Renders the pages.

    Args:
        static_url: gives the address of a static file.
        public_url: address that users see, or None.
    """

    def __init__(self, static_url: Callable[[str], str], public_url: str | None) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static_url=static_url,
            public_url=public_url or "",
            html=html,
            lead=lead,
            choices=choices,
            mask=MASK,
            plain=plain,
            document_pieces=document_pieces,
            outline=outline,
            statuses=_words("answers.status", get_args(Status)),
            reasons=_words("answers.reason", REASONS),
            modes=_words("answers.mode", get_args(Mode)),
            english=is_english,
            english_statuses=ENGLISH_STATUSES,
            english_reasons=ENGLISH_REASONS,
            certainties=_words("procedures.certainty", get_args(Shown)),
            checked=lambda iso: load_wording()("sources.checked", date=date_text(iso)),
            first_questions=_words("questions.first", FIRST_QUESTIONS),
            max_card_units=MAX_CARD_UNITS,
        )
        self._environment.filters.update(
            date_vi=date_text,
            verbatim=lambda words: inline(verbatim(words)),
            spoken=lambda words: verbatim(words).words,
            clean=clean,
            masked=mask_personal_data,
            number=number_text,
            force=force_text,
            source_kind=kind_text,
            document_name=naming.document_name,
            source_name=naming.source_name,
            by_document=naming.by_document,
        )

    def render(self, name: str, **values: Any) -> str:
        """The HTML of one template."""
        return self._environment.get_template(name).render(values)

    def answer(self, answer: Answer) -> str:
        """The HTML of an answer as it stands in a conversation."""
        return self.render("answer.html", answer=answer)
