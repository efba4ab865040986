"""`haicap eval people`: questions as people really put them, asked, scored and written for readers.

Asked through the assistant in this process, with an empty data folder. `--answers` writes every
answer whole, for who grades (docs/grading.md); `--grades` reads what was given. Nothing but totals
of the report half is printed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.answer.answer import Answer
from bot.answer.blocks import Choices
from bot.assistant import Assistant
from bot.errors import QuestionError
from bot.opening import Core, open_core
from bot.settings import Settings
from evals.scoring.floors import tell_missed
from evals.scoring.grades import fingerprint, load_grades, summarise_grades
from evals.scoring.people import Names, PeopleScore, Seen, names, score, seen, summaries
from evals.scoring.people_report import Grades, report
from evals.sets.halves import HALVES, Half
from evals.sets.people import Prompt, Thread, threads
from evals.sets.typing_styles import TypingStyle, restyle

DONE, FAILED = 0, 1
CAREFUL: Final = "careful"


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as typed, and what came."""

    prompt: Prompt
    style: TypingStyle
    typed: str
    answer: Answer | None  # None: the question was not taken
    refused: str  # then why
    failed: bool = False  # by a fault of ours

    @property
    def row(self) -> dict[str, Any]:
        """What a reader needs, as JSON values."""
        prompt, answer = self.prompt, self.answer
        return {
            "id": prompt.id,
            "half": prompt.half,
            "style": self.style,
            "subject": prompt.subject or prompt.of,
            "question": self.typed,
            "asks": prompt.asks,
            "status": self.status,
            "text": self.text,
            "options": self.options,
            "records": [str(card["id"]) for card in answer.cards if "id" in card] if answer else [],
            "citations": [_citation(c) for c in answer.citations] if answer else [],
            "hash": self.hash,
        }

    @property
    def status(self) -> str:
        """As Answer.status, or "error"."""
        return self.answer.status if self.answer else "error"

    @property
    def text(self) -> str:
        """The whole answer as Markdown."""
        return self.answer.text if self.answer else self.refused

    @property
    def options(self) -> list[str]:
        """What a question back lets one choose from."""
        blocks = self.answer.blocks if self.answer else ()
        return [o.shown for block in blocks if isinstance(block, Choices) for o in block.options]

    @property
    def hash(self) -> str:
        """By which a grade knows the answer again."""
        return fingerprint(self.status, self.text, self.options)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Ask everything; 1 when floors were asked for and one is missed."""
    every = threads()
    halves: Sequence[Half] = HALVES if args.half == "all" else (args.half,)
    ids = {prompt.id for thread in every for prompt in thread}
    given = load_grades(args.grades, ids) if args.grades else {}
    chosen = [thread for thread in every if thread[0].half in halves]
    with tempfile.TemporaryDirectory(prefix="haicap-eval-") as folder:
        core = open_core(Settings(data_dir=Path(folder), embedder=settings.embedder))
        try:
            asked = list(ask_all(core.assistant, chosen, args.styles))
            scores = score_all(asked, titles(core))
        finally:
            core.close()
    if args.answers:
        write_answers(args.answers, asked)
    rows = {half: summaries([s for s in scores if s.prompt.half == half]) for half in halves}
    grades: Grades = {}
    if given:
        careful = [one for one in asked if one.style == CAREFUL]
        grades = {h: _graded([a for a in careful if a.prompt.half == h], given) for h in halves}
    print(_json(rows, grades, scores) if args.json else report(rows, grades))
    return FAILED if args.floors and tell_missed("people", rows) else DONE


def titles(core: Core) -> dict[str, Names]:
    """The names of each record of the catalogue, by its title."""
    return {p.name: names(p.id, p.shown_codes) for p in reversed(core.procedures.catalogue.all)}


def ask_all(
    assistant: Assistant, asking: Iterable[Thread], styles: Sequence[TypingStyle]
) -> Iterator[Asked]:
    """Hold every conversation in every style; a question alone is one of one turn."""
    for thread in asking:
        for style in styles:
            yield from _hold(assistant, thread, style)


def _hold(assistant: Assistant, thread: Thread, style: TypingStyle) -> Iterator[Asked]:
    conversation_id = None
    for prompt in thread:
        typed = restyle(prompt.text, style)
        try:
            answer = assistant.ask(typed, conversation_id)
        except QuestionError as error:
            yield Asked(prompt, style, typed, None, str(error))
            continue
        except Exception as error:  # one that fails must not hide how the others do
            yield Asked(prompt, style, typed, None, f"{type(error).__name__}: {error}", True)
            continue
        conversation_id = answer.conversation_id
        yield Asked(prompt, style, typed, answer, "")


def score_all(asked: Iterable[Asked], by_name: Mapping[str, Names]) -> list[PeopleScore]:
    """Score what was asked."""
    return [score(one.prompt, one.style, _seen(one, by_name)) for one in asked]


def _seen(asked: Asked, by_name: Mapping[str, Names]) -> Seen:
    return (
        seen(asked.answer, by_name)
        if asked.answer
        else Seen("error", asked.refused, failed=asked.failed)
    )


def write_answers(path: Path, asked: Iterable[Asked]) -> None:
    """One object an answer, for who reads and grades them."""
    rows = (json.dumps(one.row, ensure_ascii=False) for one in asked)
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")


def _citation(citation: Any) -> dict[str, Any]:
    kept = ("marker", "document_id", "document_number", "locator", "quote")
    return {name: getattr(citation, name) for name in kept}


def _graded(asked: Sequence[Asked], given: Mapping[str, Any]) -> Any:
    hashes = {one.prompt.id: one.hash for one in asked}
    return summarise_grades([one.prompt for one in asked], hashes, given)


def _json(rows: Mapping[Half, Any], grades: Grades, scores: Sequence[PeopleScore]) -> str:
    values = {
        "halves": {h: {g: asdict(r) for g, r in groups.items()} for h, groups in rows.items()},
        "grades": {half: asdict(row) for half, row in grades.items()},
        # The report half stays unread, so that nobody tunes on it.
        "marks": [
            {"id": s.prompt.id, "style": s.style, "marks": dict(s.marks)}
            for s in scores
            if s.prompt.half == "tuning"
        ],
    }
    return json.dumps(values, ensure_ascii=False, indent=2)
