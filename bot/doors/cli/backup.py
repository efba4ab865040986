"""`haicap backup` and `haicap restore`: a copy of all that is kept, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.answer.rendering.screen import printable
from bot.opening import folder_taken
from bot.settings import Settings
from knowledge.store.backup import SUFFIX, back_up, restore, sqlite_file, stamp

DONE = 0


def backups(settings: Settings) -> Path:
    """The folder of copies whose place nobody named."""
    return settings.data_dir / "backups"


def run_backup(args: argparse.Namespace, settings: Settings) -> int:
    """Copy the database; a running server goes on."""
    named = f"haicap-{stamp()}{SUFFIX}"
    target: Path = args.file or backups(settings) / named
    back_up(sqlite_file(settings.database_url), target)
    print(printable(f"Đã sao lưu vào {target}"))
    return DONE


def run_restore(args: argparse.Namespace, settings: Settings) -> int:
    """Put a copy back; no process may use the data folder meanwhile."""
    settings.make_data_dir()
    with folder_taken(settings.data_dir):
        old = restore(args.file, sqlite_file(settings.database_url))
    print(printable(f"Đã khôi phục từ {args.file}. Chỉ mục được dựng lại ở lần chạy tới."))
    if old:
        print(printable(f"Dữ liệu cũ còn ở {old}"))
    return DONE
