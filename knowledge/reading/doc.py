"""DOC of Word 97 to 2003: LibreOffice makes a DOCX of it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import olefile

from knowledge.reading.docx import read_docx
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import Limits
from knowledge.reading.tools import run_tool

SECONDS = 180.0
_PROGRAMS = ("soffice", "libreoffice")
_INSTALL = (
    "Cài bằng: apt-get install libreoffice-writer-nogui; "
    "hoặc mở bằng Word, lưu lại thành .docx rồi nạp"
)
_MEND = "Mở bằng Word, lưu lại thành .docx rồi nạp"
_FLAGS = 10  # where the header of a DOC keeps them ([MS-DOC] 2.5.2)
_ENCRYPTED = 0x0100


def read_doc(file: File, limits: Limits) -> Words:
    """The words of a DOC.

    Raises:
        DocumentError: damaged, encrypted, no Word file, or LibreOffice is missing.
    """
    refuse_what_is_no_doc(file)
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise file.refusal("đọc tệp .doc cần LibreOffice mà máy này chưa có", _INSTALL)
    with tempfile.TemporaryDirectory(prefix="haicap-doc-") as folder:
        return read_docx(File(file.name, _as_docx(file, program, Path(folder), limits)), limits)


def refuse_what_is_no_doc(file: File) -> None:
    """Look at the parts of an OLE file.

    Raises:
        DocumentError: damaged, encrypted, or of another program.
    """
    try:
        ole = olefile.OleFileIO(io.BytesIO(file.data))
        if ole.exists("EncryptedPackage"):
            raise file.refusal("đặt mật khẩu, không đọc được", "Bỏ mật khẩu rồi lưu lại")
        if not ole.exists("WordDocument"):
            raise file.refusal("không phải văn bản Word (Excel, PowerPoint hoặc khác)", _MEND)
        head = ole.openstream("WordDocument").read(_FLAGS + 2)
    except (OSError, ValueError, IndexError) as error:
        raise file.refusal("tệp Word bị hỏng, không mở được", _MEND) from error
    if len(head) < _FLAGS + 2:
        raise file.refusal("tệp Word bị hỏng, thiếu phần đầu", _MEND)
    if int.from_bytes(head[_FLAGS:], "little") & _ENCRYPTED:
        raise file.refusal("đặt mật khẩu, không đọc được", "Bỏ mật khẩu rồi lưu lại")


def _as_docx(file: File, program: str, folder: Path, limits: Limits) -> bytes:
    given = folder / "van-ban.doc"
    given.write_bytes(file.data)
    profile = (folder / "profile").as_uri()  # of its own: two may run at once
    command = [
        program,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder / "out"),
        str(given),
    ]
    try:
        run_tool(
            command,
            seconds=min(SECONDS, limits.seconds),
            environment={**os.environ, "HOME": str(folder)},
        )
        return (folder / "out" / "van-ban.docx").read_bytes()
    except (subprocess.SubprocessError, OSError) as error:
        raise file.refusal("LibreOffice không đọc được tệp này", _MEND) from error
