"""The units of the installed data package, with our facts on top.

Only its data files are read. Its code, which can ask an online geocoder and guesses where a unit
was split, is never imported.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.places.errors import PlaceDataError
from knowledge.places.models import Commune, Level, NewUnit, OldUnit, Province, distinct
from knowledge.places.spelling.keys import key_of
from knowledge.places.units.facts import Overlay, ProvinceFacts
from knowledge.text import collapse, new_tone_placement

PACKAGE = "vietnamadminunits"
COMMUNES_OF_2025 = 3_321
_MEND = "Cài lại thư viện dữ liệu: make run"
_TODAY = """
    SELECT province, provinceShort, provinceCode, provinceKey, ward, wardCode, wardKey
    FROM admin_units
"""
_BEFORE = """
    SELECT province, provinceCode, provinceKey, district, districtCode, districtKey, districtAlias,
        ward, wardCode, wardKey, wardAlias
    FROM admin_units_legacy
"""
_KIND_KEYS = {
    "thitran": "thị trấn",
    "thanhpho": "thành phố",
    "phuong": "phường",
    "dackhu": "đặc khu",
    "huyen": "huyện",
    "thixa": "thị xã",
    "quan": "quận",
    "tinh": "tỉnh",
    "xa": "xã",
}
_KINDS = frozenset(_KIND_KEYS.values())
_DISTRICT_PREFIXES = ("huyen", "thixa", "thanhpho")  # no name of a place begins with one
_SHORTHAND = re.compile(r"(?:p|f|q|ward|district|tx|tp|tt)\d*|(?:tx|tp|tt).+")


class Alias(NamedTuple):
    """An earlier name of a unit, which the data has as a key only."""

    unit: OldUnit
    level: Level
    kind: str  # "" where the data does not say
    key: str


class Name(NamedTuple):
    """A unit's name taken apart."""

    kind: str
    whole: str
    short: str


@dataclass(frozen=True, slots=True)
class Units:
    """All units, of today and of before."""

    provinces: Mapping[str, Province]  # by code
    communes: tuple[Commune, ...]
    old: tuple[OldUnit, ...]  # provinces, districts, communes
    aliases: tuple[Alias, ...]


def read_units(overlay: Overlay, facts: Mapping[str, ProvinceFacts]) -> Units:
    """Every unit of the installed data.

    Raises:
        PlaceDataError: the data is missing or not what the overlay was made for.
    """
    today, before = read_rows(_TODAY), read_rows(_BEFORE)
    mapping = json.loads(_data_file("converter_2025.json").read_text(encoding="utf-8"))
    provinces = _provinces(today, overlay, facts)
    communes = _communes(today, provinces, overlay)
    if len(communes) != COMMUNES_OF_2025:
        raise PlaceDataError(PACKAGE, f"có {len(communes)} xã, cần {COMMUNES_OF_2025}", _MEND)
    merged = {old: provinces[new] for new, olds in mapping["DICT_PROVINCE"].items() for old in olds}
    old, aliases = _old_units(before, _became(mapping, communes), merged)
    return Units(
        {p.code: p for p in provinces.values()}, tuple(communes.values()), tuple(old), aliases
    )


def read_rows(query: str) -> list[Any]:
    """What a query on the package's database gives.

    Raises:
        PlaceDataError: the package is not installed, or its database cannot be read.
    """
    path = _data_file("dataset.db")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise PlaceDataError(path.name, f"không đọc được ({error})", _MEND) from error


def _data_file(name: str) -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # finds the package without running it
    if spec is None or spec.origin is None:
        raise PlaceDataError(PACKAGE, "chưa cài", _MEND)
    return Path(spec.origin).parent / "data" / name


@lru_cache(16_384)  # of 14,000 names 8,000 differ
def name_of(value: str) -> Name:
    """A name taken apart; the data's own columns for its parts are not always right.

    Raises:
        PlaceDataError: it does not begin with a kind.
    """
    name = _tidy(value)
    words = name.split(" ", 2)
    for size in range(1, len(words)):
        kind = " ".join(words[:size]).lower()
        if kind in _KINDS:
            return Name(kind, name, name[len(kind) + 1 :])
    raise PlaceDataError(PACKAGE, f"không rõ loại của {value!r}", _MEND)


def _tidy(name: str) -> str:
    """A name as we show it: single spaces, one apostrophe, new tone placement."""
    return new_tone_placement(collapse(name.replace("’", "'").replace("–", "-")))


