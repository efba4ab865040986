"""What words say, from rules/*.yaml: each rule's alternatives as one regular expression.

Alternatives are written with their marks and folded here, so that every typing style meets them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from bot.errors import RuleError
from bot.question.rule_language import Entry, Lists, Row, parse, pattern, spelled
from knowledge.text import fold, new_tone_placement

Marks = Literal["folded", "typed", "agree"]

FOLDER = Path(__file__).parent / "rules"
LISTS_FILE = "lists"
_KEYS = frozenset({"says", "unless", "marks", "means", "matches", "not"})
_ENTRY_KEYS = frozenset({"say", "unless_before", "unless_after", "only_before"})
_WORD = re.compile(r"[^\W\d_]+")
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # scalars are text: "no" is a word


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be said of one thing, and what shows it."""

    name: str  # file and rule, such as "replies.emergency"
    says: tuple[Entry, ...]
    unless: tuple[Entry, ...] = ()  # found anywhere in the text, the rule is not met
    marks: Marks = "folded"  # "typed": read with its marks; "agree": those that were typed decide
    means: str = ""  # the same in other words
    written: tuple[str, ...] = ()  # its templates
    matches: tuple[str, ...] = ()  # examples; «» around what is found, where that matters
    refuses: tuple[str, ...] = ()  # examples that must not match


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules and the lists that they use."""

    by_name: Mapping[str, Rule]
    lists: Lists

    def regex(self, name: str) -> re.Pattern[str]:
        """A rule's alternatives as one expression."""
        return re.compile(pattern(self.rule(name).says, self.lists))

    def unless(self, name: str) -> re.Pattern[str] | None:
        """What keeps a rule from being met; None where nothing does."""
        unless = self.rule(name).unless
        return re.compile(pattern(unless, self.lists)) if unless else None

    def rule(self, name: str) -> Rule:
        """The rule of a name.

        Raises:
            RuleError: there is none.
        """
        if name not in self.by_name:
            raise RuleError(f"no rule called {name!r} in {FOLDER}")
        return self.by_name[name]


def search(name: str, text: str, start: int = 0) -> re.Match[str] | None:
    """The first words of `text` that a rule speaks of.

    Args:
        name: of the rule, such as "wants.outline".
        text: folded; in lower case with its marks for a rule that reads marks.
        start: where to begin.
    """
    regex, unless = _compiled(name)
    found = regex.search(text, start)
    return None if found is None or (unless and unless.search(text)) else found


def first(file: str, texts: Iterable[str]) -> Iterator[str]:
    """The rules of a file that one of some texts meets, in the file's order, by name in the file.

    Most texts meet none: that is seen by one look at each.
    """
    worth = [text for text in dict.fromkeys(texts) if _any_of(file).search(text)]
    return (n for n in names(file) if worth and any(search(f"{file}.{n}", t) for t in worth))


def fullmatch(name: str, text: str) -> re.Match[str] | None:
    """As `search`, of all of `text`."""
    return _compiled(name)[0].fullmatch(text)


def finditer(name: str, text: str) -> Iterator[re.Match[str]]:
    """All words of `text` that a rule speaks of, in order."""
    return _compiled(name)[0].finditer(text)


def sub(name: str, words: str, text: str) -> str:
    """`text` with `words` in place of all that a rule speaks of."""
    return _compiled(name)[0].sub(lambda _: words, text)


def agrees(name: str, typed: str) -> bool:
    """Whether the marks typed are those of a rule, where it asks for that; no marks agree too."""
    regex = _compiled_marks(name)
    return regex is None or regex.search(new_tone_placement(typed.lower())) is not None


def expression(name: str) -> str:
    """A rule's alternatives as the text of one regular expression."""
    return _compiled(name)[0].pattern


def means(name: str) -> str:
    """What a rule says in other words."""
    return load_rules().rule(name).means


