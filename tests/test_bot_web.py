"""The HTTP API and the pages, through the real application."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import threading
import time
from dataclasses import replace
from html.parser import HTMLParser
from ipaddress import ip_network

import processor_time
import pytest
import structlog
from fake_core import DOCUMENT, POINT, FakeAssistant, FakeCore
from live_server import live_server
from said import text, texts
from starlette.testclient import TestClient

from bot.answer.answer import Citation
from bot.answer.blocks import (
    Choices,
    Field,
    Fields,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    Quotation,
    SourceLine,
    Title,
)
from bot.answer.codec import from_json
from bot.answer.rendering.heard import lead
from bot.answer.rendering.html import html, inline, unnumbered
from bot.answer.verbatim import paragraphs, verbatim
from bot.doors.web.app import create_app
from bot.doors.web.document_view import document_pieces
from bot.doors.web.rate_limit import client_key
from bot.doors.web.schemas import AnswerOut
from bot.settings import Settings
from knowledge.reading.bundled import load_bundled
from knowledge.structure.passages import parse_passages
from prompts.text import Text, reference
from prompts.wording import load_wording

QUESTION = "Cấp xã phải bố trí cán bộ như thế nào?"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def core():
    return FakeCore()


@pytest.fixture
def client(core):
    return _client(core)


def _client(core, **settings):
    app = create_app(core, Settings(**{"rate_limit": "off", **settings}))
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


def _events(text):
    blocks = [block for block in text.split("\n\n") if block.strip()]
    pairs = [block.split("\n", 1) for block in blocks]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in pairs
    ]


class Words(HTMLParser):
    """The visible words of a piece of HTML."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found += data.split()


def words(html):
    parser = Words()
    parser.feed(html)
    return parser.found


def is_problem(response, status, code):
    body = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["code"] == code
    assert body["request_id"] == response.headers["x-request-id"]
    assert body.keys() >= {"type", "title", "detail", "instance"}
    assert "Traceback" not in response.text
    return body


# asking


def test_ask_gives_the_contract_object(client) -> None:
    body = client.post("/api/ask", json={"question": QUESTION}).json()
    assert body["status"] == "answered"
    assert body.keys() == AnswerOut.model_fields.keys() - {"html", "blocks"}
    citation = body["citations"][0]
    assert citation["url"] == f"/van-ban/{DOCUMENT}#{POINT}"
    text = client.get(f"/api/documents/{DOCUMENT}").json()["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_goes_on_with_a_conversation(client, core) -> None:
    ours = "abc_1-2-of-16-letters"
    body = client.post("/api/ask", json={"question": "a", "conversation_id": ours}).json()
    assert body["conversation_id"] == ours
    assert core.assistant.asked == [("a", ours)]


def test_stream_gives_the_same_answer(client) -> None:
    asked = client.post("/api/ask", json={"question": QUESTION}).json()
    response = client.post("/api/ask/stream", json={"question": QUESTION})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in response.headers
    events = _events(response.text)
    names = [name for name, _ in events]
    assert names[0] == "status"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"delta"}
    assert "".join(data["text"] for name, data in events if name == "delta") == asked["text"]
    same = {"answer_id": "", "took_ms": 0}
    assert events[-1][1] | same == asked | same


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_view_html_adds_the_rendered_answer(client, path) -> None:
    response = client.post(f"{path}?view=html", json={"question": QUESTION})
    body = _events(response.text)[-1][1] if "stream" in path else response.json()
    assert f'href="/van-ban/{DOCUMENT}#{POINT}"' in body["html"]
    is_problem(client.post(f"{path}?view=pdf", json={"question": "a"}), 422, "invalid_request")


def test_view_blocks_adds_what_was_said_before_markup(client, core) -> None:
    body = client.post("/api/ask?view=blocks", json={"question": QUESTION}).json()
    assert from_json(body) == replace(core.assistant.saved["answer-1"], question="")
    assert AnswerOut.model_validate(body).blocks == body["blocks"]


def test_openapi_describes_the_answer(client) -> None:
    schema = client.get("/openapi.json").json()
    assert "/api/ask/stream" in schema["paths"]
    assert "AnswerOut" in schema["components"]["schemas"]


# refusals

BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"a"',
    b"{}",
    b'{"question": 5}',
    b'{"question": null}',
    b'{"question": ["a"]}',
    b'{"question": "a", "conversation_id": 7}',
    b'{"question": "a", "conversation_id": "../x"}',
    b'{"question": "a", "conversation_id": "' + b"x" * 65 + b'"}',
    b'{"question": "\\ud800"}',
    b'{"question": "a\\u0000b"}',
    b'{"question": "\xff\xfe"}',
    b"\x00\x01\x02",
    b"[" * 5000,
    b'{"question": NaN}',
]


@pytest.mark.parametrize("body", BAD_BODIES)
@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_bad_bodies_are_refused_politely(client, core, path, body) -> None:
    response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    is_problem(response, 422, "invalid_request")
    assert core.assistant.asked == []


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
@pytest.mark.parametrize(("question", "reason"), [("  ", "empty"), ("a" * 4001, "too_long")])
def test_refused_question_says_why(client, path, question, reason) -> None:
    problem = is_problem(client.post(path, json={"question": question}), 422, "invalid_question")
    assert problem["reason"] == reason


def test_refusals_name_the_field_in_vietnamese(client) -> None:
    problem = is_problem(client.post("/api/ask", json={}), 422, "invalid_request")
    assert problem["errors"] == [{"field": "question", "message": "chưa có"}]


@pytest.mark.parametrize("path", ["/api/khong", "/api/documents/khong", "/static/khong.js"])
def test_not_found(client, path) -> None:
    is_problem(client.get(path), 404, "not_found")


def test_not_found_page_is_for_people(client) -> None:
    response = client.get("/van-ban/khong-co", headers=PAGE)
    assert response.status_code == 404
    assert "Không tìm thấy" in response.text
    assert response.headers["content-type"].startswith("text/html")


def test_wrong_method(client) -> None:
    response = client.get("/api/ask")
    is_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/api/ask/", "/van-ban/"])
def test_no_redirect_repeats_the_host_header(client, path) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 404


def test_large_body(client) -> None:
    content = json.dumps({"question": "a" * 70_000})
    is_problem(client.post("/api/ask", content=content), 413, "body_too_large")


def test_large_chunked_body(client, core) -> None:
    def chunks():
        for _ in range(100):
            yield b"a" * 1000

    is_problem(client.post("/api/ask", content=chunks()), 413, "body_too_large")
    assert core.assistant.asked == []


def test_crash_is_a_500_without_a_trace(client, core) -> None:
    with structlog.testing.capture_logs() as logs:
        response = client.post("/api/ask", json={"question": "hỏng rồi"})
    is_problem(response, 500, "internal_error")
    assert response.headers["x-content-type-options"] == "nosniff"
    crashes = [entry for entry in logs if entry["event"] == "crash"]
    assert len(crashes) == 1
    assert "hỏng" not in json.dumps(logs, ensure_ascii=False, default=str)


def test_crash_in_a_stream_is_an_event(core) -> None:
    core.assistant._delay_s = 0
    client = _client(core)
    events = _events(client.post("/api/ask/stream", json={"question": "hỏng"}).text)
    assert events[-1][0] == "error"
    assert events[-1][1]["code"] == "internal_error"
    assert events[-1][1]["request_id"]


def test_crash_page_keeps_the_question(client) -> None:
    response = client.get("/?q=hỏng", headers=PAGE)
    assert response.status_code == 500
    assert ">hỏng</textarea>" in response.text
    assert "Thử lại" in response.text


# limits


def test_rate_limit(core) -> None:
    client = _client(core, rate_limit="3/minute")
    for _ in range(3):
        assert client.post("/api/ask", json={"question": "a"}).status_code == 200
    response = client.post("/api/ask", json={"question": "a"})
    is_problem(response, 429, "rate_limited")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    page = client.get("/?q=xin+chao", headers=PAGE)
    assert page.status_code == 429
    assert ">xin chao</textarea>" in page.text
    for path in ("/", "/van-ban", "/healthz", "/metrics", "/static/app.css"):
        assert client.get(path).status_code == 200, path


