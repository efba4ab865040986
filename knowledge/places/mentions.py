"""Words of a text that may name a place, grouped as an address groups them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.places.catalogue import Catalogue, Entry
from knowledge.places.models import Level, OldUnit
from knowledge.places.spelling import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    PROVINCE_KINDS,
    Token,
    kind_at,
    marks_missing,
    marks_off,
    window_key,
)

MAX_NAME_TOKENS = 6
_KINDS_OF: dict[Level, frozenset[str]] = {
    "commune": COMMUNE_KINDS,
    "district": DISTRICT_KINDS,
    "province": PROVINCE_KINDS,
}
MIN_SINGLE_LETTERS = 3  # of a name of one word that stands without its kind
_HARD = (",", ";", "(", ")", "\n", "|", "/", ":", "?", "!")
# Between a place and the one that holds it.
_CONNECTORS = frozenset({"thuoc", "cua", "o", "tai", "truoc", "day", "cu", "dao"})
# What follows is a street, a hamlet, a building: not a commune, whatever its name is.
_STREET_WORDS = """
    duong pho ngo ngach hem kiet thon ap xom khom so lo khu cho cau toa truong chung quoc benh vien
    cong ty ql dt dl ben doc
"""
_NOT_A_COMMUNE = frozenset(_STREET_WORDS.split())
_STREET_PAIRS = frozenset(
    {("khu", "pho"), ("chung", "cu"), ("dai", "lo"), ("quoc", "lo"), ("xa", "lo"), ("to", "dan")}
)
# Folded words after "xã", "phường", ... that make it no name of a place.
_NO_NAME_WORDS = """
    nao gi nay do kia ay moi cu va hoac hay cung voi da dang se thi la co khong o cua thuoc hien
    truoc sau tren duoi theo tai ve cho den tu bi duoc phai nen cac nhung mot hai ba bon nam hoi
    vien uy giao hoc doan truong phu dan minh toi em ban lam muon can xin khac deu toan cap quan
    huyen tinh phuong xa nha sap gom giu doi nhap bao ai dau vay the dang
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_NAMES_TOO = frozenset({"doi", "ba", "mot", "bon", "nam", "hoi", "vien", "giao", "doan", "dan"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a mention: how far it goes, and the units of that name."""

    end: int  # token after the last one
    entries: tuple[Entry, ...]
    off: int  # letters typed with other marks than the name's
    missing: int  # letters typed without the name's marks
    other_kind: bool  # the kind written is not the unit's


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that may name a place."""

    start: int  # first token, the word for the kind included
    name: int  # first token of the name
    kind: str | None
    readings: tuple[Reading, ...]  # longest first

    @property
    def end(self) -> int:
        """The token after the longest reading."""
        return self.readings[0].end


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word for a kind with a name that no unit has."""

    start: int
    name: int
    end: int
    kind: str


Group = list[Mention | Unknown]


def find_groups(words: Sequence[Token], catalogue: Catalogue) -> list[Group]:
    """The mentions of a text, those that follow each other as in an address together."""
    return _grouped(_scan(list(words), catalogue), words)


def _scan(words: list[Token], catalogue: Catalogue) -> Group:
    found: Group = []
    i = 0
    while i < len(words):
        item = _mention_at(words, i, catalogue)
        if item is None:
            i += 1
            continue
        item = _before_its_home(item, words, catalogue)
        found.append(item)
        i = item.end
    return found


def _before_its_home(
    item: Mention | Unknown, words: list[Token], catalogue: Catalogue
) -> Mention | Unknown:
    """Read shorter where the rest begins the name of what holds it: "Bình Tân | Phú Riềng"."""
    if isinstance(item, Unknown):
        return item
    for at, reading in enumerate(item.readings):
        if at == 0 or reading.end == item.end:
            continue
        home = _bare(words, reading.end, catalogue)
        if home is None or home.end <= item.end:
            continue
        homes = {id(e.unit) for e in home.readings[0].entries}
        inside = (e.unit for e in reading.entries if isinstance(e.unit, OldUnit))
        if any(id(u.parent) in homes or id(u.province) in homes for u in inside):
            return replace(item, readings=item.readings[at:])
    return item


def _mention_at(words: list[Token], i: int, catalogue: Catalogue) -> Mention | Unknown | None:
    kinded = kind_at(words, i)
    if kinded is None:
        return _bare(words, i, catalogue)
    kind, size = kinded
    name = i + size
    if len(words[i].folded) == 1 and name < len(words) and words[name].gap.strip(" ."):
        return _bare(words, i, catalogue)  # "x^3"
    readings = _readings(words, name, catalogue, kind) if _joined(words, name) else ()
    if readings and not readings[0].other_kind:
        return Mention(i, name, kind, readings)
    # A name may begin like a word for a kind: "Phương Tú".
    whole = _bare(words, i, catalogue) if len(words[i].folded) > 1 else None
    if whole and whole.end >= (readings[0].end if readings else 0):
        return whole
    if readings:
        return Mention(i, name, kind, readings)
    return _unknown(words, i, name, kind, catalogue)


def _bare(words: list[Token], i: int, catalogue: Catalogue) -> Mention | None:
    readings = _readings(words, i, catalogue, None)
    if not readings:
        return None
    kept = []
    street = _after_street_word(words, i)
    cased = any(t.text[0].isupper() for t in words)
    for reading in readings:
        if reading.off:  # written with other marks and without its kind: another word
            continue
        short = reading.end - i == 1 and not _alone(words, i)
        entries = tuple(
            e
            for e in reading.entries
            if not (street and e.level != "province")
            and not (cased and not e.name and not _capital(words[i : reading.end]))
            and not (street and i and words[i - 1].folded in ("duong", "pho", "lo", "cau"))
            and not (short and e.level == "commune")
            and not (short and len(words[i].key) < MIN_SINGLE_LETTERS and e.level != "province")
        )
        if entries:
            kept.append(
                Reading(reading.end, entries, reading.off, reading.missing, reading.other_kind)
            )
    return Mention(i, i, None, tuple(kept)) if kept else None


def _capital(name: Sequence[Token]) -> bool:
    return all(not t.text[0].isalpha() or t.text[0].isupper() for t in name)


def _alone(words: list[Token], i: int) -> bool:
    """Whether a word has a comma, or an end of the text, on both sides."""
    before = i == 0 or "," in words[i].gap
    return before and (i + 1 == len(words) or "," in words[i + 1].gap)


def _after_street_word(words: list[Token], i: int) -> bool:
    if not i or any(c in words[i].gap for c in _HARD):
        return False
    before = words[i - 1].folded
    pair = (words[i - 2].folded, before) if i > 1 else ("", "")
    if pair == ("thanh", "pho"):
        return False
    if before.isdecimal() and i > 1 and kind_at(words, i - 2):  # "phường 9 Đà Lạt"
        return False
    return before in _NOT_A_COMMUNE or pair in _STREET_PAIRS or before[0].isdecimal()


def _joined(words: list[Token], i: int) -> bool:
    return i < len(words) and not any(c in words[i].gap for c in _HARD)


def _readings(
    words: list[Token], name: int, catalogue: Catalogue, kind: str | None
) -> tuple[Reading, ...]:
    readings: list[Reading] = []
    marked = any(not t.text.isascii() for t in words)
    limit = name + 1
    while limit < len(words) and limit - name < MAX_NAME_TOKENS and _joined(words, limit):
        kind_ahead = kind_at(words, limit)
        if kind_ahead and kind_ahead[1] == 2:  # "hoà bình | thành phố hoà bình"
            break
        limit += 1
    for end in range(min(limit, len(words)), name, -1):
        entries = catalogue.index.get(window_key(words, name, end))
        if not entries:
            continue
        typed = "".join(t.text for t in words[name:end])
        fitting = [e for e in entries if kind is None or e.kind == kind]
        rest = [e for e in entries if e.kind != kind and kind in _KINDS_OF[e.level]]
        both = [
            _reading(part, typed, end, marked=marked, other_kind=part is rest)
            for part in (fitting, rest)
            if part
        ]
        readings += sorted(both, key=lambda r: (r.off > 0, r.other_kind))
    return tuple(readings)


def _reading(
    fitting: Sequence[Entry], typed: str, end: int, *, marked: bool, other_kind: bool
) -> Reading:
    """The entries that come nearest to the marks typed."""
    offs = {id(e): marks_off(typed, e.name) for e in fitting if e.name}
    least = min(offs.values(), default=0)
    # A name of long ago is known without marks: it says nothing against one written otherwise.
    near = [e for e in fitting if offs.get(id(e), 0) == least]
    lacks = {id(e): marks_missing(typed, e.name) for e in near if e.name}
    fewest = min(lacks.values(), default=0)
    # Written with its marks, a name means itself, not one that would need more. Half of the marks
    # say nothing of a name that has none.
    if marked and not (fewest and typed.isascii()):
        near = [e for e in near if lacks.get(id(e), fewest) == fewest]
    return Reading(end, tuple(near), least, fewest, other_kind)


def _unknown(
    words: list[Token], start: int, name: int, kind: str, catalogue: Catalogue
) -> Unknown | None:
    """A name that we do not know after the word for a kind, up to the next stop."""
    if not _joined(words, name) or kind == "tỉnh" or not words[name].text[0].isalnum():
        return None
    if len(words[start].folded) == 1 and "." not in words[name].gap and words[name].gap:
        return None
    if end := _before_home(words, name, catalogue):
        return Unknown(start, name, end, kind)
    if _no_name(words[name]):
        return None
    end = name + 1
    while (
        end < len(words)
        and end - name < MAX_NAME_TOKENS - 2
        and _joined(words, end)
        and "." not in words[end].gap
        and kind_at(words, end) is None
        and words[end].folded not in _NO_NAME
        and not _now(words, end)
        and not _home_at(words, end, catalogue, districts=end - name > 1)
    ):
        end += 1
    return Unknown(start, name, end, kind)


def _before_home(words: list[Token], name: int, catalogue: Catalogue) -> int:
    """Where a name ends that stands before a comma and what holds it; 0 for none.

    There syllables of names that are ordinary words elsewhere ("hai", "cu") do not end it.
    """
    end = name + 1
    while end < len(words) and _joined(words, end) and kind_at(words, end) is None:
        end += 1
    own = words[name:end]
    if not 1 < len(own) < MAX_NAME_TOKENS - 1 or all(t.folded in _NO_NAME for t in own):
        return 0
    comma = end < len(words) and words[end].gap.strip() == ","
    return end if comma and _home_at(words, end, catalogue, districts=True) else 0


def _home_at(words: list[Token], i: int, catalogue: Catalogue, *, districts: bool) -> bool:
    """Whether a province, or a district, is named here, which holds what stands before it."""
    levels = ("province", "district") if districts else ("province",)
    return any(
        entry.level in levels
        for size in (2, 3)
        if i + size <= len(words)
        for entry in catalogue.index.get(window_key(words, i, i + size), ())
    )


def _now(words: Sequence[Token], i: int) -> bool:
    """Whether a word is the "giờ" of "giờ là xã nào"."""
    if words[i].folded != "gio" or i + 1 == len(words):
        return False
    bare = words[i].text.isascii() and words[i + 1].folded in ("la", "thuoc", "goi", "doi")
    return bare or words[i].text.lower() == "giờ"


def _no_name(token: Token) -> bool:
    """Whether a word is no name; "Đồi" with a capital is one, "đổi" and "Đổi" are not."""
    named = token.text[0].isupper() and token.text[1:].islower()
    return token.folded in _NO_NAME and not (named and token.folded in _NAMES_TOO)


def _grouped(items: Sequence[Mention | Unknown], words: Sequence[Token]) -> list[Group]:
    groups: list[Group] = []
    last = -1
    for item in items:
        between = words[last : item.start] if last >= 0 else []
        near = bool(groups) and all(t.folded in _CONNECTORS for t in between) and len(between) <= 2
        if near and not _closes(words, last, item) and not _starts_anew(groups[-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
        last = item.end
    return groups


def _closes(words: Sequence[Token], last: int, item: Mention | Unknown) -> bool:
    """Whether a sentence ends between two mentions."""
    gaps = [t.gap for t in words[last : item.start + 1]]
    return any(c in gap for gap in gaps for c in "?!;\n")


def _starts_anew(group: Group, item: Mention | Unknown) -> bool:
    """A second commune with its kind written begins another address."""
    kinds = [m.kind for m in group if m.kind]
    if item.kind in COMMUNE_KINDS and any(k in COMMUNE_KINDS for k in kinds):
        return True
    second = item.kind in ("quận", "huyện") and any(k in ("quận", "huyện") for k in kinds)
    return second or len(group) >= 5
