"""The times of `evals.bench.scale` as an SVG, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from evals.bench.scale import Scale

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 360, 70, 50, 20, 190
_TICKS_MS: Final = (5, 10, 20, 50, 100, 200, 500, 1_000)
_Value = Callable[[Scale], float]
_LINES: Final[tuple[tuple[_Value, str, str], ...]] = (
    # value, label, colour (told apart by people who see no red or green)
    (lambda s: s.search.p50_ms, "tìm, p50", "#0072b2"),
    (lambda s: s.search.p95_ms, "tìm, p95", "#56b4e9"),
    (lambda s: s.answer.p50_ms, "cả câu, p50", "#d55e00"),
    (lambda s: s.answer.p95_ms, "cả câu, p95", "#e69f00"),
    (lambda s: s.usual.p50_ms, "LangChain + Chroma, p50", "#555555"),
)


def plot(scales: Sequence[Scale]) -> str:
    """The file's text; at least two sizes."""
    values = [value(s) for s in scales for value, _, _ in _LINES]
    low, high = min(values) * 0.8, max(values) * 1.25
    sizes = [s.passages for s in scales]

    def x(size: float) -> float:
        return _LEFT + _share(size, sizes[0], sizes[-1]) * (_WIDTH - _LEFT - _RIGHT)

    def y(ms: float) -> float:
        return _HEIGHT - _BOTTOM - _share(ms, low, high) * (_HEIGHT - _BOTTOM - _TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>Thời gian theo số đoạn</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for tick in (t for t in _TICKS_MS if low <= t <= high):
        parts.append(
            f'<path d="M{_LEFT} {y(tick):.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick} ms</text>'
        )
    for size in sizes:
        label = f"{size:,}".replace(",", ".")
        parts.append(
            f'<text x="{x(size):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">'
            f"{label} đoạn</text>"
        )
    for value, _, colour in _LINES:
        points = [(x(s.passages), y(value(s))) for s in scales]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
    for row, (_, label, colour) in enumerate(_LINES):
        at = _TOP + 20 + 20 * row
        parts.append(
            f'<path d="M{_WIDTH - _RIGHT + 12} {at}h18" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_WIDTH - _RIGHT + 36}" y="{at + 4}">{escape(label)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _share(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low) if high > low else 0.5
