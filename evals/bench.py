"""`haicap bench`: time and memory of the real parts, beside what a user would pick instead."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.cli_parser import Commands, Parser
from bot.errors import UsageError
from bot.settings import Settings

DONE = 0
REPORT = Path("docs/benchmarks.md")


def register(commands: Commands[Parser]) -> None:
    """`haicap bench`."""
    parser: Parser = commands.add_parser("bench", help="đo thời gian và bộ nhớ")
    parser.add_argument(
        "--out", metavar="TỆP", type=Path, default=REPORT, help=f"ghi vào đây (mặc định: {REPORT})"
    )
    parser.set_defaults(run=run_bench)


def run_bench(args: argparse.Namespace, settings: Settings) -> int:
    """Measure, write the report, print it."""
    out: Path = args.out
    if not out.parent.is_dir():
        raise UsageError(f"không có thư mục {str(out.parent)!r}. Chỉ ra tệp khác bằng --out")
    from evals.bench_report import markdown  # with bench_run: chromadb, which --help need not load
    from evals.bench_run import measure

    text = markdown(measure(settings, _tell))
    out.write_text(text, "utf-8")
    print(text, end="")
    return DONE


def _tell(step: str) -> None:
    print(f"Đang đo: {step} ...", file=sys.stderr, flush=True)
