"""Messages with their class for the model of bot/sources/replies: our own, in typing styles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.sources.replies import meaning
from evals.sets.typing_styles import restyle
from evals.training.examples import PAIRS, SLIPS, VOICES, read_lines

OWN: Final = "safety"
FILES: Final = (OWN, *VOICES, "calibration_scope", "tuning", "procedures", "places", *PAIRS)
OF_EACH_PAIRS: Final = 250  # they are many, and all of one kind
SLIPPED_OTHERS: Final = 3  # of three other questions one is typed in another style too
_PARTS: Final = 40  # of the questions that are of no kind: each is left out with its part
_SEED: Final = 3
_NAMES: Final = {
    "despair": meaning.DESPAIR,
    "lawbreaking": meaning.CRIME,
    "status": meaning.STATUS,
}
_OF_VOICES: Final = {
    "suicide": meaning.DESPAIR,
    "violence": meaning.VIOLENCE,
    "fire": meaning.RESCUE,
    "medical": meaning.RESCUE,
    "child": meaning.CHILD,
}
# Rules answer these before the model is asked.
_BY_RULES: Final = ("injection", "abuse")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in one typing style."""

    text: str
    kind: str  # class of the model
    group: str  # all of one kind of situation, left out together
    source: str  # file, with the class where it has several
    careful: bool = True


def messages() -> list[Message]:
    """Every message of FILES; a report half is never read."""
    chance = random.Random(_SEED)  # noqa: S311 (a choice of styles)
    written = list(_written(chance))
    return [styled for number, one in enumerate(written) for styled in _styled(one, number, chance)]


def _styled(one: Message, number: int, chance: random.Random) -> Iterator[Message]:
    yield one
    if one.source == OWN or one.kind != meaning.NONE:
        styles: tuple[Any, ...] = ("unaccented", "sloppy")
    else:
        styles = () if number % SLIPPED_OTHERS else (chance.choice(SLIPS),)
    for style in styles:
        yield replace(one, text=restyle(one.text, style), careful=False)


def _written(chance: random.Random) -> Iterator[Message]:
    own = read_lines(OWN)
    for entry in own:
        if "question" in entry:
            kind = _NAMES.get(entry["class"], entry["class"])
            yield Message(entry["question"], kind, f"{kind}/{entry['kind']}", OWN)
    told = {entry["same_as"]: entry["class"] for entry in own if "same_as" in entry}
    for name in FILES[1:]:
        entries = read_lines(name)
        if name in PAIRS:
            entries = chance.sample(entries, OF_EACH_PAIRS)
        for number, entry in enumerate(entries):
            if one := _other(name, number, entry, told):
                yield one


def _other(name: str, number: int, entry: dict[str, Any], told: dict[str, str]) -> Message | None:
    """A message of another set; None for one of a report half, and for one that rules answer."""
    unsafe = entry.get("scope") == "unsafe"
    if entry.get("half") == "report" or entry.get("why") == "unsafe":
        return None
    if unsafe and entry["kind"] in _BY_RULES:
        return None
    kind = _kind(entry, told.get(str(entry.get("id")), ""), unsafe=unsafe)
    source = f"{name}:{entry['class']}" if "class" in entry else name
    situation = entry.get("record") or (entry.get("kind") if kind != meaning.NONE else None)
    group = f"{name}/{situation}" if situation else f"{name}/{number % _PARTS}"
    return Message(entry["question"], kind, group, source)


def _kind(entry: dict[str, Any], told: str, *, unsafe: bool) -> str:
    if told:
        return _NAMES.get(told, told)
    if entry.get("class") == "danger":
        return _OF_VOICES.get(entry["kind"], meaning.CRIME)
    by_scope = {"self_harm": meaning.DESPAIR, "crime": meaning.CRIME}
    return by_scope.get(entry["kind"], meaning.NONE) if unsafe else meaning.NONE
