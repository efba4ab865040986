"""The mentions of a text, grouped as an address groups them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.places.finding.known import bare_mention, name_keys, readings_at
from knowledge.places.finding.mention import Group, Mention, Unknown
from knowledge.places.finding.unknown import unknown_name
from knowledge.places.models import OldUnit
from knowledge.places.spelling.kinds import COMMUNE_KINDS
from knowledge.places.spelling.tokens import Token, Words, follows_on
from knowledge.places.units.catalogue import Catalogue

# Between a place and the one that holds it.
_CONNECTORS = frozenset({"thuoc", "cua", "o", "tai", "truoc", "day", "cu", "dao"})
MAX_GROUP = 5


def find_groups(words: Words, catalogue: Catalogue) -> list[Group]:
    """The mentions of a text, those that follow each other as in an address together."""
    return _grouped(_scan(words, catalogue), words)


def _scan(words: Words, catalogue: Catalogue) -> Group:
    found: Group = []
    i = 0
    while i < len(words):
        item = _mention_at(words, i, catalogue) if _may_name(words, i, catalogue) else None
        if item is None:
            i += 1
            continue
        item = _before_its_home(item, words, catalogue)
        found.append(item)
        i = item.end
    return found


def _may_name(words: Sequence[Token], i: int, catalogue: Catalogue) -> bool:
    """Whether a kind of unit or a known name begins here, as at one word of ten."""
    return bool(words[i].kind) or any(key in catalogue.index for _, key in name_keys(words, i))


def _before_its_home(
    item: Mention | Unknown, words: Words, catalogue: Catalogue
) -> Mention | Unknown:
    """Read shorter where the rest begins the name of what holds it: "Bình Tân | Phú Riềng"."""
    if isinstance(item, Unknown):
        return item
    for at, reading in enumerate(item.readings):
        if at == 0 or reading.end == item.end:
            continue
        home = bare_mention(words, reading.end, catalogue)
        if home is None or home.end <= item.end:
            continue
        homes = {id(e.unit) for e in home.readings[0].entries}
        inside = (e.unit for e in reading.entries if isinstance(e.unit, OldUnit))
        if any(id(u.parent) in homes or id(u.province) in homes for u in inside):
            return replace(item, readings=item.readings[at:])
    return item


def _mention_at(words: Words, i: int, catalogue: Catalogue) -> Mention | Unknown | None:
    kinded = words[i].kind
    if kinded is None:
        return bare_mention(words, i, catalogue)
    kind, size = kinded
    name = i + size
    if len(words[i].folded) == 1 and name < len(words) and words[name].gap.strip(" ."):
        return bare_mention(words, i, catalogue)  # "x^3"
    readings = readings_at(words, name, catalogue, kind) if follows_on(words, name) else ()
    if readings and not readings[0].other_kind:
        return Mention(i, name, kind, readings)
    # A name may begin like a word for a kind: "Phương Tú".
    whole = bare_mention(words, i, catalogue) if len(words[i].folded) > 1 else None
    if whole and whole.end >= (readings[0].end if readings else 0):
        return whole
    if readings:
        return Mention(i, name, kind, readings)
    return unknown_name(words, i, name, kind, catalogue)


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
    return second or len(group) >= MAX_GROUP
