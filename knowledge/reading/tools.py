"""Programs that help to read a file: bounded in time and memory, and ended with their reader."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Mapping, Sequence

from knowledge.reading.limits import MAX_TOOL_MEMORY


def run_tool(
    command: Sequence[str],
    *,
    seconds: float,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """What a program writes on stdout.

    Raises:
        subprocess.TimeoutExpired: it took longer than `seconds`.
        subprocess.CalledProcessError: it failed.
        OSError: it cannot be started.
    """
    done = subprocess.run(  # noqa: S603 (a list, no shell; the program is named by our code)
        list(command),
        input=given,
        capture_output=True,
        timeout=seconds,
        env=None if environment is None else dict(environment),
        preexec_fn=_bound,
        check=True,
    )
    return done.stdout


def _bound() -> None:
    """More memory than the reader has: LibreOffice maps much of what it never touches."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MAX_TOOL_MEMORY if hard < 0 else min(MAX_TOOL_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
