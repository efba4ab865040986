"""Every unit of before and of today, read from the installed data and our overlay."""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.places.errors import PlaceDataError
from knowledge.places.facts import Overlay, ProvinceFacts, load_facts, load_overlay
from knowledge.places.models import Commune, Level, NewUnit, OldUnit, Province, distinct
from knowledge.places.spelling import key_of, name_key
from knowledge.text import collapse, fold, new_tone_placement

# Only the data files of this package are read. Its code, which can ask an online geocoder and
# guesses where a unit was split, is never imported.
PACKAGE = "vietnamadminunits"
COMMUNES_OF_2025 = 3_321
_MEND = "Cài lại thư viện dữ liệu: make run"
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
_DISTRICT_PREFIXES = ("huyen", "thixa", "thanhpho")  # no name of a place begins with one
_SHORTHAND = re.compile(r"(?:p|f|q|ward|district|tx|tp|tt)\d*|(?:tx|tp|tt).+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that a unit is found by."""

    unit: OldUnit | NewUnit
    level: Level
    kind: str
    name: str  # without the kind; empty when only its key is known
    former: bool = False  # a name it no longer had on 30 June 2025, or before its last change

    @property
    def old(self) -> bool:
        """Whether the unit is one of before."""
        return isinstance(self.unit, OldUnit)


class Catalogue:
    """The units with their indices; read-only once made."""

    def __init__(
        self,
        provinces: Mapping[str, Province],
        communes: Iterable[Commune],
        old: Iterable[OldUnit],
        overlay: Overlay,
    ) -> None:
        self.overlay = overlay
        self.as_of = overlay.as_of.isoformat()
        self.provinces = dict(provinces)
        self.communes = {c.code: c for c in communes}
        self.old = tuple(old)
        self.by_province: dict[str, list[Commune]] = defaultdict(list)
        for commune in self.communes.values():
            self.by_province[commune.province.code].append(commune)
        self.made_of: dict[str, list[OldUnit]] = defaultdict(list)
        self.districts_of: dict[str, set[int]] = defaultdict(set)
        peopled = {id(u.parent) for u in self.old if u.level == "commune"}
        for unit in self.old:
            island = unit.level == "district" and id(unit) not in peopled
            if unit.level == "commune" or island:  # an island district had no communes
                for new in unit.into:
                    self.made_of[new.code].append(unit)
                    self.districts_of[new.code].add(id(unit.district))
        self._former = {u.short: u for u in self.old if u.level == "province"}
        self.index: dict[str, list[Entry]] = defaultdict(list)
        self.short_keys: set[str] = set()
        self.syllables = frozenset(
            syllable
            for units in (self.provinces.values(), self.communes.values(), self.old)
            for unit in units
            for syllable in fold(unit.name).split()
        )

    def add(self, key: str, entry: Entry) -> None:
        """Let `entry` be found by a key."""
        self.index[key].append(entry)

    def counts(self, province: Province | None = None) -> dict[str, int]:
        """How many communes of each kind today, of one province or of all."""
        communes = self.by_province[province.code] if province else self.communes.values()
        counts = {"xã": 0, "phường": 0, "đặc khu": 0}
        for commune in communes:
            counts[commune.kind] += 1
        return counts

    def province_counts(self) -> dict[str, int]:
        """How many centrally-run cities and provinces today."""
        kinds = [p.kind for p in self.provinces.values()]
        return {kind: kinds.count(kind) for kind in ("thành phố", "tỉnh")}

    def former_province(self, province: Province) -> OldUnit:
        """The old province that has its name still."""
        return self._former[province.short]

    def province_of(self, old: OldUnit) -> Province:
        """Today's province of an old unit."""
        unit = old.province.into[0]
        return unit if isinstance(unit, Province) else unit.province


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of the installed data; about 0.3 s the first time.

    Raises:
        PlaceDataError: the data is missing or not what the overlay was made for.
    """
    overlay, facts = load_overlay(), load_facts()
    new_rows, old_rows = _rows(data_file("dataset.db"))
    mapping = json.loads(data_file("converter_2025.json").read_text(encoding="utf-8"))
    provinces, province_keys = _provinces(new_rows, overlay, facts)
    communes, by_key = _communes(new_rows, provinces, overlay)
    if len(communes) != COMMUNES_OF_2025:
        raise PlaceDataError(PACKAGE, f"có {len(communes)} xã, cần {COMMUNES_OF_2025}", _MEND)
    into = _mapping(mapping, by_key)
    old, aliases = _old_units(old_rows, into, mapping["DICT_PROVINCE"], province_keys)
    catalogue = Catalogue(provinces, communes, old, overlay)
    _index(catalogue, aliases)
    return catalogue


def data_file(name: str) -> Path:
    """A data file of the installed package.

    Raises:
        PlaceDataError: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)  # finds the package without running it
    if spec is None or spec.origin is None:
        raise PlaceDataError(PACKAGE, "chưa cài", _MEND)
    return Path(spec.origin).parent / "data" / name


