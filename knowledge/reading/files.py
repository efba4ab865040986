"""Files as they come: whether they can be read."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import NamedTuple

from knowledge.errors import DocumentError
from knowledge.reading.limits import MAX_TEXT_BYTES


class File(NamedTuple):
    """A file's name and what is in it."""

    name: str
    data: bytes

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    @property
    def suffix(self) -> str:
        """Its ending in small letters: ".docx"."""
        return PurePath(self.name).suffix.lower()

    def refusal(self, problem: str, mend: str, field: str = "tệp") -> DocumentError:
        """The error that refuses this file."""
        return DocumentError(self.name, field, problem, mend)


def read_file(path: Path, max_bytes: int = MAX_TEXT_BYTES) -> File:
    """The file at `path`.

    Raises:
        DocumentError: missing, no ordinary file, empty, or too large.
    """
    try:
        if path.exists() and not path.is_file():
            raise DocumentError(
                str(path), "tệp", "không phải một tệp thường", "Chỉ ra tệp văn bản khác"
            )
        size = path.stat().st_size
        if size > max_bytes:
            raise DocumentError(
                path.name, "tệp", f"dài {size} byte, quá {max_bytes}", "Chia thành nhiều văn bản"
            )
        file = File(path.name, path.read_bytes())
    except OSError as error:
        raise DocumentError(
            str(path),
            "tệp",
            f"không đọc được ({error.strerror})",
            "Kiểm tra đường dẫn và quyền đọc",
        ) from error
    if not file.data.strip(b"\0 \t\r\n"):
        raise file.refusal("trống, không có nội dung", "Kiểm tra lại tệp rồi lưu lại")
    return file
