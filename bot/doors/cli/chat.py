"""`haicap chat`: one question after another."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator

from bot.answer.rendering.screen import Screen, printable
from bot.doors.cli.asking import asked_of
from bot.doors.cli.question import readable
from bot.doors.cli.render import render_answer
from bot.errors import QuestionError
from bot.settings import Settings

DONE = 0
LEAVE = ("/thoat", "/thoát")
NEW_TALK = ("/moi", "/mới")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer line by line until /thoat or the end of input."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # line editing; it may write to the terminal when imported
    screen = Screen.of(sys.stdout)
    asking = sys.stdin.isatty()
    conversation_id: str | None = None
    with asked_of(settings) as assistant:
        if asking:
            _greet(assistant.opening_questions(), screen)
        for line in _lines("\nBạn: " if asking else ""):
            if line.lower() in LEAVE:
                break
            if line.lower() in NEW_TALK:
                conversation_id = None
                print("Đã bắt đầu cuộc trò chuyện mới.")
                continue
            try:
                answer = assistant.ask(readable(line), conversation_id)
            except QuestionError as error:
                print(screen.wrap(printable(error.message_vi)))
                continue
            conversation_id = answer.conversation_id
            text = render_answer(answer, screen, public_url=settings.public_url)
            print(f"\n{text}", flush=True)
    return DONE


def _greet(examples: Iterable[str], screen: Screen) -> None:
    print(screen.wrap("Hai Cấp xin chào. Bạn gõ câu hỏi rồi bấm Enter."))
    print(screen.wrap("Gõ /moi để sang chuyện khác, /thoat hoặc Ctrl-D để dừng."))
    for example in examples:
        print(screen.paint(screen.wrap(example, first="- ", rest="  "), "dim"))


def _lines(prompt: str) -> Iterator[str]:
    """Lines typed, without blank ones, until the end of input."""
    while True:
        try:
            line = input(prompt).strip()
        except EOFError:
            if prompt:
                print()
            return
        if line:
            yield line
