"""The process that reads one file: `python -m knowledge.reading.child ASKED < FILE`."""

from __future__ import annotations

import json
import os
import pkgutil
import sys
from dataclasses import asdict
from typing import Any

from knowledge.apart import hold_to
from knowledge.errors import DocumentError
from knowledge.reading.files import File
from knowledge.reading.limits import (
    MAX_FILE_BYTES,
    MAX_READ_MEMORY,
    MAX_TEXT_CHARS,
    MAX_ZIP_BYTES,
    Limits,
)

_MEND = "Mở tệp bằng phần mềm soạn thảo, lưu lại rồi nạp; hoặc nạp bản khác"


def main() -> None:
    """Read what stdin holds; stdout gets one JSON object, the words or why there are none."""
    asked = json.loads(sys.argv[1])
    limits = Limits(**asked["limits"])
    hold_to(limits.seconds, MAX_READ_MEMORY, max(MAX_FILE_BYTES, MAX_ZIP_BYTES))
    # What a parser prints must not get into the answer.
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    file = File(asked["name"], sys.stdin.buffer.read())
    with answer_to:
        json.dump(_answer(asked["reader"], file, limits), answer_to)


def _answer(reader: str, file: File, limits: Limits) -> dict[str, Any]:
    try:
        words = pkgutil.resolve_name(reader)(file, limits)
        if len(words.text) > MAX_TEXT_CHARS:
            raise file.refusal(
                f"có {len(words.text)} ký tự, quá {MAX_TEXT_CHARS}", "Chia thành nhiều văn bản"
            )
        return {"words": asdict(words)}
    except DocumentError as error:
        return _refused(error.field, error.problem, error.mend)
    except MemoryError:
        return _refused("tệp", "cần quá nhiều bộ nhớ để đọc", "Chia nhỏ tệp rồi nạp lại")
    except Exception as error:  # a parser met what it did not expect
        return _refused("tệp", f"hỏng hoặc sai chuẩn ({type(error).__name__})", _MEND)


def _refused(field: str, problem: str, mend: str) -> dict[str, Any]:
    return {"refused": {"field": field, "problem": problem, "mend": mend}}


if __name__ == "__main__":
    main()
