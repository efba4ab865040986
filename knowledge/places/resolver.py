"""From a text to the unit of today it means, all units it may mean, or that we do not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from knowledge.places.catalogue import Catalogue, Entry, load_catalogue
from knowledge.places.mentions import Group, Mention, Reading, Unknown, find_groups
from knowledge.places.models import (
    HOWS,
    Commune,
    How,
    Level,
    NewUnit,
    OldUnit,
    PlaceOption,
    PlaceResolution,
    Province,
    Status,
    distinct,
)
from knowledge.places.nearby import MAX_DISTANCE, NearNames
from knowledge.places.ordinary import is_ordinary
from knowledge.places.spelling import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    Token,
    name_key,
    tokens,
    window_key,
)
from knowledge.text import distance

LEVELS: tuple[Level, ...] = ("commune", "district", "province")
MAX_TEXT_CHARS = 2_000  # read of a text; an address is far shorter
MAX_COMBINATIONS = 400
MAX_NEAR = 5
MIN_SLIP_LETTERS = 4  # of a name that is taken for one a letter away
MIN_TWO_SLIPS_LETTERS = 8  # of one that is taken for one two letters away
MAX_READINGS = 4  # of one mention


@dataclass(frozen=True, slots=True)
class _Part:
    """One mention read at one level."""

    mention: Mention
    reading: Reading
    level: Level
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Address:
    """A group of mentions read as one address; what it may mean."""

    parts: tuple[_Part, ...]
    units: tuple[OldUnit | NewUnit, ...]
    how: How
    score: tuple[int, ...]

    def part(self, level: Level) -> _Part | None:
        return next((p for p in self.parts if p.level == level), None)

    @property
    def level(self) -> Level:
        return next(level for level in LEVELS if self.part(level))


class PlaceResolver:
    """Reads places in texts; safe to use from many threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._near = NearNames(catalogue)
        self._province_keys: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for key, entries in catalogue.index.items():
            for entry in entries:
                if entry.level == "province" and key not in catalogue.short_keys:
                    self._province_keys[key[0]].add((key, entry.unit.address))
        self._after_tp = frozenset(
            key
            for key, entries in catalogue.index.items()
            if len(key) > 1 and any(e.kind == "thành phố" for e in entries)
        )

    def resolve(self, text: str, *, old_first: bool = False) -> PlaceResolution:
        """What a text means that is an address or holds one; always an answer.

        Communes and districts may stand without the word for their kind.

        Args:
            text: an address, a name, or a sentence that holds one.
            old_first: the address is one of before: a name that stood then and stands now is
                read as then, even where no district is given.
        """
        text = text[:MAX_TEXT_CHARS]
        words = self._tokens(text)
        groups = find_groups(words, self.catalogue)
        kinded = [g for g in groups if any(m.kind for m in g)]
        found = self._best(kinded, words, text) or self._best(groups, words, text)
        found = found or self._unknown_text(words, text)
        return self._as_before(found) if old_first else found

    def _as_before(self, found: PlaceResolution) -> PlaceResolution:
        if found.status != "current" or not found.also:
            return found
        if len(found.also) > 1:
            options = tuple(PlaceOption(u) for u in (*found.new, *found.also))
            new = distinct(n for option in options for n in option.new)
            return replace(found, status="ambiguous", options=options, new=new, also=())
        old = found.also[0]
        return replace(
            found,
            status="candidates",
            old=old,
            new=distinct((*old.into, *found.new)),
            also=(),
        )

    def find(self, sentence: str) -> PlaceResolution | None:
        """The place that a sentence names beyond doubt that it is one; None when it names none.

        Ordinary words that are also names ("xã trung tâm", "hoà bình") are not taken for places.
        """
        sentence = sentence[:MAX_TEXT_CHARS]
        words = self._tokens(sentence)
        groups = find_groups(words, self.catalogue)
        sure = [part for g in groups if (part := self._sure_part(g, words))]
        found = self._best(sure, words, sentence)
        if found:
            return found
        slipped = [g for g in groups if len(g) > 1 and any(isinstance(m, Unknown) for m in g)]
        found = self._best(slipped, words, sentence)
        return found if found and found.meant else None

    def find_province(self, sentence: str) -> PlaceResolution | None:
        """The only province that a name with one slip in it can mean; its status is unknown."""
        words = self._tokens(sentence[:MAX_TEXT_CHARS])
        slips: dict[str, tuple[int, int]] = {}
        for start, end in ((i, i + n) for n in (2, 3) for i in range(len(words) + 1 - n)):
            key = window_key(words, start, end)
            if len(key) < MIN_SLIP_LETTERS or key in self.catalogue.index:
                continue
            for known, name in self._province_keys.get(key[0], ()):
                if distance(key, known, 1) == 1:
                    slips.setdefault(name, (start, end))
        if len(slips) != 1:
            return None
        ((name, (first, last)),) = slips.items()
        start, end = words[first].start, words[last - 1].end
        return PlaceResolution(
            status="unknown",
            matched=sentence[start:end],
            level="province",
            as_of=self.catalogue.as_of,
            near=(name,),
            meant=name,
            start=start,
            end=end,
        )

    def find_all(self, sentence: str) -> list[PlaceResolution]:
        """Every place that a sentence names, in order; the same care as `find`."""
        sentence = sentence[:MAX_TEXT_CHARS]
        words = self._tokens(sentence)
        sure = (self._sure_part(g, words) for g in find_groups(words, self.catalogue))
        found = (self._group(part, words, sentence) for part in sure if part)
        return [resolution for resolution in found if resolution]

    def provinces(self, sentence: str) -> list[Province | OldUnit]:
        """Every province that a sentence names, of before and of today, in order.

        One that stands no more is given as what it was, any other as what it is.
        """
        sentence = sentence[:MAX_TEXT_CHARS]
        words = self._tokens(sentence)
        found: dict[str, Province | OldUnit] = {}
        for group in find_groups(words, self.catalogue):
            for mention in group:
                if not isinstance(mention, Mention) or not _well_written(mention, words):
                    continue
                unit = self._province_named(mention, words)
                if unit:
                    found[unit.name] = unit
        return list(found.values())

    def _province_named(
        self, mention: Mention, words: Sequence[Token]
    ) -> Province | OldUnit | None:
        if mention.kind not in (None, "tỉnh", "thành phố"):
            return None
        key = window_key(list(words), mention.name, mention.end)
        if key in self.catalogue.short_keys and not _typed(mention, words).isupper():
            return None
        units = [e.unit for e in mention.readings[0].entries if e.level == "province"]
        today = next((u for u in units if isinstance(u, Province)), None)
        before = next((u for u in units if isinstance(u, OldUnit)), None)
        return today or before

    # Groups

    def _tokens(self, text: str) -> list[Token]:
        return tokens(text, self._after_tp)

    def _best(
        self, groups: Sequence[Group], words: list[Token], text: str
    ) -> PlaceResolution | None:
        for group in sorted(groups, key=self._rank, reverse=True):
            found = self._group(group, words, text)
            if found:
                return found
        return None

    @staticmethod
    def _rank(group: Group) -> tuple[int, int, int]:
        communes = sum(m.kind in COMMUNE_KINDS for m in group)
        known = sum(isinstance(m, Mention) for m in group)
        return known and communes, known, -group[0].start

    def _sure_part(self, group: Group, words: list[Token]) -> Group:
        """What of a group names a place beyond doubt; empty when nothing does."""
        known = [m for m in group if isinstance(m, Mention) and _well_written(m, words)]
        cased = any(t.text[0].isupper() for t in words[1:])
        if len(known) > 1 and not all(_is_ordinary(m, words) for m in known):
            address = self._address(known, words)
            chained = address is not None and len(address.parts) > 1
            if chained and any(m.kind for m in known):
                return group
            if chained and cased and _listed(known, words):
                return group
        sure = [m for m in known if self._is_sure(m, words, cased=cased)]
        if any(m.kind for m in sure) or (sure and _holds_more(group, words)):
            return group
        return list(sure[:1])

    def _is_sure(self, mention: Mention, words: list[Token], *, cased: bool) -> bool:
        """Whether one mention alone is a place."""
        name = words[mention.name : mention.end]
        capital = all(t.text[0].isupper() or not t.text[0].isalpha() for t in name)
        if mention.kind is None:
            if not any(e.level == "province" for r in mention.readings for e in r.entries):
                return False
            key = window_key(words, mention.name, mention.end)
            if key in self.catalogue.short_keys:
                return all(t.text.isupper() for t in name)
            return capital or not (cased or _is_ordinary(mention, words))
        if name[0].text.isdecimal():
            return True
        if cased or len(name) == 1:
            return capital
        if mention.kind == "tỉnh":
            return not mention.readings[0].other_kind
        return not _is_ordinary(mention, words) and not mention.readings[0].other_kind

    def _group(self, group: Group, words: list[Token], text: str) -> PlaceResolution | None:
        mentions = [m for m in group if isinstance(m, Mention)]
        unknowns = [m for m in group if isinstance(m, Unknown)]
        best = self._address(mentions, words)
        if best is None:
            return self._unknown(unknowns, None, words, text) if unknowns else None
        used = [p.mention for p in best.parts]
        aside = [m for m in mentions if m not in used]
        left: list[Unknown | Mention] = [*unknowns, *(m for m in aside if m.kind)]
        missing = [u for u in left if _finer(u.kind, best.level)]
        if missing:
            return self._unknown(missing, best, words, text)
        if _contradicted(best, [*unknowns, *aside]):
            return self._contradiction(best, aside, unknowns, words, text)
        start = words[min(m.start for m in used)].start
        end = words[max(p.reading.end for p in best.parts) - 1].end
        found = self._decide(best)
        return replace(found, matched=text[start:end], start=start, end=end)

    # Addresses

    def _address(self, mentions: Sequence[Mention], words: Sequence[Token]) -> _Address | None:
        best: _Address | None = None
        for parts in _combinations(mentions):
            address = self._read(parts, words)
            if address and (best is None or address.score > best.score):
                best = address
        return best

    def _read(self, parts: tuple[_Part, ...], words: Sequence[Token]) -> _Address | None:
        by_level: dict[Level, list[_Part]] = {}
        for part in parts:
            by_level.setdefault(part.level, []).append(part)
        if any(len(group) > 1 for level, group in by_level.items() if level != "province"):
            return None
        provinces = _provinces(by_level.get("province", []))
        if provinces is not None and not provinces:
            return None
        units, how, loose = self._units(by_level, provinces)
        if not units:
            return None
        off = sum(p.reading.off for p in parts)
        missing = sum(p.reading.missing for p in parts)
        if off:
            how = _worse(how, "other_marks")
        elif missing:
            how = _worse(how, "unmarked")
        if any(p.reading.other_kind for p in parts):
            how = _worse(how, "other_kind")
        covered = sum(p.reading.end - p.mention.start for p in parts)
        kinds = sum(p.mention.kind is not None for p in parts)
        level = max("pdc".index(lv[0]) for lv in by_level)
        plain = not any(p.mention.kind for p in parts)
        score = (
            kinds,
            len(parts),
            -loose,
            -off,
            -sum(p.reading.other_kind for p in parts),
            covered,
            len(by_level),
            -sum(_also_province(p) for p in parts) if "province" not in by_level else 0,
            -level if plain else 0,
            -HOWS.index(how),
        )
        return _Address(parts, units, how, score)

    def _units(
        self, by_level: dict[Level, list[_Part]], provinces: set[Province | OldUnit] | None
    ) -> tuple[tuple[OldUnit | NewUnit, ...], How, int]:
        """What an address may mean, how, and how much of it had to be set aside."""
        if "commune" in by_level:
            return self._communes(by_level, provinces)
        if "district" in by_level:
            fits = self._districts(by_level["district"][0].entries, provinces)
            plain = [e for e in fits if not e.former] or fits
            how: How = "former_name" if plain and plain[0].former else "exact"
            return tuple(dict.fromkeys(e.unit for e in plain)), how, 0
        assert provinces is not None  # noqa: S101  # a part has one of three levels
        return tuple(provinces), "exact", 0

    def _communes(
        self, by_level: dict[Level, list[_Part]], provinces: set[Province | OldUnit] | None
    ) -> tuple[tuple[OldUnit | NewUnit, ...], How, int]:
        entries = [e for e in by_level["commune"][0].entries if self._within(e.unit, provinces)]
        if "district" not in by_level:
            return (*_preferred(entries), 0)
        given = self._districts(by_level["district"][0].entries, provinces)
        districts = [e.unit for e in given]
        ids = {id(d) for d in districts}
        inside = [e for e in entries if self._inside(e.unit, ids)]
        old = [e for e in inside if e.old]
        if old or inside:
            return (*_preferred(old or inside), 0)
        # The district is not the one it lay in: look in the rest of that province.
        homes: set[Province | OldUnit] = {d.province for d in districts if isinstance(d, OldUnit)}
        key = by_level["commune"][0].mention
        if not homes or key.kind is None or _numbered(by_level["commune"][0]):
            return (), "exact", 0
        units, _ = _preferred([e for e in entries if self._within(e.unit, homes)])
        return (units if len(units) == 1 else ()), "other_district", 1

    def _districts(
        self, entries: Iterable[Entry], provinces: set[Province | OldUnit] | None
    ) -> list[Entry]:
        """The districts inside the provinces named: those of before, else those of today."""
        fits = [e for e in entries if self._within(e.unit, provinces)]
        if provinces is None:
            return fits
        of_before = [
            e for e in fits if isinstance(e.unit, OldUnit) and e.unit.province in provinces
        ]
        return of_before or fits

    def _within(self, unit: OldUnit | NewUnit, provinces: set[Province | OldUnit] | None) -> bool:
        if provinces is None:
            return True
        if isinstance(unit, OldUnit):
            return unit.province in provinces or self.catalogue.province_of(unit) in provinces
        province = unit if isinstance(unit, Province) else unit.province
        if province in provinces:
            return True
        made_of = self.catalogue.made_of[unit.code] if isinstance(unit, Commune) else []
        return any(old.province in provinces for old in made_of)

    def _inside(self, unit: OldUnit | NewUnit, districts: set[int]) -> bool:
        if isinstance(unit, OldUnit):
            return id(unit.parent) in districts
        return bool(self.catalogue.districts_of[unit.code] & districts)

    # Decisions

    def _decide(self, address: _Address) -> PlaceResolution:
        level = address.level
        if level == "province":
            return self._province(address)
        units = address.units
        today = [u for u in units if isinstance(u, Commune)]
        old = [u for u in units if isinstance(u, OldUnit)]
        if level == "commune" and today and not address.part("district"):
            old_only = self._old_province_only(address)
            if not (old_only and old):
                return self._today(address, today, old)
            today = []
        if level == "district" and old:
            today = self._namesakes(address, old)
        if len(old) == 1 and not today:
            return self._one_old(address, old[0])
        if len(today) == 1 and not old:
            return self._today(address, today, [])
        return self._several(address, [*today, *old])

    def _namesakes(self, address: _Address, districts: Sequence[OldUnit]) -> list[Commune]:
        """Communes of today with a district's name, written without a kind, that lie elsewhere."""
        part = address.part("district")
        if part is None or part.mention.kind or not address.part("province"):
            return []
        provinces = {self.catalogue.province_of(d) for d in districts}
        inside = {unit for d in districts for unit in d.into}
        return [
            e.unit
            for e in part.reading.entries
            if isinstance(e.unit, Commune) and e.unit.province in provinces and e.unit not in inside
        ]

    def _base(self, address: _Address, status: Status) -> PlaceResolution:
        return PlaceResolution(
            status=status,
            matched="",
            level=address.level,
            as_of=self.catalogue.as_of,
            how=address.how,
        )

    def _one_old(self, address: _Address, old: OldUnit) -> PlaceResolution:
        status: Status = "candidates" if old.split else "resolved"
        namesake_first = sorted(old.into, key=lambda u: not u.name.endswith(f" {old.short}"))
        return replace(self._base(address, status), old=old, new=tuple(namesake_first))

    def _today(
        self, address: _Address, today: Sequence[Commune], old: Sequence[OldUnit]
    ) -> PlaceResolution:
        if len(today) > 1:
            return self._several(address, [*today, *_elsewhere(today, old)])
        unit = today[0]
        if unit.was and self._named_as_before(address, unit):
            base = self._base(address, "resolved")
            return replace(base, old=self._renamed(unit), new=(unit,))
        apart = tuple(o for o in old if o.into != (unit,))
        loose = address.part("province") is None and any(
            self.catalogue.province_of(o) is not unit.province for o in apart
        )
        if loose:  # no province was named, and others have the name
            return self._several(address, [unit, *apart])
        return replace(self._base(address, "current"), new=(unit,), also=apart)

    def _several(self, address: _Address, units: Sequence[OldUnit | NewUnit]) -> PlaceResolution:
        options = tuple(PlaceOption(u) for u in units)
        new = distinct(n for option in options for n in option.new)
        if len(new) == 1 and len(units) > 1:
            old = [u for u in units if isinstance(u, OldUnit)]
            base = self._base(address, "resolved" if old else "current")
            return replace(base, old=old[0] if len(old) == 1 else None, new=new)
        return replace(self._base(address, "ambiguous"), options=options, new=new)

    def _province(self, address: _Address) -> PlaceResolution:
        units = address.units
        today = [u for u in units if isinstance(u, Province)]
        old = [u for u in units if isinstance(u, OldUnit)]
        if today:
            return replace(self._base(address, "current"), new=(today[0],))
        return self._one_old(address, old[0])

    def _old_province_only(self, address: _Address) -> bool:
        part = address.part("province")
        return part is not None and not any(isinstance(e.unit, Province) for e in part.entries)

    @staticmethod
    def _named_as_before(address: _Address, unit: Commune) -> bool:
        part = address.part("commune")
        kind = part.mention.kind if part else None
        return kind is not None and unit.was is not None and unit.was.lower().startswith(kind)

    def _renamed(self, unit: Commune) -> OldUnit:
        """What a commune was between 1 July 2025 and its last change."""
        name = unit.was or unit.name
        kind = next(k for k in COMMUNE_KINDS if name.lower().startswith(f"{k} "))
        province = self.catalogue.former_province(unit.province)
        short = name[len(kind) + 1 :]
        return OldUnit("commune", unit.code, kind, name, short, province, (unit,))

    # Unknown names

    def _unknown(
        self,
        unknowns: Sequence[Unknown | Mention],
        best: _Address | None,
        words: list[Token],
        text: str,
    ) -> PlaceResolution:
        first = unknowns[0]
        start, end = words[first.start].start, words[first.end - 1].end
        if best:
            start = min(start, *(words[p.mention.start].start for p in best.parts))
            end = max(end, *(words[p.reading.end - 1].end for p in best.parts))
        level: Level = "commune" if first.kind in COMMUNE_KINDS else "district"
        key = window_key(words, first.name, first.end)
        homes = best.units if best else ()
        ranked = self._near.ranked(key, level, homes)
        slips = self._slips(key, first.kind, homes)
        return PlaceResolution(
            status="unknown",
            matched=text[start:end],
            level=level,
            as_of=self.catalogue.as_of,
            near=tuple(address for _, address in ranked[:MAX_NEAR]),
            meant=_only_slip(slips, key),
            start=start,
            end=end,
        )

    def _contradiction(
        self,
        best: _Address,
        aside: Sequence[Mention],
        unknowns: Sequence[Unknown],
        words: list[Token],
        text: str,
    ) -> PlaceResolution:
        """A commune and a province or district that it never lay in: only near names are given."""
        parts: list[Mention | Unknown] = [*(p.mention for p in best.parts), *aside, *unknowns]
        start, end = min(m.start for m in parts), max(m.end for m in parts)
        near = [u.address for u in best.units]
        meant = None if aside else self._held_by(best, unknowns, words)
        commune = best.part("commune")
        if commune and aside:
            homes = [e.unit for r in aside[-1].readings for e in r.entries]
            key = window_key(words, commune.mention.name, commune.reading.end)
            near += self._near.find(key, "commune", homes)
            slips = self._slips(key, commune.mention.kind, homes)
            for mention in aside[:-1]:
                names = [e.name for e in mention.readings[0].entries if e.level == "district"]
                slips = [(n, a) for n, a in slips if any(f" {name}," in a for name in names)]
            meant = _only_slip(slips, key)
        return PlaceResolution(
            status="unknown",
            matched=text[words[start].start : words[end - 1].end],
            level=best.level,
            as_of=self.catalogue.as_of,
            near=tuple(near[:MAX_NEAR]),
            meant=meant,
            start=words[start].start,
            end=words[end - 1].end,
        )

    def _slips(
        self, key: str, kind: str | None, homes: Sequence[OldUnit | NewUnit]
    ) -> list[tuple[int, str]]:
        """Units of a kind inside what holds them, a few letters from a name: of then before now."""
        if not homes or kind is None:
            return []
        ranked = self._near.ranked(key, "commune" if kind in COMMUNE_KINDS else "district", homes)
        slips = [(away, a) for away, a in ranked if a.lower().startswith(f"{kind} ")]
        districts = {h.address for h in homes if isinstance(h, OldUnit) and h.level == "district"}
        inside = [(n, a) for n, a in slips if any(a.endswith(f", {d}") for d in districts)]
        return inside or slips

    def _held_by(
        self, best: _Address, unknowns: Sequence[Unknown], words: list[Token]
    ) -> str | None:
        """The only one of several communes that lies where a name with a slip in it can mean."""
        slips: dict[str, int] = {}
        key = ""
        for unknown in unknowns:
            key = window_key(words, unknown.name, unknown.end)
            for unit in best.units:
                for home in _homes(unit):
                    away = distance(key, name_key(home.short), MAX_DISTANCE)
                    if home.kind == unknown.kind and away <= MAX_DISTANCE:
                        slips[unit.address] = min(away, slips.get(unit.address, away))
        ranked = sorted((away, address) for address, away in slips.items())
        return _only_slip(ranked, key) if len(unknowns) == 1 else None

    def _unknown_text(self, words: list[Token], text: str) -> PlaceResolution:
        key = "".join(t.key for t in words[:6])
        near = self._near.find(key, None, ())[:MAX_NEAR] if words else ()
        return PlaceResolution("unknown", text.strip(), "commune", self.catalogue.as_of, near=near)


