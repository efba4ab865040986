"""`haicap doctor`: what is missing or wrong on this machine, and how to mend it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.answer.rendering.screen import Screen, printable
from bot.doors.cli.backup import backups
from bot.errors import SettingsError
from bot.opening import folder_taken, open_core
from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.reading.bundled import load_bundled
from knowledge.store.backup import damage, newest_whole, restore, set_aside, sqlite_file
from retrieval.embedding import is_bundled
from retrieval.errors import IndexLockedError, RetrievalError

DONE, FAILED = 0, 1
MIN_FREE_MB = 300  # index, database and embedding graph of the bundled documents take 60
MIN_PYTHON = (3, 11)
SLOW_ANSWER_MS = 500
_SHOWN_CHARS = 300
_REPAIR = "Dừng haicap serve, rồi chạy: haicap doctor --repair"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `detail` and `mend` are for the user, in Vietnamese."""

    level: Literal["ok", "warning", "error"]
    subject: str
    detail: str
    mend: str = ""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what was checked and how to mend what is wrong; 1 when something is."""
    screen = Screen.of(sys.stdout)
    signs = {
        "ok": screen.paint("tốt  ", "cyan"),
        "warning": screen.paint("chú ý", "yellow"),
        "error": screen.paint("LỖI  ", "red"),
    }
    if args.repair:
        for line in repair(settings):
            print(printable(line))
    findings = check(settings)
    for finding in findings:
        print(f"{signs[finding.level]}  {finding.subject}: {printable(finding.detail)}")
        if finding.mend:
            print(f"       Cách sửa: {printable(finding.mend)}")
    return FAILED if any(finding.level == "error" for finding in findings) else DONE


def check(settings: Settings) -> list[Finding]:
    """Look at everything that a question needs, down to asking one."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _data_folder,
        _documents,
        _database,
        _extras,
        _question,
    )
    return [finding for look in checks for finding in _safely(look, settings)]


def _safely(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> list[Finding]:
    """What a check finds; one that breaks has found something too."""
    try:
        return list(look(settings))
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN_CHARS]
        return [Finding("error", "Kiểm tra", said, _REPAIR)]


def repair(settings: Settings) -> Iterator[str]:
    """Mend a damaged database and say how: from the newest whole copy, else built anew."""
    path = sqlite_file(settings.database_url)
    with folder_taken(settings.data_dir):
        found = damage(path) if path.exists() else None
        if found is None:
            yield "Cơ sở dữ liệu còn nguyên, không cần sửa."
            return
        yield f"Cơ sở dữ liệu hỏng: {found}"
        if copy := newest_whole(backups(settings)):
            yield f"Đã khôi phục từ {copy}. Dữ liệu cũ còn ở {restore(copy, path)}"
        else:
            old = set_aside(path)
            yield f"Không có bản sao. Dựng lại với văn bản kèm theo; dữ liệu cũ còn ở {old}"
            yield "Hãy nạp lại văn bản, thủ tục, trụ sở bạn đã nạp: haicap ingest, offices"


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= MIN_PYTHON:
        yield Finding("ok", "Python", version)
    else:
        yield Finding("error", "Python", f"{version} quá cũ", "Cài Python 3.11 trở lên")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(existing, os.W_OK):
        mend = "Cấp quyền ghi, hoặc đặt HAICAP_DATA_DIR khác"
        yield Finding("error", "Thư mục dữ liệu", f"Không ghi được {str(folder)!r}", mend)
        return
    free = shutil.disk_usage(existing).free // 1_000_000
    if free < MIN_FREE_MB:
        yield Finding(
            "warning", "Ổ đĩa", f"Chỉ còn {free} MB", f"Để trống ít nhất {MIN_FREE_MB} MB"
        )
    yield Finding("ok", "Thư mục dữ liệu", f"{folder} (còn {free} MB)")


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url.startswith("sqlite"):
        return
    path = sqlite_file(settings.database_url)
    if not path.exists():
        return
    if found := damage(path):
        yield Finding("error", "Cơ sở dữ liệu", found, _REPAIR)
    else:
        yield Finding("ok", "Cơ sở dữ liệu", str(path))


def _documents(_: Settings) -> Iterator[Finding]:
    try:
        documents = load_bundled()
    except KnowledgeError as error:
        yield Finding("error", "Văn bản kèm theo", str(error), "Lấy lại mã nguồn của bản phát hành")
        return
    passages = sum(len(d.passages) for d in documents)
    yield Finding("ok", "Văn bản kèm theo", f"{len(documents)} văn bản, {passages} đoạn")


def _extras(settings: Settings) -> Iterator[Finding]:
    extra = importlib.util.find_spec("sentence_transformers")
    if not extra and not is_bundled(settings.embedder):
        yield Finding(
            "error",
            "Bộ nhúng",
            f"{settings.embedder!r} cần gói sentence-transformers",
            "Chạy: make st",
        )
    if settings.database_url.startswith("postgresql") and not importlib.util.find_spec("psycopg"):
        yield Finding(
            "error",
            "PostgreSQL",
            "Chưa có gói psycopg",
            "Chạy: .venv/bin/pip install 'psycopg[binary]'",
        )


def _question(settings: Settings) -> Iterator[Finding]:
    """Open everything and ask; the only check that sees the parts work together."""
    try:
        core = open_core(settings)
    except IndexLockedError as error:
        where = f" tại {error.url}" if error.url else ""
        yield Finding(
            "ok", "Máy chủ", f"Một tiến trình Hai Cấp đang chạy{where} và giữ thư mục dữ liệu"
        )
        return
    except (SettingsError, KnowledgeError, RetrievalError, OSError) as error:
        yield Finding(
            "error", "Kho và chỉ mục", " ".join(str(error).split()), "Xem hướng dẫn trong dòng trên"
        )
        return
    try:
        answer = core.assistant.ask(
            core.assistant.opening_questions()[1]
        )  # of a text: it goes through the index
    finally:
        core.close()
    if answer.status != "answered" or not answer.citations:
        yield Finding(
            "error",
            "Hỏi thử",
            f"Trạng thái {answer.status!r}",
            "Xoá thư mục index trong thư mục dữ liệu rồi chạy lại",
        )
    elif answer.took_ms > SLOW_ANSWER_MS:
        yield Finding(
            "warning", "Hỏi thử", f"Trả lời mất {answer.took_ms} ms", "Máy đang bận hoặc quá chậm"
        )
    else:
        yield Finding("ok", "Hỏi thử", f"Trả lời có nguồn sau {answer.took_ms} ms")
