"""Files of strangers are read in a process of their own, bounded in time and memory.

The parsers of DOCX, PDF and the like are large, and a file can be made to harm them. What goes
wrong there ends that process, and the file is refused.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict

from knowledge.errors import DocumentError
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import Limits

CHILD = "knowledge.reading.child"
_DAMAGED = "Mở tệp bằng phần mềm soạn thảo, lưu lại rồi nạp; hoặc nạp bản khác"


def read_apart(reader: str, file: File, limits: Limits) -> Words:
    """What a reader ("module:function") finds in a file.

    Raises:
        DocumentError: refused by the reader, or it took too long, too much memory, or died.
    """
    # -P: a file named as one of our modules, where the command was typed, is not imported.
    command = [sys.executable, "-P", "-m", CHILD]
    asked = {"reader": reader, "name": file.name, "limits": asdict(limits)}
    with tempfile.TemporaryDirectory(prefix="haicap-") as folder:  # gone also when it is killed
        process = subprocess.Popen(  # noqa: S603 (our own module)
            [*command, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": folder},
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(file.data, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise file.refusal(
                f"đọc quá {limits.seconds:g} giây",
                "Chia nhỏ tệp, hoặc tăng HAICAP_INGEST_SECONDS",
            ) from None
        finally:
            _end(process)
    return _understood(said, process.returncode, file)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and the programs that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _understood(said: bytes, status: int, file: File) -> Words:
    try:
        answer = json.loads(said)
    except ValueError:
        killed = status in (-signal.SIGXCPU, -signal.SIGKILL)
        problem = "đọc quá lâu hoặc quá nặng" if killed else "làm trình đọc dừng đột ngột"
        raise file.refusal(f"{problem}, tệp có thể hỏng", _DAMAGED) from None
    if refused := answer.get("refused"):
        raise DocumentError(file.name, refused["field"], refused["problem"], refused["mend"])
    words = answer["words"]
    return Words(words["text"], words["values"], tuple(words["margins"]), tuple(words["notes"]))
