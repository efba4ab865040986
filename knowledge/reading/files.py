"""Files as they come: whether they can be read, and their text."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import NamedTuple

from knowledge.errors import DocumentError

MAX_FILE_BYTES = 5_000_000  # the longest law of shared material is 0.6 MB; more is not one document


class File(NamedTuple):
    """A file's name and what is in it."""

    name: str
    data: bytes

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem


def read_file(path: Path) -> File:
    """The file at `path`.

    Raises:
        DocumentError: missing, no ordinary file, or too large.
    """
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(
                str(path), "tệp", "không phải một tệp thường", "Chỉ ra tệp .md hoặc .txt"
            )
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise DocumentError(
                path.name,
                "tệp",
                f"dài {size} byte, quá {MAX_FILE_BYTES}",
                "Chia thành nhiều văn bản",
            )
        return File(path.name, path.read_bytes())
    except OSError as error:
        raise DocumentError(
            str(path),
            "tệp",
            f"không đọc được ({error.strerror})",
            "Kiểm tra đường dẫn và quyền đọc",
        ) from error


def text_of(file: File) -> str:
    """A text file as text, its lines ended by newlines.

    Raises:
        DocumentError: not UTF-8, or binary.
    """
    if b"\0" in file.data:
        raise DocumentError(file.name, "tệp", "là tệp nhị phân", "Nạp tệp .md hoặc .txt mã UTF-8")
    try:
        return file.data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DocumentError(
            file.name,
            "tệp",
            f"không phải UTF-8 (byte thứ {error.start})",
            "Lưu lại tệp với mã UTF-8",
        ) from error
