"""Text of pictures by tesseract, with its Vietnamese model."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from dataclasses import dataclass

from knowledge.reading.files import File
from knowledge.reading.limits import MAX_SCANNED_PAGE_SECONDS
from knowledge.reading.tools import run_tool

LANGUAGE = "vie"
UNSURE = 75.0  # mean confidence, of 100; a clean scan has 90 and more
_INSTALL = "Cài bằng: apt-get install tesseract-ocr tesseract-ocr-vie"


@dataclass(frozen=True, slots=True)
class Scanned:
    """The lines of a picture, and how sure their words are, of 100."""

    lines: list[str]
    confidence: float
    words: int


def require_tesseract(file: File) -> None:
    """See that pictures can be read here.

    Raises:
        DocumentError: tesseract or its Vietnamese model is not installed.
    """
    if shutil.which("tesseract") is None:
        raise file.refusal("là ảnh hoặc bản quét, cần tesseract mà máy này chưa có", _INSTALL)
    listed = run_tool(["tesseract", "--list-langs"], seconds=30).decode("utf-8", "replace")
    if LANGUAGE not in listed.split():
        raise file.refusal("là ảnh hoặc bản quét, mà tesseract chưa có tiếng Việt", _INSTALL)


def scan(file: File, picture: bytes) -> Scanned:
    """The text of one page, given as an encoded picture.

    Raises:
        DocumentError: tesseract fails or takes too long.
    """
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--dpi", "300", "tsv"]
    try:
        said = run_tool(
            command,
            given=picture,
            seconds=MAX_SCANNED_PAGE_SECONDS,
            environment={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        raise file.refusal(
            f"nhận dạng một trang quá {MAX_SCANNED_PAGE_SECONDS:g} giây",
            "Quét lại ở 300 dpi, đen trắng hoặc xám",
        ) from None
    except subprocess.CalledProcessError as error:
        raise file.refusal(
            "tesseract không đọc được ảnh này", "Quét lại, lưu PNG hoặc PDF"
        ) from error
    return _lines(said.decode("utf-8", "replace"))


def warnings(pages: list[Scanned]) -> list[str]:
    """What whoever ingests should know about pages that were read so."""
    words = sum(page.words for page in pages)
    if not words:
        return []
    sure = sum(page.confidence * page.words for page in pages) / words
    told = [f"{len(pages)} trang đọc bằng nhận dạng chữ; nên đối chiếu với bản gốc"]
    if sure < UNSURE:
        told.append(f"chữ nhận dạng không chắc (trung bình {sure:.0f}/100)")
    return told


def _lines(tsv: str) -> Scanned:
    lines: dict[tuple[str, ...], list[str]] = {}
    confidences: list[float] = []
    for row in csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row.get("text") or "").strip()
        if not word:
            continue
        place = tuple(row[key] for key in ("block_num", "par_num", "line_num"))
        lines.setdefault(place, []).append(word)
        confidences.append(float(row["conf"]))
    mean = sum(confidences) / len(confidences) if confidences else 0.0
    return Scanned([" ".join(words) for words in lines.values()], mean, len(confidences))