@cache
def open_resolver() -> PlaceResolver:
    """The resolver of the installed data and our overlay; one for the whole process.

    Raises:
        PlaceDataError: the data is missing or wrong.
    """
    return PlaceResolver(load_catalogue())


def _combinations(mentions: Sequence[Mention]) -> Iterator[tuple[_Part, ...]]:
    """Every way to read mentions as an address; a bare one may be left out."""
    choices: list[list[_Part | None]] = []
    for mention in mentions:
        options: list[_Part | None] = []
        for reading in mention.readings[:MAX_READINGS]:
            for level in LEVELS:
                entries = tuple(e for e in reading.entries if e.level == level)
                if entries:
                    options.append(_Part(mention, reading, level, entries))
        options.append(None)
        choices.append(options)
    for number, combination in enumerate(product(*choices)):
        if number >= MAX_COMBINATIONS:
            return
        parts = tuple(p for p in combination if p)
        if parts:
            yield parts


def _provinces(parts: Sequence[_Part]) -> set[Province | OldUnit] | None:
    """The provinces named; None when none is; empty when two that have nothing in common are."""
    if not parts:
        return None
    sets = [{e.unit for e in p.entries if not isinstance(e.unit, Commune)} for p in parts]
    common = set.intersection(*sets)
    return common


