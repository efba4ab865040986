"""Our own facts about places: what the provinces were made of, and what changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.places.errors import PlaceDataError
from knowledge.yaml_files import read_yaml

FOLDER = Path(__file__).parent
OVERLAY_FILE = FOLDER / "overlay.yaml"
PROVINCES_FILE = FOLDER / "provinces.yaml"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProvinceFacts(_Record):
    """One province on 1 July 2025."""

    name: str
    kind: str
    merged_from: list[str] = []
    seat: str | None = None
    resolution: str
    communes: dict[str, int]


class Change(_Record):
    """What changed in one province on one day."""

    date: date
    province: str
    kind: str | None = None
    communes: dict[str, str] = {}  # code -> new name


class OtherNames(_Record):
    """Further names of a province, as keys."""

    names: list[str]
    short: list[str] = []


class RenamedCommune(NamedTuple):
    """The name a commune took, and when."""

    name: str
    since: str


class Overlay(_Record):
    """What we know beyond the installed data, and the general dates of the reform."""

    as_of: date
    since: date
    merger_resolution: str
    law: str
    law_date: date
    papers_resolution: str
    papers_article: str
    districts_before: int
    changes: list[Change]
    codes: dict[str, str]
    province_aliases: dict[str, OtherNames]
    old_province_aliases: dict[str, OtherNames]

    def province_change(self, code: str) -> Change | None:
        """The last change of a province's kind."""
        return next((c for c in reversed(self.changes) if c.province == code and c.kind), None)

    def renamed(self) -> dict[str, RenamedCommune]:
        """The last change of each commune's name, by code."""
        return {
            code: RenamedCommune(name, change.date.isoformat())
            for change in self.changes
            for code, name in change.communes.items()
        }


def load_overlay(path: Path = OVERLAY_FILE) -> Overlay:
    """Read and check the overlay.

    Raises:
        PlaceDataError: names the file and the field.
    """
    return _validated(path, _read(path))


def load_facts(path: Path = PROVINCES_FILE) -> dict[str, ProvinceFacts]:
    """Read and check the facts of the provinces, by code.

    Raises:
        PlaceDataError: names the file and the field.
    """
    data = _read(path)
    try:
        return {k: ProvinceFacts.model_validate(v) for k, v in data["provinces"].items()}
    except (ValidationError, KeyError, AttributeError) as error:
        raise _refusal(path, error) from error


def _validated(path: Path, data: Any) -> Overlay:
    try:
        return Overlay.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, error) from error


def _read(path: Path) -> Any:
    try:
        return read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise PlaceDataError(path.name, f"không đọc được ({error})", "Sửa tệp này") from error


def _refusal(path: Path, error: Exception) -> PlaceDataError:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return PlaceDataError(path.name, f"trường {where!r}: {first['msg']}", "Sửa trường này")
    return PlaceDataError(path.name, f"thiếu {error}", "Sửa tệp này")
