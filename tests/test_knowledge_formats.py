"""Files of every format: what is read of them, and what is refused whole, with how to mend it."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from directive_files import (
    BLOCKS,
    BODY,
    EFFECT,
    READ,
    TABLE,
    TEXT,
    docx_bytes,
    html_bytes,
    pdf_bytes,
    rtf_bytes,
    wrapped,
    zip_bomb,
)

from knowledge.errors import DocumentError
from knowledge.reading import limits
from knowledge.reading.document import Reading
from knowledge.reading.formats import read
from knowledge.reading.limits import Limits

LINES = wrapped(TEXT)
PAGES = (LINES[:14], LINES[14:19], LINES[19:])
TABLE_LINES = ("| Thứ | Người tiếp |", "| --- | --- |", "| Thứ Năm | Chủ tịch |")
MAKERS: dict[str, Callable[[], bytes]] = {
    "a.docx": docx_bytes,
    "a.pdf": lambda: pdf_bytes(PAGES),
    "a.html": html_bytes,
    "a.rtf": rtf_bytes,
    "a.txt": TEXT.encode,
    "a.md": TEXT.encode,
}


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def taken(folder: Path, name: str, data: bytes) -> Reading:
    return read(write(folder, name, data))


def refusal(folder: Path, name: str, data: bytes, limit: Limits = limits.USUAL) -> str:
    with pytest.raises(DocumentError) as refused:
        read(write(folder, name, data), limits=limit)
    message = str(refused.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    assert refused.value.mend
    return message


# What is read


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_is_read_of_every_format(tmp_path: Path, name: str) -> None:
    found = taken(tmp_path, name, MAKERS[name]())
    assert {key: found.values.get(key) for key in READ} == READ
    lines = found.text.split("\n")
    assert [line.strip() for line in lines if line.strip() in BODY] == list(BODY)
    document = found.document()
    assert [p.locator for p in document.passages if p.kind == "point"]
    assert all(document.text[p.start : p.end] == p.text for p in document.passages)


@pytest.mark.parametrize("name", ["a.docx", "a.html", "a.rtf"])
def test_a_table_is_markdown_and_a_letterhead_is_none(tmp_path: Path, name: str) -> None:
    text = taken(tmp_path, name, MAKERS[name]()).text
    assert "\n".join(TABLE_LINES) in text
    assert text.count("|") == 3 * (len(TABLE) + 1)


def test_numbers_of_a_docx_follow_its_styles_and_restarts(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    numbering = document.part.numbering_part.element
    w = nsdecls("w")
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {w} w:abstractNumId="80">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>'
            '<w:pStyle w:val="Heading1"/><w:lvlText w:val="%1."/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/>'
            '<w:lvlText w:val="%1.%2."/></w:lvl>'
            '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
            '<w:lvlText w:val="o"/></w:lvl></w:abstractNum>'
        ),
    )
    for name, extra in (
        (
            "80",
            "",
        ),
        ("81", '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="5"/></w:lvlOverride>'),
    ):
        numbering.append(
            parse_xml(f'<w:num {w} w:numId="{name}"><w:abstractNumId w:val="80"/>{extra}</w:num>')
        )
    style = document.styles["Heading 1"].element
    style.get_or_add_pPr().append(parse_xml(f'<w:numPr {w}><w:numId w:val="80"/></w:numPr>'))

    def numbered(text: str, level: int, name: str) -> None:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {w}><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>')
        )

    document.add_paragraph("Mục đích", "Heading 1")
    numbered("một", 1, "80")
    numbered("hai", 1, "80")
    numbered("gạch", 2, "80")
    document.add_paragraph("Yêu cầu", "Heading 1")
    numbered("lại từ đầu", 1, "80")
    numbered("từ năm", 1, "81")
    numbered("không số", 0, "0")
    out = io.BytesIO()
    document.save(out)
    lines = taken(tmp_path, "a.docx", out.getvalue()).text.split("\n")
    assert lines == [
        "I. Mục đích",
        "1.1. một",
        "1.2. hai",
        "- gạch",
        "II. Yêu cầu",
        "2.1. lại từ đầu",
        "2.5. từ năm",
        "không số",
    ]


def test_what_was_deleted_or_hidden_in_a_docx_is_left_out(tmp_path: Path) -> None:
    data = docx_bytes()
    run = f"<w:t>{EFFECT}</w:t>"
    changed = (
        f"<w:t>{EFFECT}</w:t></w:r><w:del w:id='1'><w:r><w:delText>bỏ đi</w:delText></w:r></w:del>"
        "<w:ins w:id='2'><w:r><w:t> Thêm.</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr>"
        "<w:t>ẩn</w:t>"
    )
    found = taken(tmp_path, "a.docx", with_part(data, "word/document.xml", (run, changed)))
    assert f"{EFFECT} Thêm." in found.text
    assert "bỏ đi" not in found.text
    assert "ẩn" not in found.text.split("\n")[-8:]
    assert any("thay đổi" in note for note in found.notes)


def test_an_old_font_shows_capitals(tmp_path: Path) -> None:
    old = '<w:r><w:rPr><w:rFonts w:ascii=".VnTimeH"/></w:rPr><w:t>quyÕt ®Þnh</w:t></w:r>'
    data = with_part(docx_bytes(), "word/document.xml", ("<w:r><w:t>QUYẾT ĐỊNH</w:t></w:r>", old))
    assert taken(tmp_path, "a.docx", data).values["kind"] == "Quyết định"


def test_pages_of_a_pdf_are_kept_and_their_margins_dropped(tmp_path: Path) -> None:
    pages = [
        ["CÔNG BÁO/Số 12/Ngày 5-1-2026", *lines, f"Trang {number}/3"]
        for number, lines in enumerate(PAGES, 1)
    ]
    found = taken(tmp_path, "a.pdf", pdf_bytes(pages))
    assert found.text.split("\n") == [line for line in BLOCKS if line]  # joined as they were
    meta = found.document().metadata
    assert len(meta.pages) == 3
    second = found.text.index(PAGES[1][0].split(" ", 3)[-1])
    assert (meta.page_of(0), meta.page_of(second), meta.page_of(len(found.text))) == (1, 2, 3)


def test_a_paragraph_goes_on_over_the_page(tmp_path: Path) -> None:
    lines = wrapped(
        "1. " + "Ủy ban nhân dân xã tổ chức tiếp công dân thường xuyên tại trụ sở. " * 6
    )
    found = taken(tmp_path, "a.pdf", pdf_bytes([lines[:3], lines[3:]]))
    assert "\n" not in found.text
    assert found.pages == (0, len(" ".join(lines[:3])) + 1)


def test_a_page_of_html_leaves_menus_and_scripts_out(tmp_path: Path) -> None:
    text = taken(tmp_path, "a.html", html_bytes()).text
    for word in ("Trang chủ", "alert", "color"):
        assert word not in text


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
def test_html_in_other_encodings(tmp_path: Path, charset: str) -> None:
    found = taken(tmp_path, "a.htm", html_bytes(charset))
    assert found.values["issuer"] == READ["issuer"]


# What is refused


def with_part(data: bytes, name: str, *changes: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            if part == name:
                text = body.decode()
                for before, after in changes:
                    assert before in text
                    text = text.replace(before, after, 1)
                body = text.encode()
            new.writestr(part, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", b"", "trống"),
        ("a.pdf", b"\0" * 90, "trống"),
        ("a.docx", pdf_bytes([["x"]]), "thật ra là tệp PDF"),
        ("a.pdf", docx_bytes(), "thật ra là tệp nén ZIP"),
        ("a.doc", rtf_bytes(), "thật ra là tệp RTF. Đổi đuôi thành .rtf"),
        ("a.doc", html_bytes(), "thật ra là trang HTML"),
        ("a.doc", docx_bytes(), "ZIP (DOCX"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "mật khẩu"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "hỏng"),
        ("a.png", b"GIF89a" + b"x" * 99, "ảnh GIF"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "ảnh bị hỏng"),
        ("a.rtf", TEXT.encode(), "thật ra là tệp chữ thuần"),
        ("a.txt", b"MZ" + bytes(300), "chương trình"),
        ("a.txt", html_bytes(), "thật ra là trang HTML"),
        ("a.html", b"<html><body></body></html>", "trống"),
        ("a.rtf", rtf_bytes()[:-200], "cắt ngang"),
        ("a.pdf", b"%PDF-1.7\n" + b"x" * 500, "hỏng"),
        ("a.pdf", pdf_bytes([[" "]]), "không có chữ nào"),
        ("a.docx", docx_bytes()[:2_000], "hỏng"),
        ("a.docx", b"PK\x03\x04" + bytes(500), "hỏng"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_what_it_is(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    assert said in refusal(tmp_path, name, data)


def test_other_packages_are_named(tmp_path: Path) -> None:
    for part, said in (("xl/workbook.xml", "Excel"), ("content.xml", "OpenDocument")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            package.writestr(part, "<x/>")
        assert said in refusal(tmp_path, "a.docx", out.getvalue())


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    data = pdf_bytes([LINES])
    key = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >> /ID [<01> <01>] "
    )
    assert "mật khẩu" in refusal(tmp_path, "a.pdf", data.replace(b"/Root", key + b"/Root"))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = zip_bomb(tmp_path)
    assert "bom nén" in refusal(tmp_path, "bom.docx", path.read_bytes())


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = with_part(docx_bytes(), "word/document.xml", ("<w:document", f"{laughs}<w:document"))
    assert "DTD" in refusal(tmp_path, "a.docx", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<html><body>" + b"<div>" * 5_000 + b"x"),
        ("a.rtf", b"{\\rtf1 " + b"{" * 5_000 + b"x" + b"}" * 5_001),
    ],
)
def test_what_lies_too_deep_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    assert "lồng nhau" in refusal(tmp_path, name, data) or "hỏng" in refusal(tmp_path, name, data)


def test_too_many_pages_or_too_many_bytes(tmp_path: Path) -> None:
    assert "3 trang, quá 2" in refusal(tmp_path, "a.pdf", pdf_bytes(PAGES), Limits(pages=2))
    assert "quá 500" in refusal(tmp_path, "a.docx", docx_bytes(), Limits(file_bytes=500))


def test_reading_ends_in_time(tmp_path: Path) -> None:
    """The process is not up yet when its time is over."""
    assert "quá 0.01 giây" in refusal(tmp_path, "a.docx", docx_bytes(), Limits(seconds=0.01))


def test_a_reader_that_dies_or_wants_all_memory_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge.reading.bounded import read_apart
    from knowledge.reading.files import File

    (tmp_path / "bad_readers.py").write_text(
        "import os\n"
        "def dies(file, limits): os.abort()\n"
        "def eats(file, limits): return bytearray(4 << 30)\n"
        "def fails(file, limits): raise KeyError('inner workings')\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for reader, said in (("dies", "dừng đột ngột"), ("eats", "bộ nhớ"), ("fails", "KeyError")):
        with pytest.raises(DocumentError, match=said):
            read_apart(f"bad_readers:{reader}", File("a.docx", b"x"), limits.USUAL)


def test_a_stamp_in_a_header_or_a_box_is_seen(tmp_path: Path) -> None:
    assert "văn bản mật" in refusal(tmp_path, "a.docx", docx_bytes(header="TỐI MẬT"))
    assert "văn bản mật" in refusal(tmp_path, "a.docx", docx_bytes(stamp="MẬT"))
    box = (
        "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>TUYỆT MẬT</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r></w:p><w:sectPr"
    )
    data = with_part(docx_bytes(), "word/document.xml", ("<w:sectPr", box))
    assert "TUYỆT MẬT" in refusal(tmp_path, "a.docx", data)
    stamped = pdf_bytes([["MẬT", *page] for page in PAGES])
    assert "văn bản mật" in refusal(tmp_path, "a.pdf", stamped)


def test_tesseract_is_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (200, 200), 255).save(out, "PNG")
    monkeypatch.setenv("PATH", str(tmp_path))
    message = refusal(tmp_path, "a.png", out.getvalue())
    assert "apt-get install tesseract-ocr tesseract-ocr-vie" in message


def test_a_picture_of_too_many_dots_is_refused(tmp_path: Path) -> None:
    """Only what the head of the file says is looked at."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (10, 10)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = struct.pack(">II", 20_000, 20_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert "quá lớn" in refusal(tmp_path, "a.png", bytes(data))


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.html", "a.rtf", "a.txt"])
def test_a_damaged_file_is_taken_or_refused_but_nothing_else(tmp_path: Path, name: str) -> None:
    """Cut, with bytes turned over, with parts doubled: never another error than a refusal."""
    whole = MAKERS[name]()
    rolls = random.Random(name)
    for number in range(3):
        data = bytearray(whole)
        if number % 3 == 0:
            data = data[: rolls.randrange(1, len(data))]
        elif number % 3 == 1:
            for _ in range(20):
                data[rolls.randrange(len(data))] = rolls.randrange(256)
        else:
            at = rolls.randrange(len(data))
            data[at:at] = data[at : at + 400]
        try:
            taken(tmp_path, name, bytes(data))
        except DocumentError as error:
            assert "\n" not in str(error)  # noqa: PT017
