"""One table file converted; run as a process of its own, its limits hold there."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass

from bot.sources.places.table import convert_table
from knowledge.apart import hold_to
from knowledge.places.errors import PlaceTableError
from knowledge.places.resolver import open_resolver
from knowledge.places.tables.files import read_table, write_table
from prompts.wording import load_wording

SPLIT = "Dùng lệnh haicap places --file, hoặc chia thành nhiều tệp nhỏ"
_NICE = 5  # whoever asks a question comes first


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    rows: int  # the header not counted
    cells: int
    timeout_s: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Done:
    """A converted file."""

    content: bytes
    kind: str  # csv | xlsx
    rows: int
    to_check: int


def convert_file(data: bytes, name: str, limits: Limits) -> Done:
    """The file with the units of today.

    Raises:
        PlaceTableError: it is no table, has no addresses, or is too large.
    """
    table = read_table(data, name)
    if len(table.rows) > limits.rows + 1:
        problem = f"có {len(table.rows) - 1} dòng, trang này nhận tối đa {limits.rows}"
        raise PlaceTableError(name, problem, SPLIT)
    cells = sum(map(len, table.rows))
    if cells > limits.cells:
        problem = f"có {cells} ô, trang này nhận tối đa {limits.cells}"
        raise PlaceTableError(name, problem, SPLIT)
    converted = convert_table(table, open_resolver(), load_wording())
    content = write_table(converted.table)
    return Done(content, converted.table.kind, converted.rows, converted.to_check)


def _serve() -> None:
    """Read a request on stdin, hold to its limits, write what came of it on stdout."""
    asked = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**asked["limits"])
    os.nice(_NICE)
    hold_to(limits.timeout_s, limits.memory_mb * 1024 * 1024)
    try:
        done = convert_file(sys.stdin.buffer.read(), asked["name"], limits)
    except PlaceTableError as error:
        _write({"refused": [error.source, error.problem, error.mend]})
    except MemoryError:
        _write({"refused": [asked["name"], "cần quá nhiều bộ nhớ", SPLIT]})
    else:
        _write({k: v for k, v in asdict(done).items() if k != "content"}, done.content)


def _write(header: dict[str, object], content: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + content)


if __name__ == "__main__":
    _serve()
