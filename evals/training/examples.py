"""Our own questions with what is right for each, to fit models on. report.jsonl is never read."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.sources.router import NOT_HELD, OUTSIDE
from evals.sets.questions import FOLDER
from evals.sets.typing_styles import STYLES, TypingStyle, restyle
from knowledge.models import Document, Passage
from knowledge.procedures.loading import load_procedures
from prompts.wording import load_wording

SLIPS: Final[tuple[TypingStyle, ...]] = ("unaccented", "half", "sloppy")
PAIRS: Final = (
    "calibration_pairs",
    "calibration_pairs_b",
    "calibration_pairs_c",
    "calibration_pairs_d",
)
VOICES: Final = ("voices_procedures", "phrasings", "voices_other", "unanswered")
FILES: Final = (*PAIRS, *VOICES, "calibration_scope", "procedures", "places", "tuning")
# Kinds of tuning questions that no single clause answers.
NOT_ONE_CLAUSE: Final = ("outline", "documents")
DOCUMENTS, PROCEDURES, PLACES = "documents", "procedures", "places"
_KINDS: Final = {
    "outside": OUTSIDE,
    "smalltalk": OUTSIDE,
    "directive": DOCUMENTS,
    "directive_unanswered": DOCUMENTS,
    "answered": DOCUMENTS,
    "unanswered": DOCUMENTS,
    "not_held": NOT_HELD,
    "procedure": PROCEDURES,
    "hours_status": NOT_HELD,
    "place": PLACES,
}
SLIPPED_PAIRS: Final = 3
OFFERED: Final = ("where", "papers", "time", "fee", "boundary", "plain")
OFFERED_OF_A_NAME: Final = 2
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Example:
    """A question in one typing style."""

    key: str  # of the question in any style: all its styles are left out together
    text: str
    style: TypingStyle
    source: str  # the file
    kind: str  # class of the router
    answerable: bool | None = None  # by a clause; None: not said
    right: tuple[Passage, ...] = ()  # the clauses that answer
    record: str | None = None  # id or code of the procedure record
    also: tuple[str, ...] = ()  # of records that answer as well

    @property
    def records(self) -> tuple[str, ...]:
        """Ids or codes of the records that answer, the one that is meant first."""
        return (self.record, *self.also) if self.record else ()

    @property
    def documents(self) -> frozenset[str]:
        """Ids of the documents that hold the clauses."""
        return frozenset(passage.document_id for passage in self.right)


def examples(documents: Sequence[Document]) -> list[Example]:
    """Every question of FILES in its typing styles."""
    chance = random.Random(_SEED)  # noqa: S311 (a choice of typing styles)
    found = []
    for name in FILES:
        for number, entry in enumerate(read_lines(name)):
            example = _example(name, f"{name}:{entry.get('id', number)}", entry, documents)
            if example is None:
                continue
            styles = _styles(name, number, chance)
            found += [_styled(example, style) for style in styles]
    return [*found, *_offered(chance)]


def _offered(chance: random.Random) -> Iterator[Example]:
    """The questions that answers about our records offer to ask next: they must be understood."""
    say = load_wording()
    for procedure in load_procedures():
        for name in (procedure.name, *procedure.aliases):
            for aspect in chance.sample(OFFERED, OFFERED_OF_A_NAME):
                text = say(f"procedures.ask.{aspect}", name=name[:1].upper() + name[1:])
                plain = Example(f"offered:{procedure.id}", text, "careful", "offered", PROCEDURES)
                style = chance.choice(STYLES)
                yield _styled(replace(plain, record=procedure.id), style)


def _styles(name: str, number: int, chance: random.Random) -> Sequence[TypingStyle]:
    """All for the tuning sets; of the many pairs one in three is typed in another style too."""
    if name in ("tuning", "procedures", "places"):
        return STYLES
    slip = chance.choice(SLIPS)
    return ("careful",) if name in PAIRS and number % SLIPPED_PAIRS else ("careful", slip)


def read_lines(name: str) -> list[dict[str, Any]]:
    """The entries of a question file, as written."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _styled(example: Example, style: TypingStyle) -> Example:
    return replace(example, text=restyle(example.text, style), style=style)


def _example(
    name: str, key: str, entry: dict[str, Any], documents: Sequence[Document]
) -> Example | None:
    """None for an entry of a report half, and for one that no class is right for."""
    if entry.get("half") == "report":
        return None
    plain = Example(key, entry["question"], "careful", name, DOCUMENTS)
    if name in PAIRS:
        return _with_clauses(plain, entry, documents)
    if name == "tuning":
        return _tuning(plain, entry, documents)
    if name == "procedures":
        return _of_record(plain, entry)
    if name == "places":
        return replace(plain, kind=PLACES)
    if name == "phrasings" or entry.get("class") in ("procedure", "procedure_not_held"):
        return _of_record(plain, entry)
    kind = _KINDS.get(str(entry.get("class") or entry.get("scope")))
    if kind is None:
        return None
    if entry.get("excerpt"):
        return _with_clauses(plain, entry, documents)
    unanswered = entry.get("class") in ("directive_unanswered", "unanswered")
    return replace(plain, kind=kind, answerable=False if unanswered else None)


def _of_record(plain: Example, entry: dict[str, Any]) -> Example:
    record = entry.get("record")
    also = tuple(entry.get("also", ()))
    return replace(plain, kind=PROCEDURES if record else NOT_HELD, record=record, also=also)


def _tuning(plain: Example, entry: dict[str, Any], documents: Sequence[Document]) -> Example | None:
    if entry.get("why") == "unsafe":
        return None
    if entry.get("why") == "other_topic":
        return replace(plain, kind=OUTSIDE)
    if entry["kind"] in NOT_ONE_CLAUSE:
        return plain
    return _with_clauses(plain, {**entry, "answerable": entry["kind"] != "refuse"}, documents)


def _with_clauses(plain: Example, entry: dict[str, Any], documents: Sequence[Document]) -> Example:
    answerable = bool(entry.get("answerable", True))
    right = tuple(answering(documents, entry)) if answerable else ()
    return replace(plain, answerable=answerable, right=right)


def answering(documents: Sequence[Document], entry: dict[str, Any]) -> Iterator[Passage]:
    """The passages that hold an excerpt of the entry."""
    for answer in entry.get("answers") or [entry]:
        if not answer.get("excerpt"):
            continue
        words = unicodedata.normalize("NFC", answer["excerpt"]).split()
        wanted = re.compile(r"\s+".join(map(re.escape, words)))
        for document in documents:
            if document.id == answer["document"]:
                for passage in document.passages:
                    if wanted.search(unicodedata.normalize("NFC", passage.text)):
                        yield passage
