"""`haicap offices`: records of communes' offices, from a table that a commune fills in."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.answer.rendering.screen import Screen, printable
from bot.errors import UsageError
from bot.settings import Settings
from bot.sources.offices.records import Part, words_of
from knowledge.offices.catalogue import Offices, remove, take_in
from knowledge.offices.columns import CellError, code_of, day_of
from knowledge.offices.errors import OfficeError
from knowledge.offices.models import Office
from knowledge.offices.reading import OfficeFile, read_offices, template
from knowledge.places.models import Commune
from knowledge.places.resolver import open_resolver
from knowledge.places.tables.table import MAX_FILE_BYTES
from knowledge.store.store import Store, open_store
from prompts.sources import date_text
from prompts.wording import load_wording

MAX_PROBLEMS_SHOWN = 20
DONE = 0
_PARTS: tuple[Part, ...] = ("address", "hours", "phone", "email", "website", "note")
_RESTART = "Nếu haicap serve hay haicap telegram đang chạy, mở lại để dùng bản mới."


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Take a table in, write an empty one, delete, or show what there is."""
    _refuse_mixed(args)
    if args.template:
        sys.stdout.buffer.write(template())
        return DONE
    with _opened(settings) as store:
        if args.file:
            return _take(args, store)
        if args.remove:
            return _remove(args, store)
        return _show(args, store)


def _refuse_mixed(args: argparse.Namespace) -> None:
    given = [bool(given) for given in (args.file, args.template, args.remove, args.text)]
    if sum(given) > 1:
        raise UsageError("chỉ dùng một trong: LỜI, --file, --template, --remove")
    if not args.file and (args.as_of or args.skip_bad):
        raise UsageError("--as-of và --skip-bad chỉ dùng với --file")


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    """The store alone: no index is needed, and a server may be running on the same folder."""
    settings.make_data_dir()
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


def _take(args: argparse.Namespace, store: Store) -> int:
    read = read_offices(_bytes(args.file), args.file.name, open_resolver(), _day(args.as_of))
    for problem in read.problems[:MAX_PROBLEMS_SHOWN]:
        _note(f"{args.file.name}, {problem}")
    if (more := len(read.problems) - MAX_PROBLEMS_SHOWN) > 0:
        _note(f"... và {more} lỗi nữa")
    if read.problems and not args.skip_bad:
        raise OfficeError(
            f"{args.file.name}: {read.bad_rows} dòng hỏng, chưa ghi gì. Sửa các dòng ấy rồi nạp "
            "lại, hoặc thêm --skip-bad để chỉ nạp dòng tốt"
        )
    if not read.offices:
        raise OfficeError(f"{args.file.name}: không có dòng nào nạp được, chưa ghi gì")
    _report(read, take_in(store.records, read.offices), as_json=args.json)
    return DONE


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError(f"không có tệp {str(path)!r}. Kiểm tra lại đường dẫn")
    if path.stat().st_size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise UsageError(f"tệp {str(path)!r} lớn hơn {limit} MB. Chia thành nhiều tệp nhỏ")
    return path.read_bytes()


def _day(text: str | None) -> str:
    try:
        return day_of(text)
    except CellError as error:
        raise UsageError(f"--as-of: {error.problem}. {error.mend}") from error


def _report(read: OfficeFile, replaced: int, *, as_json: bool) -> None:
    communes = {office.commune for office in read.offices}
    unread = sum(bool(office.hours and not office.week) for office in read.offices)
    counts = {
        "offices": len(read.offices),
        "communes": len(communes),
        "replaced": replaced,
        "skipped_rows": read.bad_rows,
        "hours_as_text": unread,
    }
    if as_json:
        print(json.dumps(counts, ensure_ascii=False, indent=2))
        return
    told = f"Đã ghi {len(read.offices)} trụ sở của {len(communes)} xã, phường"
    print(f"{told}; thay {replaced} bản ghi cũ; bỏ {read.bad_rows} dòng hỏng.")
    if unread:
        print(
            f"Giờ làm việc của {unread} trụ sở được giữ nguyên văn, chưa đọc ra từng thứ. "
            "Mẫu đọc được: Thứ Hai đến thứ Sáu: 7h30-11h30, 13h30-17h; Thứ Bảy: 7h30-11h30"
        )
    _note(_RESTART)


def _remove(args: argparse.Namespace, store: Store) -> int:
    commune = _commune(args.remove)
    gone = remove(store.records, commune.code)
    if not gone:
        raise OfficeError(
            f"không có trụ sở nào của {commune.address} ({commune.code}). Xem: haicap offices"
        )
    if args.json:
        print(json.dumps({"removed": gone}))
        return DONE
    print(f"Đã bỏ {gone} trụ sở của {commune.address}.")
    _note(_RESTART)
    return DONE


def _commune(code: str) -> Commune:
    try:
        commune = open_resolver().catalogue.communes.get(code_of(code))
    except CellError as error:
        raise UsageError(f"--remove: {error.problem}. Viết mã 5 chữ số") from error
    if commune is None:
        raise UsageError(f'không có xã mã {code!r}. Tra mã: haicap places "TÊN XÃ, TỈNH"')
    return commune


def _show(args: argparse.Namespace, store: Store) -> int:
    known = Offices.stored(store.records)
    text = " ".join(args.text).strip()
    offices = _found(known, text) if text else known.all
    if args.json:
        print(json.dumps([_facts(office) for office in offices], ensure_ascii=False, indent=2))
        return DONE
    screen = Screen.of(sys.stdout)
    if not offices:
        told = "Không có trụ sở nào của nơi này." if text else "Chưa có trụ sở nào."
        print(screen.wrap(f"{told} Nạp bằng: haicap offices --file TỆP (mẫu: --template)"))
    for office in offices:
        print(_told(office, screen))
    return DONE


def _found(known: Offices, text: str) -> Sequence[Office]:
    """The offices of all communes that a text may mean, by name or by code."""
    commune = open_resolver().catalogue.communes.get(text)
    if commune:
        return known.of(commune.code)
    units = open_resolver().resolve(text)
    options = (*units.new, *(unit for option in units.options for unit in option.new))
    codes = dict.fromkeys(unit.code for unit in options if isinstance(unit, Commune))
    return [office for code in codes for office in known.of(code)]


def _place(office: Office) -> str:
    commune = open_resolver().catalogue.communes.get(office.commune)
    return commune.address if commune else office.commune


def _facts(office: Office) -> dict[str, object]:
    return {**office.payload(), "place": _place(office)}


def _told(office: Office, screen: Screen) -> str:
    say = load_wording()
    lines = [screen.wrap(printable(f"{office.name} ({_place(office)}, mã {office.commune})"))]
    told = [f"{say(f'offices.field.{p}')}: {w}" for p in _PARTS if (w := words_of(office, p))]
    told.append(f"Nguồn: {office.source}, {date_text(office.as_of)}")
    indent = "   "
    lines += [
        screen.paint(screen.wrap(printable(t), first=indent, rest=indent), "dim") for t in told
    ]
    return "\n".join(lines) + "\n"


def _note(text: str) -> None:
    print(printable(text), file=sys.stderr)
