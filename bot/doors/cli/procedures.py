"""`haicap procedures` and `haicap ingest-procedures`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.answer.rendering.terminal import Screen, printable
from bot.doors.cli.parser import Commands, Parser
from bot.errors import QuestionError, UsageError
from bot.settings import Settings
from bot.sources.procedures.view import ProcedureView, card, view

if TYPE_CHECKING:
    from bot.opening import Core
    from bot.sources.procedures.procedures import ImportReport, Procedures
    from retrieval.procedures import ProcedureHit

OpenCore = Callable[[Settings], "AbstractContextManager[Core]"]
SHOWN = 5  # records told to people; programs get all that fit
MAX_PROBLEMS_SHOWN = 20
DONE = 0


def procedure_commands(opened_core: OpenCore) -> tuple[Callable[[Commands[Parser]], None], ...]:
    """The `add_*` functions of this module, for a core opened by `opened_core`."""

    def add_procedures(commands: Commands[Parser]) -> None:
        parser = commands.add_parser("procedures", help="tìm thủ tục theo lời thường hoặc theo mã")
        parser.add_argument("text", metavar="LỜI", nargs="+", help="việc cần làm, hoặc mã thủ tục")
        parser.add_argument("--json", action="store_true", help="in danh sách dạng JSON")
        parser.set_defaults(run=lambda args, settings: run_procedures(args, settings, opened_core))

    def add_ingest_procedures(commands: Commands[Parser]) -> None:
        parser = commands.add_parser(
            "ingest-procedures",
            help="nạp thủ tục xuất từ Cổng Dịch vụ công quốc gia (JSON dòng, .gz)",
        )
        parser.add_argument("file", metavar="TỆP", type=Path, help="tệp .jsonl hoặc .jsonl.gz")
        parser.add_argument("--as-of", metavar="THÁNG", help="tháng của dữ liệu, dạng 2026-06")
        parser.set_defaults(run=lambda args, settings: run_ingest(args, settings, opened_core))

    return add_procedures, add_ingest_procedures


def run_procedures(args: argparse.Namespace, settings: Settings, opened_core: OpenCore) -> int:
    """Print the records that fit, best first."""
    text = " ".join(args.text).encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    if not text or len(text) > settings.max_question_chars:
        raise QuestionError(
            f"Lời tìm dài {len(text)} ký tự; cần từ 1 đến {settings.max_question_chars} ký tự.",
            "length",
        )
    with opened_core(settings) as core:
        hits = core.procedures.find(text)
        if args.json:
            print(json.dumps(listed(core.procedures, hits), ensure_ascii=False, indent=2))
            return DONE
        screen = Screen.of(sys.stdout)
        if not hits:
            print(screen.wrap("Không thấy thủ tục nào hợp với lời này. Hãy thử cách nói khác."))
        for hit in hits[:SHOWN]:
            print(_told(view(hit.procedure, core.procedures.say), hit.score, screen))
    return DONE


def listed(procedures: Procedures, hits: Sequence[ProcedureHit]) -> list[dict[str, Any]]:
    """The JSON list of what was found: `id`, `name`, `score`, then the rest of each card."""
    return [
        {"id": hit.procedure.id, "name": hit.procedure.name, "score": hit.score}
        | card(hit.procedure, procedures.say)
        for hit in hits
    ]


def _told(shown: ProcedureView, score: float, screen: Screen) -> str:
    codes = f" ({', '.join(shown.codes)})" if shown.codes else ""
    lines = [screen.wrap(f"{printable(shown.name)}{codes}  [{score:.2f}]")]
    for name in ("decided_by", "time_limit", "fee"):
        field = shown.fields[name]
        said = " ".join(part for part in (field.text if field.values else "", field.note) if part)
        if said:
            line = f"{field.label}: {printable(said)}"
            lines.append(screen.paint(screen.wrap(line, first="   ", rest="   "), "dim"))
    where = "; ".join(f"{way.label.lower()}: {way.text}" for way in shown.ways)
    if where:
        line = f"Nơi nộp: {printable(where)}"
        lines.append(screen.paint(screen.wrap(line, first="   ", rest="   "), "dim"))
    dated = f"Dữ liệu: {shown.sources_text}. Trang: {shown.url}"
    lines.append(screen.paint(screen.wrap(dated, first="   ", rest="   "), "dim"))
    return "\n".join(lines) + "\n"


def run_ingest(args: argparse.Namespace, settings: Settings, opened_core: OpenCore) -> int:
    """Take an export of the national portal and say what became of it."""
    if args.as_of is not None and not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", args.as_of):
        raise UsageError(f"--as-of không nhận giá trị {args.as_of!r}. Viết tháng dạng 2026-06")
    with opened_core(settings) as core, _bar() as bar:
        task = bar.add_task("Đang lập chỉ mục tên thủ tục", total=None)
        report = core.procedures.ingest(
            args.file,
            args.as_of,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    _report(report)
    return DONE


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)


def _report(report: ImportReport) -> None:
    export = report.export
    print(
        f"Đã thêm {len(report.added)}, đã thay {len(report.replaced)}, "
        f"không đổi {len(report.unchanged)} thủ tục."
    )
    if report.covered:
        print(
            f"Trong đó {report.covered} thủ tục Hai Cấp đã có bản ghi riêng; bản riêng được dùng."
        )
    if export.without_unit:
        print(f"{export.without_unit} thủ tục ghi thời hạn không có đơn vị; không hiện thành ngày.")
    if export.flagged:
        print(f"{export.flagged} thủ tục còn nhắc cơ quan không còn; đã đánh dấu.")
    for repeated in export.repeated:
        named = dataclasses.asdict(repeated)
        _note(
            f"Bỏ {len(repeated.codes)} mã cùng tên {named['name'][:70]!r} trong một quyết định "
            f"({repeated.decision or 'không số'}): {', '.join(repeated.codes)}"
        )
    for problem in export.problems[:MAX_PROBLEMS_SHOWN]:
        _note(f"Bỏ dòng {problem.line}: {problem.problem}")
    more = len(export.problems) - MAX_PROBLEMS_SHOWN
    if more > 0:
        _note(f"... và {more} dòng hỏng nữa")


def _note(text: str) -> None:
    print(printable(text), file=sys.stderr)
