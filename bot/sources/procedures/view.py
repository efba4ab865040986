"""What a user may see of a procedure record: the one place where a record becomes text.

Every door (answer, card, page, API, command line) shows records through here, so that a part that
is not verified cannot be shown as a fact by any of them.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from knowledge.procedures.models import ANCHORS, FIELDS, FieldName, Part, Procedure
from prompts.sources import date_text
from prompts.wording import Wording

Shown = Literal["verified", "reported", "partly", "unverified", "nothing"]
# Decrees of June 2025 on delegated powers, as legal bases name them.
LAPSING = frozenset(
    f"{number}/2025"
    for number in (118, 120, 125, 129, 131, 136, 139, 140, 142, 143, 147, 148, 150, 151)
)
_NUMBER = re.compile(r"(?:Nghị định|,) (\d+/2025)")
_END = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as it may be shown."""

    name: FieldName
    label: str
    anchor: str
    values: tuple[str, ...]  # empty when nothing in it is verified
    certainty: Shown
    note: str  # what is not verified or may have changed; empty when all is well

    @property
    def text(self) -> str:
        """The values as the record has them, each ended by a mark when there are several."""
        if len(self.values) == 1:
            return self.values[0]
        mark = ";" if self.name in ("papers", "legal_basis", "where") else "."
        ended = [v if v.endswith(_END) else f"{v}{mark}" for v in self.values]
        return " ".join(ended).rstrip(";")


@dataclass(frozen=True, slots=True)
class WayView:
    """One way to file."""

    way: str
    label: str
    text: str
    general: bool  # from the general rule, not from the record


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """A whole record as it may be shown."""

    id: str
    name: str
    codes: tuple[str, ...]
    field: str
    url: str
    origin: str
    fields: dict[FieldName, FieldView]
    ways: tuple[WayView, ...]
    sources: tuple[tuple[str, str], ...]  # (publisher, "tháng 6/2026")
    as_of: str
    reported: str  # that an import has it and we did not check it; empty for a record of ours
    caveats: tuple[str, ...]  # what to know of the data
    lapse: str  # what ends on a day to come; empty where nothing does
    memory: bool
    by_rule: bool  # the general rule on one-stop centres holds for where it is filed

    @property
    def sources_text(self) -> str:
        """The sources with their months, in one line."""
        return "; ".join(f"{source}, {month}" for source, month in self.sources)

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be known beside the fields."""
        reported = (self.reported,) if self.reported else ()
        return (*reported, *self.caveats, *((self.lapse,) if self.lapse else ()))


def view(procedure: Procedure, say: Wording) -> ProcedureView:
    """The record without anything that may not be shown."""
    fields = {name: _field(procedure, name, say) for name in FIELDS}
    imported = procedure.origin == "portal"
    lapses = LAPSING & set(_NUMBER.findall(fields["legal_basis"].text))
    return ProcedureView(
        procedure.id,
        procedure.name,
        procedure.shown_codes,
        procedure.field,
        procedure.url,
        procedure.origin,
        fields,
        _ways(procedure, say),
        tuple((check.source, date_text(check.as_of)) for check in procedure.checked),
        procedure.as_of,
        say("procedures.answer.reported", date=date_text(procedure.as_of)) if imported else "",
        tuple(say(f"procedures.flag.{flag}") for flag in procedure.flags),
        say("procedures.answer.lapse") if lapses else "",
        procedure.memory,
        _takes_by_rule(procedure),
    )


def _takes_by_rule(procedure: Procedure) -> bool:
    """Whether the general rule on one-stop centres holds for where this is filed."""
    return procedure.desk == "one_stop" and not procedure.own_desk and procedure.origin == "own"


def card(shown: ProcedureView, place: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON object of a record, for answers, the API and the command line."""
    found: dict[str, Any] = {
        "kind": "procedure",
        "id": shown.id,
        "name": shown.name,
        "codes": list(shown.codes),
        "field": shown.field,
        "url": shown.url,
        "origin": shown.origin,
        "certainty": _overall(shown),
        "as_of": shown.as_of,
        "sources": [{"source": source, "as_of": month} for source, month in shown.sources],
    }
    for name, field in shown.fields.items():
        found[name] = {
            "label": field.label,
            "values": list(field.values),
            "certainty": field.certainty,
            "note": field.note,
            "url": f"{shown.url}#{field.anchor}",
        }
    found["ways"] = [asdict(way) for way in shown.ways]
    found["any_commune"] = {
        "in_province": True if shown.by_rule else None,
        "basis": "118/2025/NĐ-CP" if shown.by_rule else None,
    }
    found["warnings"] = list(shown.warnings)
    found["place"] = place
    return found


def _overall(shown: ProcedureView) -> Shown:
    kinds = {f.certainty for f in shown.fields.values()} - {"nothing"}
    if shown.memory or kinds <= {"unverified"}:
        return "unverified"
    if "reported" in kinds:
        return "reported"
    return "verified" if kinds == {"verified"} else "partly"


def _field(procedure: Procedure, name: FieldName, say: Wording) -> FieldView:
    parts = procedure.parts(name)
    kept = [part for part in parts if part.shown]
    label = say(f"procedures.label.{name}")
    if name == "decided_by" and procedure.level == "rule":
        label = say("procedures.label.rule")
    return FieldView(
        name,
        label,
        ANCHORS[name],
        tuple(part.text for part in kept),
        _certainty(parts),
        _note(procedure, parts, kept, say),
    )


def _certainty(parts: tuple[Part, ...]) -> Shown:
    kinds = {part.certainty for part in parts}
    if not kinds:
        return "nothing"
    if kinds == {"unverified"}:
        return "unverified"
    if "unverified" in kinds:
        return "partly"
    return "reported" if "reported" in kinds else "verified"


def _note(procedure: Procedure, parts: tuple[Part, ...], kept: list[Part], say: Wording) -> str:
    notes = []
    if parts and not kept:
        return say("procedures.unverified")
    reported = [part for part in kept if part.certainty == "reported"]
    if reported and procedure.origin == "own":  # of a portal record the whole is the portal's word
        dates = {part.as_of or procedure.as_of for part in reported}
        notes.append(say("procedures.reported", date=date_text(min(dates))))
    if any(part.text.startswith("Miễn phí") for part in reported):
        notes.append(say("procedures.free_unsure"))
    if len(kept) < len(parts):
        notes.append(say("procedures.partly"))
    if any(part.confirm for part in kept):
        notes.append(say("procedures.confirm", date=date_text(procedure.as_of)))
    return " ".join(notes)


def _ways(procedure: Procedure, say: Wording) -> tuple[WayView, ...]:
    shown = []
    # A record that names ways beside the desk names them all.
    by_rule = _takes_by_rule(procedure) and not (procedure.way("post") or procedure.way("online"))
    for way in ("desk", "post", "online", "other"):
        text = "; ".join(part.text for part in procedure.way(way))
        general = not text and way in ("post", "online") and by_rule
        if general and not procedure.in_person:
            text = say(f"procedures.answer.by_rule_{way}")
        if text:
            shown.append(WayView(way, say(f"procedures.way.{way}"), text, general))
    return tuple(shown)
