"""What is said about places: what an old address is now, what a new one was, counts and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answer.blocks import (
    Choices,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    SourceLine,
    Verdict,
)
from bot.answer.draft import Draft, RecordSource
from bot.question.personal_data import mask_personal_data
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
from knowledge.text import fold
from prompts.sources import number_text
from prompts.text import Text, press
from prompts.wording import Wording

MAX_ITEMS = 30  # units listed in an answer; the page shows all
MAX_OPTIONS = 8
MAX_SUGGESTIONS = 4


class PlaceDrafts:
    """Composes answers from place records; safe to use from many threads."""

    def __init__(self, resolver: PlaceResolver, say: Wording) -> None:
        """Take the look-up of places and the wording."""
        self.resolver = resolver
        self._catalogue = resolver.catalogue
        self._say = say
        self.records = PlaceRecords(self._catalogue, say)

    def source(self, place: PlaceResolution) -> RecordSource | None:
        """The record that says what a place is today; None when it is not one of today's."""
        if place.old:
            return self.records.now_source(place.old)
        return self.records.unit_source(place.new[0]) if place.new else None

    def describe(self, found: PlaceResolution, asked: str = "") -> Draft:
        """What a resolution says, in sentences and a card.

        Args:
            found: the resolution.
            asked: the question that it was found in; choosing a place asks it again of that place.
        """
        if found.status == "unknown":
            return self._unknown(found, asked)
        if found.how == "slip":  # told first: all that follows is about another name
            said = self.describe(replace(found, how="exact"), asked)
            unit = found.old or found.new[0]
            note = self._say.text("places.now.slip", matched=found.matched, name=unit.address)
            said.blocks.insert(0, Note(note))
            said.cards[0] |= {"how": "slip", "check": True, "check_note": note.words}
            return said
        if found.status == "ambiguous":
            return self._ambiguous(found, asked)
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
        note = Text()
        if len(found.new) == 1 and isinstance(found.new[0], Commune):
            draft.add(self._now_one(old, found.new[0], marker))
        else:
            note = self._now_several(draft, old, found.new, marker)
        note = self._notes(draft, found) or note
        self._papers(draft)
        self._finish(draft, found, note)
        units = [u for u in found.new if isinstance(u, Commune)][:2]
        draft.suggestions += [self._say("places.suggest.made_of", address=u.address) for u in units]
        self._suggest_province(draft, found.province)
        return draft

    def _now_one(self, old: OldUnit, unit: Commune, marker: Text) -> Lead:
        names = {"old": old.address, "new": unit.address, "code": unit.code}
        if old.level == "district":
            since = day(self._since)
            text = self._say.text("places.now.one_district", since=since, **names, marker=marker)
        else:
            dated = {"since": day(unit.since), "by": self._by(unit)}
            text = self._say.text("places.now.resolved", **names, **dated, marker=marker)
        return Lead(text, unit.address)

    def _now_several(
        self, draft: Draft, old: OldUnit, units: Sequence[NewUnit], marker: Text
    ) -> Text:
        """All units that it may be today; gives the note on how to tell which."""
        values = {"old": old.address, "count": str(len(units))}
        if old.level == "district":
            values["since"] = day(self._since)
            names = "places.now.district", "places.now.check_district"
        else:
            names = "places.now.candidates", "places.now.check_split"
        note = self._say.text(names[1])
        draft.add(
            Intro(self._say.text(names[0], **values, marker=marker)),
            self._items(units),
            Note(note),
        )
        return note

    def _current(self, found: PlaceResolution) -> Draft:
        draft, unit = Draft(), found.new[0]
        if isinstance(unit, Province):
            return self._province_record(found)
        marker = draft.cite(self.records.unit_source(unit))
        text = self._say.text(
            "places.now.current",
            new=unit.address,
            code=unit.code,
            since=day(unit.since),
            by=self._by(unit),
            marker=marker,
        )
        draft.add(Lead(text, unit.address))
        self._made_of_list(draft, unit, marker)
        note = Text()
        if found.also:
            note = self._say.text("places.now.also", since=day(self._since))
            items = tuple(
                self._say.text(
                    "places.now.also_item",
                    old=u.address,
                    new="; ".join(n.address for n in u.into),
                    marker=draft.cite(self.records.now_source(u)),
                )
                for u in found.also
            )
            draft.add(Intro(note), Items(items))
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
        self._finish(draft, found)
        self._suggest_province(draft, unit.province)
        return draft

    def _made_of_list(self, draft: Draft, unit: Commune, marker: Text) -> None:
        parts = self.records.made_of(unit)
        intro = self._say.text(
            "places.made_of.intro",
            new=unit.address,
            count=len(parts),
            since=day(self._since),
            marker=marker,
        )
        draft.add(Intro(intro), Items(tuple(self._part(old) for old in parts)))
        if any(old.split for old in parts):
            draft.add(Note(self._say.text("places.made_of.parts")))
        if unit.was:
            names = {"was": unit.was, "new": unit.address, "since": day(unit.since)}
            draft.add(Note(self._say.text("places.made_of.renamed", **names, marker=marker)))

    def _part(self, old: OldUnit) -> Text:
        if old.level == "district":
            return self._say.text("places.made_of.item_island", name=old.address)
        name = "item_part" if old.split else "item"
        district = old.parent.address if old.parent else ""
        return self._say.text(f"places.made_of.{name}", name=old.name, district=district)

    def _ambiguous(self, found: PlaceResolution, asked: str) -> Draft:
        draft = Draft("needs_clarification")
        count = len(found.options)
        first = found.options[0].unit
        words, named = self._page_of(found)
        quoted = "; ".join(option.unit.address for option in named)
        listed = replace(self.records.source(first, "list", quoted), url=place_url(words))
        marker = draft.cite(listed)
        names = {"count": str(count), "matched": found.matched}
        options = tuple(
            self._option(option, found, asked) for option in found.options[:MAX_OPTIONS]
        )
        draft.add(
            Verdict(self._say.text("places.ambiguous.intro", **names, marker=marker)),
            Choices(options),
        )
        if count > len(options):
            more = self._say.text("places.ambiguous.more", count=count - len(options))
            draft.add(Note(more))
        self._finish(draft, found)
        draft.suggestions += [option.asks for option in options[:MAX_SUGGESTIONS]]
        return draft

    def _option(self, option: PlaceOption, found: PlaceResolution, asked: str) -> Option:
        name = "now" if isinstance(option.unit, OldUnit) else "made_of"
        address = option.unit.address
        again = _asked_of(address, found, asked)
        return Option(address, again or self._say(f"places.suggest.{name}", address=address))

    def _unknown(self, found: PlaceResolution, asked: str) -> Draft:
        draft = Draft("no_evidence")
        as_of = day(self._catalogue.as_of)
        no = self._say.text("places.unknown.plain", matched=found.matched, as_of=as_of)
        draft.add(Verdict(no))
        near = tuple(
            Option(a, _asked_of(a, found, asked) or self._say("places.suggest.now", address=a))
            for a in found.near
        )
        if near:
            draft.add(Intro(self._say.text("places.unknown.near")), Choices(near))
        draft.add(Note(self._say.text("places.unknown.onward")))
        draft.cards.append(self.records.card(found))
        offered = [option.asks for option in near[:MAX_SUGGESTIONS]]
        draft.suggestions = offered or list(self._say.lines("places.opening"))
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

    def _notes(self, draft: Draft, found: PlaceResolution) -> Text:
        """Why the reading of the name should be checked."""
        unit = found.old or found.new[0]
        values = {"matched": found.matched}
        match found.how:
            case "former_name":
                values |= {"old": unit.address, "since": day(self._since)}
            case "other_kind" | "other_marks":
                values |= {"name": unit.address}
            case "other_district":
                district = found.old.district if found.old else None
                values = {"district": district.address if district else unit.address}
            case _:
                return Text()
        note = self._say.text(f"places.now.{found.how}", **values)
        draft.add(Note(note))
        return note

    # Provinces

    def _province_record(self, found: PlaceResolution) -> Draft:
        draft, province = Draft(), found.new[0]
        if not isinstance(province, Province):
            raise TypeError(f"a province was expected, not {province!r}")
        old = found.old
        if old and old.short != province.short:
            marker = draft.cite(self.records.now_source(old))
            text = self._say.text(
                "places.province.gone",
                old=old.name,
                new=province.name,
                code=province.code,
                since=day(self._since),
                resolution=self._catalogue.overlay.merger_resolution,
                marker=marker,
            )
            draft.add(Lead(text, province.name))
        self._merged_line(draft, province)
        if province.seat:
            self._seat_line(draft, province)
        self._counts_line(draft, province)
        self._finish(draft, found)
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
        self._finish(draft, found)
        self._suggest_province(draft, province)
        return draft

    def _merged_line(self, draft: Draft, province: Province) -> None:
        marker = draft.cite(self.records.unit_source(province))
        if province.merged_from:
            parts = ", ".join(province.merged_from)
            names = {"new": province.name, "parts": parts}
            draft.add(Lead(self._say.text("places.province.merged", **names, marker=marker), parts))
        else:
            name = province.name
            draft.add(Verdict(self._say.text("places.province.unchanged", new=name, marker=marker)))
        if province.kind_since:
            dated = {"short": province.short, "since": day(province.kind_since)}
            draft.add(Note(self._say.text("places.province.city", **dated, marker=marker)))

    def _seat_line(self, draft: Draft, province: Province) -> None:
        marker = draft.cite(self.records.unit_source(province))
        if province.seat:
            names = {"new": province.name, "seat": province.seat}
            text = self._say.text("places.province.seat", **names, marker=marker)
            draft.add(Lead(text, province.seat))
        else:
            name = province.name
            text = self._say.text("places.province.seat_unchanged", new=name, marker=marker)
            draft.add(Verdict(text))

    def _counts_line(self, draft: Draft, province: Province) -> None:
        counts = self._catalogue.counts(province)
        text = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        marker = draft.cite(self.records.source(province, "counts", f"{province.name}: {text}"))
        total = sum(counts.values())
        told = self._say.text(
            "places.province.counts",
            new=province.name,
            total=total,
            xa=counts["xã"],
            phuong=counts["phường"],
            dac_khu=counts["đặc khu"],
            marker=marker,
        )
        draft.add(Lead(told, str(total)))

    def _list_lines(self, draft: Draft, province: Province) -> None:
        units = self._catalogue.by_province[province.code]
        quoted = "; ".join(u.name for u in units)
        source = self.records.source(province, "list", quoted)
        names = {"new": province.name, "total": str(len(units))}
        draft.add(Intro(self._say.text("places.province.list", **names, marker=draft.cite(source))))
        for kind in ("phường", "xã", "đặc khu"):
            named = [u.name[len(kind) + 1 :] for u in units if u.kind == kind]
            if named:
                draft.add(self._of_kind(kind, named, draft.marker(source)))

    def _of_kind(self, kind: str, names: Sequence[str], marker: int) -> Note:
        shown = Text.of(", ".join(names[:MAX_ITEMS]))
        if len(names) > MAX_ITEMS:
            count = len(names) - MAX_ITEMS
            more = self._say.text("places.province.list_more", count=count, press=press(marker))
            shown = Text.of(shown, " ", more)
        named = {"kind": kind.capitalize(), "count": str(len(names))}
        return Note(self._say.text("places.province.list_kind", **named, names=shown))

    def together(self, named: Sequence[Province | OldUnit]) -> Draft:
        """Whether the provinces named are one today."""
        homes = [self._catalogue.province_of(u) if isinstance(u, OldUnit) else u for u in named]
        draft = Draft()
        if len({h.code for h in homes}) == 1:
            home = homes[0]
            marker = draft.cite(self.records.unit_source(home))
            text = self._say.text(
                "places.province.same_merger",
                parts=", ".join(home.merged_from),
                new=home.name,
                since=day(self._since),
                resolution=self._catalogue.overlay.merger_resolution,
                marker=marker,
            )
            draft.add(Lead(text, home.name))
            if home.seat:
                self._seat_line(draft, home)
        else:
            first, second = homes[0], next(h for h in homes if h is not homes[0])
            marker = draft.cite(self.records.unit_source(first))
            marker += draft.cite(self.records.unit_source(second))
            text = self._say.text(
                "places.province.not_same",
                first=named[0].name,
                second=next(u.name for u, h in zip(named, homes, strict=True) if h is second),
                marker=marker,
            )
            draft.add(Verdict(text))
            self._merged_line(draft, first)
            self._merged_line(draft, second)
        for home in dict.fromkeys(homes):
            draft.cards.append(self.records.card(self.resolver.resolve(home.name)))
        draft.add(self._as_of())
        self._suggest_province(draft, homes[0])
        return draft

    # The whole country

    def country_counts(self) -> Draft:
        """How many units the country has."""
        draft = Draft()
        provinces, communes = self._catalogue.province_counts(), self._catalogue.counts()
        counted = [self._say("places.country.cities", count=provinces["thành phố"])]
        counted += [
            f"{provinces['tỉnh']} tỉnh",
            *(f"{number_text(n)} {kind}" for kind, n in communes.items()),
        ]
        marker = draft.cite(self.records.rule("so-luong", "counts", "; ".join(counted)))
        total = sum(provinces.values())
        counts = self._say.text(
            "places.country.counts",
            provinces=total,
            cities=provinces["thành phố"],
            tinh=provinces["tỉnh"],
            marker=marker,
        )
        in_all = number_text(sum(communes.values()))
        below = self._say.text(
            "places.country.communes",
            total=in_all,
            xa=number_text(communes["xã"]),
            phuong=number_text(communes["phường"]),
            dac_khu=number_text(communes["đặc khu"]),
            marker=marker,
        )
        draft.add(Lead(counts, str(total)), Lead(below, in_all))
        changed = [p for p in self._catalogue.provinces.values() if p.kind_since]
        if changed:
            since = self._say.text(
                "places.country.since",
                start=day(self._since),
                cities_then=provinces["thành phố"] - len(changed),
                tinh_then=provinces["tỉnh"] + len(changed),
                city_since=day(changed[0].kind_since),
                marker=marker,
            )
            draft.add(Note(since))
        return self._close(draft, ("districts",))

    def provinces(self) -> Draft:
        """The provinces by name."""
        draft = Draft()
        cities = [p.short for p in self._catalogue.provinces.values() if p.kind == "thành phố"]
        rest = [p.short for p in self._catalogue.provinces.values() if p.kind == "tỉnh"]
        text = "; ".join((*cities, *rest))
        marker = draft.cite(self.records.rule("tinh-thanh", "list", text))
        of_cities = {"cities": str(len(cities)), "city_names": ", ".join(cities)}
        of_rest = {"count": str(len(rest)), "names": ", ".join(rest)}
        draft.add(
            Lead(self._say.text("places.country.list", **of_cities, marker=marker)),
            Lead(self._say.text("places.country.list_tinh", **of_rest, marker=marker)),
        )
        return self._close(draft, ("country",))

    def unchanged(self) -> Draft:
        """The provinces that did not merge."""
        draft = Draft()
        names = [p.name for p in self._catalogue.provinces.values() if not p.merged_from]
        marker = draft.cite(self.records.rule("tinh-thanh", "list", "; ".join(names)))
        values = {"count": str(len(names)), "names": ", ".join(names)}
        draft.add(Lead(self._say.text("places.country.unchanged", **values, marker=marker)))
        return self._close(draft, ("country",))

    def mergers(self) -> Draft:
        """Which provinces merged into which."""
        draft = Draft()
        merged = [p for p in self._catalogue.provinces.values() if p.merged_from]
        text = "; ".join(f"{p.name}: {' + '.join(p.merged_from)}" for p in merged)
        marker = draft.cite(self.records.rule("tinh-thanh", "list", text))
        items = tuple(
            self._say.text("places.country.merger_item", new=p.name, parts=", ".join(p.merged_from))
            for p in merged
        )
        intro = self._say.text("places.country.mergers", count=len(merged), marker=marker)
        draft.add(Intro(intro), Items(items))
        return self._close(draft, ("country",))

    def districts(self) -> Draft:
        """That the district level has ended."""
        draft, overlay = Draft(), self._catalogue.overlay
        start = day(self._since)
        values = {
            "law": overlay.law,
            "law_date": day(overlay.law_date.isoformat()),
            "count": str(overlay.districts_before),
        }
        text = f"{start}; {overlay.law}; {overlay.districts_before}"
        marker = draft.cite(self.records.rule("cap-huyen", "districts", text))
        draft.add(
            Verdict(self._say.text("places.districts.none", start=start, marker=marker)),
            Note(self._say.text("places.districts.law", marker=marker, **values)),
            Note(self._say.text("places.districts.work", start=start, marker=marker)),
        )
        return self._close(draft, ("country",))

    # Parts

    @property
    def _since(self) -> str:
        return self._catalogue.overlay.since.isoformat()

    def _by(self, unit: Commune) -> str:
        if not unit.resolution:
            return ""
        return self._say("places.now.by", resolution=unit.resolution)

    def _items(self, units: Iterable[NewUnit]) -> Items:
        names = ({"name": u.address, "code": u.code} for u in units)
        return Items(tuple(self._say.text("places.now.item", **named) for named in names))

    def _papers(self, draft: Draft) -> None:
        overlay = self._catalogue.overlay
        text = f"{overlay.papers_resolution}, {overlay.papers_article}"
        marker = draft.cite(self.records.rule("giay-to", "papers", text))
        named = {"resolution": overlay.papers_resolution, "article": overlay.papers_article}
        draft.add(Note(self._say.text("places.now.papers", **named, marker=marker)))

    def _as_of(self) -> SourceLine:
        return SourceLine(self._say.text("places.as_of", as_of=day(self._catalogue.as_of)))

    def _finish(self, draft: Draft, found: PlaceResolution, note: Text | None = None) -> None:
        draft.add(self._as_of())
        draft.cards.append(self.records.card(found, note.words if note else ""))

    def _close(self, draft: Draft, suggestions: Sequence[str]) -> Draft:
        draft.add(self._as_of())
        draft.suggestions = [self._say(f"places.suggest.{name}") for name in suggestions]
        draft.suggestions += self._say.lines("places.opening")[:2]
        return draft

    def _suggest_province(self, draft: Draft, province: Province | None) -> None:
        if province is None:
            return
        for name in ("merged", "seat", "counts"):
            question = self._say(f"places.suggest.{name}", province=province.name)
            if len(draft.suggestions) < MAX_SUGGESTIONS:
                draft.suggestions.append(question)


def _asked_of(address: str, found: PlaceResolution, asked: str) -> str:
    """The question asked again of one of the places it may mean; empty where that cannot be."""
    plain = fold(asked)  # a letter for each, so that the name stands where it stands in `asked`
    at = plain.find(fold(found.matched))
    if at < 0 or len(plain) != len(asked):
        return ""
    before, after = asked[:at], asked[at + len(found.matched) :]
    if not after.strip(" ?.,"):  # a name alone asks nothing
        return ""
    return mask_personal_data(f"{before}{address}{after}".strip())  # it is kept with the answer
