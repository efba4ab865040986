"""A stranger's file, read and converted in a process that may be lost.

An XLSX is a ZIP of XML read by a library: half a megabyte has cost 177 s of computing, and what is
read in this process holds everybody else up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from bot.sources.places.converting import SPLIT, Done, Limits
from knowledge.places.errors import PlaceTableError

_COMMAND = (sys.executable, "-m", "bot.sources.places.converting")


def convert_apart(data: bytes, name: str, limits: Limits) -> Done:
    """As `convert_file`, within the time and the memory of the limits.

    Raises:
        PlaceTableError: as `convert_file`, or the limits were not enough.
    """
    request = json.dumps({"name": name, "limits": asdict(limits)}).encode()
    try:
        child = subprocess.run(  # noqa: S603 - our own module, nothing of the file in it
            _COMMAND,
            input=request + b"\n" + data,
            capture_output=True,
            timeout=limits.timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PlaceTableError(
            name, f"đọc và đổi quá {limits.timeout_s} giây chưa xong", SPLIT
        ) from None
    head, _, content = child.stdout.partition(b"\n")
    if child.returncode or not head:
        problem = "không đọc được tệp này trong mức thời gian và bộ nhớ cho phép"
        raise PlaceTableError(name, problem, SPLIT)
    said = json.loads(head)
    if refused := said.get("refused"):
        raise PlaceTableError(*refused)
    return Done(content, **said)
