"""argparse that speaks Vietnamese and refuses in one line, and the commands that it reads."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from bot.errors import UsageError

Commands = argparse._SubParsersAction  # what `register(commands)` of a command receives

_NEAREST = 0.6  # of two words that may be meant for each other, as difflib measures
_CHOICE = r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)"

# What argparse says (pattern) and what we say instead; the first match wins.
_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"còn thiếu {0}"),
    (_CHOICE, r"{0} không có {1}; chọn: {2}"),
    (r"argument (.+?): invalid \S+ value: (.+)", r"{0} không nhận giá trị {1}"),
    (r"argument (.+?): expected (?:one|\d+|at least one) arguments?", r"{0} còn thiếu giá trị"),
    (r"argument (.+?): ignored explicit argument (.+)", r"{0} không đi kèm giá trị {1}"),
    (r"argument (.+?): not allowed with argument (.+)", r"{0} không dùng chung với {1}"),
    (r"one of the arguments (.+) is required", r"cần một trong các mục: {0}"),
    (r"unrecognized arguments: (.+)", r"không hiểu {0}"),
)


class _Formatter(argparse.HelpFormatter):
    """Puts commands and short options on one line with their help."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)
        self._action_max_length = 16  # argparse forgets how far commands are indented


class Parser(argparse.ArgumentParser):
    """A parser whose help is in Vietnamese and whose errors are raised, not printed."""

    def __init__(self, **options: object) -> None:
        options = {"allow_abbrev": False, "formatter_class": _Formatter, **options}
        super().__init__(**options, add_help=False)  # type: ignore[arg-type]
        self._positionals.title = "Tham số"
        self._optionals.title = "Tuỳ chọn"
        self.add_argument("-h", "--help", action="help", help="xem hướng dẫn này")

    def format_help(self) -> str:
        """The help text, headed in Vietnamese."""
        return super().format_help().replace("usage: ", "Cách dùng: ", 1)

    def error(self, message: str) -> NoReturn:
        """Refuse.

        Raises:
            UsageError: always; one line that says what is wrong and where to look.
        """
        told = translate(message)
        end = "" if told.endswith("?") else "."
        raise UsageError(f"{told}{end} Xem cách dùng: {self.prog} --help")


def _takes_nothing(_: Parser) -> None:
    """The arguments of a command without any."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the parser knows it; what runs it is imported when it is run."""

    name: str
    help: str
    run: str  # "module:function" of `function(args, settings) -> exit status`
    arguments: Callable[[Parser], None] = _takes_nothing  # adds what it takes

    def add(self, commands: Commands[Parser]) -> Parser:
        """The command among `commands`."""
        parser: Parser = commands.add_parser(self.name, help=self.help)
        parser.set_defaults(run=self.run)
        self.arguments(parser)
        return parser


def translate(message: str) -> str:
    """An argparse message in Vietnamese; one it does not know stays as it is."""
    if match := re.fullmatch(_CHOICE, message, re.DOTALL):
        name, given, choices = match.groups()
        if meant := _meant(given.strip("'\""), re.findall(r"[\w-]+", choices)):
            return f"{name} không có {given}; ý bạn là {meant}?"
    for pattern, wording in _MESSAGES:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return wording.format(*match.groups())
    return message


def _meant(given: str, choices: Sequence[str]) -> str:
    """The choice that a mistyped word comes near, a question for words in a row; or nothing."""
    if " " in given and "ask" in choices:
        return f'ask "{given}"'
    near = difflib.get_close_matches(given.lower(), choices, n=1, cutoff=_NEAREST)
    return near[0] if near else ""
