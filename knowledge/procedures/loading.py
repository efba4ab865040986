"""Procedure records and general rules from YAML, validated with the file and field named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    ValidationError,
)

from knowledge.procedures.errors import ProcedureError
from knowledge.procedures.models import (
    FIELDS,
    WAYS,
    Case,
    Check,
    Code,
    Desk,
    Group,
    Level,
    Part,
    Procedure,
    Rule,
    Scope,
    Way,
)
from knowledge.text import clean, fold
from knowledge.yaml_files import read_yaml

BUNDLED_PROCEDURES = Path(__file__).parent / "records"
RULES_FILE = Path(__file__).parent / "rules.yaml"
GROUPS_FILE = Path(__file__).parent / "groups.yaml"
WORDS_FILE = Path(__file__).parent / "words.yaml"
_MARKS = re.compile(r"\((?:[^()]*[–,-] ?)?[FMNQTV]\)|\bcổng ghi\b.*\bF\b")
_MONEY = re.compile(r"\d[\d.,]* ?(?:đ\b|đồng|nghìn|triệu|%)")
_SET_BY_PROVINCE = re.compile(r"hoi dong nhan dan|hdnd")


def _no_mark(value: str) -> str:
    """Refuse what the collectors' notes left behind: such marks never reach a user."""
    if _MARKS.search(value):
        raise ValueError(f"{value!r} còn dấu ghi chú nguồn như (F), (M)")
    return clean(value)


def _month(value: str) -> str:
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", value)
    if not match:
        raise ValueError(f"{value!r} không phải tháng dạng 2026-06")
    return value


Line = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_no_mark)]
Month = Annotated[str, AfterValidator(_month)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, strict=True)


class _Unverified(_Strict):
    unverified: Line


class _Confirm(_Strict):
    confirm: Line


_RawPart = Line | _Unverified | _Confirm
_Parts = Annotated[list[_RawPart], Field(min_length=1)]


class _Boundary(_Strict):
    scope: Scope
    text: _Parts | None = None


class _Checked(_Strict):
    source: Line
    as_of: Month


class RawProcedure(_Strict):
    """The keys of a record file; unknown ones are refused."""

    name: Line
    field: Line
    level: Level
    desk: Desk
    memory: bool = False
    in_person: bool = False
    own_desk: bool = False
    codes: list[Line | _Unverified]
    aliases: Annotated[list[Line], Field(min_length=3)]
    signs: list[Line] = []
    decided_by: _Parts
    decided_before: _Parts | None = None
    where: dict[Way, _Parts]
    boundary: _Boundary
    time_limit: _Parts | None = None
    fee: _Parts | None = None
    papers: _Parts | None = None
    steps: _Parts | None = None
    legal_basis: _Parts | None = None
    notes: _Parts | None = None
    covers: Annotated[list[Case], Field(min_length=1)]
    neighbours: dict[Case, Line] = {}
    checked: Annotated[list[_Checked], Field(min_length=1)]


