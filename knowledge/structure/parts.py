"""A text and what is attached to it, each with what stands in front, its body and its closing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.models import Role
from knowledge.structure.blocks import Block
from knowledge.structure.marks import ANNEX, MAX_HEADING_CHARS, mark_at
from knowledge.structure.markup import bare
from knowledge.structure.node import is_short
from knowledge.structure.signs import (
    ADDRESSEES,
    ATTACHED_NAME,
    BASIS,
    BLANKS,
    ENACTS,
    ENCLOSED,
    FORM_NAME,
    FORMULA,
    NATION,
    RECIPIENTS,
    SIGNATURE,
    SIGNED,
    WITH_WHAT,
    is_capital,
    is_letterhead,
)
from knowledge.text import collapse

TITLE_BLOCKS = 4  # between the name of what is attached and "(Ban hành kèm theo ...)"
MAX_SIGNATURE_CHARS = 160  # of one line or paragraph below the text
FORM_SHARE = 0.3  # of the paragraphs of an attachment that have blanks to fill in: it is a form
MAX_NAME_WORDS = 6
NAME_OF_FORM_BLOCKS = 6  # the first ones of a form, its name among them
UNNAMED = "Phần kèm theo"


@dataclass(slots=True)
class Part:
    """The text itself, or one thing attached to it."""

    label: str  # "" for the text itself
    form: bool = False
    inner: bool = False  # it belongs to the attachment before it
    title: Block | None = None
    named_by: Block | None = None  # where it has no title: the name inside a form
    body: list[Block] = field(default_factory=list)  # what stands in front included
    roles: dict[int, Role] = field(default_factory=dict)  # of blocks in front, by their start
    closing: list[tuple[str, Role, Block]] = field(default_factory=list)


def parts_of(text: str, blocks: Sequence[Block], *, press: bool) -> list[Part]:
    """The text first, then its attachments in order. A press report is one body."""
    parts = [Part("")]
    if press:
        parts[0].body = list(blocks)
        return parts
    begun = closed = False
    at = 0
    while at < len(blocks):
        attached = _attached(text, blocks, at, closed, len(parts) > 1) if begun else None
        own = begun and not attached and not parts[-1].form  # a form is signed by who fills it in
        role = _closing_role(text, blocks, at, closed) if own else None
        if closed and not attached and not role:
            attached = _unnamed(text, blocks, at)
        if attached:
            part, at = attached
            parts.append(part)
            closed = False
            continue
        block = blocks[at]
        if role:
            _close(parts[-1], block, role)
        else:
            parts[-1].body.append(block)
        closed = role is not None
        begun = begun or _begins(text, block)
        at += 1
    for part in parts:
        _enclosed(part, text)
        part.roles = _front_roles(text, part)
        part.form = part.form or (bool(part.label) and _is_form(text, part.body))
        if part.form and (part.title is None or part.title.start == part.title.end):
            part.named_by = _name_of_form(text, part.body)
    _name_apart(parts)
    return parts


def _begins(text: str, block: Block) -> bool:
    """Whether the text proper has begun: a mark, or a paragraph that is a sentence."""
    if block.rows or mark_at(text, block.start, block.end):
        return True
    words = text[block.start : block.end]
    return not (BASIS.match(words) or ADDRESSEES.match(words) or is_letterhead(words)) and (
        words.rstrip("*_ ")[-1:] in (".", ":", ";")
    )


# Attachments


def _attached(
    text: str, blocks: Sequence[Block], at: int, closed: bool, inside: bool
) -> tuple[Part, int] | None:
    """What is attached from block `at` on, and the block behind its title.

    `closed`: a closing stands before it; `inside`: something attached does.
    """
    block = blocks[at]
    if block.rows or block.quoted:
        return None
    words = text[block.start : block.end]
    found = mark_at(text, block.start, block.end)
    if found and found.mark.rank == ANNEX:
        label = found.mark.label.format(found.number).rstrip()
        return _titled(text, blocks, at, Part(label), Block(found.content, block.end))
    if found:
        return None
    if (closed or inside) and (form := _form(text, block)):
        return _titled(text, blocks, at, *form)
    named = ATTACHED_NAME.match(words)
    capital = is_capital(words.split("\n")[0].split("(")[0])
    if SIGNATURE.match(words) or not (named or capital):
        return None
    said = _issued_with(text, blocks, at)
    if not named and said is not None and said > at:  # a name in capitals stands there too
        below = text[blocks[at + 1].start : blocks[at + 1].end]
        said = said if WITH_WHAT.match(below.lstrip("*_ ")) else None
    if said is None and not (named and capital and closed and is_short(words)):
        return None
    label = collapse(named[1]).capitalize() if named else UNNAMED
    return _titled(text, blocks, at, Part(label), block)


def _unnamed(text: str, blocks: Sequence[Block], at: int) -> tuple[Part, int]:
    """What stands behind a closing and does not say what it is."""
    block = blocks[at]
    titled = not (block.rows or block.quoted or mark_at(text, block.start, block.end))
    if titled and is_capital(text[block.start : block.end].split("\n")[0]):
        return _titled(text, blocks, at, Part(UNNAMED), block)
    return Part(UNNAMED), at


def _form(text: str, block: Block) -> tuple[Part, Block] | None:
    """The form whose name a block is, and where its title begins: "Mẫu số 01", "MẪU ĐƠN"."""
    words = text[block.start : block.end]
    found = FORM_NAME.match(words)
    if not found or len(words) > MAX_HEADING_CHARS or not is_short(words):
        return None
    if found[1]:
        title = Block(block.start + found.end(), block.end)
        return Part(f"Mẫu số {found[1]}", form=True, inner=True), title
    return (Part("Mẫu", form=True, inner=True), block) if is_capital(words) else None


def _issued_with(text: str, blocks: Sequence[Block], at: int) -> int | None:
    """Where "(Ban hành kèm theo ...)" stands below a title; None without one."""
    for i in range(at, min(at + TITLE_BLOCKS, len(blocks))):
        block = blocks[i]
        if block.rows or (i > at and mark_at(text, block.start, block.end)):
            return None
        found = WITH_WHAT.search(text, block.start, block.end)
        if not is_short(text[block.start : found.start() if found else block.end].rstrip("*_ (")):
            return None
        if found:  # in brackets of its own: nothing is said behind them
            return i if text[block.start : block.end].rstrip("*_ .").endswith(")") else None
    return None


def _titled(
    text: str, blocks: Sequence[Block], at: int, part: Part, title: Block
) -> tuple[Part, int]:
    """The part with its whole title, whose first words are `title`, and the block behind it.

    "(Ban hành kèm theo ...)" below the title stands in front of the body.
    """
    start, end = title.start, title.end
    said = _issued_with(text, blocks, at)
    if said == at:
        found = WITH_WHAT.search(text, start, end)
        if found:
            part.body.append(Block(found.start(), end))
            end = found.start()
        at += 1
    elif said is not None:
        at, end = said, blocks[said - 1].end
    else:
        at += 1
        while at < len(blocks) and _goes_on(text, blocks[at], start, end):
            end = blocks[at].end
            at += 1
    part.title = Block(*bare(text, start, end))
    return part, at


def _goes_on(text: str, block: Block, start: int, end: int) -> bool:
    """Whether a block goes on with the title that stands at `start:end`."""
    words = text[block.start : block.end]
    if block.rows or block.quoted or mark_at(text, block.start, block.end):
        return False
    if FORM_NAME.match(words) or NATION.match(words) or not is_short(words):
        return False
    if is_letterhead(words) and not is_capital(words):
        return False
    title = text[start:end]
    empty = not any(c.isalnum() for c in title)
    return empty or (is_capital(title) and is_capital(words))


def _is_form(text: str, blocks: Sequence[Block]) -> bool:
    blank = sum(1 for b in blocks if BLANKS.search(text, b.start, b.end))
    return blank > 1 and blank >= FORM_SHARE * len(blocks)


def _name_of_form(text: str, blocks: Sequence[Block]) -> Block | None:
    """The first words in capitals that are not the nation's."""
    for block in blocks[:NAME_OF_FORM_BLOCKS]:
        words = text[block.start : block.end]
        if is_capital(words) and not NATION.match(words) and is_short(words):
            return block
    return None


