"""`haicap eval`: asks the real server the project's own questions and prints what came out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.settings import Settings
from evals.asking.client import served
from evals.asking.evaluate import evaluate, styles_of
from evals.asking.records import evaluate_records, load_record_questions, record_styles
from evals.scoring.floors import Floor, Rows, load_floors, missed, value_of
from evals.scoring.metrics import Score, summaries
from evals.scoring.record_metrics import RecordQuestion, RecordScore, fault_lines, record_groups
from evals.scoring.report import answer_lines, as_json, floor_text, markdown
from evals.sets.halves import HALVES, Half
from evals.sets.questions import Question, load_half
from evals.sets.typing_styles import STYLES, TypingStyle

DONE, FAILED = 0, 1


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Ask, print the tables; 1 when floors were asked for and one is missed."""
    halves: list[Half] = [half for half in HALVES if args.half in (half, "all")]
    floors = [f for f in load_floors() if f.half in halves] if args.floors else []
    questions = {half: load_half(half) for half in halves}
    styles = [style for style in STYLES if style in args.styles]
    about = {half: load_record_questions(half) for half in halves}
    scores, records = _ask_all(questions, about, styles, args.data, settings.embedder)
    rows: dict[Half, Rows] = {
        half: {**summaries(listed), **record_groups(records[half])}
        for half, listed in scores.items()
    }
    text = markdown(rows, floors, scores)
    values = json.dumps(as_json(rows, floors, scores), ensure_ascii=False, indent=2)
    if args.out:
        _write(args.out, text, values, scores, records)
    print(values if args.json else text)
    return _judge(missed(floors, rows), lambda floor: floor_text(floor, value_of(floor, rows)))


def _ask_all(
    questions: dict[Half, list[Question]],
    about: dict[Half, list[RecordQuestion]],
    styles: Sequence[TypingStyle],
    data_dir: Path | None,
    embedder: str,
) -> tuple[dict[Half, list[Score]], dict[Half, list[RecordScore]]]:
    asked = [question for listed in questions.values() for question in listed]
    total = sum(1 for question in asked for _ in styles_of(question, styles))
    total += sum(len(record_styles(q, styles)) for listed in about.values() for q in listed)
    print(f"Đang mở máy chủ rồi hỏi {total} câu ...", file=sys.stderr, flush=True)
    bar = Progress(
        TextColumn("Đang hỏi"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True)
    )
    bar.disable = not bar.console.is_terminal
    with served(data_dir, embedder) as client, bar:
        task = bar.add_task("", total=total)
        sources = client.sources()
        client.ask(asked[0].text)  # the first answer also warms caches
        scores = {
            half: evaluate(client, sources, listed, styles, lambda: bar.advance(task))
            for half, listed in questions.items()
        }
        records = {
            half: evaluate_records(client, sources, listed, styles, lambda: bar.advance(task))
            for half, listed in about.items()
        }
    return scores, records


def _write(
    folder: Path,
    text: str,
    values: str,
    scores: dict[Half, list[Score]],
    records: dict[Half, list[RecordScore]],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(text, "utf-8")
    (folder / "report.json").write_text(values + "\n", "utf-8")
    for half, listed in scores.items():
        # The report half stays unread, so that nobody tunes on it.
        lines = answer_lines(listed, words=half == "tuning")
        (folder / f"answers-{half}.jsonl").write_text(lines, "utf-8")
    faults = fault_lines(records.get("tuning", []))
    lines = "".join(json.dumps(fault, ensure_ascii=False) + "\n" for fault in faults)
    (folder / "records-tuning.jsonl").write_text(lines, "utf-8")


def _judge(misses: Sequence[Floor], tell: Callable[[Floor], str]) -> int:
    for floor in misses:
        print(f"Chưa đạt mức sàn: {tell(floor)}", file=sys.stderr)
    return FAILED if misses else DONE
