"""A small deterministic core for the tests of the web door: real documents, ready answers."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field, replace

from said import said, text, texts

from bot.answer.answer import Answer, Citation, Status
from bot.answer.blocks import (
    Block,
    Choices,
    Intro,
    Items,
    Lead,
    Option,
    Quotation,
    SourceLine,
    Verdict,
)
from bot.answer.quote import Quote
from bot.errors import QuestionError
from bot.question.personal_data import mask_personal_data
from knowledge.duties.choosing import Duties
from knowledge.models import Document, Passage
from knowledge.offices.catalogue import Offices
from knowledge.reading.bundled import load_bundled
from prompts.text import Text, reference

MAX_QUESTION_CHARS = 4000
POINT = "muc-4-diem-10"
DOCUMENT = "ket-luan-177-kl-tw"


class FakeDocuments:
    """The bundled documents, oldest first."""

    def __init__(self) -> None:
        self._documents = sorted(load_bundled(), key=lambda d: d.metadata.issued_on)

    def all(self) -> list[Document]:
        return self._documents

    def get(self, document_id: str) -> Document | None:
        return next((d for d in self._documents if d.id == document_id), None)

    def generation(self) -> str:
        return "1"


@dataclass
class FakeStore:
    """What is known."""

    documents: FakeDocuments = field(default_factory=FakeDocuments)


class FakeAssistant:
    """Answers by the words in the question; `delay_s` and "hỏng" imitate trouble."""

    def __init__(self, store: FakeStore, delay_s: float = 0.0) -> None:
        self._store = store
        self._delay_s = delay_s
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self.saved: dict[str, Answer] = {}
        self.feedback: list[tuple[str, bool, str | None, str | None]] = []
        self.asked: list[tuple[str, str | None]] = []

    def ask(self, question: str, conversation_id: str | None = None, tell=None) -> Answer:
        self.asked.append((question, conversation_id))
        if not question.strip():
            raise QuestionError("Bạn chưa nhập câu hỏi.", "empty")
        if len(question) > MAX_QUESTION_CHARS:
            raise QuestionError("Câu hỏi dài quá 4.000 ký tự. Bạn hãy rút ngắn.", "too_long")
        if "hỏng" in question:
            raise RuntimeError(f"broken on {question!r}")
        time.sleep(self._delay_s)
        with self._lock:
            answer_id = f"answer-{next(self._ids)}"
        answer = replace(
            self._answer(question),
            answer_id=answer_id,
            conversation_id=conversation_id or "conversation-0001",
            question=mask_personal_data(question),
        )
        self.saved[answer_id] = answer
        return answer

    def saved_answer(self, answer_id: str) -> Answer | None:
        return self.saved.get(answer_id)

    def save_feedback(
        self, answer_id: str, useful: bool, reason: str | None, comment: str | None
    ) -> bool:
        if answer_id not in self.saved:
            return False
        self.feedback.append((answer_id, useful, reason, comment))
        return True

    def opening_questions(self) -> tuple[str, ...]:
        return (
            "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ?",
            "Kết luận 177 ban hành ngày nào?",
            "Đoàn thanh niên phải làm gì khi vận hành chính quyền hai cấp?",
            "Tóm tắt Kế hoạch 47",
        )

    def _answer(self, question: str) -> Answer:
        if "thời tiết" in question:
            only = "Hai Cấp chỉ trả lời về chính quyền địa phương hai cấp."
            return _plain("out_of_scope", Verdict(text(only)))
        if "nghị quyết 99" in question.lower():
            return _plain(
                "no_evidence",
                Verdict(text("Hiện không có Nghị quyết 99.")),
                Intro(text("Bạn có thể hỏi về:")),
                Items(texts("Kết luận 177-KL/TW", "Kế hoạch 47-KH/BCĐ")),
            )
        if question == "Xã Tân An nay là xã nào?":
            found = (f"Xã Tân An, Tỉnh {name}" for name in ("Nghệ An", "Vĩnh Long"))
            options = tuple(Option(place, f"{place} nay là xã nào?") for place in found)
            several = Verdict(text("Có 2 nơi tên ‘xã Tân An’. Bạn muốn hỏi nơi nào?"))
            return _plain("needs_clarification", several, Choices(options))
        if "cái đó" in question:
            return _plain("needs_clarification", Verdict(text("Bạn muốn hỏi về văn bản nào?")))
        return self._list() if "những việc gì" in question else self._quote()

    def _quote(self) -> Answer:
        document, passage = self._passage(POINT)
        value = "bố trí đủ cán bộ"
        blocks = (
            Lead(text(f"Cấp xã phải **{value}** ngay sau khi sắp xếp [1]."), value),
            Quotation(Text.of(passage.text), 1),
            SourceLine(text("Nguồn: Kết luận 177-KL/TW; văn bản chính thức.")),
        )
        return _cited(blocks, [_citation(1, document, passage)])

    def _list(self) -> Answer:
        document, _ = self._passage(POINT)
        points = [p for p in document.passages if p.parent_id == f"{DOCUMENT}#muc-4"][:5]
        items = (Text.of(f"{p.text[:150]}… ", reference(n)) for n, p in enumerate(points, 1))
        blocks = Intro(text("Kết luận giao các việc sau:")), Items(tuple(items), numbered=True)
        return _cited(blocks, [_citation(n, document, p) for n, p in enumerate(points, 1)])

    def _passage(self, anchor: str) -> tuple[Document, Passage]:
        document = self._store.documents.get(DOCUMENT)
        assert document is not None
        return document, next(p for p in document.passages if p.anchor == anchor)


@dataclass
class FakeCore:
    """Satisfies bot.doors.web.protocols.CoreLike."""

    store: FakeStore = field(default_factory=FakeStore)
    delay_s: float = 0.0
    ready: bool = True
    degraded: tuple[str, ...] = ()
    offices: Offices = field(default_factory=Offices)

    def __post_init__(self) -> None:
        self.assistant = FakeAssistant(self.store, self.delay_s)
        self.duties = Duties(self.store.documents.all)


def _plain(status: Status, *blocks: Block) -> Answer:
    return said(*blocks, status=status, suggestions=("Tóm tắt Kết luận 177",), took_ms=3)


def _cited(blocks: tuple[Block, ...], citations: list[Citation]) -> Answer:
    return said(
        *blocks,
        citations=tuple(citations),
        suggestions=("Kết luận 177 còn giao việc gì?", "Tóm tắt Kết luận 177"),
        sources_as_of="2026-11-22",
        took_ms=12,
    )


def _citation(marker: int, document: Document, passage: Passage) -> Citation:
    return Quote(document, passage, passage.start, passage.end).citation(marker)