def _preferred(entries: Iterable[Entry]) -> tuple[tuple[OldUnit | NewUnit, ...], How]:
    """Units by a name they have, else by one they had."""
    listed = list(entries)
    plain = [e for e in listed if not e.former or isinstance(e.unit, Commune)]
    chosen = plain or listed
    how: How = "exact" if plain or not listed else "former_name"
    return tuple(dict.fromkeys(e.unit for e in chosen)), how


def _homes(unit: OldUnit | NewUnit) -> list[OldUnit | Province]:
    """What holds a commune: district and province of then, or the province of today."""
    if isinstance(unit, OldUnit):
        return [home for home in (unit.parent, unit.province) if home]
    return [unit.province] if isinstance(unit, Commune) else []


def _only_slip(ranked: Sequence[tuple[int, str]], key: str) -> str | None:
    """Of the addresses a few letters away from a name, the only one that a slip can have left.

    Args:
        ranked: letters away and address, nearest first.
        key: of the name as typed.
    """
    nearest = [address for away, address in ranked if away == ranked[0][0]]
    if len(nearest) != 1:
        return None
    least = MIN_SLIP_LETTERS if ranked[0][0] == 1 else MIN_TWO_SLIPS_LETTERS
    return nearest[0] if len(key) >= least else None


def _worse(a: How, b: How) -> How:
    return max(a, b, key=HOWS.index)


