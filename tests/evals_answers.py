"""Questions, scores and answers for the tests of the evaluation.

Answers are composed from the real documents, without a search.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from typing import Any

from fake_core import FakeCore
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from bot.answer.draft import Draft
from bot.doors.web.app import create_app
from bot.doors.web.schemas import AnswerOut
from bot.settings import Settings
from bot.sources.documents.composer import Composer, first_citable, short, whole
from bot.sources.documents.evidence import children
from evals.asking.client import Client
from evals.scoring.metrics import Score
from evals.sets.questions import Question
from evals.sets.sources import Source
from knowledge.models import Document, Passage
from knowledge.reading.bundled import load_bundled
from prompts.wording import load_wording

KL177 = "ket-luan-177-kl-tw"


@contextmanager
def in_process() -> Iterator[Client]:
    """A client of the real web application with ready answers behind it."""
    app = create_app(FakeCore(), Settings(rate_limit="off"))
    with capture_logs(), TestClient(app) as http:  # stdout is for what the command prints
        yield Client(http)


@cache
def sources() -> dict[str, Source]:
    """The bundled documents as the web application gives them."""
    with in_process() as client:
        return client.sources()


@cache
def documents() -> dict[str, Document]:
    return {document.id: document for document in load_bundled()}


def passage(anchor: str, document_id: str = KL177) -> Passage:
    return next(p for p in documents()[document_id].passages if p.anchor == anchor)


def clause_answer(anchor: str = "muc-4-diem-10") -> AnswerOut:
    """A clause and two further ones."""
    draft, document = Draft(), documents()[KL177]
    composer = Composer(load_wording())
    composer.clause(draft, whole(document, passage(anchor)), None)
    composer.also(draft, [short(document, passage(f"muc-4-diem-{n}")) for n in (8, 9)])
    return answer(draft)


def list_answer() -> AnswerOut:
    draft, document, head = Draft(), documents()[KL177], passage("muc-4")
    Composer(load_wording()).list_below(draft, document, head, children(document, head))
    return answer(draft)


def outline_answer(document_id: str = KL177) -> AnswerOut:
    draft = Draft()
    Composer(load_wording()).outline(draft, documents()[document_id])
    return answer(draft)


def documents_answer() -> AnswerOut:
    draft = Draft()
    quotes = [whole(d, first_citable(d)) for d in documents().values()]
    Composer(load_wording()).documents(draft, quotes)
    return answer(draft)


def answer(draft: Draft, **values: object) -> AnswerOut:
    """The answer as the API gives it."""
    made = {
        "answer_id": "a",
        "conversation_id": "c",
        "status": draft.status,
        "text": draft.text,
        "citations": [asdict(citation) for citation in draft.citations()],
        "cards": [],
        "suggestions": [],
        "sources_as_of": "2026-11-22",
        "took_ms": 12,
    }
    return AnswerOut.model_validate(made | values)


def refusal(status: str = "no_evidence") -> AnswerOut:
    return answer(Draft(), status=status, text="Hai Cấp không thấy đoạn nào trả lời câu này.")


def question(**values: Any) -> Question:
    base = {
        "place": "some.jsonl:1",
        "id": "t001",
        "persona": "official",
        "language": "vi",
        "text": "Hạn là ngày nào?",
        "kind": "fact",
    }
    return Question(**(base | values))


def made(**values: Any) -> Score:
    """A score; fields of the question as well."""
    own = {name: values.pop(name) for name in list(values) if name in Score.__slots__}
    base: dict[str, Any] = {
        "question": question(**values),
        "style": "careful",
        "typed": "",
        "status": "answered",
        "cited": (),
        "rank": None,
        "lead": None,
        "citations": 0,
        "bad_citations": 0,
        "faults": (),
        "took_ms": 10,
        "client_ms": 12.0,
    }
    return Score(**(base | own))