def _rows(path: Path) -> tuple[list[sqlite3.Row], list[sqlite3.Row]]:
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            new = connection.execute(
                "SELECT province, provinceShort, provinceCode, provinceKey, ward, wardType,"
                " wardCode, wardKey FROM admin_units"
            ).fetchall()
            old = connection.execute(
                "SELECT province, provinceShort, provinceCode, provinceKey, district,"
                " districtCode, districtKey, districtAlias, ward,"
                " wardCode, wardKey, wardAlias FROM admin_units_legacy"
            ).fetchall()
    except sqlite3.Error as error:
        raise PlaceDataError(str(path.name), f"không đọc được ({error})", _MEND) from error
    finally:
        if "connection" in locals():
            connection.close()
    return new, old


def _provinces(
    rows: Iterable[sqlite3.Row], overlay: Overlay, facts: Mapping[str, ProvinceFacts]
) -> tuple[dict[str, Province], dict[str, Province]]:
    by_code: dict[str, Province] = {}
    by_key: dict[str, Province] = {}
    for row in rows:
        code = row["provinceCode"]
        if code in by_code:
            continue
        known = facts.get(code)
        if known is None:
            raise PlaceDataError("provinces.yaml", f"không có tỉnh mã {code!r}", "Thêm tỉnh này")
        change = overlay.province_change(code)
        by_key[row["provinceKey"]] = by_code[code] = Province(
            code=code,
            kind=change.kind if change and change.kind else known.kind,
            short=tidy(row["provinceShort"]),
            merged_from=tuple(known.merged_from),
            seat=known.seat,
            resolution=known.resolution,
            kind_since=change.date.isoformat() if change else "",
        )
    return by_code, by_key


def _communes(
    rows: Iterable[sqlite3.Row], provinces: Mapping[str, Province], overlay: Overlay
) -> tuple[list[Commune], dict[tuple[str, str], Commune]]:
    communes: list[Commune] = []
    by_key: dict[tuple[str, str], Commune] = {}
    for row in rows:
        code = overlay.codes.get(row["wardCode"], row["wardCode"])
        name, since, was = tidy(row["ward"]), overlay.since.isoformat(), None
        changed = overlay.commune_change(code)
        if changed:
            was, (name, since) = name, changed
        kind = _named(name)[0]
        commune = Commune(code, kind, name, provinces[row["provinceCode"]], since, was)
        communes.append(commune)
        by_key[row["provinceKey"], row["wardKey"]] = commune
    return communes, by_key


def _mapping(
    data: Mapping[str, Any], by_key: Mapping[tuple[str, str], Commune]
) -> dict[str, tuple[Commune, ...]]:
    """Key of an old commune -> what it is today, the main part first."""
    into: dict[str, tuple[Commune, ...]] = {}
    for province, units in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, old_keys in units.items():
            for old_key in old_keys:
                into[old_key] = (by_key[province, new_key],)
    for province, units in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old_key, parts in units.items():
            main_first = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            into[old_key] = tuple(by_key[province, part["newWardKey"]] for part in main_first)
    return into


Alias = tuple[OldUnit, Level, str, str]  # unit, level, kind or "", key