@cache
def phrases(name: str) -> tuple[str, ...]:
    """Each way to say what a rule of words and choices alone says, with its marks."""
    rows = (parse(text.strip("^$")) for text in load_rules().rule(name).written)
    return tuple(way for row in rows for way in spelled(row))


@cache
def names(file: str) -> tuple[str, ...]:
    """The rules of a file in its order, without the file's name."""
    prefix = f"{file}."
    return tuple(n.removeprefix(prefix) for n in load_rules().by_name if n.startswith(prefix))


@cache
def _any_of(file: str) -> re.Pattern[str]:
    """What meets any rule of a file."""
    return re.compile("|".join(f"(?:{expression(f'{file}.{name}')})" for name in names(file)))


@cache
def _compiled(name: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    rules = load_rules()
    return rules.regex(name), rules.unless(name)


@cache
def _compiled_marks(name: str) -> re.Pattern[str] | None:
    rule = load_rules().rule(name)
    if rule.marks != "agree":
        return None
    rows = (parse(_WORD.sub(_marked_or_not, text)) for text in rule.written)
    return re.compile(pattern([Entry(row) for row in rows], load_rules().lists))


def _marked_or_not(word: re.Match[str]) -> str:
    marked = new_tone_placement(word[0].lower())
    return marked if fold(marked) == marked else f"({marked}|{fold(marked)})"


@cache
def load_rules() -> Rules:
    """The rules that ship with the product."""
    return read_rules(FOLDER)


def read_rules(folder: Path) -> Rules:
    """The rules of the files in a folder.

    Raises:
        RuleError: a file that is no YAML, a key that is unknown, a template that cannot be read.
    """
    listed = _mapping(folder / f"{LISTS_FILE}.yaml")
    lists = {name: _entries(name, values, folds=True) for name, values in listed.items()}
    by_name: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem != LISTS_FILE:
            rules = (_rule(f"{path.stem}.{n}", body) for n, body in _mapping(path).items())
            by_name |= {rule.name: rule for rule in rules}
    return Rules(by_name, lists)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 (scalars only)
    except (OSError, yaml.YAMLError) as error:
        raise RuleError(f"{path}: cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise RuleError(f"{path}: write a name for each rule, with its words below it")
    return values


def _rule(name: str, body: Any) -> Rule:
    if not isinstance(body, dict) or not body.get("says") or set(body) - _KEYS:
        raise RuleError(f"{name}: write says, and of {', '.join(sorted(_KEYS))} what is needed")
    marks: Marks = body.get("marks", "folded")
    if marks not in get_args(Marks):
        raise RuleError(f"{name}: marks {marks!r}; write one of {', '.join(get_args(Marks))}")
    folds = marks != "typed"
    return Rule(
        name,
        _entries(name, body["says"], folds=folds),
        _entries(name, body.get("unless", ()), folds=folds),
        marks,
        body.get("means", ""),
        tuple(value if isinstance(value, str) else value["say"] for value in body["says"]),
        tuple(body.get("matches", ())),
        tuple(body.get("not", ())),
    )


def _entries(name: str, values: Any, *, folds: bool) -> tuple[Entry, ...]:
    try:
        return tuple(_entry(value, folds=folds) for value in values)
    except (RuleError, TypeError, AttributeError) as error:
        raise RuleError(f"{name}: {error}") from error


def _entry(value: Any, *, folds: bool) -> Entry:
    if isinstance(value, str):
        return Entry(_parsed(value, folds=folds))
    if not isinstance(value, dict) or "say" not in value or set(value) - _ENTRY_KEYS:
        raise RuleError(f"{value!r}: write words, or say with of {', '.join(sorted(_ENTRY_KEYS))}")
    return Entry(
        _parsed(value["say"], folds=folds),
        *(
            tuple(_parsed(words, folds=folds) for words in value.get(key, ()))
            for key in ("unless_before", "unless_after", "only_before")
        ),
    )


def _parsed(text: str, *, folds: bool) -> Row:
    return parse(fold(text) if folds else new_tone_placement(text.lower()))
