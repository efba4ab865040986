"""Jinja2 with escaping on, strict about missing variables, and the words of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.answer.answer import Answer, Mode
from bot.doors.web import wording
from bot.doors.web.document_view import document_pieces, outline
from bot.doors.web.markdown import answer_blocks, inline
from bot.sources.procedures.procedures import WORDING_FILE
from bot.sources.procedures.view import Shown
from prompts.wording import Wording, load_wording

MAX_CARD_UNITS = 6  # the answer lists them all
FOLDER = Path(__file__).parent / "templates"


def _certainties() -> dict[str, str]:
    """How sure a record is, in words."""
    say = Wording(WORDING_FILE)
    return {name: say(f"certainty.{name}") for name in get_args(Shown)}


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
            answer_blocks=answer_blocks,
            document_pieces=document_pieces,
            outline=outline,
            statuses=wording.STATUSES,
            reasons=wording.FEEDBACK_REASONS,
            modes={mode: load_wording()(f"mode.{mode}") for mode in get_args(Mode)},
            certainties=_certainties(),
            max_card_units=MAX_CARD_UNITS,
        )
        self._environment.filters.update(
            date_vi=wording.date_vi,
            inline=inline,
            force=wording.FORCE.__getitem__,
            source_kind=wording.SOURCE_KINDS.__getitem__,
            document_name=wording.document_name,
            citation_label=wording.citation_label,
            source_name=wording.source_name,
            by_document=wording.by_document,
        )

    def render(self, name: str, **values: Any) -> str:
        """The HTML of one template."""
        return self._environment.get_template(name).render(values)

    def answer(self, answer: Answer) -> str:
        """The HTML of an answer as it stands in a conversation."""
        return self.render("answer.html", answer=answer)
