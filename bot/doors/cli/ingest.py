"""`haicap ingest`: documents from files into the store and the index."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.answer.rendering.screen import printable
from bot.doors.cli.core import opened_core
from bot.doors.cli.preview import show
from bot.errors import UsageError
from bot.opening import Core
from bot.settings import Settings
from knowledge.errors import DocumentError
from knowledge.reading.document import Reading
from knowledge.reading.format import Told
from knowledge.reading.formats import SUFFIXES, read
from knowledge.reading.limits import MIB, Limits
from knowledge.store.placing import Placed, place

DONE, LEFT_OUT = 0, 1
_MANY = 5  # files: from here on, what is being read is told where there is no bar
_YES = ("c", "có", "co", "y", "yes")


@dataclass(slots=True)
class _Files:
    """The files meant: named on the command line, and found in a folder that was named."""

    named: list[Path] = field(default_factory=list)
    found: list[Path] = field(default_factory=list)
    others: int = 0  # in folders, of kinds that are not read


@dataclass(slots=True)
class _Read:
    readings: list[Reading] = field(default_factory=list)
    refused: list[DocumentError] = field(default_factory=list)  # of files found in folders


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Read every file first; nothing is written before all that is taken is known.

    A refused file that was named refuses all; one in a folder is told and left out.
    """
    told = Told(args.number, args.title, args.issuer, args.issued_on)
    files = _files(args.paths)
    if told.values() and len(files.named + files.found) > 1:
        count = len(files.named + files.found)
        raise UsageError(f"--title, --number ... chỉ dùng cho một tệp, đang có {count} tệp")
    done = _read(files, told, settings)
    if args.preview:
        show(done.readings)
        _report(done.refused, files.others)
        return LEFT_OUT if done.refused else DONE
    whole = _whole(done, files)
    if not whole:
        _report(done.refused, files.others)
        raise UsageError("không có tệp nào nạp được, chưa ghi gì. Sửa các lỗi trên rồi nạp lại")
    if not args.yes and any(reading.was_read for reading in whole):
        _confirm(whole, done.refused, files.others)
    return _take(whole, done, files, settings, replace=args.replace)


def _take(
    readings: Sequence[Reading], done: _Read, files: _Files, settings: Settings, *, replace: bool
) -> int:
    with opened_core(settings) as core:
        placed = place(core.store.documents.all(), readings, replace=replace)
        named = {path.name for path in files.named}
        for error in placed.refused:
            if error.source in named:
                raise error
        done.refused += placed.refused
        _ingest(core, placed)
    _report(done.refused, files.others)
    return LEFT_OUT if done.refused else DONE


def _ingest(core: Core, placed: Placed) -> None:
    added: list[str] = []
    replaced: list[str] = []
    unchanged = list(placed.unchanged)
    if placed.documents:
        report = core.ingest(placed.documents)
        added, replaced = report.added, report.replaced
        unchanged += report.unchanged
    for label, ids in (("Đã thêm", added), ("Đã thay", replaced), ("Không đổi", unchanged)):
        if ids:
            print(f"{label} {len(ids)}: {', '.join(ids)}")


def _files(paths: Iterable[Path]) -> _Files:
    files = _Files()
    for path in dict.fromkeys(paths):
        if not path.is_dir():
            files.named.append(path)
            continue
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p, path)]
        readable = [p for p in inside if p.suffix.lower() in SUFFIXES]
        if not readable:
            raise UsageError(
                f"thư mục {str(path)!r} không có tệp nào nạp được ({', '.join(SUFFIXES)}). "
                "Chỉ ra tệp hoặc thư mục khác"
            )
        files.found += [p for p in readable if p not in files.found]
        files.others += len(inside) - len(readable)
    files.found = [path for path in files.found if path not in files.named]
    return files


def _is_hidden(path: Path, folder: Path) -> bool:
    """Hidden files, and what Office leaves beside an open one."""
    return any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)


def _read(files: _Files, told: Told, settings: Settings) -> _Read:
    limits = Limits(
        settings.ingest_seconds, settings.ingest_max_pages, settings.ingest_max_mb * MIB
    )
    done = _Read()
    all_files = [*files.named, *files.found]
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Đang đọc {task.fields[name]}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=len(all_files), name="")
        for count, path in enumerate(all_files, 1):
            bar.update(task, name=printable(path.name))
            if not console.is_terminal and len(all_files) >= _MANY:
                _note(f"Đang đọc {count}/{len(all_files)}: {path.name}")
            try:
                done.readings.append(read(path, told, limits))
            except DocumentError as error:
                if path in files.named:
                    raise
                done.refused.append(error)
            bar.advance(task)
    return done


def _whole(done: _Read, files: _Files) -> list[Reading]:
    """The readings that make documents; what others lack is told."""
    named = {path.name for path in files.named}
    whole = []
    for reading in done.readings:
        try:
            reading.document()
        except DocumentError as error:
            if reading.source in named:
                raise
            done.refused.append(error)
        else:
            whole.append(reading)
    return whole


def _confirm(readings: Sequence[Reading], refused: Sequence[DocumentError], others: int) -> None:
    """Show what would be taken, and ask.

    Raises:
        UsageError: nobody can be asked, or the answer is no.
    """
    show(readings)
    _report(refused, others)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"chưa ghi gì. Trên đây là những gì sẽ nạp ({len(readings)} văn bản), đọc từ chính văn "
            "bản. Đúng thì thêm --yes; sai thì thêm --number, --title, --issuer, --issued-on"
        )
    answer = input(f"Nạp {len(readings)} văn bản như trên? [c/K] ").strip().lower()
    if answer not in _YES:
        raise UsageError("chưa ghi gì, theo ý bạn. Nạp lại khi đã sửa")


def _report(refused: Sequence[DocumentError], others: int) -> None:
    for error in refused:
        _note(f"Bỏ qua {error}")
    if others:
        _note(f"Bỏ qua {others} tệp thuộc dạng không nạp được.")


def _note(text: str) -> None:
    print(" ".join(printable(text).split()), file=sys.stderr, flush=True)
