"""What is said about places: what an old address is now, what a new one was, counts and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answer.draft import Draft, RecordSource
from bot.sources.places.records import PlaceRecords, day, place_url
from knowledge.places.models import (
    Commune,
    NewUnit,
    OldUnit,
    PlaceOption,
    PlaceResolution,
    Province,
)
from knowledge.places.resolver import PlaceResolver
from prompts.wording import Wording

MAX_ITEMS = 30  # units listed in an answer; the page shows all
MAX_OPTIONS = 8
MAX_SUGGESTIONS = 4


class PlaceDrafts:
    """Composes answers from place records; safe to use from many threads."""

    def __init__(self, resolver: PlaceResolver, say: Wording) -> None:
        """Take the look-up of places and the wording of prompts/places.vi.yaml."""
        self.resolver = resolver
        self._catalogue = resolver.catalogue
        self._say = say
        self.records = PlaceRecords(self._catalogue, say)

    def source(self, place: PlaceResolution) -> RecordSource | None:
        """The record that says what a place is today; None when it is not one of today's."""
        if place.old:
            return self.records.now_source(place.old)
        return self.records.unit_source(place.new[0]) if place.new else None

    def describe(self, found: PlaceResolution) -> Draft:
        """What a resolution says, in sentences and a card."""
        if found.status == "unknown":
            return self._unknown(found)
        if found.how == "slip":  # told first: all that follows is about another name
            said = self.describe(replace(found, how="exact"))
            unit = found.old or found.new[0]
            note = self._say("now.slip", matched=found.matched, name=unit.address)
            said.paragraphs.insert(0, note)
            said.cards[0] |= {"how": "slip", "check": True, "check_note": note}
            return said
        if found.status == "ambiguous":
            return self._ambiguous(found)
        if found.level == "province":
            return self._province_record(found)
        if found.status == "current":
            return self._current(found)
        return self._now(found)

    def _now(self, found: PlaceResolution) -> Draft:
        draft, old = Draft(), found.old
        if old is None:  # several old units of one name that are one unit today
            return self._current(found)
        marker = draft.cite(self.records.now_source(old))
        since = day(self._since)
        note = ""
        if len(found.new) == 1 and isinstance(found.new[0], Commune):
            unit = found.new[0]
            name = "now.one_district" if old.level == "district" else "now.resolved"
            values = {"old": old.address, "new": unit.address, "code": unit.code, "marker": marker}
            if old.level == "district":
                draft.add(self._say(name, since=since, **values))
            else:
                draft.add(self._say(name, since=day(unit.since), by=self._by(unit), **values))
        else:
            name = "now.district" if old.level == "district" else "now.candidates"
            extra = {"since": since} if old.level == "district" else {}
            count = len(found.new)
            draft.add(self._say(name, old=old.address, count=count, marker=marker, **extra))
            draft.add(self._items(found.new))
            note = self._say("now.check_district" if old.level == "district" else "now.check_split")
            draft.add(note)
        note = self._notes(draft, found) or note
        self._papers(draft)
        self._finish(draft, found, note)
        units = [u for u in found.new if isinstance(u, Commune)][:2]
        draft.suggestions += [self._say("suggest.made_of", address=u.address) for u in units]
        self._suggest_province(draft, found.province)
        return draft

    def _current(self, found: PlaceResolution) -> Draft:
        draft, unit = Draft(), found.new[0]
        if isinstance(unit, Province):
            return self._province_record(found)
        marker = draft.cite(self.records.unit_source(unit))
        draft.add(
            self._say(
                "now.current",
                new=unit.address,
                code=unit.code,
                since=day(unit.since),
                by=self._by(unit),
                marker=marker,
            )
        )
        self._made_of_list(draft, unit, marker)
        note = ""
        if found.also:
            note = self._say("now.also", since=day(self._since))
            lines = [
                self._say(
                    "now.also_item",
                    old=u.address,
                    new="; ".join(n.address for n in u.into),
                    marker=draft.cite(self.records.now_source(u)),
                )
                for u in found.also
            ]
            draft.add(note, "\n".join(lines))
        note = self._notes(draft, found) or note
        self._finish(draft, found, note)
        self._suggest_province(draft, unit.province)
        return draft

    def made_of(self, unit: Commune) -> Draft:
        """What a commune of today was made of."""
        found = self.resolver.resolve(unit.address)
        draft = Draft()
        marker = draft.cite(self.records.unit_source(unit))
        self._made_of_list(draft, unit, marker)
        self._finish(draft, found, "")
        self._suggest_province(draft, unit.province)
        return draft

    def _made_of_list(self, draft: Draft, unit: Commune, marker: str) -> None:
        parts = self.records.made_of(unit)
        draft.add(
            self._say(
                "made_of.intro",
                new=unit.address,
                count=len(parts),
                since=day(self._since),
                marker=marker,
            ),
            "\n".join(self._part(old) for old in parts),
        )
        if any(old.split for old in parts):
            draft.add(self._say("made_of.parts"))
        if unit.was:
            draft.add(
                self._say(
                    "made_of.renamed",
                    since=day(unit.since),
                    was=unit.was,
                    new=unit.address,
                    marker=marker,
                )
            )

    def _part(self, old: OldUnit) -> str:
        if old.level == "district":
            return self._say("made_of.item_island", name=old.address)
        name = "made_of.item_part" if old.split else "made_of.item"
        district = old.parent.address if old.parent else ""
        return self._say(name, name=old.name, district=district)

    def _ambiguous(self, found: PlaceResolution) -> Draft:
        draft = Draft("needs_clarification")
        count = len(found.options)
        first = found.options[0].unit
        words, named = self._page_of(found)
        quoted = "; ".join(option.unit.address for option in named)
        listed = replace(self.records.source(first, "list", quoted), url=place_url(words))
        marker = draft.cite(listed)
        draft.add(self._say("ambiguous.intro", count=count, matched=found.matched, marker=marker))
        shown = found.options[:MAX_OPTIONS]
        draft.add("\n".join(self._say("ambiguous.item", address=o.unit.address) for o in shown))
        if count > len(shown):
            draft.add(self._say("ambiguous.more", count=count - len(shown)))
        self._finish(draft, found, "")
        for option in shown[:MAX_SUGGESTIONS]:
            name = "suggest.now" if isinstance(option.unit, OldUnit) else "suggest.made_of"
            draft.suggestions.append(self._say(name, address=option.unit.address))
        return draft

    def _unknown(self, found: PlaceResolution) -> Draft:
        draft = Draft("no_evidence")
        as_of = day(self._catalogue.as_of)
        draft.add(self._say("unknown.plain", matched=found.matched, as_of=as_of))
        if found.near:
            lines = [self._say("ambiguous.item", address=a) for a in found.near]
            draft.add(self._say("unknown.near"), "\n".join(lines))
        draft.add(self._say("unknown.onward"))
        draft.cards.append(self.records.card(found))
        draft.suggestions = [self._say("suggest.now", address=a) for a in found.near][
            :MAX_SUGGESTIONS
        ] or list(self._say.lines("opening"))
        return draft

    def _page_of(self, found: PlaceResolution) -> tuple[str, list[PlaceOption]]:
        """Words whose page lists most of the places that `found` may mean, and those places."""
        names = [option.unit.name for option in found.options]
        best, most = found.matched, list[PlaceOption]()
        for words in dict.fromkeys((found.matched, *names)):
            there = self.resolver.resolve(words).options
            listed = [option for option in found.options if option in there]
            if len(listed) > len(most):
                best, most = words, listed
        return best, most or list(found.options)

    def _notes(self, draft: Draft, found: PlaceResolution) -> str:
        """Why the reading of the name should be checked."""
        unit = found.old or found.new[0]
        values: dict[str, str] = {"matched": found.matched, "name": unit.address}
        match found.how:
            case "former_name":
                note = self._say(
                    "now.former_name",
                    matched=found.matched,
                    old=unit.address,
                    since=day(self._since),
                )
            case "other_kind":
                note = self._say("now.other_kind", **values)
            case "other_marks":
                note = self._say("now.other_marks", **values)
            case "other_district":
                district = found.old.district if found.old else None
                home = district.address if district else unit.address
                note = self._say("now.other_district", district=home)
            case _:
                return ""
        draft.add(note)
        return note

    # Provinces

    def _province_record(self, found: PlaceResolution) -> Draft:
        draft, province = Draft(), found.new[0]
        if not isinstance(province, Province):
            raise TypeError(f"a province was expected, not {province!r}")
        old = found.old
        if old and old.short != province.short:
            marker = draft.cite(self.records.now_source(old))
            draft.add(
                self._say(
                    "province.gone",
                    old=old.name,
                    new=province.name,
                    code=province.code,
                    since=day(self._since),
                    resolution=self._catalogue.overlay.merger_resolution,
                    marker=marker,
                )
            )
        self._merged_line(draft, province)
        if province.seat:
            self._seat_line(draft, province)
        self._counts_line(draft, province)
        self._finish(draft, found, "")
        self._suggest_province(draft, province)
        return draft

    def merged(self, province: Province) -> Draft:
        """What a province was made of."""
        return self._about_province(province, self._merged_line)

    def seat(self, province: Province) -> Draft:
        """Where the seat of a province is."""
        return self._about_province(province, self._seat_line)

    def counts(self, province: Province) -> Draft:
        """How many communes a province has."""
        return self._about_province(province, self._counts_line)

    def communes(self, province: Province) -> Draft:
        """The communes of a province by name."""
        return self._about_province(province, self._list_lines)

    def _about_province(self, province: Province, line: object) -> Draft:
        draft = Draft()
        line(draft, province)  # type: ignore[operator]
        found = self.resolver.resolve(province.name)
        self._finish(draft, found, "")
        self._suggest_province(draft, province)
        return draft

    def _merged_line(self, draft: Draft, province: Province) -> None:
        marker = draft.cite(self.records.unit_source(province))
        if province.merged_from:
            parts = ", ".join(province.merged_from)
            draft.add(self._say("province.merged", new=province.name, parts=parts, marker=marker))
        else:
            draft.add(self._say("province.unchanged", new=province.name, marker=marker))
        if province.kind_since:
            since = day(province.kind_since)
            draft.add(self._say("province.city", short=province.short, since=since, marker=marker))

    def _seat_line(self, draft: Draft, province: Province) -> None:
        marker = draft.cite(self.records.unit_source(province))
        if province.seat:
            draft.add(
                self._say("province.seat", new=province.name, seat=province.seat, marker=marker)
            )
        else:
            draft.add(self._say("province.seat_unchanged", new=province.name, marker=marker))

    def _counts_line(self, draft: Draft, province: Province) -> None:
        counts = self._catalogue.counts(province)
        text = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        marker = draft.cite(self.records.source(province, "counts", f"{province.name}: {text}"))
        draft.add(
            self._say(
                "province.counts",
                new=province.name,
                total=sum(counts.values()),
                xa=counts["xã"],
                phuong=counts["phường"],
                dac_khu=counts["đặc khu"],
                marker=marker,
            )
        )

    def _list_lines(self, draft: Draft, province: Province) -> None:
        units = self._catalogue.by_province[province.code]
        quoted = "; ".join(u.name for u in units)
        marker = draft.cite(self.records.source(province, "list", quoted))
        draft.add(self._say("province.list", new=province.name, total=len(units), marker=marker))
        for kind in ("phường", "xã", "đặc khu"):
            names = [u.name[len(kind) + 1 :] for u in units if u.kind == kind]
            if not names:
                continue
            shown = ", ".join(names[:MAX_ITEMS])
            if len(names) > MAX_ITEMS:
                more = len(names) - MAX_ITEMS
                shown += " " + self._say("province.list_more", count=more, marker=marker)
            draft.add(
                self._say(
                    "province.list_kind", kind=kind.capitalize(), count=len(names), names=shown
                )
            )

    def together(self, named: Sequence[Province | OldUnit]) -> Draft:
        """Whether the provinces named are one today."""
        homes = [self._catalogue.province_of(u) if isinstance(u, OldUnit) else u for u in named]
        draft = Draft()
        if len({h.code for h in homes}) == 1:
            home = homes[0]
            marker = draft.cite(self.records.unit_source(home))
            draft.add(
                self._say(
                    "province.same_merger",
                    parts=", ".join(home.merged_from),
                    new=home.name,
                    since=day(self._since),
                    resolution=self._catalogue.overlay.merger_resolution,
                    marker=marker,
                )
            )
            if home.seat:
                self._seat_line(draft, home)
        else:
            first, second = homes[0], next(h for h in homes if h is not homes[0])
            marker = draft.cite(self.records.unit_source(first))
            marker += draft.cite(self.records.unit_source(second))
            draft.add(
                self._say(
                    "province.not_same",
                    first=named[0].name,
                    second=next(u.name for u, h in zip(named, homes, strict=True) if h is second),
                    marker=marker,
                )
            )
            self._merged_line(draft, first)
            self._merged_line(draft, second)
        for home in dict.fromkeys(homes):
            draft.cards.append(self.records.card(self.resolver.resolve(home.name)))
        draft.add(self._say("as_of", as_of=day(self._catalogue.as_of)))
        self._suggest_province(draft, homes[0])
        return draft

    # The whole country

    def country_counts(self) -> Draft:
        """How many units the country has."""
        draft = Draft()
        provinces, communes = self._catalogue.province_counts(), self._catalogue.counts()
        counted = [self._say("country.cities", count=provinces["thành phố"])]
        counted += [f"{provinces['tỉnh']} tỉnh", *(f"{n} {kind}" for kind, n in communes.items())]
        marker = draft.cite(self.records.rule("so-luong", "counts", "; ".join(counted)))
        draft.add(
            self._say(
                "country.counts",
                provinces=sum(provinces.values()),
                cities=provinces["thành phố"],
                tinh=provinces["tỉnh"],
                marker=marker,
            ),
            self._say(
                "country.communes",
                total=sum(communes.values()),
                xa=communes["xã"],
                phuong=communes["phường"],
                dac_khu=communes["đặc khu"],
                marker=marker,
            ),
        )
        changed = [p for p in self._catalogue.provinces.values() if p.kind_since]
        if changed:
            draft.add(
                self._say(
                    "country.since",
                    start=day(self._since),
                    cities_then=provinces["thành phố"] - len(changed),
                    tinh_then=provinces["tỉnh"] + len(changed),
                    city_since=day(changed[0].kind_since),
                    marker=marker,
                )
            )
        return self._close(draft, ("districts",))

    def provinces(self) -> Draft:
        """The provinces by name."""
        draft = Draft()
        cities = [p.short for p in self._catalogue.provinces.values() if p.kind == "thành phố"]
        rest = [p.short for p in self._catalogue.provinces.values() if p.kind == "tỉnh"]
        text = "; ".join((*cities, *rest))
        marker = draft.cite(self.records.rule("tinh-thanh", "list", text))
        names = ", ".join(cities)
        draft.add(
            self._say("country.list", cities=len(cities), city_names=names, marker=marker),
            self._say("country.list_tinh", count=len(rest), names=", ".join(rest), marker=marker),
        )
        return self._close(draft, ("country",))

    def unchanged(self) -> Draft:
        """The provinces that did not merge."""
        draft = Draft()
        names = [p.name for p in self._catalogue.provinces.values() if not p.merged_from]
        marker = draft.cite(self.records.rule("tinh-thanh", "list", "; ".join(names)))
        draft.add(
            self._say("country.unchanged", count=len(names), names=", ".join(names), marker=marker)
        )
        return self._close(draft, ("country",))

    def mergers(self) -> Draft:
        """Which provinces merged into which."""
        draft = Draft()
        merged = [p for p in self._catalogue.provinces.values() if p.merged_from]
        text = "; ".join(f"{p.name}: {' + '.join(p.merged_from)}" for p in merged)
        marker = draft.cite(self.records.rule("tinh-thanh", "list", text))
        draft.add(
            self._say("country.mergers", count=len(merged), marker=marker),
            "\n".join(
                self._say("country.merger_item", new=p.name, parts=", ".join(p.merged_from))
                for p in merged
            ),
        )
        return self._close(draft, ("country",))

    def districts(self) -> Draft:
        """That the district level has ended."""
        draft, overlay = Draft(), self._catalogue.overlay
        start = day(self._since)
        values = {
            "law": overlay.law,
            "law_date": day(overlay.law_date.isoformat()),
            "count": overlay.districts_before,
        }
        text = f"{start}; {overlay.law}; {overlay.districts_before}"
        marker = draft.cite(self.records.rule("cap-huyen", "districts", text))
        draft.add(
            self._say("districts.none", start=start, marker=marker),
            self._say("districts.law", marker=marker, **values),
            self._say("districts.work", start=start, marker=marker),
        )
        return self._close(draft, ("country",))

    # Parts

    @property
    def _since(self) -> str:
        return self._catalogue.overlay.since.isoformat()

    def _by(self, unit: Commune) -> str:
        return self._say("now.by", resolution=unit.resolution) if unit.resolution else ""

    def _items(self, units: Iterable[NewUnit]) -> str:
        return "\n".join(self._say("now.item", name=u.address, code=u.code) for u in units)

    def _papers(self, draft: Draft) -> None:
        overlay = self._catalogue.overlay
        text = f"{overlay.papers_resolution}, {overlay.papers_article}"
        marker = draft.cite(self.records.rule("giay-to", "papers", text))
        draft.add(
            self._say(
                "now.papers",
                resolution=overlay.papers_resolution,
                article=overlay.papers_article,
                marker=marker,
            )
        )

    def _finish(self, draft: Draft, found: PlaceResolution, note: str) -> None:
        draft.add(self._say("as_of", as_of=day(self._catalogue.as_of)))
        draft.cards.append(self.records.card(found, note))

    def _close(self, draft: Draft, suggestions: Sequence[str]) -> Draft:
        draft.add(self._say("as_of", as_of=day(self._catalogue.as_of)))
        draft.suggestions = [self._say(f"suggest.{name}") for name in suggestions]
        draft.suggestions += self._say.lines("opening")[:2]
        return draft

    def _suggest_province(self, draft: Draft, province: Province | None) -> None:
        if province is None:
            return
        for name in ("merged", "seat", "counts"):
            question = self._say(f"suggest.{name}", province=province.name)
            if len(draft.suggestions) < MAX_SUGGESTIONS:
                draft.suggestions.append(question)
