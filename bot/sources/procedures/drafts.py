"""What is said of a procedure: from its record and the general rules alone.

The asked thing stands first and alone, in a sentence; what else the record holds is folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.answer.blocks import (
    Block,
    Choices,
    Field,
    Fields,
    Folded,
    Intro,
    Lead,
    Note,
    Option,
    SourceLine,
    Title,
    Verdict,
)
from bot.answer.draft import Draft
from bot.question import rules
from bot.question.needs import Need
from bot.question.question import Ask
from bot.question.subject import Subject
from bot.sources.procedures.choosing import Choice
from bot.sources.procedures.gone import Gone
from bot.sources.procedures.matters import Told, condition_of_age, lacks
from bot.sources.procedures.matters import matters as matters_of
from bot.sources.procedures.matters import told as told_of
from bot.sources.procedures.placing import PlaceRecords, Placing
from bot.sources.procedures.sheet import FieldBlocks, Sheet, source_of, source_of_rule
from bot.sources.procedures.view import ProcedureView, WayView, card, view
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import PORTAL
from knowledge.procedures.models import FieldName, Procedure, Rule
from prompts.sources import date_text
from prompts.text import Text, joined
from prompts.wording import Wording

MAX_SUGGESTIONS = 4
MAX_NEAR = 3  # procedures offered by name where none of ours is meant
_FIELD_OF: dict[Need, FieldName] = {
    "fee": "fee",
    "time": "time_limit",
    "papers": "papers",
    "where": "where",
    "online": "where",
    "other_place": "boundary",
    "before": "decided_before",
    "decides": "decided_by",
    "basis": "legal_basis",
}
# What a whole procedure is to somebody who goes there, and all that is told of it.
_MAIN: tuple[FieldName, ...] = ("where", "papers", "time_limit", "fee")
_ALL: tuple[FieldName, ...] = (
    "decided_by",
    "where",
    "boundary",
    "time_limit",
    "fee",
    "papers",
    "notes",
)
_ASKS: tuple[tuple[str, FieldName], ...] = (
    ("where", "where"),
    ("papers", "papers"),
    ("time", "time_limit"),
    ("fee", "fee"),
)


class ProcedureDrafts:
    """Composes answers about procedures; safe to use from many threads."""

    def __init__(self, catalogue: Catalogue, say: Wording, records: PlaceRecords) -> None:
        """Take the records, the wording, and what is known of places."""
        self._catalogue, self._say = catalogue, say
        self._fields = FieldBlocks(catalogue, say)
        self._placing = Placing(catalogue, say, records)
        self._gone = Gone(catalogue, say)

    def draft(self, chosen: Choice, ask: Ask) -> Draft:
        """What a choice says to an ask: first that a thing named is no more."""
        draft = Draft()
        if chosen.missing_code:
            text = self._say.text("procedures.no_code", code=chosen.missing_code)
            draft.status = "no_evidence"
            return draft.add(Verdict(text))
        draft.add(*self._gone.told(draft, ask))
        if chosen.options:
            return self._clarify(draft, chosen.options)
        if chosen.rule:
            return self._rule(draft, chosen.rule)
        if chosen.procedure is None:
            raise ValueError("an empty choice")
        sheet = Sheet(draft, chosen.procedure, view(chosen.procedure, self._say), ask)
        self._procedure(sheet, chosen)
        draft.subject = Subject("procedure", chosen.procedure.name)
        for other in chosen.others:
            draft.suggestions.insert(0, self._ask("plain", other))
        return draft

    def near(self, chosen: Choice) -> tuple[Option, ...]:
        """The procedures of a choice, to be picked by name where it does not stand."""
        first = (chosen.procedure,) if chosen.procedure else chosen.options
        named = dict.fromkeys((*first, *chosen.near))
        return self._options(named)[:MAX_NEAR]

    def _clarify(self, draft: Draft, options: Sequence[Procedure]) -> Draft:
        shown = self._options(options)
        draft.status = "needs_clarification"
        draft.add(Verdict(self._say.text("procedures.clarify")), Choices(shown))
        draft.suggestions = [option.asks for option in shown]
        return draft

    def _rule(self, draft: Draft, rule: Rule) -> Draft:
        draft.add(Lead(Text.of(rule.text, " ", draft.cite(source_of_rule(rule)))))
        draft.suggestions = [
            self._ask("where", p)
            for i in ("khai-sinh", "ho-kinh-doanh", "so-do-lan-dau")
            if (p := self._catalogue.get(i))
        ]
        return draft

    def _procedure(self, sheet: Sheet, chosen: Choice) -> None:
        draft, procedure = sheet.draft, sheet.procedure
        placed = self._placing.placed(procedure, sheet.ask.place)
        draft.cards.append(card(sheet.shown, placed))
        draft.add(self._title(sheet.shown))
        if procedure.memory:
            draft.status = "no_evidence"
            draft.add(Verdict(self._say.text("procedures.answer.memory")), *self._others(chosen))
            return
        asked, found = self._asked(sheet), self._found(sheet)
        if not asked and not all(told for _, told in found):
            asked = ["where"]  # whom to ask what the record lacks
        draft.add(*self._of_matters(sheet, found, asked))
        whole = not asked and not matters_of(sheet.ask)
        told = self._of_fields(sheet, asked, placed, whole=whole)
        draft.add(*self._placing.unsure(sheet.ask.place))
        draft.add(*self._of_the_paper(sheet, chosen.near), *self._others(chosen))
        draft.add(*self._no_text(sheet.ask), self._closing(sheet))
        if chosen.doubtful:
            others = Choices(self._options(chosen.near))
            draft.add(Intro(self._say.text("procedures.doubtful")), others)
        said = {one.value for _, statements in found for one in statements}
        if set(sheet.shown.fields["notes"].values) <= said:
            told = (*told, "notes")
        more = self._placing.branches(sheet, placed)
        draft.add(self._folded(sheet, [name for name in _ALL if name not in told], more))
        self._suggest(sheet, asked, chosen.near)

    def _of_fields(
        self,
        sheet: Sheet,
        asked: Sequence[FieldName],
        placed: dict[str, Any] | None,
        *,
        whole: bool,
    ) -> tuple[FieldName, ...]:
        """Adds the fields that are asked for, or the main ones; returns which are told in full."""
        draft, desk = sheet.draft, self._placing.desk(sheet, placed)
        if desk and list(asked) in ([], ["where"]):  # the desk of the place is what is asked
            draft.add(*desk)
            return ()
        for name in asked:
            draft.add(*self._whole(sheet, name))
        if whole:
            draft.add(*_lines(self._fields.line(sheet, name) for name in _MAIN))
            draft.add(*self._on_the_portal(sheet))
            return _MAIN
        draft.add(*desk)
        return tuple(asked)

    def _title(self, shown: ProcedureView) -> Title:
        if not shown.codes:
            return Title(self._say.text("procedures.answer.title", name=shown.name))
        code = ", ".join(shown.codes)
        return Title(self._say.text("procedures.answer.title_code", name=shown.name, code=code))

    # What is asked

    def _asked(self, sheet: Sheet) -> list[FieldName]:
        """The fields that are asked for, the first asked first."""
        wanted = [_FIELD_OF[need] for need in sheet.ask.needs if need in _FIELD_OF]
        asked = list(dict.fromkeys(wanted))
        if sheet.procedure.level == "rule":  # the rule itself is asked, whatever the words
            told = (n for n in asked if n != "decided_by" and sheet.shown.fields[n].values)
            return ["decided_by", *told]
        district = self._gone.district(sheet.ask)
        if "decided_before" in asked or (district and not asked):
            asked = list(dict.fromkeys(["decided_by", *asked]))  # never without who decides now
        if district and not sheet.shown.fields["decided_before"].values:
            return [name for name in asked if name != "decided_before"]
        return asked

    def _found(self, sheet: Sheet) -> list[tuple[Need, Sequence[Told]]]:
        """What is asked besides fields, each with what the record says of it."""
        ask, procedure, shown = sheet.ask, sheet.procedure, sheet.shown
        if procedure.level == "rule":
            return []
        asked = matters_of(ask)
        found = [(matter, told_of(matter, ask, procedure, shown)) for matter in asked]
        if "condition" not in asked and (of_age := condition_of_age(ask, shown)):
            found = [("condition", of_age), *(f for f in found if f[1] != of_age)]
        return found

    def _of_matters(
        self,
        sheet: Sheet,
        found: Sequence[tuple[Need, Sequence[Told]]],
        asked: Sequence[FieldName],
    ) -> list[Block]:
        """The record's words on each matter, or that it has none, and whom to ask then."""
        said: list[Block] = []
        shown = list(
            dict.fromkeys((one.field.name, one.value) for _, told in found for one in told)
        )
        for name, value in shown:
            said.append(Lead(Text.of(value, " ", sheet.cite(sheet.shown.fields[name]))))
        noted = dict.fromkeys(sheet.shown.fields[name].note for name, _ in shown)
        said += [Note(Text.of(note)) for note in noted if note]
        lacking = dict.fromkeys(lacks(matter, sheet.ask) for matter, told in found if not told)
        if len(lacking) > 1:
            lacking.pop("whether", None)  # what else is lacking says it more exactly
        said += [Verdict(self._say.text(f"procedures.missing.{lack}")) for lack in lacking]
        if lacking:
            said.append(Note(self._whom_to_ask(sheet, "where" in asked)))
        return said

    def _whom_to_ask(self, sheet: Sheet, told_below: bool) -> Text:
        if told_below:
            return self._say.text("procedures.way_on.ask_below")
        desks = [way for way in self._fields.named_ways(sheet) if way.way == "desk"]
        if sheet.procedure.origin == "portal" or not desks:
            return self._say.text("procedures.way_on.ask")
        marker = sheet.cite(sheet.shown.fields["where"])
        return self._say.text("procedures.way_on.ask_at", desk=desks[0].text, marker=marker)

    def _whole(self, sheet: Sheet, name: FieldName) -> list[Block]:
        """An asked field; of where to file online that way alone, and "yes" where it is settled."""
        needs = sheet.ask.needs
        if name == "where" and "online" in needs and "where" not in needs:
            ways = tuple(way for way in sheet.shown.ways if way.way == "online")
            if not ways:
                lacking = Verdict(self._say.text("procedures.missing.online"))
                return [lacking, *self._fields.whole(sheet, "where")]
            return [Lead(self._online(sheet, way)) for way in ways]
        if name == "where":
            return self._fields.where(sheet, self._open_ways(sheet))
        blocks = self._fields.whole(sheet, name)
        first = blocks[0]
        if name == "decided_by" and isinstance(first, Field) and _is_the_communes(sheet):
            told = Text.of(f"{first.label}: ", first.values[0])
            return [Lead(self._say.text("procedures.verdict.can", told=told)), *blocks[1:]]
        return blocks

    def _open_ways(self, sheet: Sheet) -> tuple[WayView, ...]:
        """The ways that the record names, the mail left for later."""
        named = self._fields.named_ways(sheet) or sheet.shown.ways
        return tuple(way for way in named if way.way != "post") or named

    def _other_ways(self, sheet: Sheet) -> list[Block]:
        told = self._open_ways(sheet)
        lines = [self._fields.way(sheet, way) for way in sheet.shown.ways if way not in told]
        label = self._say("procedures.label.other_ways")
        return [Field(label, tuple(lines), listed=True)] if lines else []

    def _online(self, sheet: Sheet, way: WayView) -> Text:
        told = self._fields.way(sheet, way)
        on_portal = sheet.procedure.origin == "portal" or way.text.startswith(PORTAL)
        if not on_portal or way.general or not sheet.asks_only_how:
            return told  # "Hẹn lịch qua Cổng …" files nothing
        return self._say.text("procedures.verdict.can", told=told)

    # What stands beside

    def _of_the_paper(self, sheet: Sheet, near: Sequence[Procedure]) -> list[Block]:
        """What the record of the paper named says about the merger, beside the general rule."""
        if sheet.procedure.level != "rule":
            return []
        for other in near:
            notes = view(other, self._say).fields["notes"]
            said = [v for v in notes.values if "sáp nhập" in v]
            if said and other.id != sheet.procedure.id:
                marker = sheet.draft.cite(source_of(other, notes))
                told = self._say.text(
                    "procedures.answer.of_paper", name=other.name, text=said[0], marker=marker
                )
                return [Note(told)]
        return []

    def _others(self, chosen: Choice) -> list[Block]:
        return [
            Note(self._say.text("procedures.answer.other", name=other.name))
            for other in chosen.others
        ]

    def _no_text(self, ask: Ask) -> list[Block]:
        """That the text of a decree which the question names is not held."""
        if not ask.missing:
            return []
        name = ask.missing[0].shown
        return [Note(self._say.text("procedures.answer.no_text", name=name))]

    def _closing(self, sheet: Sheet) -> SourceLine:
        oldest = min(sheet.procedure.checked, key=lambda check: check.as_of)
        name = "date_reported" if sheet.procedure.origin == "portal" else "date"
        dated = self._say.text(
            f"procedures.answer.{name}", source=oldest.source, date=date_text(oldest.as_of)
        )
        return SourceLine(joined([dated, *map(Text.of, sheet.shown.caveats)], " "))

    def _folded(self, sheet: Sheet, left: Sequence[FieldName], more: Sequence[Block]) -> Folded:
        """All else that the record holds, and the way on."""
        inside = [*more, *_lines(self._fields.line(sheet, name) for name in left)]
        inside += self._before(sheet) if "decided_by" in left else []
        inside += self._on_the_portal(sheet) if "where" in left else self._other_ways(sheet)
        inside += [Note(self._say.text("procedures.way_on.hotline")), *self._dates(sheet)]
        return Folded(self._say.text("procedures.folded"), tuple(inside))

    def _before(self, sheet: Sheet) -> list[Block]:
        before = sheet.shown.fields["decided_before"]
        if not before.values:
            return []
        told = self._say.text(
            "procedures.answer.before", before=before.text, marker=sheet.cite(before)
        )
        return [Note(told)]

    def _on_the_portal(self, sheet: Sheet) -> list[Block]:
        codes = ", ".join(sheet.shown.codes)
        return [Note(self._say.text("procedures.way_on.code", code=codes))] if codes else []

    def _dates(self, sheet: Sheet) -> list[Block]:
        """All sources with their months, and what may lapse."""
        sources = sheet.shown.sources_text
        said = [self._say.text("procedures.answer.may_change", sources=sources)]
        lapse = [Text.of(sheet.shown.lapse)] if sheet.shown.lapse else []
        return [Note(joined([*said, *lapse], " "))]

    # Ways on

    def _suggest(self, sheet: Sheet, asked: Sequence[FieldName], near: Sequence[Procedure]) -> None:
        draft, procedure = sheet.draft, sheet.procedure
        if procedure.level == "rule":
            own = [p for p in near if p.origin == "own" and p.level != "rule" and not p.memory]
            draft.suggestions = [self._ask("where", p) for p in own[:MAX_SUGGESTIONS]]
            return
        for aspect, name in _ASKS:
            if name not in asked and sheet.shown.fields[name].values:
                draft.suggestions.append(self._ask(aspect, procedure))
        if "boundary" not in asked and sheet.shown.by_rule:
            draft.suggestions.append(self._ask("boundary", procedure))
        del draft.suggestions[MAX_SUGGESTIONS:]

    def _options(self, procedures: Iterable[Procedure]) -> tuple[Option, ...]:
        return tuple(Option(p.name, self._ask("plain", p)) for p in procedures)

    def _ask(self, aspect: str, procedure: Procedure) -> str:
        name = procedure.aliases[0] if procedure.aliases else procedure.name
        return self._say(f"procedures.ask.{aspect}", name=name[:1].upper() + name[1:])


def _lines(fields: Iterable[Field | None]) -> list[Block]:
    kept = tuple(field for field in fields if field)
    return [Fields(kept)] if kept else []


def _is_the_communes(sheet: Sheet) -> bool:
    """Whether "can the commune do it" is asked of what the commune decides."""
    at_commune = rules.search("aspects.at_commune", sheet.ask.asked.folded)
    decides = sheet.procedure.level in ("commune", "police_commune")
    known = bool(sheet.shown.fields["decided_by"].values)
    return decides and bool(at_commune) and known and sheet.asks_only_how
