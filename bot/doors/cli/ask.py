"""`haicap ask`: the answer to one question."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys

from bot.answer.codec import to_public
from bot.answer.rendering.screen import Screen
from bot.doors.cli.asking import asked_of
from bot.doors.cli.question import question_of
from bot.doors.cli.render import render_answer
from bot.question.checking import check_question
from bot.settings import Settings
from prompts.wording import load_wording

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the answer; the question is checked before anything is opened."""
    question = question_of(args.question, settings.max_question_chars)
    check_question(question, settings.max_question_chars, load_wording())
    with asked_of(settings) as assistant, contextlib.redirect_stdout(sys.stderr):
        answer = assistant.ask(question)
    if args.json:
        print(json.dumps(to_public(answer), ensure_ascii=False, indent=2))
    else:
        print(render_answer(answer, Screen.of(sys.stdout), public_url=settings.public_url))
    return DONE
