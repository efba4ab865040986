"""`haicap places`: look one place up, or convert a whole table."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.answer.answer import Answer
from bot.answer.rendering.screen import Screen, printable
from bot.doors.cli.render import render_answer
from bot.errors import UsageError
from bot.settings import Settings
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.places.table import convert_table
from knowledge.places.resolver import open_resolver
from knowledge.places.tables import MAX_FILE_BYTES, read_table, write_table
from knowledge.text import clean
from prompts.wording import load_wording

OUT_SUFFIX = "-moi"  # of the file written when none is named


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what a place is today, or write the converted table."""
    text = " ".join(args.text).strip()
    if args.file and text:
        raise UsageError("dùng địa chỉ hoặc --file, không dùng cả hai")
    if args.file:
        return _convert(args.file, args.out, args.column, as_json=args.json)
    if args.out or args.column:
        raise UsageError("--out và --column chỉ dùng với --file")
    text = clean(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")).strip()
    if not any(c.isalnum() for c in text):
        raise UsageError('cần một địa chỉ. Ví dụ: haicap places "phường Bến Nghé, quận 1"')
    if len(text) > settings.max_question_chars:
        raise UsageError(
            f"địa chỉ dài {len(text)} ký tự, tối đa {settings.max_question_chars}. Viết ngắn lại"
        )
    found = open_resolver().resolve(text)
    if args.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        draft = PlaceDrafts(open_resolver(), load_wording()).describe(found)
        said = tuple(draft.blocks)
        answer = Answer("", "", draft.status, draft.text, draft.citations(), blocks=said)
        print(render_answer(answer, Screen.of(sys.stdout), public_url=settings.public_url))
    return 0


def _convert(source: Path, out: Path | None, column: str | None, *, as_json: bool) -> int:
    target = out or source.with_name(f"{source.stem}{OUT_SUFFIX}{source.suffix}")
    _refuse_paths(source, target, named=out is not None)
    table = read_table(source.read_bytes(), source.name)
    if (target.suffix.lower() == ".xlsx") != (table.kind == "xlsx"):
        raise UsageError(f"--out: {str(target)!r} phải cùng dạng {source.suffix!r} với tệp vào")
    say = load_wording()
    console = Console(stderr=True)
    text = TextColumn("Đang tra")
    with Progress(text, BarColumn(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task("", total=len(table.rows))
        converted = convert_table(
            table,
            open_resolver(),
            say,
            column=column,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    _write(target, write_table(converted.table))
    summary = {
        "file": str(target),
        "rows": converted.rows,
        "statuses": converted.statuses,
        "to_check": converted.to_check,
    }
    if as_json:
        print(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        print(
            printable(
                f"Đã ghi {converted.rows} dòng vào {target}. "
                f"Cần kiểm tra: {converted.to_check} dòng."
            )
        )
    return 0


def _refuse_paths(source: Path, target: Path, *, named: bool) -> None:
    if not source.is_file():
        raise UsageError(f"không có tệp {str(source)!r}. Kiểm tra lại đường dẫn")
    if source.stat().st_size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise UsageError(f"tệp {str(source)!r} lớn hơn {limit} MB. Chia thành nhiều tệp nhỏ")
    if target.exists() and target.samefile(source):
        raise UsageError("--out trùng với tệp vào. Chọn tên khác")
    if target.exists() and not named:
        raise UsageError(f"đã có tệp {str(target)!r}. Chọn tên khác bằng --out")
    if not target.parent.is_dir():
        raise UsageError(f"không có thư mục {str(target.parent)!r}. Tạo thư mục trước")


def _write(target: Path, data: bytes) -> None:
    """All of the file or none of it."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
