"""`haicap ingest`: documents from files into the store and the index."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from bot.doors.cli.core import opened_core
from bot.errors import UsageError
from bot.settings import Settings
from knowledge.models import Document
from knowledge.reading.format import Told
from knowledge.reading.formats import format_of, read_document

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Read every file first, so that one refused file leaves all as it was."""
    told = Told(args.number, args.title, args.issuer, args.issued_on)
    documents = [_load(path, told) for path in _files(args.paths)]
    if told.values() and len(documents) > 1:
        raise UsageError(
            f"--title, --number ... chỉ dùng cho một tệp, đang có {len(documents)} tệp"
        )
    with opened_core(settings) as core:
        report = core.ingest(documents)
    for label, ids in (
        ("Đã thêm", report.added),
        ("Đã thay", report.replaced),
        ("Không đổi", report.unchanged),
    ):
        if ids:
            print(f"{label} {len(ids)}: {', '.join(ids)}")
    return DONE


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the Markdown files in it."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
        elif inside := sorted(path.rglob("*.md")):
            files += inside
        else:
            raise UsageError(
                f"thư mục {str(path)!r} không có tệp .md nào. Chỉ ra tệp hoặc thư mục khác"
            )
    return list(dict.fromkeys(files))


def _load(path: Path, told: Told) -> Document:
    form = format_of(path)
    if form.told_inside and told.values():
        raise UsageError(
            f"{path.name}: {form.name} mang thông tin {form.told_inside}. "
            "Bỏ --number, --title, --issuer, --issued-on"
        )
    if not form.told_inside and not told.enough:
        raise UsageError(f"{path.name}: {form.name} cần đủ --title, --issuer và --issued-on")
    return read_document(path, told)
