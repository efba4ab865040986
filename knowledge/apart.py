"""Work on a stranger's file in a process of its own, bounded in time and memory.

Parsers are large, and a file can be made to harm them: what goes wrong there ends that process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence


def run_apart(
    module: str, arguments: Sequence[str], data: bytes, seconds: float
) -> tuple[bytes, int]:
    """What a module of ours writes on stdout, and its exit status; minus a signal that ended it.

    Args:
        module: run as `python -m`.
        arguments: of its command line.
        data: its stdin.
        seconds: after which it is ended, with the programs that it started.

    Raises:
        TimeoutError: it took longer.
    """
    # -P: a file named as one of our modules, where the command was typed, is not imported.
    command = [sys.executable, "-P", "-m", module, *arguments]
    with tempfile.TemporaryDirectory(prefix="haicap-") as folder:  # gone also when it is killed
        process = subprocess.Popen(  # noqa: S603 (our own module)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": folder},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            _end(process)
    return said, process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and the programs that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def hold_to(seconds: float, memory: int, written: int | None = None) -> None:
    """Bound this process; soft limits, as the programs that it starts have their own.

    Args:
        seconds: of the processor.
        memory: address space in bytes, libraries and all.
        written: most bytes of a file that it writes.
    """
    with contextlib.suppress(ImportError):  # on Windows there is the time of `run_apart` alone
        import resource

        bounds = {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_CPU: int(seconds) + 1,
            resource.RLIMIT_CORE: 0,
        }
        if written is not None:
            bounds[resource.RLIMIT_FSIZE] = written
        for what, most in bounds.items():
            hard = resource.getrlimit(what)[1]
            resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))
