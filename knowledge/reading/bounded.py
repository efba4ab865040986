"""Files of strangers are read apart; what goes wrong there refuses the file."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict

from knowledge.apart import run_apart
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
    asked = {"reader": reader, "name": file.name, "limits": asdict(limits)}
    try:
        said, status = run_apart(CHILD, [json.dumps(asked)], file.data, limits.seconds)
    except TimeoutError:
        raise file.refusal(
            f"đọc quá {limits.seconds:g} giây", "Chia nhỏ tệp, hoặc tăng HAICAP_INGEST_SECONDS"
        ) from None
    return _understood(said, status, file)


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
