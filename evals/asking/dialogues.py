"""`haicap eval dialogues`: conversations of two to four turns, and which turns are understood.

One object a line in dialogues.jsonl. Each turn has `question`, `leans` (whether it needs earlier
turns), and, where the answer is known, `cites` (how the first passage id begins) and `says` (words
that the answer has). Written by us; the report half was read once, after its first measurement.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from bot.doors.web.schemas import AnswerOut
from bot.settings import Settings
from evals.asking.client import Client, served
from evals.errors import QuestionFileError
from evals.scoring.floors import tell_missed
from evals.scoring.shares import mean, table
from evals.sets.halves import HALVES, Half
from evals.sets.json_lines import read_json_lines
from evals.sets.questions import FOLDER
from evals.sets.typing_styles import STYLES, TypingStyle, restyle

FILE: Final = FOLDER / "dialogues.jsonl"
MIN_TURNS: Final = 2
MAX_TURNS: Final = 4
DONE, FAILED = 0, 1

_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Turn(BaseModel):
    """One question of a dialogue."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    question: _Words
    leans: bool
    cites: str | None = None
    says: tuple[_Words, ...] = ()


class Dialogue(BaseModel):
    """Questions of one conversation, in order; the first leans on nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^d\d+$")]
    half: Half
    turns: Annotated[tuple[Turn, ...], Field(min_length=MIN_TURNS, max_length=MAX_TURNS)]


@dataclass(frozen=True, slots=True)
class TurnScore:
    """How one turn went."""

    dialogue: str
    half: Half
    style: TypingStyle
    number: int  # from 1
    typed: str
    leans: bool
    leaned: bool
    right: bool  # leaned as it should, and cites and says what it should


@dataclass(frozen=True, slots=True)
class DialogueSummary:
    """Many turns in one row; shares from 0 to 1, None where nothing was there to measure."""

    turns: int
    understood: float | None  # of the turns that lean, the share answered as meant
    left_alone: float | None  # of later turns that do not lean, the share left as they are
    right: float | None  # of all turns


def load_dialogues(path: Path = FILE) -> list[Dialogue]:
    """The dialogues of a file.

    Raises:
        QuestionFileError: unreadable file or a wrong line; the message names it.
    """
    found: dict[str, Dialogue] = {}
    for place, dialogue in read_json_lines(path, Dialogue):
        if dialogue.turns[0].leans:
            raise QuestionFileError(place, "câu đầu không có gì để dựa vào", "Sửa leans: false")
        if dialogue.id in found:
            raise QuestionFileError(place, f"id {dialogue.id!r} đã có", "Đặt id khác")
        found[dialogue.id] = dialogue
    return list(found.values())


def play(client: Client, dialogue: Dialogue, style: TypingStyle) -> list[TurnScore]:
    """Hold one conversation and score its turns."""
    scores, conversation_id = [], None
    for number, turn in enumerate(dialogue.turns, 1):
        typed = restyle(turn.question, style)
        answer = client.ask(typed, conversation_id).answer
        conversation_id = answer.conversation_id
        leaned = bool(answer.understood_as)
        right = leaned == turn.leans and _is_right(turn, answer)
        scores.append(
            TurnScore(dialogue.id, dialogue.half, style, number, typed, turn.leans, leaned, right)
        )
    return scores


def _is_right(turn: Turn, answer: AnswerOut) -> bool:
    if turn.cites is None:
        return True
    first = answer.citations[0].passage_id if answer.citations else ""
    cited = answer.status == "answered" and bool(first) and first.startswith(turn.cites)
    return cited and all(words in answer.text for words in turn.says)


def summarise(scores: Sequence[TurnScore]) -> DialogueSummary:
    """The numbers of some turns."""
    later = [s for s in scores if s.number > 1 and not s.leans]
    return DialogueSummary(
        len(scores),
        mean(s.right for s in scores if s.leans),
        mean(not s.leaned for s in later),
        mean(s.right for s in scores),
    )


def summaries(scores: Sequence[TurnScore]) -> dict[str, DialogueSummary]:
    """One row for each typing style asked, and `overall`."""
    groups: dict[str, list[TurnScore]] = {s: [] for s in STYLES}
    for score in scores:
        groups[score.style].append(score)
    rows = {style: summarise(members) for style, members in groups.items() if members}
    return rows | {"overall": summarise(scores)}


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Hold every dialogue in every style; 1 when floors were asked for and one is missed."""
    dialogues = load_dialogues()
    with served(args.data, settings.embedder) as client:
        scores = [
            score
            for dialogue in dialogues
            for style in args.styles
            for score in play(client, dialogue, style)
        ]
    rows = {half: summaries([s for s in scores if s.half == half]) for half in HALVES}
    print(_json(rows, scores) if args.json else _table(rows))
    return FAILED if args.floors and tell_missed("dialogues", rows) else DONE


def _json(rows: dict[Half, dict[str, DialogueSummary]], scores: Sequence[TurnScore]) -> str:
    values = {
        "halves": {h: {g: asdict(r) for g, r in groups.items()} for h, groups in rows.items()},
        # The report half stays unread, so that nobody tunes on it.
        "wrong": [asdict(s) for s in scores if not s.right and s.half == "tuning"],
    }
    return json.dumps(values, ensure_ascii=False, indent=2)


def _table(rows: dict[Half, dict[str, DialogueSummary]]) -> str:
    columns = {
        "câu nối tiếp hiểu đúng": "understood",
        "câu riêng để nguyên": "left_alone",
        "lượt đúng": "right",
    }
    return table(rows, ("lượt", "turns"), columns)