def _scope(peer, forwarded=""):
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return {"type": "http", "client": (peer, 1), "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client_is"),
    [
        ("9.9.9.9", "", [], "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", [], "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", ["10.0.0.0/8"], "9.9.9.9"),
        ("10.0.0.1", "1.1.1.1", ["10.0.0.0/8"], "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", ["10.0.0.0/8"], "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1, 10.0.0.2", ["10.0.0.0/8"], "1.1.1.1"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], "10.0.0.1"),
        ("::ffff:1.2.3.4", "", [], "1.2.3.4"),
        ("2001:db8::1", "", [], "2001:db8::/64"),
        ("2001:db8::2", "", [], "2001:db8::/64"),
    ],
)
def test_client_is_the_peer_unless_a_trusted_proxy_says_otherwise(
    peer, forwarded, trusted, client_is
) -> None:
    networks = [ip_network(network) for network in trusted]
    assert client_key(_scope(peer, forwarded), networks) == client_is


def test_not_ready(core) -> None:
    core.ready = False
    client = _client(core)
    assert client.get("/healthz").status_code == 200
    assert is_problem(client.get("/readyz"), 503, "not_ready")
    response = client.post("/api/ask", json={"question": "a"})
    is_problem(response, 503, "not_ready")
    assert response.headers["retry-after"]
    page = client.get("/?q=xin+chao", headers=PAGE)
    assert page.status_code == 503
    assert ">xin chao</textarea>" in page.text
    core.ready = True
    assert client.get("/readyz").status_code == 200


# documents, feedback, metrics, logs


def test_documents(client, core) -> None:
    listed = client.get("/api/documents").json()
    assert [d["id"] for d in listed] == [d.id for d in core.store.documents.all()]
    for item in listed:
        body = client.get(f"/api/documents/{item['id']}").json()
        assert body["passages"]
        for passage in body["passages"]:
            assert passage["start"] < passage["end"] <= len(body["text"])
            assert passage["url"] == f"/van-ban/{item['id']}#{passage['anchor']}"


def test_feedback(client, core) -> None:
    answer_id = client.post("/api/ask", json={"question": "a"}).json()["answer_id"]
    path = f"/api/answers/{answer_id}/feedback"
    body = {"useful": False, "reason": "wrong", "comment": "thiếu ngày"}
    assert client.post(path, json=body).json() == {"answer_id": answer_id, "saved": True}
    assert core.assistant.feedback == [(answer_id, False, "wrong", "thiếu ngày")]
    is_problem(client.post("/api/answers/x/feedback", json=body), 404, "not_found")
    for bad in ({}, {"useful": "maybe"}, {"useful": True, "comment": "a\0"}, {"useful": 1}):
        is_problem(client.post(path, json=bad), 422, "invalid_request")
    assert len(core.assistant.feedback) == 1


def test_feedback_form_without_javascript(client, core) -> None:
    client.get("/?q=a")
    path = "/tra-loi/answer-1/danh-gia"
    response = client.post(path, data={"useful": "no", "reason": "wrong", "comment": "à"})
    assert response.status_code == 303
    assert core.assistant.feedback == [("answer-1", False, "wrong", "à")]
    assert "Cảm ơn bạn" in client.get(response.headers["location"]).text
    assert client.post(path, data={"reason": "wrong"}).status_code == 422
    assert client.post(path, content=b"\xff\xfe").status_code == 422
    assert client.post("/tra-loi/x/danh-gia", data={"useful": "yes"}).status_code == 404


def test_metrics(client) -> None:
    client.post("/api/ask", json={"question": "a"})
    client.get("/van-ban/abc")
    client.get("/wp-login.php")
    text = client.get("/metrics").text
    assert 'haicap_answers_total{status="answered"} 1.0' in text
    assert 'route="/api/ask",status="200"' in text
    assert 'route="/van-ban/{document_id}",status="404"' in text
    assert "wp-login" not in text


