"""From the text of an administrative or Party document to its citable passages.

The marks of structure are those of Decree 30/2020/NĐ-CP, annex I (Phần, Chương, Mục, Tiểu mục, Điều,
khoản, điểm) and of Party texts under Guidance 36-HD/VPTW (I., 1., (1), a)), also inside a running
paragraph. A press report is numbered by its paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.models import Passage, PassageKind
from knowledge.text import UPPER, collapse, fold, sentence_spans, trim

# 1,500 characters of Vietnamese are at most 430 tokens of the default embedder (measured on the five
# bundled texts, 3.5 to 4.2 characters a token): with 60 tokens of context, under its window of 510.
MAX_PASSAGE_CHARS = 1_500
MAX_CONTEXT_CHARS = 220
MAX_HEADING_CHARS = 220

_ROOT_RANK, _ANNEX_RANK, _PARAGRAPH_RANK = -10, -5, 90
_ROMAN = r"(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{1,3})"
_ORDINAL = r"thứ\s+(?:nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)"


@dataclass(frozen=True, slots=True)
class _Mark:
    """How one kind of structure mark looks, ranks (smaller is higher) and is cited."""

    rank: int
    pattern: re.Pattern[str]
    label: str
    kind: PassageKind
    heading: bool = False  # stands alone as a heading: never a running paragraph


_I = re.IGNORECASE
_MARKS = (
    _Mark(
        _ANNEX_RANK,
        re.compile(rf"phụ lục(?:\s+(?:số\s+)?({_ROMAN}|\d{{1,3}}|[A-H]))?(?!\w)[.:]?\s*", _I),
        "Phụ lục {}",
        "heading",
        True,
    ),
    _Mark(
        0,
        re.compile(rf"phần\s+({_ORDINAL}|{_ROMAN}|\d{{1,2}})\b[.:]?\s*", _I),
        "Phần {}",
        "heading",
        True,
    ),
    _Mark(
        10,
        re.compile(rf"chương\s+({_ROMAN}|\d{{1,3}})\b[.:]?\s*", _I),
        "Chương {}",
        "heading",
        True,
    ),
    _Mark(20, re.compile(rf"mục\s+({_ROMAN}|\d{{1,3}})\b[.:]?\s*", _I), "Mục {}", "heading", True),
    _Mark(30, re.compile(r"tiểu mục\s+(\d{1,3})\b[.:]?\s*", _I), "Tiểu mục {}", "heading", True),
    _Mark(40, re.compile(r"(?:Điều|ĐIỀU)\s+(\d{1,4}[a-zđ]?)\s*[.:]\s*"), "Điều {}", "article"),
    _Mark(
        15, re.compile(rf"([A-H])\s*[.\-–][*_]{{0,3}}\s+(?=[{UPPER}]{{2}})"), "Phần {}", "heading"
    ),
    _Mark(
        25,
        re.compile(rf"({_ROMAN})\s*[.\-–]\s*(?!\w\.)(?=[*_\s]*[{UPPER}\d])"),  # not "V.I. Lê-nin"
        "Mục {}",
        "heading",
    ),
    _Mark(
        52,
        re.compile(r"(\d{1,3}(?:\.\d{1,3})+)\.?(?=[*_]{0,3}\s)\s*(?=[\"“(*_\s]*[^\W\d_])"),
        "mục {}",
        "clause",
    ),
    _Mark(50, re.compile(r"(\d{1,3})[.)]\s*(?=[\"“(*_\s]*[^\W\d_])"), "mục {}", "clause"),
    _Mark(60, re.compile(r"\((\d{1,3})\)\s*(?=\S)"), "điểm ({})", "point"),
    _Mark(70, re.compile(r"([a-zđ]{1,2}\d?)\)\s*(?=\S)"), "điểm {}", "point"),
)
_MARKDOWN_PREFIX = re.compile(r"(?:#{1,6}\s+|>\s?)?(?:([*_]{1,3})\s?)?")
_BULLET = re.compile(r"(?:#{1,6}|>|[-–•+*])\s+")
_LIST_BULLET = "-–•+*"
_LONE_MARK = re.compile(
    rf"[#*_\s]*(?:Điều\s+\d{{1,4}}[a-zđ]?|\d{{1,3}}|\(\d{{1,3}}\)|[a-zđ]\)|{_ROMAN})[.:)]?[*_]*"
)
_RULE = re.compile(r"[^\w|]+|_+")  # "-----", "* * *"; a table's bars stay in their block
_GLUED_FIRST = re.compile(rf"(?<=[:.;])[\s*_]*1\.\s+(?=[{UPPER}])")
_CLOSING = re.compile(r"[*_]{0,2}\s*nơi nhận\s*:?", _I)
_ENCLOSED = re.compile(r"\(\s*kèm theo[^()]*\)\.?$", _I)
_INLINE = {
    60: re.compile(r"(?<=[:;.,…])\s+\((\d{1,2})\)\s+(?=\S)"),
    50: re.compile(rf"(?<=[;.:])\s+(\d{{1,2}})\.\s+(?=[{UPPER}])"),
    70: re.compile(r"(?<=[:;.])\s+([a-zđ])\)\s+(?=\S)"),
}
_ALPHABET = "abcdđeghiklmnopqrstuvxy"


@dataclass(slots=True)
class _Node:
    """One place in the tree; `start:end` is its own text without mark, children excluded."""

    rank: int
    label: str
    kind: PassageKind
    start: int
    end: int
    bullet: bool = False
    parent: _Node | None = None
    children: list[_Node] = field(default_factory=list)

    def add(self, child: _Node) -> _Node:
        child.parent = self
        self.children.append(child)
        return child


def parse_passages(document_id: str, text: str, *, press: bool = False) -> tuple[Passage, ...]:
    """Split `text` into passages in reading order.

    Args:
        document_id: prefix of the passages' ids.
        text: cleaned text (knowledge.text.clean); offsets refer to it.
        press: number the paragraphs ("Đoạn 3") instead of looking for a preamble and closing.

    Returns:
        Passages; headings are among them (kind "heading"). Empty text gives none.
    """
    root = _Node(_ROOT_RANK, "", "heading", 0, 0)
    blocks = [b for b in _blocks(text) if any(c.isalnum() for c in text[slice(*b)])]
    body, closing, annexes = _split_closing(text, blocks, press)
    _build(root, text, body, press)
    _build(root, text, annexes, press)
    _number_paragraphs(root, text, press)
    for label, (start, end) in closing:
        root.add(_Node(_PARAGRAPH_RANK, label, "closing", start, end))
    root.children.sort(key=_first_char)
    return tuple(_emit(document_id, text, root))


def _first_char(node: _Node) -> int:
    return min((node.start, *map(_first_char, node.children)))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs: blank lines, and rules ("-----") part them; bars alone are none.

    Within, a line that opens with a mark or follows a finished line parts them too (plain text
    with one paragraph a line).
    """
    start = previous_end = None
    for match in re.finditer(r"[^\n]*(?:\n|$)", text):
        a, b = trim(text, match.start(), match.end())
        if a == b or _RULE.fullmatch(text, a, b):
            if start is not None and previous_end is not None:
                yield start, previous_end
            start = previous_end = None
            continue
        if start is None:
            start = a
        elif _starts_block(text, start, previous_end or a, a, b):
            yield start, previous_end or a
            start = a
        previous_end = b
    if start is not None:
        yield start, previous_end or start


