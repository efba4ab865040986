"""What is said of a procedure: from its record and the general rules alone, the asked part first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.answer.blocks import (
    Block,
    Choices,
    Field,
    Fields,
    Lead,
    Note,
    Option,
    SourceLine,
    Title,
    Verdict,
)
from bot.answer.draft import Draft, RecordSource
from bot.question import rules
from bot.question.aspects import Aspect
from bot.question.question import Ask
from bot.question.subject import Subject
from bot.sources.procedures.choosing import Choice
from bot.sources.procedures.view import FieldView, ProcedureView, card, takes_by_rule, view
from knowledge.places.models import Commune, PlaceResolution
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.models import FieldName, Procedure, Rule
from knowledge.text import fold
from prompts.text import Text, joined
from prompts.wording import Wording
from retrieval.procedures import content_tokens
from retrieval.query import SearchQuery

MAX_PAPERS = 8
MAX_SUGGESTIONS = 4
_FIELD_OF: dict[Aspect, FieldName] = {
    "fee": "fee",
    "time": "time_limit",
    "papers": "papers",
    "where": "where",
    "online": "where",
    "boundary": "boundary",
    "before": "decided_before",
    "decides": "decided_by",
    "basis": "legal_basis",
    "notes": "notes",
}
_SUMMARY: tuple[FieldName, ...] = ("decided_by", "where", "time_limit", "fee", "papers", "notes")
_ASKS: tuple[tuple[Aspect, FieldName], ...] = (
    ("where", "where"),
    ("papers", "papers"),
    ("time", "time_limit"),
    ("fee", "fee"),
)

PlaceRecord = Callable[[PlaceResolution], RecordSource | None]


class ProcedureDrafts:
    """Composes answers about procedures; safe to use from many threads."""

    def __init__(self, catalogue: Catalogue, say: Wording, place_source: PlaceRecord) -> None:
        """Take the records, the wording, and how to cite a place."""
        self._catalogue, self._say, self._place_source = catalogue, say, place_source

    def draft(self, chosen: Choice, ask: Ask) -> Draft:
        """What a choice says to an ask."""
        if chosen.missing_code:
            text = self._say.text("procedures.no_code", code=chosen.missing_code)
            return Draft("no_evidence").add(Verdict(text))
        if chosen.options:
            return self._clarify(chosen.options)
        if chosen.rule:
            return self._rule(chosen.rule)
        if chosen.procedure is None:
            raise ValueError("an empty choice")
        draft = self._procedure(chosen.procedure, ask, chosen.near)
        draft.subject = Subject("procedure", chosen.procedure.name)
        for other in chosen.others:
            draft.add(Note(self._say.text("procedures.answer.other", name=other.name)))
            draft.suggestions.insert(0, self._ask("plain", other))
        return draft

    def _clarify(self, options: Sequence[Procedure]) -> Draft:
        shown = tuple(Option(p.name, self._ask("plain", p)) for p in options)
        which = Verdict(self._say.text("procedures.clarify"))
        draft = Draft("needs_clarification").add(which, Choices(shown))
        draft.suggestions = [option.asks for option in shown]
        return draft

    def _rule(self, rule: Rule) -> Draft:
        draft = Draft()
        draft.add(Lead(Text.of(rule.text, " ", draft.cite(_rule_source(rule)))))
        draft.suggestions = [
            self._ask("where", p)
            for i in ("khai-sinh", "ho-kinh-doanh", "so-do-lan-dau")
            if (p := self._catalogue.get(i))
        ]
        return draft

    def _procedure(
        self,
        procedure: Procedure,
        ask: Ask,
        near: Sequence[Procedure] = (),
    ) -> Draft:
        shown, place, query = view(procedure, self._say), ask.place, ask.query
        placed = self._placed(procedure, place)
        draft = Draft("no_evidence" if procedure.memory else "answered")
        draft.cards.append(card(procedure, self._say, placed))
        draft.add(self._title(shown))
        if procedure.memory:
            draft.add(Verdict(self._say.text("procedures.answer.memory")))
            return draft
        wanted = ask.aspects
        asked = list(dict.fromkeys(_FIELD_OF[a] for a in wanted if a != "validity"))
        if procedure.level == "rule":  # the rule itself is what was asked, whatever the words
            told = (n for n in asked if n != "decided_by" and shown.fields[n].values)
            asked = ["decided_by", *told]
        if "decided_before" in asked:  # never without who decides now
            asked = list(dict.fromkeys(["decided_by", *asked]))
        if place is not None and placed and "where" not in asked:
            asked.append("where")
        if "notes" in asked and not _told_by(shown.fields["notes"], query, procedure):
            asked.remove("notes")
            if procedure.level != "rule":
                draft.add(Note(self._say.text("procedures.not_told")))
        if "validity" in wanted and procedure.level != "rule":
            draft.add(Note(self._say.text("procedures.validity")))
        for name in asked:
            self._field(draft, procedure, shown, name)
        self._place(draft, procedure, placed, self._place_source(place) if place else None)
        self._which_place(draft, place)
        self._of_the_paper(draft, procedure, near)
        self._summary(draft, procedure, shown, asked)
        draft.add(self._closing(shown))
        self._suggest(draft, procedure, shown, asked, near)
        return draft

    def _title(self, shown: ProcedureView) -> Title:
        if not shown.codes:
            return Title(self._say.text("procedures.answer.title", name=shown.name))
        code = ", ".join(shown.codes)
        return Title(self._say.text("procedures.answer.title_code", name=shown.name, code=code))

    def _field(
        self, draft: Draft, procedure: Procedure, shown: ProcedureView, name: FieldName
    ) -> None:
        """One asked field, whole."""
        field = shown.fields[name]
        if name == "boundary":
            self._boundary(draft, procedure, shown)
        elif not field.values:
            draft.add(self._nothing(field))
        elif name == "where":
            draft.add(Field(field.label, self._ways(draft, procedure, shown), listed=True))
            draft.add(*_notes(field))
        elif name in ("papers", "legal_basis"):
            marker = draft.cite(_source(procedure, field))
            values = tuple(Text.of(value, " ", marker) for value in field.values)
            draft.add(Field(field.label, values, listed=True), *_notes(field))
        else:
            draft.add(*self._told(draft, procedure, field))

    def _told(self, draft: Draft, procedure: Procedure, field: FieldView) -> list[Block]:
        marker = draft.cite(_source(procedure, field))
        return [Field(field.label, (Text.of(field.text, " ", marker),)), *_notes(field)]

    def _nothing(self, field: FieldView) -> Field:
        if field.certainty == "unverified":
            return Field(field.label, (self._doubt,))
        return Field(field.label, (self._say.text("procedures.nothing"),))

    @property
    def _doubt(self) -> Text:
        return Text.of(self._say("procedures.unverified"), ".")

    def _boundary(self, draft: Draft, procedure: Procedure, shown: ProcedureView) -> None:
        field = shown.fields["boundary"]
        if field.values:
            draft.add(*self._told(draft, procedure, field))
        elif field.certainty == "unverified" or not takes_by_rule(procedure):
            draft.add(self._nothing(field))
        if takes_by_rule(procedure):
            rule = draft.cite(_rule_source(self._catalogue.rule("khong-phu-thuoc-dia-gioi")))
            draft.add(Note(self._say.text("procedures.answer.any_commune", marker=rule)))

    def _ways(self, draft: Draft, procedure: Procedure, shown: ProcedureView) -> tuple[Text, ...]:
        lines = []
        for way in shown.ways:
            source = (
                _rule_source(self._catalogue.rule("ba-cach-nop"))
                if way.general
                else _source(procedure, shown.fields["where"])
            )
            marker = draft.cite(source)
            lines.append(Text.of(f"{way.label}: {way.text} ", marker))
        if procedure.in_person:
            only = self._say.text("procedures.answer.only_desk")
            lines[-1] = Text.of(lines[-1], ". ", only)
        return tuple(lines)

    def _summary(
        self, draft: Draft, procedure: Procedure, shown: ProcedureView, asked: Sequence[FieldName]
    ) -> None:
        """The other main fields, a line each."""
        lines = []
        for name in _SUMMARY:
            field = shown.fields[name]
            if name in asked or field.certainty == "nothing":
                continue
            if not field.values and name == "notes":
                continue
            if not field.values:
                lines.append(Field(field.label, (self._doubt,)))
                continue
            marker = draft.cite(_source(procedure, field))
            value = Text.of(self._short(shown, field), " ", marker)
            before = self._before(draft, procedure, shown, name, asked)
            lines.append(Field(field.label, (Text.of(value, before, _note(field)),)))
        if lines:
            draft.add(Fields(tuple(lines)))

    def _short(self, shown: ProcedureView, field: FieldView) -> str:
        if field.name == "where":
            return "; ".join(f"{w.label.lower()}: {w.text}" for w in shown.ways if not w.general)
        if field.name == "papers":
            more = len(field.values) - MAX_PAPERS
            return "; ".join(field.values[:MAX_PAPERS]) + ("; …" if more > 0 else "")
        return field.text

    def _before(
        self,
        draft: Draft,
        procedure: Procedure,
        shown: ProcedureView,
        name: FieldName,
        asked: Sequence[FieldName],
    ) -> Text:
        before = shown.fields["decided_before"]
        if name != "decided_by" or not before.values or "decided_before" in asked:
            return Text()
        marker = draft.cite(_source(procedure, before))
        told = self._say.text("procedures.answer.before", before=before.text, marker=marker)
        return Text.of(" ", told)

    def _of_the_paper(self, draft: Draft, procedure: Procedure, near: Sequence[Procedure]) -> None:
        """What the record of the paper named says about the merger, beside the general rule."""
        if procedure.level != "rule":
            return
        for other in near:
            notes = view(other, self._say).fields["notes"]
            said = [v for v in notes.values if "sáp nhập" in v]
            if said and other.id != procedure.id:
                marker = draft.cite(_source(other, notes))
                values = {"name": other.name, "text": said[0]}
                draft.add(
                    Note(self._say.text("procedures.answer.of_paper", **values, marker=marker))
                )
                return

    def _closing(self, shown: ProcedureView) -> SourceLine:
        dated = self._say.text("procedures.answer.date", sources=shown.sources_text)
        return SourceLine(joined([dated, *map(Text.of, shown.warnings)], " "))

    # Places

    def _placed(self, procedure: Procedure, place: PlaceResolution | None) -> dict[str, Any] | None:
        if place is None or place.status not in ("resolved", "current", "candidates"):
            return None
        units = [u for u in place.new if isinstance(u, Commune)]
        if not units:
            return None
        return {
            "status": place.status,
            "units": [
                {
                    "name": u.name,
                    "province": u.province.name,
                    "code": u.code,
                    "desk": self._desk(procedure, u),
                }
                for u in units
            ],
        }

    def _desk(self, procedure: Procedure, unit: Commune) -> str | None:
        if procedure.desk not in ("one_stop", "police", "military") or procedure.memory:
            return None
        return self._say(f"procedures.place.desk_{procedure.desk}", unit=unit.name)

    def _place(
        self,
        draft: Draft,
        procedure: Procedure,
        placed: dict[str, Any] | None,
        source: RecordSource | None,
    ) -> None:
        if not placed or source is None:
            return
        units = placed["units"]
        now = draft.cite(source)
        if len(units) > 1:
            names = (
                self._say.text("procedures.place.unit", name=u["name"], province=u["province"])
                for u in units
            )
            many = self._say.text("procedures.place.many", units=joined(names, "; "), now=now)
            draft.add(Note(many))
            return
        unit = units[0]
        values = {"unit": unit["name"], "province": unit["province"], "now": now}
        if not unit["desk"]:
            draft.add(Note(self._say.text("procedures.place.one_none", **values)))
            return
        field = view(procedure, self._say).fields["where"]
        marker = draft.cite(_source(procedure, field))
        values |= {"desk": unit["desk"], "marker": marker}
        draft.add(Note(self._say.text("procedures.place.one", **values)))
        if procedure.desk == "one_stop" and unit["province"].startswith("Thành phố"):
            rule = draft.cite(_rule_source(self._catalogue.rule("thanh-pho-mot-trung-tam")))
            draft.add(Note(self._say.text("procedures.place.city", marker=rule)))

    def _which_place(self, draft: Draft, place: PlaceResolution | None) -> None:
        """A name that stands in several places, or nowhere, is told and not guessed."""
        if place is None or place.level == "province":
            return
        if place.how == "slip":
            unit = place.old or place.new[0]
            names = {"matched": place.matched, "name": unit.address}
            draft.add(Note(self._say.text("procedures.place.slip", **names)))
        if place.status == "ambiguous":
            count = len(place.options)
            draft.add(
                Note(
                    self._say.text("procedures.place.ambiguous", matched=place.matched, count=count)
                )
            )
        elif place.status == "unknown" and place.matched.istitle():
            draft.add(Note(self._say.text("procedures.place.unknown", matched=place.matched)))

    # Ways on

    def _suggest(
        self,
        draft: Draft,
        procedure: Procedure,
        shown: ProcedureView,
        asked: Sequence[FieldName],
        near: Sequence[Procedure],
    ) -> None:
        if procedure.level == "rule":
            own = [p for p in near if p.origin == "own" and p.level != "rule" and not p.memory]
            draft.suggestions = [self._ask("where", p) for p in own[:MAX_SUGGESTIONS]]
            return
        for aspect, name in _ASKS:
            if name not in asked and shown.fields[name].values:
                draft.suggestions.append(self._ask(aspect, procedure))
        if "boundary" not in asked and takes_by_rule(procedure):
            draft.suggestions.append(self._ask("boundary", procedure))
        del draft.suggestions[MAX_SUGGESTIONS:]

    def _ask(self, aspect: str, procedure: Procedure) -> str:
        name = procedure.aliases[0] if procedure.aliases else procedure.name
        return self._say(f"procedures.ask.{aspect}", name=name[:1].upper() + name[1:])


def _told_by(notes: FieldView, query: SearchQuery, procedure: Procedure) -> bool:
    """Whether the notes may hold the amount, age, condition or exception that is asked."""
    if rules.search("procedures.how_much", query.folded) and any(c.isdigit() for c in notes.text):
        return True
    named = content_tokens(fold(" ".join((procedure.name, *procedure.aliases))))
    asked = set(content_tokens(query.folded)).difference(named)
    return bool(asked.intersection(content_tokens(fold(notes.text))))


def _note(field: FieldView) -> str:
    return f" {field.note}" if field.note else ""


def _notes(field: FieldView) -> list[Note]:
    return [Note(Text.of(field.note))] if field.note else []


def _source(procedure: Procedure, field: FieldView) -> RecordSource:
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


def _rule_source(rule: Rule) -> RecordSource:
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
