"""`haicap procedures`: the records that fit some words, or a code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.answer.rendering.screen import Screen, printable
from bot.doors.cli.core import opened_core
from bot.errors import QuestionError
from bot.settings import Settings
from bot.sources.procedures.view import ProcedureView, card, view

if TYPE_CHECKING:
    from bot.sources.procedures.procedures import Procedures
    from retrieval.procedures import ProcedureHit

SHOWN = 5  # records told to people; programs get all that fit
DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the records that fit, best first."""
    text = " ".join(args.text).encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()
    if not text or len(text) > settings.max_question_chars:
        raise QuestionError(
            f"Lời tìm dài {len(text)} ký tự; cần từ 1 đến {settings.max_question_chars} ký tự.",
            "length",
        )
    with opened_core(settings) as core:
        hits = core.procedures.find(text)
        if args.json:
            print(json.dumps(listed(core.procedures, hits), ensure_ascii=False, indent=2))
            return DONE
        screen = Screen.of(sys.stdout)
        if not hits:
            print(screen.wrap("Không thấy thủ tục nào hợp với lời này. Hãy thử cách nói khác."))
        for hit in hits[:SHOWN]:
            print(_told(view(hit.procedure, core.procedures.say), hit.share, screen))
    return DONE


def listed(procedures: Procedures, hits: Sequence[ProcedureHit]) -> list[dict[str, Any]]:
    """The JSON list of what was found: `id`, `name`, `score`, then the rest of each card."""
    return [
        {"id": hit.procedure.id, "name": hit.procedure.name, "score": round(hit.share, 4)}
        | card(view(hit.procedure, procedures.say))
        for hit in hits
    ]


def _told(shown: ProcedureView, score: float, screen: Screen) -> str:
    codes = f" ({', '.join(shown.codes)})" if shown.codes else ""
    lines = [screen.wrap(f"{printable(shown.name)}{codes}  [{score:.2f}]")]
    for name in ("decided_by", "time_limit", "fee"):
        field = shown.fields[name]
        said = " ".join(part for part in (field.text if field.values else "", field.note) if part)
        if said:
            line = f"{field.label}: {printable(said)}"
            lines.append(screen.paint(screen.wrap(line, first="   ", rest="   "), "dim"))
    where = "; ".join(f"{way.label.lower()}: {way.text}" for way in shown.ways)
    if where:
        line = f"Nơi nộp: {printable(where)}"
        lines.append(screen.paint(screen.wrap(line, first="   ", rest="   "), "dim"))
    if shown.origin == "portal":  # its first warning says whose word this is
        told = screen.wrap(shown.warnings[0], first="   ", rest="   ")
        lines.append(screen.paint(told, "dim"))
    dated = f"Dữ liệu: {shown.sources_text}. Trang: {shown.url}"
    lines.append(screen.paint(screen.wrap(dated, first="   ", rest="   "), "dim"))
    return "\n".join(lines) + "\n"
