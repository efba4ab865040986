"""`haicap ingest`: documents from files into the store and the index."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from bot.doors.cli.core import opened_core
from bot.errors import UsageError
from bot.settings import Settings
from knowledge.loading import load_markdown, load_plain_text
from knowledge.models import Document

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Read every file first, so that one refused file leaves all as it was."""
    given = {key: getattr(args, key) for key in ("number", "title", "issuer", "issued_on")}
    documents = [_load(path, given) for path in _files(args.paths)]
    if any(given.values()) and len(documents) > 1:
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


def _load(path: Path, given: dict[str, str | None]) -> Document:
    if path.suffix.lower() in (".md", ".markdown"):
        if any(given.values()):
            raise UsageError(
                f"{path.name}: tệp Markdown mang thông tin trong khối '---' ở đầu. "
                "Bỏ --number, --title, --issuer, --issued-on"
            )
        return load_markdown(path)
    if path.suffix.lower() != ".txt":
        raise UsageError(
            f"{path.name}: chỉ nạp được tệp .md và .txt. Chuyển sang một trong hai dạng"
        )
    title, issuer, issued_on = given["title"], given["issuer"], given["issued_on"]
    if not (title and issuer and issued_on):
        raise UsageError(f"{path.name}: tệp chữ thuần cần đủ --title, --issuer và --issued-on")
    return load_plain_text(
        path, number=given["number"], title=title, issuer=issuer, issued_on=issued_on
    )
