"""JSON lines read into checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from evals.errors import QuestionFileError

MEND: Final = "Sửa dòng này"
_Line = TypeVar("_Line", bound=BaseModel)


def read_json_lines(path: Path, model: type[_Line]) -> list[tuple[str, _Line]]:
    """Each line with its place ("file.jsonl:3"), in file order; blank lines are passed over.

    Raises:
        QuestionFileError: unreadable file, or a line with a wrong, missing or unknown value; the
            message names file, line and field.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"không đọc được tệp câu hỏi ({error})"
        raise QuestionFileError(path, problem, "Kiểm tra đường dẫn và mã UTF-8") from error
    read = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path.name}:{number}"
        try:
            read.append((place, model.model_validate_json(line)))
        except ValidationError as error:
            raise QuestionFileError(place, _problem(error), MEND) from error
    return read


def _problem(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    given = f" (có {first['input']!r})" if where and first["type"] != "missing" else ""
    return f"{where}: {what}{given}" if where else what
