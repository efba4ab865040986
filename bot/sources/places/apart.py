"""A stranger's file, read and converted in a process that may be lost.

An XLSX is a ZIP of XML read by a library: half a megabyte has cost 177 s of computing, and what is
read in this process holds everybody else up.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.sources.places.converting import SPLIT, Done, Limits
from knowledge.apart import run_apart
from knowledge.places.errors import PlaceTableError

_CHILD = "bot.sources.places.converting"


def convert_apart(data: bytes, name: str, limits: Limits) -> Done:
    """As `convert_file`, within the time and the memory of the limits.

    Raises:
        PlaceTableError: as `convert_file`, or the limits were not enough.
    """
    request = json.dumps({"name": name, "limits": asdict(limits)}).encode()
    try:
        said, status = run_apart(_CHILD, [], request + b"\n" + data, limits.timeout_s)
    except TimeoutError:
        raise PlaceTableError(
            name, f"đọc và đổi quá {limits.timeout_s} giây chưa xong", SPLIT
        ) from None
    head, _, content = said.partition(b"\n")
    if status or not head:
        problem = "không đọc được tệp này trong mức thời gian và bộ nhớ cho phép"
        raise PlaceTableError(name, problem, SPLIT)
    told = json.loads(head)
    if refused := told.get("refused"):
        raise PlaceTableError(*refused)
    return Done(content, **told)
