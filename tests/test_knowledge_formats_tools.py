"""Scans by tesseract and old Word files by LibreOffice: the real programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from directive_files import READ, TEXT, docx_bytes, picture, scanned_pdf, wrapped

from knowledge.errors import DocumentError
from knowledge.reading.formats import read
from knowledge.text import syllables

pytestmark = pytest.mark.tools

LINES = wrapped(TEXT)
LEAST_READ = 0.97  # of the words of a clean page


def words_read(text: str) -> float:
    wanted, got = syllables(TEXT), set(syllables(text))
    return sum(word in got for word in wanted) / len(wanted)


@pytest.mark.parametrize("name", ["a.png", "a.pdf"])
def test_a_scan_is_read(tmp_path: Path, name: str) -> None:
    data = picture(LINES) if name == "a.png" else scanned_pdf([LINES[:12], LINES[12:]])
    (tmp_path / name).write_bytes(data)
    found = read(tmp_path / name)
    assert words_read(found.text) >= LEAST_READ
    for key in ("number", "kind", "issuer", "issued_on"):
        assert found.values[key] == READ[key]
    assert any("nhận dạng chữ" in note for note in found.notes)
    assert len(found.pages) == (1 if name == "a.png" else 2)


def test_an_empty_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture([]))
    with pytest.raises(DocumentError, match="không nhận ra chữ"):
        read(tmp_path / "a.png")


def test_a_stamp_of_a_scan_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(["TỐI MẬT", *LINES]))
    with pytest.raises(DocumentError, match="văn bản mật"):
        read(tmp_path / "a.png")


@pytest.fixture(scope="module")
def doc(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("doc")
    (folder / "a.docx").write_bytes(docx_bytes())
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "doc:MS Word 97",
            "--outdir",
            str(folder),
            str(folder / "a.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "a.doc").read_bytes()


def test_an_old_word_file_is_read(tmp_path: Path, doc: bytes) -> None:
    (tmp_path / "a.doc").write_bytes(doc)
    found = read(tmp_path / "a.doc")
    assert {key: found.values.get(key) for key in READ} == READ
    assert "b) buổi chiều từ 13 giờ 30 phút." in found.text
    assert "| Thứ Năm | Chủ tịch |" in found.text


def test_a_damaged_old_word_file_is_refused(tmp_path: Path, doc: bytes) -> None:
    (tmp_path / "a.doc").write_bytes(doc[:700])
    with pytest.raises(DocumentError, match=r"a\.doc"):
        read(tmp_path / "a.doc")


def test_libreoffice_is_named_where_it_is_missing(
    tmp_path: Path, doc: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.doc").write_bytes(doc)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DocumentError, match="libreoffice-writer-nogui"):
        read(tmp_path / "a.doc")
