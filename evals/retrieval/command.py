"""`haicap eval retrieval`: any BEIR-layout set through the product's own retriever."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.errors import UsageError
from bot.settings import Settings
from evals.retrieval.measure import measure
from evals.sets.typing_styles import STYLES

DONE: Final = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Index, ask, write the runs; the figures as JSON on stdout, progress on stderr."""
    out: Path | None = args.run_file
    for path, option in ((out, "--run"), (args.ablation, "--ablation")):
        if path and not path.resolve().parent.is_dir():
            raise UsageError(
                f"không có thư mục {str(path.parent)!r}. Chỉ ra tệp khác bằng {option}"
            )
    styles = [style for style in STYLES if style in args.styles]
    bar = Progress(
        TextColumn("Đang nhúng"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True)
    )
    bar.disable = not bar.console.is_terminal
    with bar:
        task = bar.add_task("", total=None)
        result = measure(
            args.folder,
            settings.embedder,
            styles,
            args.seed,
            args.data,
            _tell,
            lambda at, total: bar.update(task, completed=at, total=total),
            tables=bool(args.ablation),
        )
    if args.ablation:
        with args.ablation.open("a", encoding="utf-8") as file:
            file.write(result.table)
    if out:
        for style, lines in result.runs().items():
            path = out if style == styles[0] else out.with_name(f"{out.stem}.{style}{out.suffix}")
            path.write_text(lines, "utf-8")
    print(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    return DONE


def _tell(step: str) -> None:
    print(step, file=sys.stderr, flush=True)
