"""`haicap ask --explain`: what each stage of an answer made, and how long it took."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from typing import Any

from bot.answer.draft import Draft
from bot.doors.cli.core import opened_core
from bot.question.question import Ask, Question
from bot.settings import Settings
from bot.sources.router import Routed
from bot.sources.source import Claim

DONE = 0
SHOWN_MEASURES = 12  # of a claim, the largest first; --json shows all


class Explained:
    """Watches one answer being made."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []
        self._at = time.perf_counter()

    def __call__(self, stage: str, made: object) -> None:
        """Note what a stage made; as `Assistant.ask` calls it."""
        took_ms = round((time.perf_counter() - self._at) * 1_000, 1)
        self.stages.append({"stage": stage, "ms": took_ms, **_facts(made)})
        self._at = time.perf_counter()


def explain(question: str, settings: Settings, *, as_json: bool) -> int:
    """Answer once and print the stages; the data folder must be free."""
    watch = Explained()
    with opened_core(settings) as core, contextlib.redirect_stdout(sys.stderr):
        core.assistant.ask("làm nóng")  # the first answer also fills caches
        watch = Explained()
        answer = core.assistant.ask(question, watch=watch)
    if as_json:
        print(json.dumps(watch.stages, ensure_ascii=False, indent=2))
        return DONE
    for stage in watch.stages:
        print(f"== {stage.pop('stage')} ({stage.pop('ms')} ms)")
        print("\n".join(f"   {name}: {_short(value)}" for name, value in stage.items()))
    print(f"\n{answer.text}")
    return DONE


def _facts(made: object) -> dict[str, Any]:
    if isinstance(made, Question):
        return _read(made.ask) | {"leans": made.leans, "clarify": made.clarify}
    if isinstance(made, Routed):
        return _routed(made)
    if isinstance(made, Draft):
        subject = {name: getattr(made.subject, name) for name in type(made.subject).__slots__}
        kinds = [type(block).__name__ for block in made.blocks]
        return {"status": made.status, "subject": subject, "blocks": kinds}
    return {}


def _read(ask: Ask) -> dict[str, Any]:
    wants = {name: getattr(ask.wants, name) for name in type(ask.wants).__slots__}
    wants["expects"] = sorted(ask.wants.expects)
    return {
        "text": ask.text,
        "query": ask.query.text,
        "wants": {name: value for name, value in wants.items() if value},
        "aspects": list(ask.aspects),
        "needs": list(ask.needs),
        "place": ask.place_name,
        "named": [document.metadata.label for document in ask.named],
        "missing": [number.shown for number in ask.missing],
    }


def _routed(routed: Routed) -> dict[str, Any]:
    shares = {name: round(value, 2) for name, value in routed.shares.items()}
    return {
        "chosen": routed.chosen.source,
        "shares (log)": shares,
        "claims": [_claim(claim) for claim in routed.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    about = {name: getattr(claim.subject, name) for name in type(claim.subject).__slots__}
    return {
        "source": claim.source,
        "odds (log)": round(claim.odds, 2),
        "subject": {name: value for name, value in about.items() if value},
        "why": {name: round(value, 3) for name, value in claim.why.items()},
    }


def _short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "".join(f"\n     - {_short(_largest(one))}" for one in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _largest(claim: dict[str, Any]) -> dict[str, Any]:
    """A claim with its largest measures alone."""
    why = sorted(claim["why"].items(), key=lambda pair: -abs(pair[1]))[:SHOWN_MEASURES]
    return claim | {"why": dict(why)}
