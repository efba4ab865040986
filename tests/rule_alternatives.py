"""Rules with one alternative less, and whether an example notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.question.rule_language import Choice, Entry, Item, Listed, Lists, Row, Words, pattern
from bot.question.rules import Rule, Rules
from knowledge.text import fold

Span = tuple[int, int]


@dataclass(frozen=True)
class Example:
    """A text as a rule reads it, and what it finds there; `span` is None where that is open."""

    text: str
    span: Span | None = None

    @classmethod
    def of(cls, written: str, marks: bool) -> Example:
        text = written.replace("«", "").replace("»", "")
        read = text.lower() if marks else fold(text)
        if "«" not in written:
            return cls(read)
        return cls(read, (written.index("«"), written.index("»") - 1))


def holds(example: Example, found: Span | None) -> bool:
    """Whether what was found is what the example says."""
    return found is not None and example.span in (None, found)


def first(spans: Sequence[Span | None]) -> Span | None:
    """Of what each entry of a rule finds, what the rule finds."""
    return min((s for s in spans if s), key=lambda s: s[0], default=None)


def span_of(
    entry: Entry, lists: Lists, text: str, cache: dict[str, re.Pattern[str]]
) -> Span | None:
    written = pattern([entry], lists)
    regex = cache.get(written) or cache.setdefault(written, re.compile(written))
    found = regex.search(text)
    return found.span() if found else None


def needless(rules: Rules) -> Iterator[str]:
    """Each alternative of each rule and list whose loss no example notices."""
    cache: dict[str, re.Pattern[str]] = {}
    for rule in rules.by_name.values():
        yield from _needless_in(rule, rules.lists, cache)
    for name in rules.lists:
        yield from _needless_members(name, rules, cache)


def _needless_in(rule: Rule, lists: Lists, cache: dict[str, re.Pattern[str]]) -> Iterator[str]:
    yes = [Example.of(text, rule.marks == "typed") for text in rule.matches]
    no = [Example.of(text, rule.marks == "typed") for text in rule.refuses]
    found = {e: [span_of(entry, lists, e.text, cache) for entry in rule.says] for e in (*yes, *no)}
    for at, entry in enumerate(rule.says):

        def noticed(less: Entry | None, at: int = at) -> bool:
            def now(example: Example) -> Span | None:
                own = span_of(less, lists, example.text, cache) if less else None
                return first([*found[example][:at], own, *found[example][at + 1 :]])

            changed = any(not holds(e, now(e)) for e in yes if found[e][at])
            return changed or (less is not None and any(now(e) for e in no))

        if not noticed(None):
            yield f"{rule.name}: no example needs {shown(entry.row)!r}"
            continue
        yield from _needless_parts(rule.name, entry, noticed)
    for entry in rule.unless:
        if not any(first(found[e]) and span_of(entry, lists, e.text, cache) for e in no):
            yield f"{rule.name}: no example needs unless {shown(entry.row)!r}"


def _needless_parts(
    name: str, entry: Entry, noticed: Callable[[Entry | None], bool]
) -> Iterator[str]:
    for words, row in without_each(entry.row):
        if not noticed(replace(entry, row=row)):
            yield f"{name}: no example needs {words!r} in {shown(entry.row)!r}"
    for side in ("unless_before", "unless_after", "only_before"):
        rows: tuple[Row, ...] = getattr(entry, side)
        for at, row in enumerate(rows):
            less = replace(entry, **{side: rows[:at] + rows[at + 1 :]})
            if (side != "only_before" or len(rows) > 1) and not noticed(less):
                yield f"{name}: no example needs {side} {shown(row)!r} of {shown(entry.row)!r}"


def _needless_members(name: str, rules: Rules, cache: dict[str, re.Pattern[str]]) -> Iterator[str]:
    """Members of a list that no example of any rule needs."""
    users = [
        rule
        for rule in rules.by_name.values()
        if any(_uses(e, name, rules.lists) for e in rule.says)
    ]
    entries = rules.lists[name]
    for at, entry in enumerate(entries):
        less: list[tuple[str, tuple[Entry, ...]]] = [
            (shown(entry.row), (*entries[:at], *entries[at + 1 :]))
        ]
        less += [
            (words, (*entries[:at], replace(entry, row=row), *entries[at + 1 :]))
            for words, row in without_each(entry.row)
        ]
        for words, others in less:
            lists = {**rules.lists, name: others}
            if others and not any(_notices(rule, lists, cache) for rule in users):
                yield f"lists.{name}: no example needs {words!r}"


def _notices(rule: Rule, lists: Lists, cache: dict[str, re.Pattern[str]]) -> bool:
    for written, wanted in ((rule.matches, True), (rule.refuses, False)):
        for text in written:
            example = Example.of(text, rule.marks == "typed")
            found = first([span_of(e, lists, example.text, cache) for e in rule.says])
            if wanted and not holds(example, found):
                return True
    return False


def _uses(entry: Entry, name: str, lists: Lists) -> bool:
    rows = (entry.row, *entry.unless_after)
    return any(
        listed == name or any(_uses(e, name, lists) for e in lists[listed])
        for row in rows
        for listed in _lists_in(row)
    )


def _lists_in(row: Row) -> Iterator[str]:
    for item in (item for group in row.groups for item in group):
        if isinstance(item, Listed):
            yield item.name
        elif isinstance(item, Choice):
            for branch in item.branches:
                yield from _lists_in(branch)


def without_each(row: Row) -> Iterator[tuple[str, Row]]:
    """A row without one alternative, for each that it has; with the words that went."""
    for g, group in enumerate(row.groups):
        for i, item in enumerate(group):
            if isinstance(item, Choice):
                for words, less in _less(item):
                    items = (*group[:i], *([less] if less else []), *group[i + 1 :])
                    yield (
                        words,
                        Row((*row.groups[:g], *([items] if items else []), *row.groups[g + 1 :])),
                    )


def _less(choice: Choice) -> Iterator[tuple[str, Item | None]]:
    for at, branch in enumerate(choice.branches):
        others = (*choice.branches[:at], *choice.branches[at + 1 :])
        if others:
            yield shown(branch), replace(choice, branches=others)
        elif choice.optional:
            yield shown(branch), None
        for words, row in without_each(branch):
            branches = (*choice.branches[:at], row, *choice.branches[at + 1 :])
            yield words, replace(choice, branches=branches)


def shown(row: Row) -> str:
    """A row as it is written, save for marks."""
    return " ".join("".join(_shown(item) for item in group) for group in row.groups)


def _shown(item: Item) -> str:
    if isinstance(item, Words):
        return item.text
    if isinstance(item, Listed):
        return f"{{{item.name}}}"
    if isinstance(item, Choice):
        inner = "|".join(shown(branch) for branch in item.branches)
        return f"[{inner}]" if item.optional else f"({inner})"
    return item.sign
