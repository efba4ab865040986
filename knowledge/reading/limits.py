"""How much is read of one file; beyond it the file is refused, whole."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
MAX_TEXT_BYTES = 5_000_000  # the longest law of shared material is 0.6 MB; more is not one document
MAX_FILE_BYTES = 50 * MIB  # 100 scanned pages at 300 dots per inch, in grey, are about 40 MB
MAX_TEXT_CHARS = 3_000_000
MAX_PAGES = 500
MAX_SCANNED_PAGES = 150  # a page takes 3 to 6 s of one core
MAX_PIXELS = 60_000_000  # A4 at 600 dots per inch has 35 million
MAX_ZIP_PARTS = 3_000
MAX_ZIP_BYTES = 200 * MIB  # of all parts, unpacked
MAX_ZIP_RATIO = 300  # XML of a real DOCX shrinks 10 to 30 times; a bomb more than 1000 times
RATIO_MATTERS_BYTES = 2 * MIB  # a small part may well shrink more
MAX_NESTING = 200  # of elements that hold each other, in HTML and in DOCX
MAX_READ_MEMORY = 1_500 * MIB  # address space of the process that reads, libraries and all
MAX_TOOL_MEMORY = 6_000 * MIB  # LibreOffice maps 3 GB before it opens anything
MAX_SECONDS = 900.0
MAX_SCANNED_PAGE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What whoever runs Hai Cấp may set."""

    seconds: float = MAX_SECONDS
    pages: int = MAX_PAGES
    file_bytes: int = MAX_FILE_BYTES


USUAL = Limits()
