"""`haicap eval places`: every old commune that the data knows, written in several ways."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from bot.question.places_named import PlaceReader
from bot.settings import Settings
from evals.sets.typing_styles import restyle
from knowledge.places.models import OldUnit
from knowledge.places.resolver import PlaceResolver, open_resolver
from knowledge.text import OLD_TO_NEW_TONES, fold
from retrieval.diacritics import Restorer
from retrieval.query import analyse

DONE: Final = 0
FAILED: Final = 1
_KINDS: Final = {"phường": "P. ", "xã": "X. ", "thị trấn": "TT ", "đặc khu": "ĐK "}
_DISTRICTS: Final = {"quận": "Q. ", "huyện": "H. ", "thị xã": "TX ", "thành phố": "TP "}
_WRONG: Final = "sai"


def _shortened(unit: OldUnit) -> str:
    district = unit.district
    home = f"{_DISTRICTS[district.kind]}{district.short}, " if district else ""
    return f"12/3 Lê Lợi, {_KINDS[unit.kind]}{unit.short}, {home}{unit.province.short}"


# "hoà, thuỷ": how most people still place the tone; the data has "hòa, thủy".
_OLD_TONES: Final = {new: old for old, new in OLD_TO_NEW_TONES.items()}
_NEW_TONE: Final = re.compile(rf"(?<![qQ])(?:{'|'.join(_OLD_TONES)})\b")


def _old_tones(unit: OldUnit) -> str:
    return _NEW_TONE.sub(lambda m: _OLD_TONES[m[0]], unit.address)


WAYS: Final[Mapping[str, Callable[[OldUnit], str]]] = {
    "đủ địa chỉ": lambda u: u.address,
    "dấu đặt lối cũ": _old_tones,
    "không dấu": lambda u: fold(u.address),
    "không dấu, không phẩy": lambda u: fold(u.address).replace(",", ""),
    "viết tắt, có số nhà": _shortened,
    "viết tắt, không dấu": lambda u: fold(_shortened(u)),
    "không có tỉnh": lambda u: f"{u.name}, {u.parent.name if u.parent else ''}",
    "không có huyện": lambda u: f"{u.name}, {u.province.name}",
}
SENTENCES: Final[tuple[Callable[[OldUnit], str], ...]] = (
    lambda u: f"{u.address} giờ là xã nào?",
    lambda u: f"{u.name} {u.parent.short if u.parent else ''} {u.province.short} nay thuộc đâu",
    lambda u: f"{u.name}, {u.parent.name if u.parent else ''} bây giờ là gì",
    lambda u: f"em ở {u.name}, {u.parent.short if u.parent else ''}, {u.province.name} nay là gì",
)
SENTENCE_EVERY: Final = 10
SLOPPY_WRONG_AT_MOST: Final = 0.005  # measured: .002
_COLUMNS: Final = ("resolved", "current", "candidates", "ambiguous", "unknown", _WRONG)
_HEADS: Final = ("một đơn vị", "là đơn vị nay", "nhiều đơn vị", "hỏi lại", "không biết", "sai")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Look every old commune up and print the counts; 1 when one is wrong."""
    resolver = open_resolver()
    counts = sweep(resolver)
    failed = any(row.get(_WRONG) for row in counts.values())
    typed = counts["cả câu, gõ ẩu"] = sweep_sentences(resolver)
    failed |= typed.get(_WRONG, 0) > SLOPPY_WRONG_AT_MOST * sum(typed.values())
    if args.json:
        print(json.dumps(counts, ensure_ascii=False, indent=2))
    else:
        print(table(counts), end="")
    return FAILED if failed else DONE


def sweep(
    resolver: PlaceResolver, ways: Mapping[str, Callable[[OldUnit], str]] = WAYS
) -> dict[str, dict[str, int]]:
    """How many old communes were resolved, asked about or unknown, for each way of writing.

    "sai" counts what is said without a warning and is not so: a unit that does not stand today, or
    a place that is not all of what the commune became.
    """
    today = set(resolver.catalogue.communes)
    counts: dict[str, Counter[str]] = {way: Counter() for way in ways}
    for unit in resolver.catalogue.old:
        if unit.level != "commune":
            continue
        became = {new.code for new in unit.into}
        for way, write in ways.items():
            found = resolver.resolve(write(unit))
            codes = {new.code for new in found.new}
            wrong = not codes <= today or (not became <= codes and not found.check)
            counts[way][_WRONG if wrong else found.status] += 1
    return {way: dict(counter) for way, counter in counts.items()}


def sweep_sentences(resolver: PlaceResolver, every: int = SENTENCE_EVERY) -> dict[str, int]:
    """As `sweep`, for questions about one commune in `every`, typed with slips and read as asked.

    "sai" counts what is read as another commune without a warning; one where only the district or
    province was read counts as such.
    """
    reader, restorer = PlaceReader(resolver), Restorer()
    communes = [u for u in resolver.catalogue.old if u.level == "commune"]
    counts: Counter[str] = Counter()
    for number, unit in enumerate(communes[::every]):
        typed = restyle(SENTENCES[number % len(SENTENCES)](unit), "sloppy", seed=number)
        reading = reader.read(analyse(typed, restorer))
        if reading is None:
            counts["unknown"] += 1
            continue
        found = reading.found
        became = {new.code for new in unit.into}
        covers = became <= {new.code for new in found.new} or found.status == "unknown"
        counts[found.status if covers or found.check else _WRONG] += 1
    return dict(counts)


def table(counts: Mapping[str, Mapping[str, int]]) -> str:
    """The counts as a Markdown table."""
    lines = [f"| cách viết | {' | '.join(_HEADS)} |", "| --- |" + " ---: |" * len(_HEADS)]
    for way, row in counts.items():
        cells = " | ".join(str(row.get(name, 0)) for name in _COLUMNS)
        lines.append(f"| {way} | {cells} |")
    return "\n".join(lines) + "\n"