def test_request_id(client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == (
        "abc-1"
    )
    for bad in ("a b", "x" * 65, "<script>", ""):
        given = client.get("/healthz", headers={"X-Request-ID": bad}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)


@pytest.mark.parametrize("told_to", [False, True])
def test_questions_are_logged_only_when_told_to(core, told_to) -> None:
    client = _client(core, log_questions=told_to)
    with structlog.testing.capture_logs() as logs:
        client.post("/api/ask", json={"question": "bí mật"})
        client.get("/?q=bí+mật")
        client.get("/tra-loi/answer-1")
    assert [entry["event"] for entry in logs].count("request") == 3
    written = json.dumps(logs, ensure_ascii=False)
    assert ("bí mật" in written) is told_to
    assert "answer-1" not in written


# headers and files

EVERYWHERE = ["/", "/van-ban", "/khong", "/api/khong", "/docs", "/static/app.js", "/metrics"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_security_headers_everywhere(client, path) -> None:
    headers = client.get(path, headers=PAGE).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "permissions-policy" in headers
    assert "set-cookie" not in headers
    assert "strict-transport-security" not in headers


def test_hsts_with_an_https_address(core) -> None:
    client = _client(core, public_url="https://haicap.example")
    assert "strict-transport-security" in client.get("/").headers


def test_pages_hold_nothing_inline_and_nothing_foreign(client) -> None:
    client.get("/?q=a")
    for path in ("/", "/?q=a", "/van-ban", f"/van-ban/{DOCUMENT}", "/tra-loi/answer-1", "/docs"):
        html = client.get(path, headers=PAGE).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", html)
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html), path


def test_static_files_are_cached_by_content(client) -> None:
    html = client.get("/").text
    for url in re.findall(r'"(/static/[^"]+)"', html):
        response = client.get(url)
        assert response.headers["cache-control"].endswith("immutable")
        again = client.get(url, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304
        assert client.get(url.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404
    assert "Disallow" in client.get("/robots.txt").text


def test_documents_are_not_sent_twice(client) -> None:
    first = client.get(f"/van-ban/{DOCUMENT}")
    again = client.get(f"/van-ban/{DOCUMENT}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_first_load_is_light(client) -> None:
    html = client.get("/").text
    urls = ["/", *re.findall(r'"(/static/[^"]+)"', html)]
    sizes = {}
    for url in urls:
        with client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
            raw = b"".join(response.iter_raw())
        encoded = response.headers.get("content-encoding") == "gzip"
        assert not encoded or gzip.decompress(raw)
        sizes[url] = len(raw)
    assert len(sizes) == 4
    assert sum(sizes.values()) < 60_000, sizes


# pages


def test_empty_page(client, core) -> None:
    html = client.get("/").text
    say = load_wording()
    for name in ("filing", "place", "text"):
        assert say(f"questions.first.{name}") in say.lines("questions.opening")  # all are asked
        assert say(f"questions.first.{name}") in html
    assert "22/11/2026" in html
    assert core.assistant.asked == []


@pytest.mark.parametrize(
    "path", ["/", f"/?q={QUESTION}", "/van-ban", f"/van-ban/{DOCUMENT}", "/dia-chi", "/docs", "/x"]
)
def test_every_page_says_that_it_is_not_official(client, path) -> None:
    html = client.get(path, headers=PAGE).text
    assert "Trang tra cứu độc lập, không phải của cơ quan nhà nước" in html
    assert "tư vấn pháp lý" in html
    assert 'href="/gioi-thieu"' in html
    assert html.count("<h1") == 1


def test_a_question_in_english_has_its_controls_in_english(client) -> None:
    english = client.get("/", params={"q": "What must communes do?"}).text
    vietnamese = client.get("/", params={"q": QUESTION}).text
    for vi, en in (("Sao chép", "Copy"), ("Hữu ích", "Useful"), ("Nội dung sai", "It is wrong")):
        assert f"{en}<" in english
        assert f"{vi}<" not in english
        assert f"{vi}<" in vietnamese
    assert 'data-heard="Here is the answer. Cấp xã phải' in english
    assert "văn bản chính thức" in english


def test_question_by_address(client, core) -> None:
    response = client.get("/", params={"q": QUESTION, "c": "abc-of-16-letters"})
    assert core.assistant.asked == [(QUESTION, "abc-of-16-letters")]
    assert f'href="/van-ban/{DOCUMENT}#{POINT}"' in response.text
    assert "văn bản chính thức" in response.text
    assert 'name="c" value="abc-of-16-letters"' in response.text
    assert response.headers["x-robots-tag"] == "noindex"


def test_refused_question_stays_in_the_box(client) -> None:
    response = client.get("/", params={"q": "a" * 4001})
    assert response.status_code == 422
    assert "rút ngắn" in response.text
    assert "a" * 4001 + "</textarea>" in response.text


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "{{7*7}}"]
)
def test_questions_are_escaped(client, evil) -> None:
    html = client.get("/", params={"q": evil}).text
    shared = client.get("/tra-loi/answer-1").text
    for page in (html, shared):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "49" not in words(page)


def test_statuses_look_different(client) -> None:
    for question, status in [
        ("thời tiết", "out_of_scope"),
        ("nghị quyết 99", "no_evidence"),
        ("cái đó", "needs_clarification"),
    ]:
        html = client.get("/", params={"q": question}).text
        assert f"answer--{status}" in html
        assert "answer__status" in html
    assert "answer__status" not in client.get("/?q=a").text


def test_shared_answer(client, core) -> None:
    client.get("/", params={"q": QUESTION, "c": "conversation-of-the-asker"})
    response = client.get("/tra-loi/answer-1")
    assert QUESTION in response.text
    assert "/tra-loi/answer-1" in response.text
    assert "conversation-of-the-asker" not in response.text
    assert response.headers["x-robots-tag"] == "noindex"
    assert client.get("/tra-loi/khong", headers=PAGE).status_code == 404


def test_document_list(client, core) -> None:
    html = client.get("/van-ban").text
    for document in core.store.documents.all():
        assert f'href="/van-ban/{document.id}"' in html
    assert "văn bản chính thức" in html
    assert "tin báo chí" in html


@pytest.mark.parametrize("document", load_bundled(), ids=lambda d: d.id)
def test_document_page_shows_every_word_in_order(client, document) -> None:
    html = client.get(f"/van-ban/{document.id}").text
    for passage in document.passages:
        assert html.count(f'id="{passage.anchor}"') == 1
        assert f'href="#{passage.anchor}"' in html or passage.kind == "closing"
    body = html.partition('<div class="document__text">')[2].partition("</article>")[0]
    wanted = re.sub(r"^#+\s", "", document.text, flags=re.MULTILINE).replace("*", "")
    assert "".join(words(body)) == "".join(wanted.split())


def test_docs_page_lists_the_operations(client) -> None:
    html = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in html
    assert "rate_limited" in html


def test_head(client) -> None:
    for path in ("/", "/van-ban", f"/van-ban/{DOCUMENT}"):
        assert client.head(path).status_code == 200


# rendering

CITATION = Citation(
    1, "d", "1-KL", 'T"<', "I", "2025-07-11", "official", "in_force", "Mục 1", "q", "/van-ban/d#a",
    "d#a", 0, 1,
)  # fmt: skip


def test_blocks_of_an_answer() -> None:
    blocks = (
        Lead(Text.of(text("Một **hai** [1]."), "\n", text("Ba *bốn*"))),
        Quotation(text("Năm"), 1, text("(trích)")),
        Items(texts("a", "b [9]")),
        Items(texts("c", "d"), numbered=True),
        Field("Phí", texts("miễn [1]")),
        Field("Giấy tờ", texts("e"), listed=True),
        Fields((Field("Hạn", texts("f")),)),
        Choices((Option("g", "h"),)),
    )
    pieces = html(blocks, [CITATION])
    kinds = [
        "paragraph",
        "quote",
        "bullets",
        "numbers",
        "paragraph",
        "paragraph",
        "bullets",
        "bullets",
        "choices",
    ]
    assert [piece.kind for piece in pieces] == kinds
    assert "<strong>hai</strong>" in pieces[0].items[0]
    assert "<br>Ba <em>bốn</em>" in pieces[0].items[0]
    assert [words(item) for item in pieces[1].items] == [["“Năm”", "[1]"], ["(trích)"]]
    assert pieces[1].citation == CITATION
    assert pieces[2].items == ("a", "b [9]")
    assert pieces[3].items == ("c", "d")
    assert pieces[4].items[0].startswith("<strong>Phí:</strong> miễn <a ")
    assert [piece.items for piece in pieces[5:]] == [
        ("<strong>Giấy tờ:</strong>",), ("e",), ("Hạn: f",), ("g",),
    ]  # fmt: skip
    assert pieces[8].asks == ("h",)


def test_a_source_line_after_a_quotation_is_not_said_twice() -> None:
    quoted, line = Quotation(text("q"), 1), SourceLine(text("Nơi: số 1-KL."))
    (quote, other) = html([quoted, line, line], [CITATION])
    assert (quote.kind, quote.items, other.kind) == ("quote", ("“q”",), "paragraph")
    unknown = html([quoted, line], [])
    assert [piece.items for piece in unknown] == [("“q” [1]",), ("Nơi: số 1-KL.",)]
    assert len(html([quoted, Note(text("Nguồn: số 1-KL."))], [CITATION])) == 2


def test_a_source_without_numbers_leaves_none() -> None:
    (piece,) = unnumbered([Lead(text("Nay là **xã A** [1][2]."))])
    assert piece.items == ("Nay là <strong>xã A</strong>.",)


@pytest.mark.parametrize(
    ("said", "html"),
    [
        (Text.of("a < b & c"), "a &lt; b &amp; c"),
        (Text.of("<b>x</b>"), "&lt;b&gt;x&lt;/b&gt;"),
        (Text.of("[x](javascript:y)"), "[x](javascript:y)"),
        (Text.of("**a** *b* - c [1]"), "**a** *b* - c [1]"),
        (text("**a *b* c**"), "<strong>a <em>b</em> c</strong>"),
        (text("*a **b** c*"), "<em>a <strong>b</strong> c</em>"),
        (text("**<i>**"), "<strong>&lt;i&gt;</strong>"),
        (text("[2]"), "[2]"),
        (Text(), ""),
    ],
)
def test_inline(said, html) -> None:
    assert inline(said, {1: CITATION}) == html


def test_marker_says_where_it_leads() -> None:
    link = inline(reference(1), {1: CITATION})
    assert link == (
        '<a class="marker" href="/van-ban/d#a" aria-label="Nguồn 1: Mục 1, số 1-KL">[1]</a>'
    )


@pytest.mark.parametrize(
    "words", ["*" * 5000, "**a" * 2000, "*a" * 3000, "# " * 3000, "a\n" * 3000]
)
def test_a_hostile_document_is_rendered_quickly(words) -> None:
    with processor_time.at_most(2):
        assert verbatim(words)
        paragraphs(words)


def test_overlapping_passages_lose_no_word() -> None:
    document = load_bundled()[0]
    text = "1. Một hai ba.\n\n2. Bốn năm."
    passages = parse_passages("d", text)
    nested = replace(passages[0], id="d#x", anchor="x", start=0, end=len(text), parent_id=None)
    pieces = document_pieces(replace(document, text=text, passages=(*passages, nested)))
    assert len(pieces) == 1
    assert [p.passage.anchor for p in pieces[0].pieces] == [p.anchor for p in passages]


# a real server


def _settings(port):
    return Settings(port=port, rate_limit="off")


def _held(assistant: FakeAssistant) -> threading.Event:
    """Answers come when the event is set."""
    answered, ask = threading.Event(), assistant.ask

    def held(*given, **named):
        answered.wait(30)  # longer than the client waits for anything
        return ask(*given, **named)

    assistant.ask = held
    return answered


def test_stream_arrives_in_pieces_and_stops_with_the_client(free_port) -> None:
    core = FakeCore()
    answered = _held(core.assistant)
    with live_server(core, _settings(free_port)):
        connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=10)
        body = json.dumps({"question": "a"})
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        connection.request("POST", "/api/ask/stream", body, headers)
        response = connection.getresponse()
        assert response.readline() == b"event: status\n"
        connection.sock and connection.sock.shutdown(socket.SHUT_RDWR)
        response.close()
        connection.close()
        _wait_for_metric(free_port, b"haicap_streams_cut_total 1.0")
        answered.set()  # only now: neither the first event nor the end waited for the answer


def _wait_for_metric(port, line):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/metrics")
        if line in connection.getresponse().read():
            return
        time.sleep(0.1)
    pytest.fail(f"no {line!r}")


def test_forged_forwarding_is_not_believed(free_port) -> None:
    settings = Settings(port=free_port, rate_limit="2/minute")
    with live_server(FakeCore(), settings):
        statuses = []
        for n in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", free_port, timeout=5)
            headers = {"Content-Type": "application/json", "X-Forwarded-For": f"1.1.1.{n}"}
            connection.request("POST", "/api/ask", '{"question": "a"}', headers)
            statuses.append(connection.getresponse().status)
    assert statuses == [200, 200, 429]


def test_what_is_heard_is_the_sentence_that_answers() -> None:
    title, note = Title(text("**Khai sinh**")), Note(text("Tôi hiểu bạn hỏi: a?"))
    where = Field("Nơi nộp", texts("tại xã [1]", "qua mạng"), listed=True)
    assert lead((note, title, Lead(text("Xong trong **ngày** [1].")))) == "Xong trong ngày."
    assert lead((title, where)) == "Nơi nộp: tại xã; qua mạng"
    assert lead((Intro(text("Có hai việc:")), Items(texts("a", "b")))) == "Có hai việc:"
    assert lead((Note(text("chữ " * 200)),)).endswith("chữ…")
    assert lead(()) == ""
