"""The small language in which rules are written, and its regular expressions.

    a b          words in a row                  [a|b]    one of them or none
    (a|b)        one of them                     [a|b]*   as many of them as there are, or none
    {name}       one of a list                   (a|b)*   as many of them as there are, at least one
    ..   ...     a gap of up to 5, up to 12 words, or none, within a sentence
    #   @        a number, also of a document; a word, whichever it is
    ^a  a$       where the text begins, where it ends

A rule matches whole words: "ra" is not in "rang".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.errors import RuleError

GAPS = {"..": 5, "...": 12}  # words
_TOKEN = re.compile(
    r"\s+|\.{2,3}|[()\[\]|*#@^$]|\{[a-z_.]+\}|[^\s()\[\]|*#@^${}]+?(?=\.\.|[\s()\[\]|*#@^${}]|$)"
)
# A number is read in one way, and of few parts: else a text of numbers alone is read in as many ways
# as it has places to be cut ("1/1/1/1 b" to the thirtieth 1: for ever).
_NUMBER = r"\d++[a-z]?(?:[-/.]\w++){0,7}+"
_FIXED = {"#": _NUMBER, "@": r"\w+", "^": r"^\W*", "$": r"\W*$"}


@dataclass(frozen=True, slots=True)
class Words:
    """Words, or a part of one, as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """`#`, `@`, `^`, `$`, or a gap."""

    sign: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One of a list of its own name."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, or none where `optional`; in a row where `many`."""

    branches: tuple[Row, ...]
    optional: bool
    many: bool = False


Item = Words | Sign | Listed | Choice


