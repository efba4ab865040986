"""What a question names and what is no more: said before all else, with what stands in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.answer.blocks import Block, Verdict
from bot.answer.draft import Draft, RecordSource
from bot.question import rules
from bot.question.question import Ask
from bot.sources.procedures.sheet import source_of, source_of_rule
from bot.sources.procedures.view import view
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.models import FieldName
from knowledge.yaml_files import read_yaml
from prompts.sources import date_text
from prompts.wording import Wording

TABLE = Path(__file__).with_suffix(".yaml")
DISTRICT = ("district_police", "district_justice", "district")  # bodies of the level that ended


@dataclass(frozen=True, slots=True)
class GoneThing:
    """A paper or a body that is no more."""

    name: str  # of its rule and its wording
    since: str = ""  # ISO date; empty: no source of ours has it
    record: str = ""
    field: FieldName = "notes"
    rule: str = ""


class Gone:
    """Says which things of a question are no more."""

    def __init__(self, catalogue: Catalogue, say: Wording) -> None:
        """Take the records that what stands in their place is cited from, and the wording."""
        self._catalogue, self._say = catalogue, say

    def told(self, draft: Draft, ask: Ask) -> list[Block]:
        """A sentence for the first such thing; nothing where none is named."""
        for thing in _named(ask):
            source = self._source(thing)
            if source:
                since = {"since": date_text(thing.since)} if thing.since else {}
                name, marker = f"procedures.gone.{thing.name}", draft.cite(source)
                return [Verdict(self._say.text(name, marker=marker, **since))]
        return []

    @staticmethod
    def district(ask: Ask) -> bool:
        """Whether a body of the district is named."""
        return any(thing.name in DISTRICT for thing in _named(ask))

    def _source(self, thing: GoneThing) -> RecordSource | None:
        if thing.rule:
            return source_of_rule(self._catalogue.rule(thing.rule))
        procedure = self._catalogue.get(thing.record)
        if procedure is None:
            return None
        return source_of(procedure, view(procedure, self._say).fields[thing.field])


def _named(ask: Ask) -> Iterator[GoneThing]:
    return (t for t in table() if rules.search(f"gone.{t.name}", ask.query.folded))


@cache
def table() -> tuple[GoneThing, ...]:
    """The things of the table, in its order."""
    return tuple(GoneThing(name, **values) for name, values in read_yaml(TABLE).items())