def _starts_block(text: str, start: int, previous_end: int, a: int, b: int) -> bool:
    if (_CLOSING.match(text[start:previous_end]) and text[a] in "-–+") or text[a].islower():
        return False
    if _CLOSING.match(text, a) or _mark_at(text, a, b):
        return True
    if _LONE_MARK.fullmatch(text, start, previous_end):
        return False  # "Điều 1." on a line of its own, its title on the next
    return text[previous_end - 1] in ".:;?!…" and (text[a].isupper() or text[a] in '-–+*“"(')


def _mark_at(text: str, start: int, end: int) -> tuple[_Mark, str, int] | None:
    """The mark at `start`: (mark, its number, where the content begins)."""
    prefix = _MARKDOWN_PREFIX.match(text, start, end)
    begin = prefix.end() if prefix else start
    for mark in _MARKS:
        found = mark.pattern.match(text, begin, end)
        if not found or (mark.heading and not _is_heading_line(text[found.end() : end])):
            continue
        content = found.end()
        emphasis = prefix.group(1) if prefix else None
        if emphasis and text.startswith(emphasis, content):  # "**1.** Giao ..."
            content += len(emphasis)
        return mark, collapse(found.group(1) or ""), content
    return None


def _is_heading_line(rest: str) -> bool:
    """A heading's rest is short and no running sentence ("Phần 2 của báo cáo nêu ...")."""
    rest = rest.strip()
    capital = not rest or not rest.lstrip("*_ ")[:1].islower()
    return len(rest) <= MAX_HEADING_CHARS and rest[-1:] not in (".", ";", ",") and capital


_Blocks = list[tuple[int, int]]


