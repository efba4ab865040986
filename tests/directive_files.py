"""Files of every format that is read, made by code: the same invented decision in each.

`BLOCKS` is the decision as text; its clauses and points get their numbers from the format where it
has automatic ones.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

NUMBER = "12/QĐ-UBND"
HEAD = (
    "ỦY BAN NHÂN DÂN",
    "XÃ VÍ DỤ",
    "Số: 12/QĐ-UBND",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Ví Dụ, ngày 05 tháng 01 năm 2026",
)
TITLE = ("QUYẾT ĐỊNH", "Về việc ban hành lịch tiếp công dân năm 2026")
BASES = (
    "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ VÍ DỤ",
    "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;",
    "Căn cứ Luật Tiếp công dân số 42/2013/QH13;",
    "QUYẾT ĐỊNH:",
)
ARTICLES = (
    "Lịch tiếp công dân",
    "Trách nhiệm thi hành",
)
CLAUSES = (
    "Chủ tịch Ủy ban nhân dân xã Ví Dụ tiếp công dân vào thứ Năm hằng tuần tại trụ sở.",
    "Khi vắng mặt, Chủ tịch giao một Phó Chủ tịch tiếp thay.",
)
POINTS = ("buổi sáng từ 7 giờ 30 phút;", "buổi chiều từ 13 giờ 30 phút.")
TABLE = (("Thứ", "Người tiếp"), ("Thứ Năm", "Chủ tịch"), ("Thứ Sáu", "Phó Chủ tịch"))
EFFECT = "Quyết định này có hiệu lực kể từ ngày ký."
CLOSING = ("Nơi nhận:", "- Như Điều 2;", "- Lưu: VT.")
SIGNATURE = ("CHỦ TỊCH", "Nguyễn Văn Mẫu")

BODY = (
    f"Điều 1. {ARTICLES[0]}",
    f"1. {CLAUSES[0]}",
    f"a) {POINTS[0]}",
    f"b) {POINTS[1]}",
    f"2. {CLAUSES[1]}",
    f"Điều 2. {ARTICLES[1]}",
    EFFECT,
)
BLOCKS = (*HEAD, *TITLE, *BASES, *BODY, *CLOSING, *SIGNATURE)
TEXT = "\n".join(BLOCKS)
READ = {
    "number": "12/QĐ-UBND",
    "kind": "Quyết định",
    "title": "Quyết định về việc ban hành lịch tiếp công dân năm 2026",
    "issuer": "Ủy ban nhân dân xã Ví Dụ",
    "issued_on": "2026-01-05",
    "effective_from": "2026-01-05",
    "signer": "Nguyễn Văn Mẫu",
    "signer_role": "Chủ tịch",
    "legal_bases": (
        "Luật Tổ chức chính quyền địa phương số 72/2025/QH15",
        "Luật Tiếp công dân số 42/2013/QH13",
    ),
}


def docx_bytes(*, stamp: str = "", header: str = "") -> bytes:
    """A DOCX as Word makes it: letterhead and signature in tables, numbers automatic."""
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(
            (("decimal", "Điều %1."), ("decimal", "%2."), ("lowerLetter", "%3)"))
        )
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    )

    def numbered(text: str, level: int) -> None:
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            )
        )

    if stamp:
        document.add_paragraph(stamp)
    letterhead = document.add_table(1, 2)
    letterhead.cell(0, 0).text = "\n".join(HEAD[:3])
    letterhead.cell(0, 1).text = "\n".join(HEAD[3:])
    for text in (*TITLE, *BASES):
        document.add_paragraph(text)
    numbered(ARTICLES[0], 0)
    numbered(CLAUSES[0], 1)
    numbered(POINTS[0], 2)
    numbered(POINTS[1], 2)
    numbered(CLAUSES[1], 1)
    table = document.add_table(len(TABLE), 2)
    for row, cells in enumerate(TABLE):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    numbered(ARTICLES[1], 0)
    document.add_paragraph(EFFECT)
    signed = document.add_table(1, 2)
    signed.cell(0, 0).text = "\n".join(CLOSING)
    signed.cell(0, 1).text = "\n".join(SIGNATURE)
    document.add_paragraph("")  # as Word: no document ends with a table
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_bytes(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF whose font is named, not carried: what is read is its map to Unicode."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(body: bytes) -> int:
        return add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body))

    to_unicode = stream(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        b"1 beginbfrange <0000> <ffff> <0000> endbfrange\nendcmap end end"
    )
    described = add(
        b"<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 0 1000 1000] /Ascent 800 "
        b"/Descent -200 /CapHeight 700 /ItalicAngle 0 /StemV 80 >>"
    )
    inner = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Any /DW 500 /FontDescriptor %d 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>" % described
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /Identity-H "
        b"/DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (inner, to_unicode)
    )
    tree = len(objects) + 2 * len(pages) + 1
    kids = []
    for lines in pages:
        shown = [b"BT /F1 11 Tf 60 800 Td 16 TL"]
        shown += [b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in lines]
        content = stream(b"\n".join([*shown, b"ET"]))
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                b"/Resources << /Font << /F1 %d 0 R >> >> >>" % (tree, content, font)
            )
        )
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    add(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids)))
    return _pdf_file(objects, add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree))


def _pdf_file(objects: Sequence[bytes], root: int, extra: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root %d 0 R %s >>\n" % (len(objects) + 1, root, extra)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def wrapped(text: str, width: int = 70) -> list[str]:
    """Lines of a page: paragraphs broken as a printer breaks them."""
    import textwrap

    return [line for block in text.split("\n") for line in textwrap.wrap(block, width)]


def html_bytes(charset: str = "utf-8") -> bytes:
    """A page with a menu, the letterhead in a table, lists with automatic numbers."""
    head = "".join(f"<p>{line}</p>" for line in HEAD[:3])
    right = "".join(f"<p>{line}</p>" for line in HEAD[3:])
    top = "".join(f"<p><b>{line}</b></p>" for line in (*TITLE, *BASES))
    rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in TABLE)
    closing = "".join(f"<p>{line}</p>" for line in (*CLOSING, *SIGNATURE))
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>x</title>'
        "<style>p {color: red}</style></head><body><nav><a href=/>Trang chủ</a></nav>"
        f"<table><tr><td>{head}</td><td>{right}</td></tr></table>{top}"
        f"<p>Điều 1. {ARTICLES[0]}</p><ol><li>{CLAUSES[0]}"
        f'<ol type="a"><li>{POINTS[0]}</li><li>{POINTS[1]}</li></ol></li><li>{CLAUSES[1]}</li></ol>'
        f"<table>{rows}</table><p>Điều 2. {ARTICLES[1]}</p><p>{EFFECT}</p>{closing}"
        "<script>alert('không phải văn bản')</script></body></html>"
    ).encode(charset, "xmlcharrefreplace")


def rtf_bytes() -> bytes:
    """An RTF as Word writes it: Vietnamese as \\u escapes, a table by cells."""

    def escaped(text: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)

    lines = [*HEAD, *TITLE, *BASES, *BODY]
    rows = "".join(
        "\\trowd\\cellx3000\\cellx6000 "
        + "".join(f"{escaped(cell)}\\cell " for cell in row)
        + "\\row\n"
        for row in TABLE
    )
    closing = "".join(f"{escaped(line)}\\par\n" for line in (*CLOSING, *SIGNATURE))
    body = "".join(f"{escaped(line)}\\par\n" for line in lines)
    start = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times New Roman;}}\n"
    return f"{start}{body}{rows}\\pard {closing}}}".encode()


def vietnamese_font() -> str:
    """A font of this machine that has every Vietnamese letter."""
    import subprocess

    listed = subprocess.run(
        ["fc-list", ":lang=vi", "file"], capture_output=True, text=True, check=True
    ).stdout
    files = sorted(line.strip().rstrip(":") for line in listed.splitlines())
    plain = [f for f in files if f.endswith(("DejaVuSans.ttf", "NotoSans-Regular.ttf"))]
    return (plain or [f for f in files if f.endswith((".ttf", ".otf"))])[0]


def picture(lines: Sequence[str], size: int = 40) -> bytes:
    """A page as a scanner gives it, PNG."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(vietnamese_font(), size)
    page = Image.new("L", (2_000, max(1, len(lines)) * size * 2 + 200), 255)
    draw = ImageDraw.Draw(page)
    for place, line in enumerate(lines):
        draw.text((120, 100 + place * size * 2), line, fill=0, font=font)
    out = io.BytesIO()
    page.save(out, "PNG", dpi=(200, 200))
    return out.getvalue()


def scanned_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of pictures alone."""
    from PIL import Image

    images = [Image.open(io.BytesIO(picture(lines))) for lines in pages]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=200)
    return out.getvalue()


def zip_bomb(folder: Path) -> Path:
    """A DOCX of 20 kB that unpacks to 20 MB."""
    path = folder / "bom.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b" " * 20_000_000)
    return path