def _name_apart(parts: Sequence[Part]) -> None:
    """Number attachments of one name: "Danh mục", "Danh mục (2)"."""
    seen: dict[tuple[str, str], int] = {}
    above = ""
    for part in parts[1:]:
        if not part.inner:
            above = part.label
        key = (above if part.inner else "", part.label)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            part.label = f"{part.label} ({seen[key]})"


# What stands in front


def _front_roles(text: str, part: Part) -> dict[int, Role]:
    """The roles of the paragraphs before the first mark."""
    marked = (i for i, b in enumerate(part.body) if b.quoted or mark_at(text, b.start, b.end))
    first = next(marked, len(part.body))
    front = [block for block in part.body[:first] if not block.rows]
    whole = first == len(part.body)  # a text without marks: only what is plain to see
    words = [text[b.start : b.end] for b in front]
    roles = dict(_told(words, whole))
    return {front[i].start: role for i, role in roles.items()}


def _told(front: Sequence[str], whole: bool) -> Iterator[tuple[int, Role]]:
    last_basis = max((i for i, words in enumerate(front) if BASIS.match(words)), default=-1)
    in_letterhead = True
    addressees = False
    for i, words in enumerate(front):
        addressees = bool(ADDRESSEES.match(words)) or (addressees and words[0] in "-–+")
        if addressees:
            yield i, "recipients"
        elif FORMULA.match(words):
            yield i, "enacting"
        elif BASIS.match(words) and words.rstrip("*_ ")[-1:] != ":":  # no lead-in of a list
            yield i, "basis"
        elif is_letterhead(words) or WITH_WHAT.match(words.lstrip("*_ ")):
            yield i, "letterhead"
            continue
        elif 0 <= last_basis < i and ENACTS.search(words) and len(words) <= 2 * MAX_HEADING_CHARS:
            yield i, "enacting"
        elif in_letterhead and (i < last_basis or not whole) and is_short(words.rstrip("*_ ")):
            yield i, "letterhead"
            continue
        elif i < last_basis:
            yield i, "basis"
        in_letterhead = False


