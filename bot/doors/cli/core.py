"""The core as a command opens it: what it builds and prints goes to stderr."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from types import TracebackType

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from bot.opening import Core, open_core
from bot.settings import Settings


@contextlib.contextmanager
def opened_core(settings: Settings, url: str | None = None) -> Iterator[Core]:
    """The core, closed afterwards; building its index shows progress on stderr.

    Args:
        settings: where everything is.
        url: where this process will answer, for others that find the folder taken.
    """
    _log_quietly(settings)
    with _IndexProgress() as progress, contextlib.redirect_stdout(sys.stderr):
        core = open_core(settings, progress=progress, url=url)
    try:
        yield core
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            core.close()


def _log_quietly(settings: Settings) -> None:
    """Only what went wrong, on stderr, unless the command has its own log."""
    if structlog.is_configured():
        return
    level = logging.DEBUG if settings.log_level == "debug" else logging.ERROR
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _IndexProgress:
    """A bar on a terminal; elsewhere two plain lines. Nothing when nothing is built."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        text = TextColumn("Đang lập chỉ mục")
        self._bar = Progress(text, BarColumn(), MofNCompleteColumn(), console=console)
        self._live = console.is_terminal
        self._task: TaskID | None = None

    def __enter__(self) -> _IndexProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None and self._live:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=total)
            if self._live:
                self._bar.start()
            else:
                _say(f"Đang lập chỉ mục {total} mẩu văn bản ...")
        self._bar.update(self._task, completed=done, total=total)
        if done == total and not self._live:
            _say(f"Đã lập chỉ mục {total} mẩu văn bản.")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
