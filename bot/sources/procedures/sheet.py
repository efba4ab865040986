"""One answer that is made from one record, and how its fields are cited and said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer.blocks import Block, Field, Lead, Note
from bot.answer.draft import Draft, RecordSource
from bot.question.needs import MATTERS
from bot.question.question import Ask
from bot.sources.procedures.view import FieldView, ProcedureView, WayView
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import PORTAL
from knowledge.procedures.models import FieldName, Procedure, Rule
from prompts.text import Text
from prompts.wording import Wording

MAX_PAPERS = 8
_LISTED: tuple[FieldName, ...] = ("papers", "legal_basis")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A record, what is asked of it, and the answer that is being written."""

    draft: Draft
    procedure: Procedure
    shown: ProcedureView
    ask: Ask

    def cite(self, field: FieldView) -> Text:
        """The marker of a field."""
        return self.draft.cite(source_of(self.procedure, field))

    @property
    def asks_only_how(self) -> bool:
        """Whether nothing is asked that a "yes" could be taken for: may one marry a second time?"""
        return not any(need in MATTERS for need in self.ask.needs)

    @property
    def code(self) -> str:
        """What is typed on the national portal to find the procedure; empty where several are."""
        return self.shown.codes[0] if len(self.shown.codes) == 1 else ""


def source_of(procedure: Procedure, field: FieldView) -> RecordSource:
    """A field of a record as a source."""
    return RecordSource(
        record_id=f"thu-tuc/{procedure.id}",
        title=procedure.name,
        number=", ".join(procedure.shown_codes) or None,
        publisher=procedure.publisher,
        as_of=procedure.as_of,
        field=field.label,
        quote=field.text,
        url=f"{procedure.url}#{field.anchor}",
    )


def source_of_rule(rule: Rule) -> RecordSource:
    """A general rule as a source."""
    return RecordSource(
        record_id="thu-tuc/quy-dinh-chung",
        title="Quy định chung về nộp hồ sơ",
        number=None,
        publisher=rule.legal_basis,
        as_of=rule.as_of,
        field=rule.title,
        quote=rule.text,
        url=rule.url,
    )


class FieldBlocks:
    """The fields of a record as blocks: whole where they are asked, in a line where they are not."""

    def __init__(self, catalogue: Catalogue, say: Wording) -> None:
        """Take the general rules and the wording."""
        self._catalogue, self._say = catalogue, say

    def whole(self, sheet: Sheet, name: FieldName) -> list[Block]:
        """A field that is asked for; that the record lacks it is said."""
        field = sheet.shown.fields[name]
        if name == "boundary":
            return self._boundary(sheet)
        if name == "where":
            return self.where(sheet, sheet.shown.ways)
        if not field.values:
            return [self.nothing(field)]
        marker = sheet.cite(field)
        if name in _LISTED:
            values = tuple(Text.of(value, " ", marker) for value in field.values)
            return [Field(field.label, values, listed=True), *_notes(field)]
        return [Field(field.label, (Text.of(field.text, " ", marker),)), *_notes(field)]

    def line(self, sheet: Sheet, name: FieldName) -> Field | None:
        """A field that is not asked for, in a line; None where there is nothing to say."""
        field = sheet.shown.fields[name]
        if field.certainty == "nothing" or (name == "notes" and not field.values):
            return None
        if not field.values:
            return Field(field.label, (self._doubt,))
        value = Text.of(_short(sheet, field), " ", sheet.cite(field))
        return Field(field.label, (Text.of(value, f" {field.note}" if field.note else ""),))

    def nothing(self, field: FieldView) -> Block:
        """That a record lacks a field, or holds nothing verified of it."""
        if field.certainty == "unverified":
            return Field(field.label, (self._doubt,))
        what = field.label[:1].lower() + field.label[1:]
        return Note(self._say.text("procedures.missing.field", what=what))

    @property
    def _doubt(self) -> Text:
        return Text.of(self._say("procedures.unverified"), ".")

    # Where to file

    @staticmethod
    def named_ways(sheet: Sheet) -> tuple[WayView, ...]:
        """The ways that the record itself names."""
        return tuple(way for way in sheet.shown.ways if not way.general)

    def where(self, sheet: Sheet, ways: tuple[WayView, ...]) -> list[Block]:
        """Where to file, a line a way."""
        field = sheet.shown.fields["where"]
        if not ways:
            return [self.nothing(field)]
        if len(ways) == 1 and ways[0].way == "desk":
            lines = [Text.of(ways[0].text, " ", sheet.cite(field))]
        else:
            lines = [self.way(sheet, way) for way in ways]
        if sheet.procedure.in_person:
            only = self._say.text("procedures.answer.only_desk")
            lines[-1] = Text.of(lines[-1], ". ", only)
        return [Field(field.label, tuple(lines), listed=len(lines) > 1), *_notes(field)]

    def way(self, sheet: Sheet, way: WayView) -> Text:
        """One way to file, with its source and its link."""
        if way.general:
            rule = source_of_rule(self._catalogue.rule("ba-cach-nop"))
            told = self._say.text(f"procedures.answer.by_rule_{way.way}")
            return Text.of(f"{way.label}: ", told, " ", sheet.draft.cite(rule))
        marker = sheet.cite(sheet.shown.fields["where"])
        return Text.of(f"{way.label}: {way.text} ", marker, self._link(sheet, (way,)))

    def _link(self, sheet: Sheet, ways: tuple[WayView, ...]) -> Text:
        online = [way for way in ways if way.way == "online"]
        if not any(sheet.procedure.origin == "portal" or PORTAL in way.text for way in online):
            return Text()
        return Text.of(" ", self.portal(sheet))

    def portal(self, sheet: Sheet) -> Text:
        """The national portal's address, and what is typed there."""
        if not sheet.code:
            return self._say.text("procedures.way_on.portal")
        return self._say.text("procedures.way_on.portal_code", code=sheet.code)

    def _boundary(self, sheet: Sheet) -> list[Block]:
        field, by_rule = sheet.shown.fields["boundary"], sheet.shown.by_rule
        said: list[Block] = []
        if field.values:
            said.append(self._of_boundary(sheet, field))
            said += _notes(field)
        elif field.certainty == "unverified" or not by_rule:
            said.append(self.nothing(field))
        if by_rule:
            rule = source_of_rule(self._catalogue.rule("khong-phu-thuoc-dia-gioi"))
            marker = sheet.draft.cite(rule)
            said.append(Note(self._say.text("procedures.answer.any_commune", marker=marker)))
        return said

    def _of_boundary(self, sheet: Sheet, field: FieldView) -> Block:
        text = Text.of(field.text, " ", sheet.cite(field))
        if sheet.procedure.scope == "country" and sheet.asks_only_how:
            return Lead(self._say.text("procedures.verdict.can", told=text))
        return Field(field.label, (text,))


def _notes(field: FieldView) -> list[Block]:
    return [Note(Text.of(field.note))] if field.note else []


def _short(sheet: Sheet, field: FieldView) -> str:
    if field.name == "where":
        named = (way for way in sheet.shown.ways if not way.general)
        return "; ".join(f"{way.label.lower()}: {way.text}" for way in named)
    if field.name == "papers":
        more = len(field.values) - MAX_PAPERS
        return "; ".join(field.values[:MAX_PAPERS]) + ("; …" if more > 0 else "")
    return field.text