def _split_closing(
    text: str, blocks: _Blocks, press: bool
) -> tuple[_Blocks, list[tuple[str, tuple[int, int]]], _Blocks]:
    """Part the body, the closing and the annexes after it.

    The closing is the recipients and the signature, and a line "(Kèm theo ...)" before them.
    """
    first = next((i for i, (a, _) in enumerate(blocks) if _CLOSING.match(text, a)), None)
    if press or first is None:
        return blocks, [], []
    annex = next(
        (i for i in range(first + 1, len(blocks)) if _is_annex(text, blocks[i])), len(blocks)
    )
    last = first
    while last + 1 < annex and text[blocks[last + 1][0]] in "-–+":
        last += 1
    closing = [("Nơi nhận", (blocks[first][0], blocks[last][1]))]
    if last + 1 < annex:
        closing.append(("Chữ ký", (blocks[last + 1][0], blocks[annex - 1][1])))
    if first and _ENCLOSED.match(text[slice(*blocks[first - 1])]):
        first -= 1
        closing.insert(0, ("Tài liệu kèm theo", blocks[first]))
    return blocks[:first], closing, blocks[annex:]


def _is_annex(text: str, block: tuple[int, int]) -> bool:
    found = _mark_at(text, *block)
    return found is not None and found[0].rank == _ANNEX_RANK


def _build(root: _Node, text: str, blocks: _Blocks, press: bool) -> None:
    current = root
    for start, end in _join_broken(text, blocks):
        found = _mark_at(text, start, end)
        if found and press and found[0].rank < 50:
            found = None  # a press report has no articles of its own; it may name some
        if found:
            mark, number, content = found
            if mark.rank == 50 and number == "2" and not press:
                current = _recover_first(current, text, mark)
            current = _place(current, mark, number, *_bare(text, content, end))
            current = _split_inline(current, text)
            continue
        bullet = text[start] in _LIST_BULLET and _BULLET.match(text, start) is not None
        holder = (bullet and _holder_of_bullet(current)) or _holder_of_paragraph(current, press)
        a, b = _bare(text, start, end)
        if holder.start == holder.end and not holder.children and _is_title(holder, text[a:b]):
            holder.start, holder.end = a, b
            continue
        paragraph = holder.add(_Node(_PARAGRAPH_RANK, "", "paragraph", a, b, bullet))
        split = _split_inline(paragraph, text)
        leads_in = bullet and text[b - 1] == ":"
        current = split if split is not paragraph or press or leads_in else holder


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without what Markdown puts at its ends: bullets, # marks, bars, stars around it."""
    start, end = _without_bars(text, start, end)
    bullet = _BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    for _ in range(2):
        own = text[start:end]
        opening = len(own) - len(own.lstrip("*"))
        closing = len(own) - len(own.rstrip("*"))
        paired = len(re.findall(r"\*+", own)) % 2 == 0
        encloses = opening == closing and "*" not in own.strip("*")
        if closing and (not paired or encloses):
            end -= closing
        if opening and ((not paired and not closing) or encloses):
            start += opening
        start, end = _without_bars(text, start, max(start, end))
    return start, end


def _without_bars(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] == "|"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "|"):
        end -= 1
    return start, end


def _is_title(node: _Node, own: str) -> bool:
    """Whether an unmarked block is the title of a heading or article that has none yet."""
    return node.kind in ("heading", "article") and node.parent is not None and _is_short(own)


def _is_short(own: str) -> bool:
    return len(own) <= MAX_HEADING_CHARS and own[-1:] not in (".", ":", ";", "…")


