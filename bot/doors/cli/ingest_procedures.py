"""`haicap ingest-procedures`: procedures from an export of the national portal."""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.answer.rendering.screen import printable
from bot.doors.cli.core import opened_core
from bot.errors import UsageError
from bot.settings import Settings
from bot.sources.procedures.procedures import ImportReport

MAX_PROBLEMS_SHOWN = 20
DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
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
            f"Trong đó {report.covered} thủ tục Hai Cấp đã có bản ghi riêng; "
            "mục nào bản riêng chưa kiểm chứng được thì lấy theo Cổng."
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