class _RawRule(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Line
    text: Annotated[str, Field(min_length=1, max_length=1_000)]
    legal_basis: Line
    questions: list[Line]


class _RawRules(_Strict):
    as_of: Month
    rules: Annotated[list[_RawRule], Field(min_length=1)]


class _RawGroup(_Strict):
    words: Annotated[list[Line], Field(min_length=1)]
    members: Annotated[list[Line], Field(min_length=2)]


class _RawWords(RootModel[list[Annotated[list[Line], Field(min_length=2)]]]):
    """Lists of words."""


class _RawGroups(RootModel[list[_RawGroup]]):
    pass


def load_procedures(folder: Path = BUNDLED_PROCEDURES) -> tuple[Procedure, ...]:
    """The records that ship with the product, by id.

    Raises:
        ProcedureError: a record does not fit the schema, or two share a name, code or alias.
    """
    procedures = [load_procedure(path) for path in sorted(folder.glob("*.yaml"))]
    _refuse_twins(procedures)
    return tuple(procedures)


def load_procedure(path: Path) -> Procedure:
    """One record; its id is the file's stem.

    Raises:
        ProcedureError: names the file and the field.
    """
    raw = validated(RawProcedure, path)
    procedure = Procedure(
        id=path.stem,
        name=raw.name,
        field=raw.field,
        aliases=tuple(raw.aliases),
        codes=tuple(
            Code(c.unverified, "unverified") if isinstance(c, _Unverified) else Code(c)
            for c in raw.codes
        ),
        level=raw.level,
        desk=raw.desk,
        scope=raw.boundary.scope,
        decided_by=_parts(raw.decided_by),
        decided_before=_parts(raw.decided_before),
        ways=tuple((way, _parts(raw.where[way])) for way in WAYS if way in raw.where),
        boundary=_parts(raw.boundary.text),
        time_limit=_parts(raw.time_limit),
        fee=_parts(raw.fee),
        papers=_parts(raw.papers),
        legal_basis=_parts(raw.legal_basis),
        notes=_parts(raw.notes),
        checked=tuple(Check(c.source, c.as_of) for c in raw.checked),
        signs=tuple(raw.signs),
        in_person=raw.in_person,
        own_desk=raw.own_desk,
        memory=raw.memory,
        steps=_parts(raw.steps),
        cases=tuple(raw.covers),
        neighbours=tuple(raw.neighbours.items()),
    )
    _refuse_unsafe(path.name, procedure)
    return procedure


def load_rules(path: Path = RULES_FILE) -> tuple[Rule, ...]:
    """The general rules on filing.

    Raises:
        ProcedureError: names the file and the field.
    """
    raw = validated(_RawRules, path)
    return tuple(
        Rule(r.id, r.title, clean(r.text), r.legal_basis, raw.as_of, tuple(r.questions))
        for r in raw.rules
    )


def load_groups(path: Path = GROUPS_FILE) -> tuple[Group, ...]:
    """Words that alone fit several procedures.

    Raises:
        ProcedureError: names the file and the field.
    """
    raw = validated(_RawGroups, path)
    return tuple(Group(tuple(g.words), tuple(g.members)) for g in raw.root)


def load_words(path: Path = WORDS_FILE) -> tuple[tuple[str, ...], ...]:
    """Words of one meaning, a tuple a meaning; the field's own word first.

    Raises:
        ProcedureError: names the file and the line.
    """
    raw = validated(_RawWords, path)
    return tuple(tuple(words) for words in raw.root)


def set_by_province(text: str) -> bool:
    """Whether a fee is one that each province's council sets: no number is given for it."""
    return bool(_SET_BY_PROVINCE.search(fold(text)))


def _parts(raw: Sequence[str | _Unverified | _Confirm] | None) -> tuple[Part, ...]:
    made = []
    for item in raw or ():
        if isinstance(item, _Unverified):
            made.append(Part(item.unverified, "unverified"))
        elif isinstance(item, _Confirm):
            made.append(Part(item.confirm, "verified", confirm=True))
        else:
            made.append(Part(item, "verified"))
    return tuple(made)


_Model = TypeVar("_Model", bound=BaseModel)


def validated(model: type[_Model], path: Path) -> _Model:
    """A YAML file in its schema.

    Raises:
        ProcedureError: names the file and the field.
    """
    try:
        values: Any = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())[:160]
        raise ProcedureError(path.name, "tệp", problem, "Sửa tệp YAML này") from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "tệp"
        problem = f"giá trị {str(first.get('input'))[:80]!r}: {first['msg']}"
        raise ProcedureError(path.name, where, problem, "Sửa giá trị này") from error


def _refuse_unsafe(source: str, procedure: Procedure) -> None:
    for part in procedure.shown("fee"):
        if set_by_province(part.text) and _MONEY.search(part.text):
            raise ProcedureError(
                source, "fee", f"{part.text!r} nêu số cho khoản HĐND tỉnh quyết định", "Bỏ con số"
            )
    if procedure.memory:
        for name in FIELDS:
            if procedure.shown(name):
                raise ProcedureError(
                    source, name, "bản ghi chưa kiểm chứng mà có giá trị không ghi unverified",
                    "Ghi 'unverified:' trước giá trị",
                )  # fmt: skip


def _refuse_twins(procedures: Iterable[Procedure]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for procedure in procedures:
        keys = [("name", fold(procedure.name)), *(("codes", c.text) for c in procedure.codes)]
        keys += [("aliases", clean(alias).lower()) for alias in procedure.aliases]
        for key in keys:
            other = seen.setdefault(key, procedure.id)
            if other != procedure.id or keys.count(key) > 1:
                raise ProcedureError(
                    f"{procedure.id}.yaml", key[0], f"{key[1]!r} đã có ở {other!r}", "Bỏ một chỗ"
                )
