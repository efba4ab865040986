"""The duties of one document, in reading order.

A duty is what one sentence gives to one body; a part between semicolons that names a body or a
time of its own is a duty by itself. Who bears it is said by the sentence ("Giao Sở Nội vụ …", "Sở
Nội vụ có trách nhiệm …"), else by the lead-in or heading above it, else by the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from knowledge.duties.bodies import (
    Body,
    body_at,
    directed_in,
    is_directive,
    is_imperative,
    is_only_name,
    partners_in,
)
from knowledge.duties.dues import read_due
from knowledge.duties.models import NO_DUE, Due, Duty
from knowledge.duties.tables import Role, Span, bare, labelled, row
from knowledge.models import Document, Passage
from knowledge.text import sentence_spans, trim

MAX_GIVER_CHARS = 160  # in front of "giao", "yêu cầu": who gives it, on which occasion
_ASSIGNS = re.compile(
    r"(?<!\w)(?:giao(?:\s+nhiệm\s+vụ)?(?:\s+cho)?|yêu\s+cầu|đề\s+nghị|lưu\s+ý|phân\s+công)\s+(?=\S)",
    re.IGNORECASE,
)
_NOT_ASSIGNED = re.compile(
    r"(?<!\w)(?:được|theo|do|đã|về|các|những|của|có|khi|nếu|thì)\s*$", re.IGNORECASE
)
_OF = re.compile(
    r"(?:trách\s+nhiệm|nhiệm\s+vụ|nhiệm\s+vụ,\s+quyền\s+hạn)\s+của\s+|đối\s+với\s+", re.IGNORECASE
)
_FOR = re.compile(r"đối\s+với\s+(?=\S)", re.IGNORECASE)
# What joins a sentence to the one before it, and says no more.
_JOINS = re.compile(
    r"(?:(?:theo\s+đó|trong\s+đó|đồng\s+thời|bên\s+cạnh\s+đó|cùng\s+với\s+đó|ngoài\s+ra|riêng)\s*,?\s+)+",
    re.IGNORECASE,
)
# An occasion in front of the subject: "Trong tháng 8, Sở Y tế tổ chức …".
_OCCASION = re.compile(
    r"(?:trong|trước|từ|đến|chậm\s+nhất|định\s+kỳ|hằng|hàng|căn\s+cứ|trên\s+cơ\s+sở|nhận\s+được|sau\s+khi)\s[^;.:]*?,\s+",
    re.IGNORECASE,
)
_LATER_SUBJECT = re.compile(r"[,:]\s+(?=\S)")
_TOLD = re.compile(r"(?<!\w)(?:đã|vừa|đang)(?!\w)", re.IGNORECASE)
_MUST = re.compile(r"(?:phải|cần|có\s+trách\s+nhiệm|chịu\s+trách\s+nhiệm|khẩn\s+trương)(?!\w)")
# Neither an order: what holds in a case, what is thanked for, agreed to, aimed at.
_NO_ORDER = re.compile(
    r"(?:trường\s+hợp|nếu|mục\s+tiêu|phấn\s+đấu|ghi\s+nhận|biểu\s+dương|đồng\s+ý|cơ\s+bản|nhìn\s+chung|kết\s+quả|đến\s+nay)(?!\w)",
    re.IGNORECASE,
)
_SEMICOLON = re.compile(r";\s+")


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Who bears what follows."""

    name: str
    partners: str = ""
    due: Due = NO_DUE
    under: str = ""  # whose list it stands in


@dataclass(frozen=True, slots=True)
class _Given:
    """The bearer that a piece names, and where its deed begins."""

    bearer: str
    deed: int


def duties_of(document: Document) -> tuple[Duty, ...]:
    """Every duty of a document, in reading order; none where it gives none."""
    return tuple(_Reading(document).duties())


def _must(text: str, start: int, end: int) -> bool:
    return _MUST.match(text, start, end) is not None