def _old_units(
    rows: Iterable[sqlite3.Row],
    into: Mapping[str, tuple[Commune, ...]],
    merged: Mapping[str, list[str]],
    province_keys: Mapping[str, Province],
) -> tuple[list[OldUnit], list[Alias]]:
    today = {old: province_keys[new] for new, olds in merged.items() for old in olds}
    provinces: dict[str, OldUnit] = {}
    districts: dict[str, OldUnit] = {}
    parts: dict[str, list[NewUnit]] = defaultdict(list)
    communes: list[OldUnit] = []
    aliases: list[Alias] = []
    for row in rows:
        province = provinces.get(row["provinceKey"])
        if province is None:
            kind, name, short = _named(row["province"])
            now = (today[row["provinceKey"]],)
            province = OldUnit("province", row["provinceCode"], kind, name, short, None, now)
            provinces[row["provinceKey"]] = province
        key = f"{row['provinceKey']}_{row['districtKey']}"
        district = districts.get(key)
        if district is None:
            kind, name, short = _named(row["district"])
            district = OldUnit("district", row["districtCode"], kind, name, short, province)
            districts[key] = district
            aliases += _aliases(district, "district", row["districtAlias"])
        communes_now = into[f"{key}_{row['wardKey'] or ''}"]
        parts[key] += communes_now
        if row["ward"] is None:  # an island district without communes
            continue
        kind, name, short = _named(row["ward"])
        commune = OldUnit("commune", row["wardCode"], kind, name, short, district, communes_now)
        communes.append(commune)
        aliases += _aliases(commune, "commune", row["wardAlias"])
    for key, district in districts.items():
        district.into = distinct(parts[key])
    return [*provinces.values(), *districts.values(), *communes], aliases


def _named(value: str) -> tuple[str, str, str]:
    """Kind, whole name and short name; the data's own columns for these are not always right."""
    name = tidy(value)
    kind = next((k for k in _KIND_KEYS.values() if name.lower().startswith(f"{k} ")), None)
    if kind is None:
        raise PlaceDataError(PACKAGE, f"không rõ loại của {value!r}", _MEND)
    return kind, name, name[len(kind) + 1 :]


def _aliases(unit: OldUnit, level: Level, value: str | None) -> list[Alias]:
    """Earlier names, which the data has as keys only ("xadongvien", "dongvien")."""
    given = list(dict.fromkeys(json.loads(value))) if value else []
    found: list[Alias] = []
    tails = set()
    for alias in given:
        prefix = next((p for p in _KIND_KEYS if alias.startswith(p) and alias != p), None)
        tail = alias[len(prefix) :] if prefix else ""
        if prefix and (tail in given or tail.isdecimal() or prefix in _DISTRICT_PREFIXES):
            tails.add(tail)
            found.append((unit, level, _KIND_KEYS[prefix], _alias_key(tail)))
    for alias in given:
        kinded = any(alias.startswith(p) and alias[len(p) :] in tails for p in _KIND_KEYS)
        if alias not in tails and not kinded and not _SHORTHAND.fullmatch(alias):
            found.append((unit, level, "", _alias_key(alias)))
    return list(dict.fromkeys(found))


def _alias_key(alias: str) -> str:
    return key_of(alias)


def _index(catalogue: Catalogue, aliases: Iterable[Alias]) -> None:
    for province in catalogue.provinces.values():
        entry = Entry(province, "province", province.kind, province.short)
        catalogue.add(name_key(province.short), entry)
        _other_names(catalogue, entry, catalogue.overlay.province_aliases.get(province.code))
    for commune in catalogue.communes.values():
        short = commune.name[len(commune.kind) + 1 :]
        catalogue.add(name_key(short), Entry(commune, "commune", commune.kind, short))
        if commune.was:
            was_kind, _, was_short = _named(commune.was)
            entry = Entry(commune, "commune", was_kind, was_short, former=True)
            catalogue.add(name_key(was_short), entry)
    names: dict[tuple[int, str], None] = {}
    for unit in catalogue.old:
        entry = Entry(unit, unit.level, unit.kind, unit.short)
        catalogue.add(name_key(unit.short), entry)
        names[id(unit), name_key(unit.short)] = None
        if unit.level == "province":
            _other_names(catalogue, entry, catalogue.overlay.old_province_aliases.get(unit.code))
    own: dict[tuple[int | None, str], None] = {
        (id(u.parent), name_key(u.short)): None for u in catalogue.old if u.level == "commune"
    }
    for unit, level, kind, key in aliases:
        # A neighbour that still has the name comes before one that took a namesake in.
        if level == "commune" and (id(unit.parent), key) in own and (id(unit), key) not in names:
            continue
        catalogue.add(key, Entry(unit, level, kind or unit.kind, "", former=True))


def _other_names(catalogue: Catalogue, entry: Entry, names: Any) -> None:
    if names is None:
        return
    for name in (*names.names, *names.short):
        catalogue.add(key_of(name), Entry(entry.unit, entry.level, entry.kind, ""))
    catalogue.short_keys.update(key_of(name) for name in names.short)


def tidy(name: str) -> str:
    """A name as we show it: single spaces, one apostrophe, new tone placement."""
    return new_tone_placement(collapse(name.replace("’", "'").replace("–", "-")))
