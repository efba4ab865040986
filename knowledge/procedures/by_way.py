"""Times and fees that may differ with the way of filing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.procedures.models import Way

NAMES: dict[Way, str] = {
    "desk": "trực tiếp",
    "post": "dịch vụ bưu chính",
    "online": "trực tuyến",
    "other": "cách khác",
}

FILED: dict[Way, str] = {
    "desk": "có nhận, Cổng không ghi tên nơi nhận",
    "post": "có nhận",
    "online": "có nhận",
    "other": "có nhận",
}
"""What is said of a way that a record of the portal allows and says no more of."""


def told_by_way(values: Iterable[tuple[Sequence[Way], str]]) -> tuple[str, ...]:
    """Each value once; followed by its ways where there is more than one value."""
    found: dict[str, list[str]] = {}
    for ways, value in values:
        found.setdefault(value, []).extend(NAMES[way] for way in ways)
    if len(found) == 1:
        return tuple(found)
    return tuple(f"{value} ({', '.join(dict.fromkeys(ways))})" for value, ways in found.items())
