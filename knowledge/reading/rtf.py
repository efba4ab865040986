"""RTF, by the library striprtf."""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import MAX_NESTING, Limits
from knowledge.reading.tables import table_lines

_ROW_BEGINS, _CELL_ENDS, _ROW_ENDS = "\ue0f1", "\ue0f2", "\ue0f3"  # private use
_MEND = "Mở bằng Word, lưu lại thành .docx rồi nạp"


def read_rtf(file: File, _: Limits) -> Words:
    """The words of an RTF file.

    Raises:
        DocumentError: damaged, or groups without end inside each other.
    """
    source = file.data.decode("latin-1")
    deepest, at_end = _depths(source)
    if deepest > MAX_NESTING:
        raise file.refusal(f"các phần lồng nhau quá {MAX_NESTING} lớp", _MEND)
    if at_end > 0:
        raise file.refusal("RTF bị cắt ngang, thiếu phần cuối", _MEND)
    text: str = rtf_to_text(  # type: ignore[no-untyped-call]
        _marked(source), encoding="cp1252", errors="replace"
    )
    return Words("\n".join(_with_tables(text)))


def _depths(source: str) -> tuple[int, int]:
    """How deep groups go, and how many are open at the end."""
    depth = deepest = 0
    for brace in re.findall(r"\\[{}\\]|[{}]", source):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        deepest = max(deepest, depth)
    return deepest, depth


def _marked(source: str) -> str:
    """With private letters where rows and cells of tables begin and end: striprtf keeps letters."""
    for word, mark in ((r"\\trowd", _ROW_BEGINS), (r"\\cell", _CELL_ENDS), (r"\\row", _ROW_ENDS)):
        source = re.sub(rf"{word}(?![a-z])", rf"\\u{ord(mark)}?{word}", source)
    return source


def _with_tables(text: str) -> list[str]:
    """The lines, with tables as those of other formats."""
    done: list[str] = []
    rows: list[list[str]] = []
    for part in re.split(f"({_ROW_BEGINS}[^{_ROW_ENDS}]*{_ROW_ENDS})", text):
        if part.startswith(_ROW_BEGINS):
            cells = part.replace(_ROW_BEGINS, "").rstrip(_ROW_ENDS).split(_CELL_ENDS)[:-1]
            rows.append([cell.strip("|\n ") for cell in cells])
            continue
        if not part.strip("|\n ") and rows:
            continue
        done += table_lines(rows)
        rows = []
        bare = re.sub(f"[{_ROW_BEGINS}{_CELL_ENDS}{_ROW_ENDS}]", "", part)
        done += [line.replace("\t", " ") for line in bare.strip("\n").split("\n")]
    return [*done, *table_lines(rows)]
