"""`haicap eval record` and `haicap eval compare`: what every door shows, before and after a change.

A recording holds each question of our sets in the four typing styles and each dialogue: the answer
as JSON without ids and times, its Telegram messages, and its HTML on the page. A step that only
moves code gives the same bytes; for one that does not, `compare` counts what changed by set and
part. Answers to the report half are compared and never printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bot.answer.answer import Answer
from bot.answer.codec import to_public
from bot.assistant import Assistant
from bot.doors.telegram_bot.render import Message, Renderer
from bot.doors.web.templating import Templates
from bot.opening import open_core
from bot.settings import Settings
from evals.asking.dialogues import load_dialogues
from evals.errors import QuestionFileError
from evals.sets.halves import HALVES
from evals.sets.questions import load_half
from evals.sets.record_questions import load_place_questions, load_procedure_questions
from evals.sets.typing_styles import STYLES, restyle
from prompts.wording import load_wording

DONE, FAILED = 0, 1
PARTS: Final = ("answer", "telegram", "page")
_REPORT: Final = "report"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or the questions of one conversation in order."""

    key: str  # set, id and typing style
    turns: tuple[str, ...]


def run_record(args: argparse.Namespace, settings: Settings) -> int:
    """Ask everything in this process and write what came."""
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data_dir=Path(folder), embedder=settings.embedder))
        try:
            with gzip.open(args.file, "wt", encoding="utf-8") as file:
                for number, row in enumerate(record(core.assistant, args.styles), 1):
                    file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
                    if number % 500 == 0:
                        print(f"{number} ...", file=sys.stderr, flush=True)
        finally:
            core.close()
    return DONE


def record(assistant: Assistant, styles: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """One row a question or turn: its key, the words as typed, and what each door shows."""
    templates = Templates(lambda name: f"/static/{name}", None)
    renderer = Renderer(load_wording(), None)
    for asked in _asked(styles):
        conversation_id = None
        for number, typed in enumerate(asked.turns, 1):
            answer = assistant.ask(typed, conversation_id)
            conversation_id = answer.conversation_id
            shown = replace(answer, answer_id="answer", conversation_id="talk", took_ms=1)
            yield {
                "key": f"{asked.key} {number}",
                "typed": typed,
                "answer": to_public(shown),
                "telegram": [_message(message) for message in _pages(renderer, shown)],
                "page": templates.answer(shown),
            }


def run_compare(args: argparse.Namespace, _: Settings) -> int:
    """Count what differs by set and part; 1 when anything does."""
    before, after = _read(args.before), _read(args.after)
    counts: Counter[tuple[str, str]] = Counter()
    shown = 0
    for key in sorted(before.keys() | after.keys()):
        differing = _differing(before.get(key), after.get(key))
        kind = key.split()[0]
        counts.update((kind, part) for part in differing)
        if differing and shown < args.show and not key.startswith(_REPORT):
            shown += 1
            _print(key, before.get(key), after.get(key), differing)
    for (kind, part), count in sorted(counts.items()):
        print(f"{kind:12} {part:10} {count}")
    print(f"{len(before)} trước, {len(after)} sau, {sum(counts.values())} chỗ khác")
    return FAILED if counts else DONE


def _asked(styles: tuple[str, ...]) -> Iterator[Asked]:
    plain: list[tuple[str, tuple[str, ...]]] = []
    for half in HALVES:
        plain += [(f"{half} {q.id}", (q.text,)) for q in load_half(half)]
    for name, listed in (("p", load_procedure_questions()), ("a", load_place_questions())):
        plain += [(f"{q.half}-{name} {q.id}", (q.question,)) for q in listed]
    plain += [
        (f"{d.half}-talk {d.id}", tuple(t.question for t in d.turns)) for d in load_dialogues()
    ]
    for key, turns in plain:
        for style in STYLES:
            if style in styles:
                yield Asked(f"{key} {style}", tuple(restyle(turn, style) for turn in turns))


def _pages(renderer: Renderer, answer: Answer) -> Iterator[Message]:
    page = 0
    while message := renderer.answer(answer, page):
        yield message
        page += 1


def _message(message: Message) -> dict[str, Any]:
    rows = [[[button.label, button.data] for button in row] for row in message.rows]
    return {"html": message.html, "plain": message.plain, "rows": rows}


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise QuestionFileError(
            str(path), f"không đọc được: {error}", "Ghi lại bản khác"
        ) from error
    return {row["key"]: row for row in rows}


def _differing(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    if before is None or after is None:
        return ["missing"]
    return [part for part in PARTS if before[part] != after[part]]


def _print(
    key: str, before: dict[str, Any] | None, after: dict[str, Any] | None, differing: list[str]
) -> None:
    print(f"== {key}: {', '.join(differing)}")
    part = differing[0]
    for name, row in (("-", before), ("+", after)):
        if row is None:
            continue
        print(f"   {row['typed']}" if name == "-" else "")
        print(f"{name} {row['answer']['text'] if part == 'answer' else row[part]}")
