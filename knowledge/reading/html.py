"""HTML: paragraphs, numbered lists with their numbers, tables; menus and scripts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as parser

from knowledge.reading.encodings.decoding import DamagedTextError, UnknownEncodingError, decode
from knowledge.reading.files import File
from knowledge.reading.format import Words
from knowledge.reading.limits import Limits
from knowledge.reading.nesting import refuse_deep
from knowledge.reading.tables import table_lines
from knowledge.text import collapse

_LEFT_OUT = frozenset((
    "aside", "audio", "button", "canvas", "dialog", "embed", "figure", "footer", "form",
    "head", "header", "iframe", "input", "nav", "noscript", "object", "script", "select",
    "style", "svg", "template", "textarea", "video",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt",
    "fieldset", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "li", "main",
    "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_MAIN_SHARE = 0.5  # of the text: then <article> or <main> is what the page is about
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_-]+)", re.IGNORECASE)
_DECLARED = {"windows-1258": "cp1258", "cp1258": "cp1258", "windows-1252": "", "iso-8859-1": ""}
_MEND = "Mở bằng trình duyệt, lưu lại trang đầy đủ dạng UTF-8"


def read_html(file: File, _: Limits) -> Words:
    """The words of a page.

    Raises:
        DocumentError: no text, unknown encoding, or elements without end inside each other.
    """
    text, notes = _decoded(file)
    text = re.sub(r"\A\s*<\?xml[^>]*>", "", text.replace("\0", ""))
    try:
        page = parser.document_fromstring(text, parser=parser.HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise file.refusal("trang HTML trống hoặc hỏng", _MEND) from error
    refuse_deep(file, page, _MEND)
    body = _main(page)
    lines = [line for block in _lines(body) for line in block.split("\n")]
    if "<html" in text.lower() and "</html" not in text.lower():
        notes.append("trang HTML không có phần kết: có thể bị cắt ngang")
    return Words("\n".join(_tidy(lines)), notes=tuple(notes))


def _decoded(file: File) -> tuple[str, list[str]]:
    declared = _CHARSET.search(file.data[:4_096])
    codec = _DECLARED.get(declared[1].decode("ascii").lower(), "") if declared else ""
    try:
        if codec:
            return file.data.decode(codec), []
        found = decode(file.data)
    except DamagedTextError as error:
        raise file.refusal(f"chữ UTF-8 bị hỏng (sau “{error.before}”)", _MEND) from error
    except (UnknownEncodingError, UnicodeDecodeError) as error:
        raise file.refusal("không nhận ra bảng mã của chữ", _MEND) from error
    return found.text, [f"chữ trong {name}, đã đổi sang Unicode" for name in found.found]


def _main(page: etree._Element) -> etree._Element:
    whole = len(_all_text(page))
    for element in page.iter("article", "main"):
        if len(_all_text(element)) >= _MAIN_SHARE * whole:
            return element
    return page


def _all_text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _lines(element: etree._Element) -> Iterator[str]:
    """The paragraphs of an element, in order."""
    run: list[str] = [_flat(element.text)]
    for child in element:
        if isinstance(child.tag, str) and not _is_left_out(child):
            if child.tag == "br":
                run.append("\n")
            elif child.tag == "table":
                yield "".join(run)
                run = []
                yield from table_lines(_rows(child))
            elif child.tag in ("ol", "ul"):
                yield "".join(run)
                run = []
                yield from _items(child)
            elif child.tag in _BLOCKS or _holds_block(child):
                yield "".join(run)
                run = []
                yield from _lines(child)
            else:
                run.append("\n".join(_lines(child)))
        run.append(_flat(child.tail))
    yield "".join(run)


def _items(listing: etree._Element) -> Iterator[str]:
    """Items with the numbers that a browser shows."""
    start = listing.get("start", "1")
    number = int(start) if re.fullmatch(r"\d{1,4}", start) else 1
    for item in listing:
        if item.tag != "li":
            yield from (_lines(item) if isinstance(item.tag, str) else ())
            continue
        value = item.get("value", "")
        number = int(value) if re.fullmatch(r"\d{1,4}", value) else number
        mark = _mark(number, listing.get("type", "1")) if listing.tag == "ol" else "-"
        first, *rest = [line for line in _lines(item) if line.strip()] or [""]
        yield f"{mark} {first.lstrip()}"
        yield from rest
        number += 1


def _mark(number: int, kind: str) -> str:
    if kind in ("a", "A") and number <= 26:
        return chr(ord(kind) + number - 1) + (")" if kind == "a" else ".")
    return f"{number}."


def _rows(table: etree._Element) -> list[list[str]]:
    rows = []
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue  # of a table inside a cell, whose words its cell has
        cells = []
        for cell in row:
            if cell.tag in ("td", "th"):
                cells.append("\n".join(line for line in _tidy(list(_lines(cell))) if line))
                span = cell.get("colspan", "1")
                cells += [""] * (min(int(span), 60) - 1 if span.isdigit() else 0)
        rows.append(cells)
    return rows


def _holds_block(element: etree._Element) -> bool:
    return any(isinstance(e.tag, str) and e.tag in _BLOCKS for e in element.iterdescendants())


def _is_left_out(element: etree._Element) -> bool:
    hidden = _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None
    return bool(hidden) or element.tag in _LEFT_OUT


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _tidy(lines: list[str]) -> list[str]:
    return [part for line in lines for each in line.split("\n") if (part := collapse(each))]
