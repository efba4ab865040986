"""The command `haicap`: reads a command line, runs the module of its command, says what failed."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Any, NoReturn

from bot.answer.rendering.screen import printable
from bot.doors.cli.commands import COMMANDS
from bot.doors.cli.parser import Commands, Parser
from bot.errors import BotError, UsageError
from knowledge.errors import KnowledgeError
from prompts.errors import PromptError
from retrieval.errors import RetrievalError

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
PLUGINS = "haicap.commands"  # entry points of packages above `bot`: register(commands) -> None
LOG_LEVEL = "HAICAP_LOG_LEVEL"  # read here too: the settings may be what failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `haicap`; None for those of the process.

    Returns:
        0 done, 1 failed, 2 wrong usage or refused input, 130 stopped by Ctrl-C.
    """
    _speak_utf8()
    try:
        try:
            status = _run(sys.argv[1:] if argv is None else argv)
        except SystemExit as leaving:  # --help, --version, and a server told to stop
            status = leaving.code if isinstance(leaving.code, int) else DONE
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader has all it wanted, as in `haicap documents | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (BotError, KnowledgeError, RetrievalError, PromptError) as error:
        return _complain(str(error), REFUSED)
    except Exception as error:
        if os.environ.get(LOG_LEVEL, "").lower() == "debug":
            traceback.print_exc()
        return _complain(_unexpected(error), FAILED)
    return status


def leave() -> NoReturn:
    """Run the command of this process and end it.

    What must be closed is closed by then; to take down all that was imported took 0.3 s more.
    """
    status = main()
    sys.stderr.flush()
    os._exit(status)


def _run(argv: Sequence[str]) -> int:
    args = _parse(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    from bot.settings import Settings  # with it pydantic, which --help need not load

    settings = Settings()
    run = _imported(args.run)
    status: int = run(args, settings)
    return status


def _imported(name: str) -> Any:
    """What runs a command. What is imported stays: to look for garbage in it took an eighth."""
    gc.disable()
    try:
        return pkgutil.resolve_name(name)
    finally:
        gc.freeze()
        gc.enable()


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="haicap",
        description="Hai Cấp: hỏi đáp về chính quyền địa phương hai cấp, dẫn nguyên văn văn bản.",
    )
    release = f"haicap {version('haicap')}"
    parser.add_argument("--version", action="version", version=release, help="xem phiên bản")
    commands: Commands[Parser] = parser.add_subparsers(
        title="Các lệnh", metavar="LỆNH", dest="command", required=True, parser_class=Parser
    )
    for command in COMMANDS:
        command.add(commands)
    named = next((word for word in argv if not word.startswith("-")), None)
    if named not in commands.choices:  # a command of another package, or a list of them all
        for entry in entry_points(group=PLUGINS):
            _plug_in(entry, commands, named=entry.name == named)
    return parser.parse_args(argv)


def _plug_in(entry: EntryPoint, commands: Commands[Parser], *, named: bool) -> None:
    """Let another package add its command; one that cannot be loaded harms no other."""
    try:
        register = entry.load()
    except (ImportError, AttributeError) as error:
        if named:
            problem = f"lệnh {entry.name!r} không nạp được từ {entry.value!r} ({error})"
            raise UsageError(f"{problem}. Cài lại bằng: make run") from error
        commands.add_parser(entry.name, help="(không nạp được)")
    else:
        register(commands)


def _speak_utf8() -> None:
    """UTF-8 in and out whatever the locale says; what cannot be written becomes "?"."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: haicap ask ... >&-
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream, errors in (
        (sys.stdout, "replace"),
        (sys.stderr, "replace"),
        (sys.stdin, "surrogateescape"),
    ):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _complain(message: str, status: int) -> int:
    """Say what is wrong in one line on stderr."""
    print("haicap: " + " ".join(printable(message).split()), file=sys.stderr, flush=True)
    return status


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        place = repr(str(error.filename))
        return f"không dùng được {place} ({error.strerror}). Kiểm tra quyền và chỗ trống"
    return (
        f"có lỗi ngoài dự kiến ({type(error).__name__}). "
        "Chạy lại với HAICAP_LOG_LEVEL=debug để xem chi tiết"
    )


if __name__ == "__main__":
    leave()
