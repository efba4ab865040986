"""The parts of a ZIP package, each read only when it is sure to be of a decent size."""

from __future__ import annotations

import io
import zipfile
import zlib

from knowledge.reading.files import File
from knowledge.reading.limits import (
    MAX_ZIP_BYTES,
    MAX_ZIP_PARTS,
    MAX_ZIP_RATIO,
    RATIO_MATTERS_BYTES,
)

_ENCRYPTED = 0x1  # flag bit of an entry
_MEND = "Mở bằng Word, lưu lại thành .docx rồi nạp"


class Package:
    """An archive whose sizes have been looked at before anything is unpacked."""

    def __init__(self, file: File) -> None:
        """Open it.

        Raises:
            DocumentError: damaged, encrypted, or a bomb.
        """
        self._file = file
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.data))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise file.refusal("tệp nén bị hỏng, không mở được", _MEND) from error
        if any(part.flag_bits & _ENCRYPTED for part in parts):
            raise file.refusal("đặt mật khẩu, không đọc được", "Bỏ mật khẩu rồi lưu lại")
        if len(parts) > MAX_ZIP_PARTS or sum(p.file_size for p in parts) > MAX_ZIP_BYTES:
            raise self._bomb()
        for part in parts:
            if part.file_size > RATIO_MATTERS_BYTES and part.file_size > MAX_ZIP_RATIO * max(
                1, part.compress_size
            ):
                raise self._bomb()
        self.names = [part.filename for part in parts]

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """A part, unpacked.

        Raises:
            DocumentError: it is damaged, or longer than it says.
        """
        try:
            with self._zip.open(name) as part:
                data = part.read(MAX_ZIP_BYTES + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
            RuntimeError,
        ) as error:
            raise self._file.refusal(f"phần {name!r} bị hỏng", _MEND) from error
        if len(data) > MAX_ZIP_BYTES:
            raise self._bomb()
        return data

    def _bomb(self) -> Exception:
        return self._file.refusal(
            "bung ra quá lớn so với tệp (bom nén)", "Lưu lại tệp từ Word, bỏ hình và tệp nhúng"
        )
