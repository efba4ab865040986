"""DOCX: paragraphs with their automatic numbers, tables, and what stands in margins and boxes.

Read as XML, because no library that was tried keeps the numbers (numbering.py) and text boxes,
where stamps stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from knowledge.reading.archive import Package
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import Limits
from knowledge.reading.nesting import refuse_deep
from knowledge.reading.numbering import Numbering, W
from knowledge.reading.old_fonts import in_font
from knowledge.reading.tables import table_lines

_BODY = "word/document.xml"
_MARGINS = re.compile(r"word/(?:header|footer)\d*\.xml")
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_MEND = "Mở bằng Word, lưu lại thành .docx rồi nạp"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What is there but not of the text: deleted, moved away, field codes, boxes (read as margins).
_PASSED_OVER = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}txbxContent", _ALTERNATIVE}
)
_SPACES = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_OFF = ("0", "false", "none")


def read_docx(file: File, _: Limits) -> Words:
    """The words of a DOCX.

    Raises:
        DocumentError: damaged, encrypted, a bomb, or another kind of package.
    """
    package = Package(file)
    if _BODY not in package:
        raise file.refusal(f"không phải DOCX: {_kind(package)}", _MEND)
    body = _xml(file, package, _BODY).find(f"{W}body")
    if body is None:
        raise file.refusal("không có phần thân văn bản", _MEND)
    reader = _Reader(
        Numbering(
            _xml(file, package, "word/numbering.xml") if "word/numbering.xml" in package else None,
            _xml(file, package, "word/styles.xml") if "word/styles.xml" in package else None,
        )
    )
    text = "\n".join(reader.blocks(body))
    margins = [*reader.boxes(body)]
    for name in package.names:
        if _MARGINS.fullmatch(name):
            root = _xml(file, package, name)
            margins += [*reader.blocks(root, numbered=False), *reader.boxes(root)]
    notes = []
    if reader.changes:
        notes.append("tệp còn theo dõi thay đổi (track changes): lấy bản sau khi sửa")
    if any(_has_notes(_xml(file, package, name)) for name in _NOTES if name in package):
        notes.append("có chú thích cuối trang; chú thích không được nạp")
    return Words(text, margins=tuple(margins), notes=tuple(notes))


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self.changes = False

    def blocks(self, parent: etree._Element, *, numbered: bool = True) -> Iterator[str]:
        """The lines of what stands in `parent`, in order."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, numbered=numbered)
            elif child.tag == f"{W}tbl":
                yield from table_lines(self._rows(child))
            elif child.tag in (
                f"{W}sdt",
                f"{W}sdtContent",
                f"{W}customXml",
                f"{W}ins",
                f"{W}smartTag",
            ):
                yield from self.blocks(child, numbered=numbered)

    def boxes(self, parent: etree._Element) -> list[str]:
        """The lines of text boxes, each once."""
        found = [
            line.strip()
            for box in parent.iter(f"{W}txbxContent")
            for line in self.blocks(box, numbered=False)
        ]
        return list(dict.fromkeys(line for line in found if line))

    def _paragraph(self, paragraph: etree._Element, *, numbered: bool) -> Iterator[str]:
        text = "".join(self._runs(paragraph))
        number = self._numbering.of(paragraph) if numbered and text.strip() else ""
        lines = text.split("\n")
        lines[0] = f"{number} {lines[0].lstrip()}" if number else lines[0]
        yield from lines

    def _runs(self, parent: etree._Element, font: str = "") -> Iterator[str]:
        for child in parent:
            if child.tag in _PASSED_OVER:
                self.changes = self.changes or child.tag in (f"{W}del", f"{W}moveFrom")
            elif child.tag == f"{W}t":
                yield in_font(child.text or "", font)
            elif child.tag in _SPACES:
                yield _SPACES[child.tag]
            elif child.tag == f"{W}r":
                if not _is_hidden(child):
                    yield from self._runs(child, _font(child))
            elif child.tag != f"{W}pPr":
                yield from self._runs(child, font)

    def _rows(self, table: etree._Element) -> list[list[str]]:
        """Cells; one that goes on from the row above repeats it, so that each row stands alone."""
        rows: list[list[str]] = []
        for row in _within(table, f"{W}tr"):
            cells: list[str] = []
            for cell in _within(row, f"{W}tc"):
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                text = "\n".join(line for line in self.blocks(cell) if line.strip())
                if merged is not None and merged.get(f"{W}val", "continue") == "continue" and rows:
                    above = rows[-1]
                    text = above[len(cells)] if len(cells) < len(above) else text
                cells.append(text)
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                wide = span.get(f"{W}val", "1") if span is not None else "1"
                cells += [""] * (min(int(wide), 60) - 1 if wide.isdigit() else 0)
            rows.append(cells)
        return rows


def _within(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Children of a kind, also inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _within(child, tag)


def _font(run: etree._Element) -> str:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    return "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""


def _is_hidden(run: etree._Element) -> bool:
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val") not in _OFF


def _has_notes(root: etree._Element) -> bool:
    """Whether there are notes with words; the separators that Word always keeps have none."""
    return any((t.text or "").strip() for t in root.iter(f"{W}t"))


def _xml(file: File, package: Package, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(package.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise file.refusal(f"phần {name!r} bị hỏng", _MEND) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise file.refusal(f"phần {name!r} có khai báo DTD, không nhận", _MEND)
    refuse_deep(file, root, _MEND)
    return root


def _kind(package: Package) -> str:
    for start, name in (("xl/", "bảng tính Excel"), ("ppt/", "trình chiếu PowerPoint")):
        if any(part.startswith(start) for part in package.names):
            return name
    return "OpenDocument" if "content.xml" in package else "tệp nén khác"
