"""Duties at the doors: the command, the API, the page, and which questions they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fake_core import FakeCore
from fastapi.testclient import TestClient
from icalendar import Calendar

from bot.doors.cli import main as cli
from bot.doors.web.app import create_app
from bot.opening import Core
from bot.settings import Settings
from bot.sources.duties.drafts import DutyDrafts
from bot.sources.duties.source import DutySource
from prompts.wording import load_wording

FOUND = ["muc-4-diem-10", "muc-7"]  # of Conclusion 177, by 31 July 2025


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAICAP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("web"), rate_limit="off")
    with TestClient(create_app(FakeCore(), settings)) as opened:  # type: ignore[arg-type]
        yield opened


# The command


def test_the_command_prints_rows_with_their_clauses(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["duties", "--from", "1/7/2025", "--to", "2025-07-31", "--document", "177-KL/TW"]
    assert cli.main([*args, "--on", "2025-08-01", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["url"].partition("#")[2] for row in rows] == FOUND
    assert all(row["overdue"] and row["due"]["last"] == "2025-07-31" for row in rows)
    assert cli.main([*args, "--on", "2025-07-31"]) == 0
    shown = capsys.readouterr().out
    assert "Kết luận 177-KL/TW, Mục 4, điểm (10)" in shown
    assert "(đã qua hạn)" not in shown


def test_the_command_writes_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {kind: folder / f"viec.{kind}" for kind in ("csv", "xlsx", "ics")}
    args = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]
    assert cli.main(["duties", "--document", "177-kl/tw", *args]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "không có ngày nên không vào lịch" in told.err
    assert all(path.stat().st_size for path in files.values())
    assert [e.start.isoformat() for e in Calendar.from_ical(files["ics"].read_bytes()).events] == [
        "2025-07-31",
        "2025-07-31",
        "2025-10-31",
    ]


@pytest.mark.parametrize(
    "args",
    [
        ["--to", "31/2/2025"],
        ["--on", "mai"],
        ["--document", "999-KL/TW"],
        ["--csv", "khong-co/viec.csv"],
    ],
)
def test_what_cannot_be_is_refused(
    folder: Path, args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["duties", *args]) == 2
    assert args[1] in capsys.readouterr().err


def test_no_duty_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["duties", "--body", "Sở Không Có"]) == 0
    assert "Không có việc nào" in capsys.readouterr().out


# The web


def test_the_api_filters(client: TestClient) -> None:
    def found(**asked: str) -> list[dict[str, object]]:
        answer = client.get("/api/duties", params=asked)
        assert answer.status_code == 200
        return answer.json()

    rows = found(overdue="true", on="2025-08-01")
    assert [row["passage_id"] for row in rows] == [f"ket-luan-177-kl-tw#{a}" for a in FOUND]
    assert found(overdue="true", on="2025-07-31") == []
    assert {row["document_id"] for row in found(document="195-KL/TW")} == {"ket-luan-195-kl-tw-tin"}
    (by_body, *_) = found(agency="trung uong doan")
    assert "Trung ương Đoàn" in f"{by_body['partners']}{by_body['directed']}"
    text = client.get(f"/api/documents/{by_body['document_id']}").json()["text"]
    assert text[slice(by_body["start"], by_body["end"])] == by_body["deed"]
    assert len(found(due_from="2025-10-01", due_before="2025-10-08", document="195-KL/TW")) == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ics"])
def test_the_api_gives_files(client: TestClient, kind: str) -> None:
    answer = client.get(
        "/api/duties", params={"format": kind, "overdue": "true", "on": "2025-08-01"}
    )
    assert f"viec-duoc-giao.{kind}" in answer.headers["content-disposition"]
    if kind == "ics":
        assert len(Calendar.from_ical(answer.content).events) == len(FOUND)


@pytest.mark.parametrize(
    "asked", [{"due_before": "31/2/2025"}, {"on": "mai"}, {"format": "pdf"}, {"agency": "x" * 300}]
)
def test_the_api_refuses_what_it_cannot_read(client: TestClient, asked: dict[str, str]) -> None:
    answer = client.get("/api/duties", params=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]["/api/duties"]["get"]
    names = {parameter["name"] for parameter in described["parameters"]}
    assert names == {"agency", "document", "due_from", "due_before", "overdue", "on", "format"}


def test_the_page_filters_without_a_script(client: TestClient) -> None:
    asked = {"co_quan": "ban thuong vu cac tinh uy", "qua_han": "true", "ngay": "2025-08-01"}
    page = client.get("/viec-duoc-giao", params={**asked, "tu": "", "den": "", "van_ban": ""})
    assert page.status_code == 200
    assert (
        "1 việc, tính đến ngày 1/8/2025" in page.text
        or "1 việc, tính đến ngày 01/08/2025" in page.text
    )
    assert "/van-ban/ket-luan-177-kl-tw#muc-4-diem-10" in page.text
    assert "đã qua hạn" in page.text
    assert "<script" not in page.text
    file = page.text.split('href="/api/duties?')[1].split('"')[0].replace("&amp;", "&")
    rows = client.get(f"/api/duties?{file.replace('xlsx', 'json')}").json()
    assert [row["passage_id"] for row in rows] == ["ket-luan-177-kl-tw#muc-4-diem-10"]


def test_the_page_says_what_is_wrong_or_missing(client: TestClient) -> None:
    assert "Không có việc nào" in client.get("/viec-duoc-giao?co_quan=khong+co").text
    wrong = client.get("/viec-duoc-giao?tu=<b>")
    assert wrong.status_code == 422
    assert "&lt;b&gt;" in wrong.text


def test_document_pages_lead_to_their_duties(client: TestClient) -> None:
    link = "/viec-duoc-giao?van_ban=ket-luan-177-kl-tw"
    assert link in client.get("/van-ban/ket-luan-177-kl-tw").text
    assert "/viec-duoc-giao" in client.get("/van-ban").text
    page = client.get(link).text
    assert '<option value="ket-luan-177-kl-tw" selected>' in page
    assert "#muc-4-diem-10" in page
    assert "ket-luan-195-kl-tw-tin#" not in page


# Questions


@pytest.mark.parametrize(
    ("question", "anchors"),
    [
        ("Việc nào hạn trước 31/7/2025?", FOUND),
        ("viec nao phai xong truoc ngay 31/7/2025", FOUND),
        ("Có những việc nào phải hoàn thành trong tháng 11/2025?", ["doan-12"]),
        ("việc nào hạn từ 16/10/2025 đến 30/10/2025", ["doan-6"]),
        ("giao gì cho Trung ương Đoàn?", ["muc-6-diem-1", "doan-7"]),
        ("Trung ương Đoàn được giao những việc gì?", ["muc-6-diem-1", "doan-7"]),
    ],
)
def test_a_sure_question_is_answered_by_duties(
    core: Core, question: str, anchors: list[str]
) -> None:
    answer = core.assistant.ask(question)
    cited = [citation.url.partition("#")[2] for citation in answer.citations]
    assert cited[: len(anchors)] == anchors
    for citation in answer.citations:
        document = core.store.documents.get(citation.document_id)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("today", "anchors"), [(date(2025, 7, 31), None), (date(2025, 8, 1), FOUND)]
)
def test_past_its_day_is_told_from_a_given_day(
    core: Core, today: date, anchors: list[str] | None
) -> None:
    drafts = DutyDrafts(core.store.documents.get, load_wording())
    source = DutySource(core.duties, drafts, lambda: today)
    claim = source.claim(core.reader.ask("Có việc nào đã quá hạn chưa?"))
    if anchors is None:
        assert claim is None
        return
    assert claim is not None
    draft = claim.answer()
    assert [c.url.partition("#")[2] for c in draft.citations()] == anchors
    assert "tính đến 1/8/2025" in draft.text or "tính đến 01/08/2025" in draft.text
    assert "không cho biết việc nào đã làm xong" in draft.text


@pytest.mark.parametrize(
    "question",
    [
        "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ?",
        "Những việc nào trong KL 177 phải xong trước ngày 31/7/2025?",
        "Hồ sơ tồn đọng quá hạn phải giải quyết xong trước ngày nào?",
        "việc nào hạn trước 31/7?",
        "giao gì cho anh Ba?",
        "Đăng ký khai sinh quá hạn có bị phạt không?",
        "quá hạn chưa?",
    ],
)
def test_any_other_question_is_left_to_the_others(core: Core, question: str) -> None:
    claims = core.router.claims(core.reader.ask(question))
    assert all(claim.source != "duties" for claim in claims)