class _Reading:
    """One pass over the passages of a document."""

    def __init__(self, document: Document) -> None:
        self._document, self._text = document, document.text
        self._press = document.metadata.source_kind == "press"
        self._by_id = {p.id: p for p in document.passages}
        self._parents = {p.parent_id for p in document.passages}
        self._above: dict[str, _Bearer | None] = {}  # what the passages below inherit
        self._carried: _Bearer | None = None  # from the paragraph before, in a report
        self._carries_on = False  # the paragraph before did not end its sentence
        self._last: dict[str | None, Passage] = {}  # what labels speak of, by who holds them
        self._made: dict[str, list[Duty]] = {}  # by passage, in reading order

    def duties(self) -> Iterator[Duty]:
        for passage in self._document.passages:
            if passage.kind != "closing":
                self._read(passage)
        for made in self._made.values():
            yield from made

    def _read(self, passage: Passage) -> None:
        inherited = self._above.get(passage.parent_id or "")
        self._above[passage.id] = inherited
        self._made[passage.id] = []
        if passage.kind == "row" and (made := list(self._of_row(passage))):
            self._made[passage.id] = made
        elif said := labelled(self._text, passage.start, passage.end):
            self._label(passage, said.before, said.values)
            if said.before[0] == said.before[1]:
                return  # the next label speaks of what this one does
        elif passage.id in self._parents and (lead := self._lead(passage)):
            self._above[passage.id] = lead
        elif passage.kind != "heading":
            self._made[passage.id] = list(self._of_sentences(passage, inherited))
        self._last[passage.parent_id] = self._last[passage.id] = passage

    # Tables and labels

    def _of_row(self, passage: Passage) -> Iterator[Duty]:
        head = self._by_id.get(passage.parent_id or "")
        if head is None:
            return
        cells = row(self._text, (head.start, head.end), passage.start, passage.end)
        if (deed := cells.get("deed")) and self._words(cells.get("bearer")):
            yield self._labelled_duty(passage, deed, cells)

    def _label(self, passage: Passage, own: Span, values: Mapping[Role, Span]) -> None:
        """Labels speak of the words before them, else of the paragraph or heading before."""
        above = own if own[1] > own[0] else None
        holder = passage
        if above is None:
            found = self._last.get(passage.parent_id)
            if found is None:
                return
            holder = found
            above = bare(self._text, holder.start, holder.end)
        made = self._made[holder.id]
        if made and "bearer" not in values:  # the bearer came with a label before
            self._made[holder.id] = [self._with(duty, values) for duty in made]
        elif self._words(values.get("bearer")):
            self._made[holder.id] = [self._labelled_duty(holder, above, values)]

    def _labelled_duty(self, passage: Passage, deed: Span, values: Mapping[Role, Span]) -> Duty:
        bearer = self._words(values.get("bearer"))
        plain = Duty(
            self._document.metadata,
            passage,
            bearer,
            "",
            "",
            "",
            self._text[slice(*deed)],
            *deed,
            NO_DUE,
        )
        return self._with(plain, values)

    def _with(self, duty: Duty, values: Mapping[Role, Span]) -> Duty:
        due = self._due(*values["due"], stated=True) if "due" in values else duty.due
        return replace(duty, partners=self._words(values.get("partners")) or duty.partners, due=due)

    def _words(self, span: Span | None) -> str:
        return self._text[slice(*span)] if span else ""

    # Sentences

    def _lead(self, passage: Passage) -> _Bearer | None:
        """The bearer of all that stands below a heading or lead-in; None where it names none."""
        start, end = passage.start, passage.end
        leads = passage.kind == "heading" or passage.text.rstrip("* ").endswith(":")
        if of := _OF.match(self._text, start, end):
            start = of.end()
        text = self._text
        name_end = len(text[start:end].rstrip(" :*.,")) + start
        if is_only_name(text, start, name_end):
            return _Bearer(text[start:name_end])
        if not leads or _NO_ORDER.match(text, start, end):
            return None
        given = self._assigned(start, end) or self._subject(start, end)
        if given is None:
            return None
        return _Bearer(given.bearer, partners_in(text, start, end), self._due(start, end))

    def _of_sentences(self, passage: Passage, inherited: _Bearer | None) -> Iterator[Duty]:
        spans = sentence_spans(passage.text)
        now = inherited
        for number, (a, b) in enumerate(spans):
            start, end = passage.start + a, passage.start + b
            listed = inherited is not None and number == 0
            under = inherited.name if inherited else ""
            now, duties = self._of_sentence(passage, start, end, now, listed, under)
            yield from duties
            if number == 0 and now is None and self._press:
                now = self._taken_up(start, end)
                if now:
                    _, duties = self._of_sentence(passage, start, end, now, True)
                    yield from duties
        if self._press:
            self._carried = now
            self._carries_on = passage.text.rstrip().endswith(";")

    def _taken_up(self, start: int, end: int) -> _Bearer | None:
        """The bearer of the paragraph before, where this one goes on with it."""
        joins = _JOINS.match(self._text, start, end)
        goes_on = self._carries_on or joins is not None
        imperative = is_imperative(self._text, joins.end() if joins else start, end)
        return self._carried if goes_on and imperative else None

    def _of_sentence(
        self,
        passage: Passage,
        start: int,
        end: int,
        now: _Bearer | None,
        listed: bool,
        under: str = "",
    ) -> tuple[_Bearer | None, list[Duty]]:
        """The bearer at the end of a sentence, and its duties.

        `listed`: it is an item of a list whose lead-in names the bearer, and need be no order.
        """
        if _NO_ORDER.match(self._text, self._past_joins(start, end), end):
            return now, []
        duties: list[Duty] = []
        shared, silent = "", False  # silent: what it says is no order, until it names somebody
        for number, (a, b) in enumerate(self._pieces(start, end)):
            given = self._given(a, b)
            due = self._due(a, b)
            if given:
                now, shared = _Bearer(given.bearer, under=under), ""
            elif number == 0 and not listed and not self._goes_on(a, b):
                silent, now = True, None if self._names_somebody(a, b) else now
            silent = silent and not given
            if silent or now is None:
                continue
            at = given.deed if given else self._past_joins(a, b)
            shared = partners_in(self._text, at, b) or shared or now.partners
            one = self._duty(passage, (at, b), now, shared, due if due.words else now.due)
            if duties and not given and not due.words and duties[-1].due is now.due:
                duties[-1] = self._joined(duties[-1], one)
            else:
                duties.append(one)
        return now, duties

    def _duty(self, passage: Passage, deed: Span, bearer: _Bearer, partners: str, due: Due) -> Duty:
        start, end = deed
        while end > start and self._text[end - 1] in " ;.,":
            end -= 1
        return Duty(
            self._document.metadata,
            passage,
            bearer.name,
            partners,
            directed_in(self._text, start, end),
            bearer.under if bearer.under != bearer.name else "",
            self._text[start:end],
            start,
            end,
            due,
        )

    def _joined(self, first: Duty, then: Duty) -> Duty:
        """One duty of two pieces of a sentence."""
        return replace(
            first,
            deed=self._text[first.start : then.end],
            end=then.end,
            partners=first.partners or then.partners,
            directed=first.directed or then.directed,
        )

    def _pieces(self, start: int, end: int) -> list[Span]:
        """The parts between semicolons that stand outside of brackets."""
        pieces, a = [], start
        for cut in _SEMICOLON.finditer(self._text, start, end):
            if self._text.count("(", a, cut.start()) <= self._text.count(")", a, cut.start()):
                pieces.append((a, cut.start()))
                a = cut.end()
        return [*pieces, (a, end)]

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether a sentence without a subject says what is to be done."""
        start = self._past_joins(start, end)
        if is_imperative(self._text, start, end):
            return True
        occasion = _OCCASION.match(self._text, start, end)
        return occasion is not None and is_imperative(self._text, occasion.end(), end)

    def _past_joins(self, start: int, end: int) -> int:
        joins = _JOINS.match(self._text, start, end)
        return joins.end() if joins else start

    def _names_somebody(self, start: int, end: int) -> bool:
        return body_at(self._text, start, end, ends_anywhere=True) is not None

    def _given(self, start: int, end: int) -> _Given | None:
        start = self._past_joins(start, end)
        return (
            self._assigned(start, end)
            or self._subject(start, end)
            or self._later_subject(start, end)
            or self._spoken_to(start, end)
        )

    def _assigned(self, start: int, end: int) -> _Given | None:
        """As in "Giao Sở Nội vụ …", "Chủ tịch tỉnh yêu cầu các sở …"."""
        for said in _ASSIGNS.finditer(self._text, start, min(end, start + MAX_GIVER_CHARS)):
            if _NOT_ASSIGNED.search(self._text[start : said.start()]):
                continue
            body = body_at(self._text, said.end(), end, ends_anywhere=True)
            if body and body.deed < end:  # else no verb that we know begins the deed
                return self._of_body(body)
        return None

    def _subject(self, start: int, end: int) -> _Given | None:
        """As in "Sở Nội vụ chủ trì …"; in a report only what is said as an order."""
        if named := self._before_colon(start, end):
            return named
        body = body_at(self._text, start, end)
        if body is None and (occasion := _OCCASION.match(self._text, start, end)):
            body = body_at(self._text, occasion.end(), end)
        if body is None or (self._press and not is_directive(self._text, body.deed, end)):
            return None
        return self._of_body(body)

    def _before_colon(self, start: int, end: int) -> _Given | None:
        """As in "Phòng Kinh tế: lập dự toán"."""
        colon = self._text.find(":", start, end)
        if colon < 0 or not is_only_name(self._text, start, colon):
            return None
        deed = trim(self._text, colon + 1, end)[0]
        if not is_imperative(self._text, deed, end):
            return None
        return _Given(self._text[start:colon].strip("* "), deed)

    def _later_subject(self, start: int, end: int) -> _Given | None:
        """As in "… , các bộ, ngành phải …": somebody who must, behind other words."""
        found: _Given | None = None
        # Whom it is about stands first, then who must.
        concerns = _FOR.match(self._text, start, end)
        for comma in _LATER_SUBJECT.finditer(self._text, start, end):
            if _TOLD.search(self._text, start, comma.start()):
                break
            body = body_at(self._text, comma.end(), end)
            must = is_directive if comma[0].startswith(":") else _must
            if body and must(self._text, body.deed, end):
                found = self._of_body(body)
                if not concerns:
                    break
        return found

    def _spoken_to(self, start: int, end: int) -> _Given | None:
        """As in "Đối với Tỉnh đoàn, đề nghị duy trì …"."""
        said = _FOR.match(self._text, start, end)
        comma = self._text.find(",", start, end)
        if said is None or comma < 0 or not is_only_name(self._text, said.end(), comma):
            return None
        rest = trim(self._text, comma + 1, end)[0]
        asks = _ASSIGNS.search(self._text, rest, end)
        return _Given(self._text[said.end() : comma], asks.end() if asks else rest)

    def _of_body(self, body: Body) -> _Given:
        return _Given(self._text[body.start : body.end], body.deed)

    def _due(self, start: int, end: int, *, stated: bool = False) -> Due:
        issued = self._document.metadata.issued_on
        return read_due(self._text, start, end, issued, stated=stated)
