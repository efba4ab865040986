"""From the lines of pages to paragraphs: margins dropped, broken lines joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

from knowledge.reading.format import PAGE
from knowledge.text import LOWER, UPPER, collapse

Pages = Sequence[Sequence[str]]  # the lines of each page

MARGIN_LINES = 2  # at the top and at the foot of a page
# A margin is what comes on so many of the pages, and on this many at least.
MARGIN_SHARE, MARGIN_PAGES = 0.6, 3
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:trang|page)\s*:?\s*)?\d{1,4}(?:\s*(?:/|trên|of)\s*\d{1,4})?\W*", re.IGNORECASE
)
# Of the length of a line, by letters: what a line of narrow and wide letters may differ by.
SLACK = 0.07
_SHORT = 20  # letters: lines of a letterhead say nothing of how long lines are
_USUAL = 80.0
_MARK = re.compile(
    r"(?:(?:Điều|Chương|Mục|Phần|Phụ lục|Tiểu mục|PHẦN|CHƯƠNG|MỤC|PHỤ LỤC|Bước)\s+[\dIVXLA-Z]+\b|"
    r"\d{1,3}(?:\.\d{1,3})*[.)]\s|\(\d{1,3}\)\s|[a-zđ]{1,2}\)\s|[IVXL]{1,6}[.)]\s|[-+*•–]\s|\|)"
)
_ENDS = re.compile(r"[.;:!?…][\"”’)\]]*$")
_RUNS_ON = re.compile(rf"[{LOWER}(,%]|\d")
_HEADING = re.compile(rf"[^{LOWER}]*[{UPPER}][^{LOWER}]*")
_DASHES = re.compile(r"[\W_]{3,}")


def without_margins(pages: Pages) -> tuple[list[list[str]], list[str]]:
    """The pages without headers, footers and page numbers, and the lines that these were."""
    lines = [[collapse(line) for line in page if line.strip()] for page in pages]
    counts = Counter(key for page in lines for key in {_same(line) for line in _edges(page)})
    needed = max(MARGIN_PAGES, MARGIN_SHARE * len(lines))
    dropped: list[str] = []
    kept: list[list[str]] = []
    for page in lines:
        first, last = 0, len(page)
        while first < min(MARGIN_LINES, last) and _is_margin(page[first], counts, needed):
            first += 1
        while last > max(first, len(page) - MARGIN_LINES) and _is_margin(
            page[last - 1], counts, needed
        ):
            last -= 1
        dropped += [*page[:first], *page[last:]]
        kept.append(page[first:last])
    return kept, list(dict.fromkeys(dropped))


def paragraphs(pages: Pages) -> str:
    """Paragraphs parted by newlines; `PAGE` stands where each page begins, also inside one."""
    lengths = [len(line) for page in pages for line in page if len(line) > _SHORT]
    longest = quantiles(lengths, n=20)[-1] if len(lengths) > 1 else _USUAL
    done: list[str] = []
    before = ""
    for page in pages:
        begins = PAGE
        for line in page:
            if before and _goes_on(before, line, longest):
                done[-1] += f" {begins}{line}"
            else:
                done.append(begins + line)
            begins, before = "", line
        if begins:  # a page without text has its number all the same
            done.append(begins)
            before = ""
    return "\n".join(done)


def _goes_on(before: str, line: str, longest: float) -> bool:
    """Whether a line goes on with the paragraph of the one before it.

    A line that had room for the next word was ended on purpose.
    """
    if _MARK.match(line) or _DASHES.fullmatch(line) or _DASHES.fullmatch(before):
        return False
    if _HEADING.fullmatch(before) or _HEADING.fullmatch(line):
        return False
    with_word = len(before) + 1 + len(line.split(" ", 1)[0])
    if _ENDS.search(before):
        return with_word > longest
    return bool(_RUNS_ON.match(line)) or with_word > longest * (1 - SLACK)


def _edges(page: Sequence[str]) -> list[str]:
    return [*page[:MARGIN_LINES], *page[-MARGIN_LINES:]]


def _is_margin(line: str, counts: Counter[str], needed: float) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line)) or counts[_same(line)] >= needed


def _same(line: str) -> str:
    """What a header has on every page: its words, whatever the number."""
    return re.sub(r"\d+", "#", line.lower())