def _elsewhere(today: Sequence[Commune], old: Sequence[OldUnit]) -> list[OldUnit]:
    """Old units of the same name that did not simply become one of today's."""
    return [o for o in old if not (len(o.into) == 1 and o.into[0] in today)]


def _numbered(part: _Part) -> bool:
    return any(isinstance(e.unit, OldUnit) and e.unit.short.isdecimal() for e in part.entries)


def _contradicted(best: _Address, left: Sequence[Unknown | Mention]) -> bool:
    """Whether a commune was followed by a district or province that cannot hold it."""
    commune = best.part("commune")
    if commune is None:
        return any(m.kind is not None for m in left)
    after = [m for m in left if m.start >= commune.reading.end or m.kind]
    return any(
        isinstance(m, Unknown) or any(e.level != "commune" for e in m.readings[0].entries)
        for m in after
    )


def _also_province(part: _Part) -> bool:
    """Whether a bare name read as a district could be a province's as well."""
    return (
        part.level == "district"
        and part.mention.kind is None
        and any(e.level == "province" for e in part.reading.entries)
    )


def _typed(mention: Mention, words: Sequence[Token]) -> str:
    return "".join(t.text for t in words[mention.name : mention.end])


def _well_written(mention: Mention, words: Sequence[Token]) -> bool:
    """Whether the marks are the name's, or none were typed."""
    reading = mention.readings[0]  # the best one of the longest
    return not reading.off and (not reading.missing or _typed(mention, words).isascii())


def _holds_more(group: Group, words: Sequence[Token]) -> bool:
    """Whether a commune with its kind is named beside what is sure, known or not."""
    return any(
        m.kind in COMMUNE_KINDS and (isinstance(m, Unknown) or not _is_ordinary(m, words))
        for m in group
    )


def _listed(mentions: Sequence[Mention], words: Sequence[Token]) -> bool:
    """Whether names without their kinds are written as an address: capitals, commas."""
    commas = all("," in words[m.start].gap for m in mentions[1:])
    return commas and all(words[m.name].text[0].isupper() for m in mentions)


def _is_ordinary(mention: Mention, words: Sequence[Token]) -> bool:
    name = words[mention.name : mention.end]
    if any(t.text[0].isupper() for t in name):
        return False
    return is_ordinary(" ".join(t.folded for t in name))


def _finer(kind: str | None, level: Level) -> bool:
    """Whether an unknown unit of this kind lies inside what was found."""
    if kind in COMMUNE_KINDS:
        return level != "commune"
    return kind in DISTRICT_KINDS and level == "province"