# What closes it


def _closing_role(text: str, blocks: Sequence[Block], at: int, closed: bool) -> Role | None:
    """Whether a block is of the closing, and what it says; `closed`: one before it was."""
    block = blocks[at]
    if block.rows or block.quoted:
        return None
    words = text[block.start : block.end]
    if RECIPIENTS.match(words):
        return "recipients"
    bare_words = words.strip("*_| \n")
    marked = mark_at(text, block.start, block.end) is not None
    short = len(bare_words) <= MAX_SIGNATURE_CHARS and not marked
    signs = SIGNATURE.match(words) if short else None
    if signs and (closed or signs[1] or _is_signed(text, blocks, at)):
        return "signature"
    if not closed or marked:
        return None
    if bare_words[:1] in ("-", "–", "+"):
        return "recipients"
    return "signature" if short and (SIGNED.match(words) or _is_name(bare_words)) else None


def _is_signed(text: str, blocks: Sequence[Block], at: int) -> bool:
    """Whether an office in capitals has a name below, or nothing."""
    own = text[blocks[at].start : blocks[at].end].split("\n")
    if (len(own) > 1 and _is_name(own[-1])) or at + 1 == len(blocks):
        return True
    below = text[blocks[at + 1].start : blocks[at + 1].end]
    return bool(SIGNED.match(below) or RECIPIENTS.match(below) or _is_name(below))


def _is_name(words: str) -> bool:
    """Whether each word of a line or two begins with a capital, as in a person's name."""
    found = words.replace("*", "").split()
    return 1 < len(found) <= MAX_NAME_WORDS and all(
        w[0].isupper() or not w[0].isalpha() for w in found
    )


_CLOSING_LABELS: dict[Role, str] = {"recipients": "Nơi nhận", "signature": "Chữ ký"}


def _close(part: Part, block: Block, role: Role) -> None:
    label = _CLOSING_LABELS[role]
    if part.closing and part.closing[-1][1] == role:
        block = Block(part.closing.pop()[2].start, block.end)
    part.closing.append((label, role, block))


def _enclosed(part: Part, text: str) -> None:
    """A line "(Kèm theo ...)" just before the closing is of the closing."""
    if part.closing and part.body and ENCLOSED.match(text[slice(*part.body[-1][:2])]):
        block = part.body.pop()
        role: Role = "annex" if part.label else "body"
        part.closing.insert(0, ("Tài liệu kèm theo", role, block))