def _join_broken(text: str, blocks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join a paragraph that a page break cut: no end mark before, lower case after."""
    pending: tuple[int, int] | None = None
    for start, end in blocks:
        if (
            pending
            and text[pending[1] - 1] not in '.:;?!…*”")'
            and text[start].islower()
            and not _mark_at(text, start, end)
        ):
            pending = (pending[0], end)
            continue
        if pending:
            yield pending
        pending = (start, end)
    if pending:
        yield pending


def _place(current: _Node, mark: _Mark, number: str, start: int, end: int) -> _Node:
    """Hang a marked block under the nearest node of higher rank."""
    parent = current
    while parent.parent is not None and parent.rank >= mark.rank:
        if parent.rank == _PARAGRAPH_RANK and mark.rank >= 50 and _leads_in_list(parent):
            break
        parent = parent.parent
    return parent.add(_Node(mark.rank, _label(mark, number, parent), mark.kind, start, end))


def _leads_in_list(paragraph: _Node) -> bool:
    """A paragraph of a press report, or a bullet that ends with a colon, may hold a list."""
    above = paragraph.parent
    return paragraph.bullet or (above is not None and above.parent is None)


def _label(mark: _Mark, number: str, parent: _Node) -> str:
    if mark.rank in (50, 52) and _above(parent, "article"):
        return f"khoản {number}"
    if mark.rank in (50, 52) and parent.parent is None:
        return f"Mục {number}"
    return mark.label.format(number).rstrip()


def _recover_first(current: _Node, text: str, mark: _Mark) -> _Node:
    """Find a "1." that was glued to the paragraph before it ("... như sau:1. Giao ...").

    Called when "2." has just been met. Returns the node to go on from.
    """
    parent = current
    while parent.parent is not None and parent.rank >= mark.rank:
        parent = parent.parent
    for at, child in enumerate(parent.children):
        found = _GLUED_FIRST.search(text, child.start, child.end)
        rest = parent.children[at + 1 :]
        if child.rank < _PARAGRAPH_RANK:
            return current
        if found and all(c.rank == _PARAGRAPH_RANK for c in rest):
            del parent.children[at + 1 :]
            start, end = _bare(text, found.end(), child.end)
            first = parent.add(_Node(mark.rank, _label(mark, "1", parent), mark.kind, start, end))
            for paragraph in rest:
                first.add(paragraph)
            child.start, child.end = trim(text, child.start, found.start())
            return first
    return current


def _above(node: _Node | None, kind: PassageKind) -> bool:
    while node is not None:
        if node.kind == kind:
            return True
        node = node.parent
    return False


def _holder_of_paragraph(current: _Node, press: bool) -> _Node:
    """Whose paragraph an unmarked block is: of the current clause; in a press report of the root."""
    node = current
    while node.rank == _PARAGRAPH_RANK or (press and node.parent is not None):
        if node.parent is None:
            break
        node = node.parent
    return node


def _holder_of_bullet(current: _Node) -> _Node | None:
    """The node that holds the bullet which `current` is, or stands below; else None."""
    node: _Node | None = current
    while node is not None and not node.bullet:
        node = node.parent
    return node.parent if node else None


def _split_inline(node: _Node, text: str) -> _Node:
    """Cut "(1) ...; (2) ..." inside a running paragraph into items below `node`.

    The sequence must begin at 1 (or go on from the node's own number) and count up without gaps.
    Returns the node that following blocks continue.
    """
    for rank, pattern in _INLINE.items():
        if rank <= node.rank and not (rank == 50 and node.rank == 50):
            continue
        cuts = _sequence(pattern.finditer(text, node.start, node.end), rank, node)
        if not cuts:
            continue
        target = node.parent if rank == node.rank and node.parent else node
        mark = next(m for m in _MARKS if m.rank == rank)
        ends = [*(m.start() for m in cuts[1:]), node.end]
        last = node
        for match, end in zip(cuts, ends, strict=True):
            a, b = trim(text, match.end(), end)
            label = _label(mark, match.group(1), target)
            last = _split_inline(target.add(_Node(rank, label, mark.kind, a, b)), text)
        node.start, node.end = trim(text, node.start, cuts[0].start())
        return last
    return node


def _sequence(matches: Iterator[re.Match[str]], rank: int, node: _Node) -> list[re.Match[str]]:
    """The matches that count 1, 2, 3 ... (a, b, c ...); at least two, or one that goes on."""
    going_on = rank == node.rank
    expected = int(node.label.rsplit(" ", 1)[1]) + 1 if going_on else 1
    cuts: list[re.Match[str]] = []
    for match in matches:
        value = match.group(1)
        wanted = _ALPHABET[expected - 1 : expected] if rank == 70 else str(expected)
        if value == wanted:
            cuts.append(match)
            expected += 1
    return cuts if len(cuts) >= 2 or (going_on and cuts) else []


def _number_paragraphs(node: _Node, text: str, press: bool) -> None:
    """Label the unmarked paragraphs.

    "Đoạn 3" at the root of a press report or of a text without marks, "Phần mở đầu" before the
    first mark, "đoạn 2" inside a clause, whose own text is its first paragraph.
    """
    loose = [c for c in node.children if c.rank == _PARAGRAPH_RANK]
    marked = any(c.rank < _PARAGRAPH_RANK for c in node.children)
    own = node.start < node.end and _kind(node, text) != "heading"
    for number, child in enumerate(loose, 1 + own):
        if node.parent is not None:
            child.label = f"đoạn {number}" if len(loose) > 1 or marked or own else ""
        elif marked and not press:
            child.label = f"Phần mở đầu, đoạn {number}" if len(loose) > 1 else "Phần mở đầu"
        else:
            child.label = f"Đoạn {number}"
    for child in node.children:
        _number_paragraphs(child, text, press)


def _emit(document_id: str, text: str, root: _Node) -> Iterator[Passage]:
    anchors: dict[str, int] = {}
    ids: dict[int, str] = {}
    ordinal = 0
    for node in _walk(root):
        path = _path(node)
        kind = _kind(node, text)
        for piece, (start, end) in _pieces(text, node.start, node.end):
            full = (*path, piece) if piece else path
            anchor = _anchor(full, anchors)
            passage_id = f"{document_id}#{anchor}"
            ids.setdefault(id(node), passage_id)
            yield Passage(
                id=passage_id,
                document_id=document_id,
                ordinal=ordinal,
                kind=kind,
                path=full,
                locator=locator(full),
                anchor=anchor,
                start=start,
                end=end,
                text=text[start:end],
                parent_id=_parent_id(node, ids),
                context=_context(node, text),
            )
            ordinal += 1


def _walk(node: _Node) -> Iterator[_Node]:
    for child in node.children:
        if child.end > child.start:
            yield child
        yield from _walk(child)


def _kind(node: _Node, text: str) -> PassageKind:
    """A short own text without end mark above children is a heading, whatever its mark."""
    if node.children and _is_short(text[node.start : node.end].rstrip("* ")):
        return "heading"
    return "paragraph" if node.kind == "heading" else node.kind


def _path(node: _Node) -> tuple[str, ...]:
    labels: list[str] = []
    at: _Node | None = node
    while at is not None and at.parent is not None:
        if at.label:
            labels.append(at.label)
        at = at.parent
    return tuple(reversed(labels))


def _parent_id(node: _Node, ids: dict[int, str]) -> str | None:
    at = node.parent
    while at is not None:
        if id(at) in ids:
            return ids[id(at)]
        at = at.parent
    return None


def _context(node: _Node, text: str) -> str:
    """Headings and lead-in sentences above, outermost first, each cut to its last sentence."""
    parts: list[str] = []
    at = node.parent
    while at is not None and at.parent is not None:
        own = collapse(text[at.start : at.end]).replace("*", "")
        spans = sentence_spans(own)
        if spans:
            last = own[slice(*spans[-1])]
            parts.append(
                last
                if len(last) <= MAX_CONTEXT_CHARS
                else last[-MAX_CONTEXT_CHARS:].split(" ", 1)[-1]
            )
        at = at.parent
    return " ".join(reversed(parts))


def _pieces(text: str, start: int, end: int) -> list[tuple[str, tuple[int, int]]]:
    """The range whole, or in runs of sentences of at most MAX_PASSAGE_CHARS.

    A sentence longer than that is parted at its line ends, then semicolons, then commas, then
    blanks, and only then anywhere.
    """
    if end - start <= MAX_PASSAGE_CHARS:
        return [("", (start, end))]
    spans = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
    for pattern in _CUTS:
        spans = [part for span in spans for part in _cut(text, *span, pattern)]
    runs: list[tuple[int, int]] = []
    for a, b in spans:
        if runs and b - runs[-1][0] <= MAX_PASSAGE_CHARS:
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    return [(f"phần {n}", run) for n, run in enumerate(runs, 1)]


_CUTS = (
    re.compile(r"\n\s*"),
    re.compile(r";\s+"),
    re.compile(r",\s+"),
    re.compile(r"\s+"),
    re.compile(rf"(?s:.{{{MAX_PASSAGE_CHARS}}})"),
)


def _cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """The range parted behind every match, when it is too long."""
    if end - start <= MAX_PASSAGE_CHARS:
        return [(start, end)]
    bounds = [start, *(m.end() for m in pattern.finditer(text, start, end)), end]
    parts = [trim(text, a, b) for a, b in pairwise(bounds)]
    return [(a, b) for a, b in parts if a < b]


def locator(path: tuple[str, ...]) -> str:
    """How the place is cited: an article's number says enough, so what is above it is left out."""
    article = next((i for i, p in enumerate(path) if p.startswith("Điều ")), 0)
    parts = list(path[article:])
    if len(parts) > 1 and re.match(r"Mục [IVX]+$", parts[0]) and parts[1].startswith("mục "):
        parts[:2] = [f"{parts[0]}.{parts[1].removeprefix('mục ')}"]
    return ", ".join(parts)


def _anchor(path: tuple[str, ...], seen: dict[str, int]) -> str:
    """URL fragment of a path, unique within the document ("muc-4-diem-10")."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(locator(path))).strip("-") or "doan"
    seen[slug] = seen.get(slug, 0) + 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug]}"
