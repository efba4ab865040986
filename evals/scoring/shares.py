"""Shares of scores, and their tables by half and group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evals.sets.halves import Half


def mean(values: Iterable[float]) -> float | None:
    """The mean; None of nothing. Of truth values it is their share, from 0 to 1."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def percents(shares: Iterable[float | None]) -> str:
    """Cells of a Markdown row: "97.1 % | –"."""
    return " | ".join("–" if share is None else f"{100 * share:.1f} %" for share in shares)


def table(
    rows: Mapping[Half, Mapping[str, Any]], count: tuple[str, str], columns: Mapping[str, str]
) -> str:
    """One row a half and group; `count` and `columns` give headings with what they read."""
    heading, counted = count
    lines = [
        f"| nửa | kiểu gõ | {heading} | {' | '.join(columns)} |",
        f"| --- | --- | ---: |{' ---: |' * len(columns)}",
    ]
    for half, groups in rows.items():
        for name, row in groups.items():
            shown = percents(getattr(row, measure) for measure in columns.values())
            lines.append(f"| {half} | {name} | {getattr(row, counted)} | {shown} |")
    return "\n".join(lines)
