"""A procedure as a record: typed fields, and how sure we are of every part of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Certainty = Literal["verified", "reported", "unverified"]
"""verified: found in published material. reported: as an import has it, not checked by us.
unverified: only remembered; kept so that somebody checks it, never shown to a user."""

FieldName = Literal[
    "decided_by",
    "decided_before",
    "where",
    "boundary",
    "time_limit",
    "fee",
    "papers",
    "steps",
    "legal_basis",
    "notes",
]
Case = Literal[
    "first",
    "again",
    "lost",
    "damaged",
    "wrong",
    "renew",
    "change",
    "foreign",
    "child",
    "relative",
    "border",
    "mobile",
    "cancel",
    "pause",
    "notify",
    "confirm",
    "copy",
    "move",
    "transfer",
    "split",
]
"""What somebody's matter may be of a paper or an entry; see `cases.yaml` for the words of each.

first: not had yet. again: had once, made anew. lost, damaged, wrong: what became of the paper.
renew: run out. change: something in it changed. foreign: of or with a foreigner, or abroad.
child: for a child. relative: by or for somebody of the family, or for another person. border: along
the border. mobile: the office comes to the home. cancel: ended, struck off, given back. pause: for
a while. notify: told to the office, which gives nothing out. confirm: attested as it is. copy: of
what is kept. move: to another place. transfer: to another owner. split: a part goes its own way."""
Way = Literal["desk", "post", "online", "other"]
Level = Literal[
    "commune",
    "province",
    "ministry",
    "police_commune",
    "police_province",
    "military",
    "school",
    "tax",
    "insurance",
    "rule",
    "other",
]
Desk = Literal["one_stop", "police", "military", "insurance", "none"]
Scope = Literal["country", "province", "residence", "site", "any", "unknown"]
Origin = Literal["own", "portal"]

FIELDS: tuple[FieldName, ...] = get_args(FieldName)
WAYS: tuple[Way, ...] = get_args(Way)
CASES: tuple[Case, ...] = get_args(Case)
ANCHORS: dict[FieldName, str] = {
    "decided_by": "tham-quyen",
    "decided_before": "tham-quyen-truoc-day",
    "where": "noi-nop",
    "boundary": "dia-gioi",
    "time_limit": "thoi-han",
    "fee": "le-phi",
    "papers": "giay-to",
    "steps": "cac-buoc",
    "legal_basis": "can-cu",
    "notes": "luu-y",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a field."""

    text: str
    certainty: Certainty
    confirm: bool = False  # may have changed since: to be asked again before going
    as_of: str = ""  # month of its data, where it came from another source than the record

    @property
    def shown(self) -> bool:
        """Whether a user may see it."""
        return self.certainty != "unverified"


@dataclass(frozen=True, slots=True)
class Code:
    """A procedure's code on the national portal."""

    text: str
    certainty: Certainty = "verified"


@dataclass(frozen=True, slots=True)
class Check:
    """What a record was checked against, and the month of that data."""

    source: str
    as_of: str  # "2026-06"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One administrative procedure.

    A field that is an empty tuple has nothing to say; one whose parts are all unverified is said
    to be so. `flags` are warnings that an import found in its own data.
    """

    id: str
    name: str
    field: str  # lĩnh vực
    aliases: tuple[str, ...]
    codes: tuple[Code, ...]
    level: Level
    desk: Desk
    scope: Scope
    decided_by: tuple[Part, ...]
    decided_before: tuple[Part, ...]
    ways: tuple[tuple[Way, tuple[Part, ...]], ...]
    boundary: tuple[Part, ...]
    time_limit: tuple[Part, ...]
    fee: tuple[Part, ...]
    papers: tuple[Part, ...]
    legal_basis: tuple[Part, ...]
    notes: tuple[Part, ...]
    checked: tuple[Check, ...]
    signs: tuple[str, ...] = ()  # words that go with this record and not with those near it
    in_person: bool = False  # the record says that only a desk takes it
    own_desk: bool = False  # a certain desk takes it, whatever the general rule
    memory: bool = False  # nothing in it is verified
    origin: Origin = "own"
    flags: tuple[str, ...] = ()
    source_url: str | None = None
    steps: tuple[Part, ...] = ()
    cases: tuple[Case, ...] = ()  # which it covers
    neighbours: tuple[tuple[Case, str], ...] = ()  # id or code of who covers another case

    def parts(self, name: FieldName) -> tuple[Part, ...]:
        """All parts of a field, the unverified ones too."""
        if name == "where":
            return tuple(part for _, parts in self.ways for part in parts)
        found: tuple[Part, ...] = getattr(self, name)
        return found

    def shown(self, name: FieldName) -> tuple[Part, ...]:
        """The parts of a field that a user may see."""
        return tuple(part for part in self.parts(name) if part.shown)

    @property
    def verified(self) -> bool:
        """Whether anything in it was checked by us."""
        return any(p.certainty == "verified" for name in FIELDS for p in self.parts(name))

    def way(self, way: Way) -> tuple[Part, ...]:
        """What may be shown of one way to file."""
        return tuple(p for name, parts in self.ways if name == way for p in parts if p.shown)

    @property
    def shown_codes(self) -> tuple[str, ...]:
        """The verified codes."""
        return tuple(code.text for code in self.codes if code.certainty != "unverified")

    @property
    def as_of(self) -> str:
        """The month of the oldest data it was checked against."""
        return min(check.as_of for check in self.checked)

    @property
    def publisher(self) -> str:
        """Who published what it was checked against."""
        return "; ".join(check.source for check in self.checked)

    @property
    def url(self) -> str:
        """Its page."""
        return f"/thu-tuc/{self.id}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A general rule on filing, with the text it rests on."""

    id: str
    title: str
    text: str
    legal_basis: str
    as_of: str
    questions: tuple[str, ...]  # how people ask for it

    @property
    def url(self) -> str:
        """Its place on the page of rules."""
        return f"/thu-tuc/quy-dinh-chung#{self.id}"


@dataclass(frozen=True, slots=True)
class Group:
    """Words that fit several procedures: alone they do not say which is meant."""

    words: tuple[str, ...]
    members: tuple[str, ...]  # ids