def _provinces(
    rows: Iterable[Any], overlay: Overlay, facts: Mapping[str, ProvinceFacts]
) -> dict[str, Province]:
    """Today's provinces by the data's key."""
    found: dict[str, Province] = {}
    for _, short, code, key, *_ in rows:
        if key in found:
            continue
        known = facts.get(code)
        if known is None:
            raise PlaceDataError("provinces.yaml", f"không có tỉnh mã {code!r}", "Thêm tỉnh này")
        change = overlay.province_change(code)
        found[key] = Province(
            code=code,
            kind=change.kind if change and change.kind else known.kind,
            short=_tidy(short),
            merged_from=tuple(known.merged_from),
            seat=known.seat,
            resolution=known.resolution,
            kind_since=change.date.isoformat() if change else "",
        )
    return found


_Key = tuple[str, str]  # of a province and of a commune, as the data has them


def _communes(
    rows: Iterable[Any], provinces: Mapping[str, Province], overlay: Overlay
) -> dict[_Key, Commune]:
    found: dict[_Key, Commune] = {}
    codes, first, renamed = overlay.codes, overlay.since.isoformat(), overlay.renamed()
    for _, _, _, province_key, ward, ward_code, ward_key in rows:
        code = codes.get(ward_code, ward_code)
        name, since, was = _tidy(ward), first, None
        if code in renamed:
            was, (name, since) = name, renamed[code]
        found[province_key, ward_key] = Commune(
            code, name_of(name).kind, name, provinces[province_key], since, was
        )
    return found


def _became(
    mapping: Mapping[str, Any], communes: Mapping[_Key, Commune]
) -> dict[str, tuple[Commune, ...]]:
    """Key of an old commune -> what it is today, the main part first."""
    into: dict[str, tuple[Commune, ...]] = {}
    for province, units in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, old_keys in units.items():
            into.update(dict.fromkeys(old_keys, (communes[province, new_key],)))
    for province, units in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old_key, parts in units.items():
            main_first = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            into[old_key] = tuple(communes[province, part["newWardKey"]] for part in main_first)
    return into


def _old_units(
    rows: Iterable[Any],
    into: Mapping[str, tuple[Commune, ...]],
    merged: Mapping[str, Province],
) -> tuple[list[OldUnit], tuple[Alias, ...]]:
    provinces: dict[str, OldUnit] = {}
    districts: dict[str, OldUnit] = {}
    parts: dict[str, list[NewUnit]] = defaultdict(list)
    communes: list[OldUnit] = []
    aliases: list[Alias] = []
    for row in rows:
        province_name, province_code, province_key, district_name, *rest = row
        district_code, district_key, district_alias, ward, ward_code, ward_key, ward_alias = rest
        province = provinces.get(province_key)
        if province is None:
            now = (merged[province_key],)
            province = _old_unit("province", province_code, province_name, None, now)
            provinces[province_key] = province
        key = f"{province_key}_{district_key}"
        district = districts.get(key)
        if district is None:
            district = _old_unit("district", district_code, district_name, province)
            districts[key] = district
            aliases += _aliases(district, district_alias)
        communes_now = into[f"{key}_{ward_key or ''}"]
        parts[key] += communes_now
        if ward is None:  # an island district without communes
            continue
        commune = _old_unit("commune", ward_code, ward, district, communes_now)
        communes.append(commune)
        aliases += _aliases(commune, ward_alias)
    for key, district in districts.items():
        district.into = distinct(parts[key])
    return [*provinces.values(), *districts.values(), *communes], tuple(aliases)


def _old_unit(
    level: Level,
    code: str,
    name: str,
    parent: OldUnit | None,
    into: tuple[NewUnit, ...] = (),
) -> OldUnit:
    kind, whole, short = name_of(name)
    return OldUnit(level, code, kind, whole, short, parent, into)


def _aliases(unit: OldUnit, value: str | None) -> list[Alias]:
    """Earlier names of a unit from a list such as ["xadongvien", "dongvien"]."""
    if not value:
        return []
    given = dict.fromkeys(json.loads(value))
    found: dict[Alias, None] = {}
    tails = set()
    for alias in given:
        prefix = _prefix(alias)
        tail = alias[len(prefix) :]
        if prefix and (tail in given or tail.isdecimal() or prefix in _DISTRICT_PREFIXES):
            tails.add(tail)
            found[Alias(unit, unit.level, _KIND_KEYS[prefix], key_of(tail))] = None
    for alias in given:
        kinded = any(alias.startswith(p) and alias[len(p) :] in tails for p in _KIND_KEYS)
        if alias not in tails and not kinded and not _SHORTHAND.fullmatch(alias):
            found[Alias(unit, unit.level, "", key_of(alias))] = None
    return list(found)


def _prefix(alias: str) -> str:
    """The kind that an alias begins with, or ""."""
    return next((p for p in _KIND_KEYS if alias.startswith(p) and alias != p), "")
