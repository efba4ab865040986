"""`haicap bench`: time and memory of the real parts, beside what a user would pick instead."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.doors.cli.parser import Command, Commands, Parser
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.settings import Settings

DONE = 0
REPORT = Path("docs/benchmarks.md")
PLOT = "benchmarks.svg"  # beside it
SIZES = (120, 10_000, 100_000)  # passages


def register(commands: Commands[Parser]) -> None:
    """Add `bench` to the commands of `haicap`."""
    BENCH.add(commands)


def _bench(parser: Parser) -> None:
    parser.add_argument(
        "--out", metavar="TỆP", type=Path, default=REPORT, help=f"ghi vào đây (mặc định: {REPORT})"
    )
    parser.add_argument(
        "--sizes",
        nargs="*",
        type=int,
        default=SIZES,
        metavar="SỐ_ĐOẠN",
        help=f"đo thêm khi kho có chừng này đoạn (mặc định: {' '.join(map(str, SIZES))})",
    )


BENCH = Command("bench", "đo thời gian và bộ nhớ", "evals.bench.command:run", _bench)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Measure, write the report, print it."""
    out: Path = args.out
    if not out.parent.is_dir():
        raise UsageError(f"không có thư mục {str(out.parent)!r}. Chỉ ra tệp khác bằng --out")
    try:
        from evals.bench.report import markdown, plotted
        from evals.bench.run import measure
    except ModuleNotFoundError as error:
        raise UsageError(f"cần gói {error.name!r} để đo. Chạy: make bench") from error

    bench = measure(settings, args.sizes, _tell)
    text = markdown(bench, PLOT)
    out.write_text(text, "utf-8")
    if len(bench.scales) > 1:
        out.with_name(PLOT).write_text(plotted(bench), "utf-8")
    print(text, end="")
    return DONE


def _tell(step: str) -> None:
    print(f"{datetime.now():%H:%M:%S} đang đo: {step} ...", file=sys.stderr, flush=True)
