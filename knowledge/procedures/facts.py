"""Facts of procedures of the national portal that ship with the product (`portal.jsonl`).

They are the portal's word, checked by nobody here: every part is "reported". They hold no papers
and no steps; an import of the whole export brings those (`portal.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.procedures.bodies import (
    AUTHORITY_GONE,
    DISTRICT_LEVEL,
    NAMES_GONE_BODY,
    at_district,
    desk_of,
    gone_bodies,
    level_of,
    shown_name,
    standing,
    with_levels,
)
from knowledge.procedures.by_way import FILED, told_by_way
from knowledge.procedures.cases import CaseRules, load_case_rules
from knowledge.procedures.errors import ProcedureError
from knowledge.procedures.models import WAYS, Check, Code, Part, Procedure, Way
from knowledge.procedures.people import PeoplesWords, load_peoples_words

FACTS_FILE = Path(__file__).parent / "portal.jsonl"
PORTAL = "Cổng Dịch vụ công quốc gia"
FACTS_AS_OF = "2026-06"


class _FactWay(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    way: tuple[Way, ...]
    time: str = ""
    fee: str = ""


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    field: str
    level: tuple[Literal["Cấp bộ", "Cấp tỉnh", "Cấp xã", "Cơ quan khác"], ...]
    decided_by: str = ""
    receives: str = ""
    ways: tuple[_FactWay, ...] = ()
    legal_basis: tuple[str, ...] = ()
    decision: str = ""
    names_gone_body: bool = False


def load_facts(path: Path = FACTS_FILE) -> tuple[Procedure, ...]:
    """The portal's procedures that ship with the product, in the order of the file.

    Raises:
        ProcedureError: a line does not fit; it names the line and the field.
    """
    rules, words = load_case_rules(), load_peoples_words()
    lines = path.read_bytes().splitlines()
    return tuple(_record(_read(path, n, line), rules, words) for n, line in enumerate(lines, 1))


def _read(path: Path, number: int, line: bytes) -> _Facts:
    try:
        return _Facts.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "dòng"
        raise ProcedureError(
            f"{path.name}, dòng {number}", where, first["msg"], "Sửa dòng này"
        ) from error


def _record(facts: _Facts, rules: CaseRules, words: PeoplesWords) -> Procedure:
    levels = ", ".join(facts.level)
    decides, receives = standing(facts.decided_by), standing(facts.receives)
    ways = {way for row in facts.ways for way in row.way}
    basis = [*facts.legal_basis, *([f"Quyết định {facts.decision}"] if facts.decision else [])]
    return Procedure(
        id=facts.code,
        name=shown_name(facts.name),
        field=facts.field,
        aliases=words.aliases.get(facts.code, ()),
        codes=(Code(facts.code, "reported"),),
        level=level_of(levels, decides or receives),
        desk=desk_of(levels, receives),
        scope="unknown",
        decided_by=(*_hidden(facts.decided_by, decides), *_parts([with_levels(decides, levels)])),
        decided_before=(),
        ways=tuple((way, _way(way, receives, levels)) for way in WAYS if way in ways),
        boundary=(),
        time_limit=_parts(told_by_way((row.way, row.time) for row in facts.ways if row.time)),
        fee=_parts(told_by_way((row.way, row.fee) for row in facts.ways if row.fee)),
        papers=(),
        legal_basis=_parts(basis),
        notes=(),
        checked=(Check(PORTAL, FACTS_AS_OF),),
        origin="portal",
        flags=_flags(facts, decides),
        cases=words.covers.get(facts.code) or rules.cases(facts.name),
        neighbours=words.neighbours.get(facts.code, ()),
    )


def _parts(texts: list[str] | tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(Part(text, "reported") for text in texts if text)


def _hidden(written: str, decides: str) -> tuple[Part, ...]:
    """A body that ended, kept so that it is seen to be missing, but not shown."""
    gone = written and not decides and gone_bodies(written)
    return (Part(written, "unverified"),) if gone else ()


def _way(way: Way, receives: str, levels: str) -> tuple[Part, ...]:
    if way != "desk":
        return (Part(FILED[way], "reported"),)
    at_level = f"{levels.lower()} {FILED[way]}" if levels else FILED[way]
    return (Part(receives or at_level, "reported"),)


def _flags(facts: _Facts, decides: str) -> tuple[str, ...]:
    found = []
    if at_district(facts.name):
        found.append(DISTRICT_LEVEL)
    if facts.decided_by and not decides and gone_bodies(facts.decided_by):
        found.append(AUTHORITY_GONE)
    elif facts.names_gone_body:
        found.append(NAMES_GONE_BODY)
    return tuple(found)
