"""`haicap duties`: who is to do what by when, printed or written to a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.answer.rendering.screen import Screen, printable
from bot.errors import UsageError
from bot.settings import Settings
from knowledge.duties.choosing import Duties, Wanted, read_day
from knowledge.duties.models import Duty
from knowledge.duties.payload import payload
from knowledge.duties.writing import KINDS, FileKind, in_calendar, write
from knowledge.models import Document
from knowledge.reading.bundled import load_bundled
from knowledge.store.store import open_store
from prompts.sources import date_text
from prompts.wording import Wording, load_wording

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the duties wanted, or write them to files."""
    today = _day("--on", args.on) or date.today()
    wanted = Wanted(
        args.body or "",
        args.document or "",
        _day("--from", args.from_day),
        _day("--to", args.to_day),
        args.overdue,
    )
    documents = _documents(settings)
    _refuse_unknown(wanted.document, documents)
    duties = Duties(lambda: documents).chosen(wanted, today)
    files: dict[FileKind, Path] = {kind: path for kind in KINDS if (path := getattr(args, kind))}
    for kind, path in files.items():
        _save(path, write(kind, duties, today, settings.public_url or ""))
        _told(kind, path, duties)
    if args.json:
        rows = [payload(duty, today) for duty in duties]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not files:
        _show(duties, today)
    return DONE


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    day = read_day(text)
    if day is None:
        raise UsageError(f"{option}: {text!r} không phải một ngày. Viết như 2025-07-31")
    return day


def _documents(settings: Settings) -> Sequence[Document]:
    """Those stored: no index is needed, and a server may be running on the same folder."""
    settings.make_data_dir()
    store = open_store(settings.database_url)
    try:
        return store.documents.all() or load_bundled()
    finally:
        store.close()


def _refuse_unknown(wanted: str, documents: Sequence[Document]) -> None:
    known = {d.id for d in documents} | {(d.metadata.number or d.id).lower() for d in documents}
    if wanted and wanted.lower() not in known:
        raise UsageError(f"không có văn bản {wanted!r}. Xem số hiệu và id: haicap documents")


def _save(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"không ghi được tệp {str(path)!r} ({error.strerror}). Chọn chỗ khác"
        ) from error


def _told(kind: FileKind, path: Path, duties: Sequence[Duty]) -> None:
    written = [d for d in duties if kind != "ics" or in_calendar(d)]
    left = len(duties) - len(written)
    note = f"; {left} việc không có ngày nên không vào lịch" if left else ""
    print(printable(f"Đã ghi {len(written)} việc vào {path}{note}."), file=sys.stderr)


def _show(duties: Sequence[Duty], today: date) -> None:
    screen, say = Screen.of(sys.stdout), load_wording()
    if not duties:
        print(screen.wrap(say("duties.none")))
        return
    for duty in duties:
        print(_row(duty, today, screen, say))
    print(screen.wrap(say("duties.not_known_done")))


def _row(duty: Duty, today: date, screen: Screen, say: Wording) -> str:
    indent = "   "
    lines = [screen.wrap(printable(duty.bearer))]
    told = [" ".join(duty.deed.replace("*", "").split())]
    if duty.due.words:
        late = f" ({say('duties.passed')})" if duty.overdue(today) else ""
        ends = f", {date_text(duty.due.ends.isoformat())}" if duty.due.ends else ""
        told.append(f"{say('duties.label.due')}: {duty.due.words}{ends}{late}")
    if duty.partners:
        told.append(f"{say('duties.label.partners')}: {duty.partners}")
    told.append(f"{duty.document.label}, {duty.passage.locator}")
    lines += [screen.wrap(printable(line), first=indent, rest=indent) for line in told]
    return "\n".join(lines) + "\n"
