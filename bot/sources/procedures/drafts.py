"""What is said of a procedure: from its record and the general rules alone, the asked part first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.answer.draft import Draft, RecordSource
from bot.answer.subject import Subject
from bot.question import rules
from bot.question.aspects import Aspect
from bot.question.question import Ask
from bot.sources.procedures.choosing import Choice
from bot.sources.procedures.view import FieldView, ProcedureView, card, takes_by_rule, view
from knowledge.places.models import Commune, PlaceResolution
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.models import FieldName, Procedure, Rule
from knowledge.text import fold
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
        """Take the records, the wording of prompts/procedures.vi.yaml, and how to cite a place."""
        self._catalogue, self._say, self._place_source = catalogue, say, place_source

    def draft(self, chosen: Choice, ask: Ask) -> Draft:
        """What a choice says to an ask."""
        if chosen.missing_code:
            text = self._say("no_code", code=chosen.missing_code)
            return Draft("no_evidence").add(text)
        if chosen.options:
            return self._clarify(chosen.options)
        if chosen.rule:
            return self._rule(chosen.rule)
        if chosen.procedure is None:
            raise ValueError("an empty choice")
        draft = self._procedure(chosen.procedure, ask, chosen.near)
        draft.subject = Subject("procedure", chosen.procedure.name)
        for other in chosen.others:
            draft.add(self._say("answer.other", name=other.name))
            draft.suggestions.insert(0, self._ask("plain", other))
        return draft

    def _clarify(self, options: Sequence[Procedure]) -> Draft:
        lines = [self._say("clarify_item", name=p.name) for p in options]
        draft = Draft("needs_clarification").add(self._say("clarify"), "\n".join(lines))
        draft.suggestions = [self._ask("plain", p) for p in options]
        return draft

    def _rule(self, rule: Rule) -> Draft:
        draft = Draft()
        marker = draft.cite(_rule_source(rule))
        draft.add(self._say("answer.rule", text=rule.text, marker=marker))
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
            draft.add(self._say("answer.memory"))
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
                draft.add(self._say("not_told"))
        if "validity" in wanted and procedure.level != "rule":
            draft.add(self._say("validity"))
        for name in asked:
            self._field(draft, procedure, shown, name)
        self._place(draft, procedure, placed, self._place_source(place) if place else None)
        self._which_place(draft, place)
        self._of_the_paper(draft, procedure, near)
        self._summary(draft, procedure, shown, asked)
        draft.add(self._closing(shown))
        self._suggest(draft, procedure, shown, asked, near)
        return draft

    def _title(self, shown: ProcedureView) -> str:
        if shown.codes:
            return self._say("answer.title_code", name=shown.name, code=", ".join(shown.codes))
        return self._say("answer.title", name=shown.name)

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
            draft.add(f"**{field.label}:**", self._ways(draft, procedure, shown), field.note)
        elif name in ("papers", "legal_basis"):
            marker = draft.cite(_source(procedure, field))
            lines = [
                self._say("answer.paper", value=value, marker=marker) for value in field.values
            ]
            draft.add(f"**{field.label}:**", "\n".join(lines), field.note)
        else:
            marker = draft.cite(_source(procedure, field))
            draft.add(
                self._say("answer.field", label=field.label, value=field.text, marker=marker),
                field.note,
            )

    def _nothing(self, field: FieldView) -> str:
        word = self._say("unverified") if field.certainty == "unverified" else ""
        if not word:
            return f"**{field.label}:** {self._say('nothing')}"
        return self._say("answer.doubt", label=field.label, unverified=word)

    def _boundary(self, draft: Draft, procedure: Procedure, shown: ProcedureView) -> None:
        field = shown.fields["boundary"]
        if field.values:
            marker = draft.cite(_source(procedure, field))
            draft.add(
                self._say("answer.field", label=field.label, value=field.text, marker=marker),
                field.note,
            )
        elif field.certainty == "unverified" or not takes_by_rule(procedure):
            draft.add(self._nothing(field))
        if takes_by_rule(procedure):
            rule = draft.cite(_rule_source(self._catalogue.rule("khong-phu-thuoc-dia-gioi")))
            draft.add(self._say("answer.any_commune", marker=rule))

    def _ways(self, draft: Draft, procedure: Procedure, shown: ProcedureView) -> str:
        lines = []
        for way in shown.ways:
            source = (
                _rule_source(self._catalogue.rule("ba-cach-nop"))
                if way.general
                else _source(procedure, shown.fields["where"])
            )
            lines.append(
                self._say("answer.way", way=way.label, value=way.text, marker=draft.cite(source))
            )
        if procedure.in_person:
            lines[-1] += f". {self._say('answer.only_desk')}"
        return "\n".join(lines)

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
                lines.append(
                    self._say(
                        "answer.item_doubt", label=field.label, unverified=self._say("unverified")
                    )
                )
                continue
            marker = draft.cite(_source(procedure, field))
            value = self._short(shown, field)
            line = self._say("answer.item", label=field.label, value=value, marker=marker)
            lines.append(line + self._before(draft, procedure, shown, name, asked) + _note(field))
        draft.add("\n".join(lines))

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
    ) -> str:
        before = shown.fields["decided_before"]
        if name != "decided_by" or not before.values or "decided_before" in asked:
            return ""
        marker = draft.cite(_source(procedure, before))
        return " " + self._say("answer.before", before=before.text, marker=marker)

    def _of_the_paper(self, draft: Draft, procedure: Procedure, near: Sequence[Procedure]) -> None:
        """What the record of the paper named says about the merger, beside the general rule."""
        if procedure.level != "rule":
            return
        for other in near:
            notes = view(other, self._say).fields["notes"]
            said = [v for v in notes.values if "sáp nhập" in v]
            if said and other.id != procedure.id:
                marker = draft.cite(_source(other, notes))
                draft.add(
                    self._say("answer.of_paper", name=other.name, text=said[0], marker=marker)
                )
                return

    def _closing(self, shown: ProcedureView) -> str:
        sources = "; ".join(
            self._say("answer.date_item", source=source, date=month)
            for source, month in shown.sources
        )
        return " ".join([self._say("answer.date", sources=sources), *shown.warnings])

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
        return self._say(f"place.desk_{procedure.desk}", unit=unit.name)

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
            names = "; ".join(f"**{u['name']}** ({u['province']})" for u in units)
            draft.add(self._say("place.many", units=names, now=now))
            return
        unit = units[0]
        values = {"unit": unit["name"], "province": unit["province"], "now": now}
        if not unit["desk"]:
            draft.add(self._say("place.one_none", **values))
            return
        field = view(procedure, self._say).fields["where"]
        marker = draft.cite(_source(procedure, field))
        draft.add(self._say("place.one", **values, desk=unit["desk"], marker=marker))
        if procedure.desk == "one_stop" and unit["province"].startswith("Thành phố"):
            rule = draft.cite(_rule_source(self._catalogue.rule("thanh-pho-mot-trung-tam")))
            draft.add(self._say("place.city", marker=rule))

    def _which_place(self, draft: Draft, place: PlaceResolution | None) -> None:
        """A name that stands in several places, or nowhere, is told and not guessed."""
        if place is None or place.level == "province":
            return
        if place.how == "slip":
            unit = place.old or place.new[0]
            draft.add(self._say("place.slip", matched=place.matched, name=unit.address))
        if place.status == "ambiguous":
            values = {"matched": place.matched, "count": len(place.options)}
            draft.add(self._say("place.ambiguous", **values))
        elif place.status == "unknown" and place.matched.istitle():
            draft.add(self._say("place.unknown", matched=place.matched))

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
        return self._say(f"ask.{aspect}", name=name[:1].upper() + name[1:])


def _told_by(notes: FieldView, query: SearchQuery, procedure: Procedure) -> bool:
    """Whether the notes may hold the amount, age, condition or exception that is asked."""
    if rules.search("procedures.how_much", query.folded) and any(c.isdigit() for c in notes.text):
        return True
    named = content_tokens(fold(" ".join((procedure.name, *procedure.aliases))))
    asked = set(content_tokens(query.folded)).difference(named)
    return bool(asked.intersection(content_tokens(fold(notes.text))))


def _note(field: FieldView) -> str:
    return f" {field.note}" if field.note else ""


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