@dataclass(frozen=True, slots=True)
class Row:
    """Groups of items parted by blanks; the items of a group stand together."""

    groups: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to say what a rule is about, and the words beside which it does not count."""

    row: Row
    unless_before: tuple[Row, ...] = ()  # these stand in front of it
    unless_after: tuple[Row, ...] = ()  # these stand behind it
    only_before: tuple[Row, ...] = ()  # one of these must stand behind it; it is not found itself


Lists = Mapping[str, Sequence[Entry]]


def parse(text: str) -> Row:
    """A template as a tree.

    Raises:
        RuleError: a bracket without its other, a star behind nothing, or a sign of no meaning.
    """
    signs = [m[0] for m in _TOKEN.finditer(text.strip())]
    if "".join(signs) != text.strip():
        raise RuleError(
            f"{text!r}: a sign that means nothing here; write words, [ ] ( ) | * # @ ^ $"
        )
    rows, rest = _rows(signs, text)
    if rest or len(rows) != 1:
        raise RuleError(f"{text!r}: brackets do not close, or | stands outside of them")
    return rows[0]


def _rows(signs: list[str], text: str) -> tuple[list[Row], list[str]]:
    """The rows up to a closing bracket, and the signs from there on."""
    rows: list[list[list[Item]]] = [[[]]]
    while signs and signs[0] not in (")", "]"):
        sign, *signs = signs
        if sign == "|":
            rows.append([[]])
        elif sign.isspace():
            rows[-1].append([])
        elif sign in ("(", "["):
            inner, signs = _rows(signs, text)
            if not signs or signs[0] != {"(": ")", "[": "]"}[sign]:
                raise RuleError(f"{text!r}: {sign} is never closed")
            many = signs[1:2] == ["*"]
            signs = signs[2 if many else 1 :]
            rows[-1][-1].append(Choice(tuple(inner), sign == "[", many))
        else:
            rows[-1][-1].append(_item(sign, text))
    return [Row(tuple(tuple(g) for g in groups if g)) for groups in rows], signs


def _item(sign: str, text: str) -> Item:
    if sign == "*":
        raise RuleError(f"{text!r}: * stands behind a bracket only")
    if sign.startswith("{"):
        return Listed(sign[1:-1])
    return Sign(sign) if sign in _FIXED or sign in GAPS else Words(sign)


def pattern(entries: Sequence[Entry], lists: Lists) -> str:
    """The regular expression of several entries, the first that fits first."""
    entries = [own for entry in entries for own in _members(entry, lists)]
    if not any(_anchored(entry) for entry in entries):
        return rf"\b(?:{'|'.join(_entry(e, lists) for e in entries)})\b"
    return "|".join(f"(?:{_bounded(entry, lists)})" for entry in entries)


def _members(entry: Entry, lists: Lists) -> Sequence[Entry]:
    """The entries that an entry is, where it only names a list: they may stand against an end."""
    only = entry.row.groups[0][0]
    if entry == Entry(Row(((only,),))) and isinstance(only, Listed):
        return lists.get(only.name, (entry,))
    return (entry,)


def _anchored(entry: Entry) -> bool:
    groups = entry.row.groups
    return groups[0][0] == Sign("^") or groups[-1][-1] == Sign("$")


def _bounded(entry: Entry, lists: Lists) -> str:
    groups = entry.row.groups
    start = "" if groups[0][0] == Sign("^") else r"\b"
    end = "" if groups[-1][-1] == Sign("$") else r"\b"
    return f"{start}{_entry(entry, lists)}{end}"


def _entry(entry: Entry, lists: Lists) -> str:
    behind = "".join(
        rf"(?<!\b{re.escape(words)} )" for row in entry.unless_before for words in spelled(row)
    )
    ahead = "|".join(_row(row, lists) for row in entry.unless_after)
    needed = "|".join(_row(row, lists) for row in entry.only_before)
    more = (rf"\b(?! (?:{ahead})\b)" if ahead else "") + (rf"(?= (?:{needed})\b)" if needed else "")
    return behind + _row(entry.row, lists) + more


def _row(row: Row, lists: Lists) -> str:
    """Words behind the first that must be there bring the blank in front of them along."""
    made, begun = "", False
    groups = [*_ungrouped(row)]
    for group, following in pairwise([*groups, ()]):
        first = group[0]
        if isinstance(first, Sign) and first.sign in GAPS:
            made += rf"(?:[^\w?]++\w++){{0,{GAPS[first.sign]}}}?"
            made += "" if following == (Sign("$"),) else r"[^\w?]++"
            begun = False
        elif isinstance(first, Sign) and first.sign in "^$":
            made += _FIXED[first.sign]
        elif len(group) == 1 and isinstance(first, Choice) and first.optional:
            made += _optional(first, begun, lists)
        else:
            made += (" " if begun else "") + "".join(_item_pattern(item, lists) for item in group)
            begun = True
    return made


def _ungrouped(row: Row) -> Iterator[tuple[Item, ...]]:
    """The groups, with `^` and `$` apart from the words that they stand against."""
    for group in row.groups:
        body = [item for item in group if item not in (Sign("^"), Sign("$"))]
        yield from ([(Sign("^"),)] if Sign("^") in group else [])
        yield from ([tuple(body)] if body else [])
        yield from ([(Sign("$"),)] if Sign("$") in group else [])


def _optional(choice: Choice, begun: bool, lists: Lists) -> str:
    one = "|".join(_row(branch, lists) for branch in choice.branches)
    if choice.many:
        return rf"(?:\W+(?:{one})\b)*" if begun else rf"(?:(?:{one})\b\W*)*"
    return f"(?: (?:{one}))?" if begun else f"(?:(?:{one}) )?"


def _item_pattern(item: Item, lists: Lists) -> str:
    if isinstance(item, Words):
        return re.escape(item.text)
    if isinstance(item, Sign):
        return _FIXED[item.sign]
    if isinstance(item, Listed):
        if item.name not in lists:
            raise RuleError(f"{{{item.name}}}: there is no such list; see rules/lists.yaml")
        return f"(?:{'|'.join(_entry(entry, lists) for entry in lists[item.name])})"
    one = "|".join(_row(branch, lists) for branch in item.branches)
    if item.many:
        return rf"(?:{one})(?:\W+(?:{one})\b)*"
    return f"(?:{one}){'?' if item.optional else ''}"


def spelled(row: Row) -> list[str]:
    """Each way to write a row of words and choices.

    Raises:
        RuleError: it has a gap, a list or a sign, so that there is no end of ways.
    """
    ways = [""]
    for group in row.groups:
        texts = [""]
        for item in group:
            texts = [text + more for text in texts for more in _ways(item)]
        ways = [f"{way} {text}".strip() for way in ways for text in texts]
    return ways


def _ways(item: Item) -> list[str]:
    if isinstance(item, Words):
        return [item.text]
    if isinstance(item, Choice) and not item.many:
        own = [way for branch in item.branches for way in spelled(branch)]
        return [*own, ""] if item.optional else own
    raise RuleError(f"{item}: only words and choices can stand in unless_before")
