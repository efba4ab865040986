"""The disk fails: questions are answered, damage is found and never quoted, copies come back."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import built_copy
from starlette.testclient import TestClient

from bot.doors.cli.main import main
from bot.doors.web.app import create_app
from bot.keeping.times import now
from bot.opening import Core, open_core
from bot.settings import Settings

QUESTION = "Kết luận 195 do ai ký?"
FULL = ("PRAGMA max_page_count=1", "PRAGMA query_only=ON")  # a full disk; one only to be read
OWN = """---
number: 12/QĐ-UBND
kind: Quyết định
title: Quyết định về lịch tiếp công dân
issuer: Uỷ ban nhân dân xã Ví Dụ
issued_on: 2026-01-05
---

Điều 1. Chủ tịch Uỷ ban nhân dân xã tiếp công dân vào ngày 15 hằng tháng tại trụ sở xã Ví Dụ.
"""


@pytest.fixture
def settings(built_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = built_copy(built_folder, tmp_path / "data", rate_limit="off")
    monkeypatch.setenv("HAICAP_DATA_DIR", str(made.data_dir))
    return made


@pytest.fixture
def core(settings: Settings):
    opened = open_core(settings)
    yield opened
    opened.close()


def database(settings: Settings) -> Path:
    return settings.data_dir / "haicap.sqlite3"


def flip(settings: Settings, where: str, old: str, new: str) -> None:
    with sqlite3.connect(database(settings)) as connection:
        changed = connection.execute(
            "UPDATE documents SET text = replace(text, ?, ?) WHERE id LIKE ? AND instr(text, ?)",
            (old, new, where, old),
        )
        assert changed.rowcount == 1


def scribble(settings: Settings) -> None:
    path = database(settings)
    data = bytearray(path.read_bytes())
    data[4_096 : len(data) // 2] = b"\xff" * (len(data) // 2 - 4_096)
    path.write_bytes(data)


@pytest.mark.parametrize("pragma", FULL)
def test_a_disk_that_cannot_be_written_costs_no_answer(core: Core, pragma: str) -> None:
    client = TestClient(create_app(core, core.settings), raise_server_exceptions=False)
    kept = client.post("/api/ask", json={"question": QUESTION}).json()
    with core.store.database.reading() as connection:
        connection.exec_driver_sql(pragma)
    for _ in range(3):  # one may still fit into the pages there are
        asked = {"question": QUESTION, "conversation_id": kept["conversation_id"]}
        for _ in range(40 if "page" in pragma else 1):
            response = client.post("/api/ask", json=asked)
            assert response.status_code == 200
            if core.writing.failing:
                break
    assert response.json()["citations"]
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (200, ["writing"])
    feedback = f"/api/answers/{kept['answer_id']}/feedback"
    assert client.post(feedback, json={"useful": True}).status_code in (200, 503)
    with core.store.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    client.post("/api/ask", json={"question": QUESTION})
    assert client.get("/readyz").json() == {"status": "ready"}


def test_what_is_old_is_forgotten_while_the_server_runs(core: Core, monkeypatch) -> None:
    answer = core.assistant.ask(QUESTION)
    late = now() + timedelta(days=core.settings.answer_retention_days + 1)
    monkeypatch.setattr("bot.keeping.times.now", lambda: late)
    done = threading.Event()
    forget = core.keeping.turns.forget
    monkeypatch.setattr(
        type(core.keeping.turns), "forget", lambda _, days: (forget(days), done.set())
    )
    assert core.assistant.saved_answer(answer.answer_id)
    with core.retention.running(0.01):
        assert done.wait(60)
    assert core.assistant.saved_answer(answer.answer_id) is None


def test_a_flipped_digit_in_a_bundled_text_is_mended_at_start(settings: Settings) -> None:
    flip(settings, "ket-luan-177%", "31/7/2025", "31/9/2025")
    core = open_core(settings)
    try:
        texts = [document.text for document in core.store.documents.all()]
        assert len(texts) == 5
        assert not any("31/9/2025" in text for text in texts)
        assert core.degraded == ()
    finally:
        core.close()


def test_a_flipped_digit_in_an_own_text_is_found_and_never_quoted(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "quyet-dinh.md"
    source.write_text(OWN, "utf-8")
    assert main(["ingest", str(source)]) == 0
    flip(settings, "%", "ngày 15 hằng tháng", "ngày 16 hằng tháng")
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert "chữ của văn bản bị đổi" in capsys.readouterr().out
    core = open_core(settings)
    try:
        assert core.degraded == ("damaged_documents",)
        assert "ngày 16" not in core.assistant.ask("Quyết định 12/QĐ-UBND Điều 1 ghi gì?").text
    finally:
        core.close()
    assert main(["ingest", str(source)]) == 0  # the file again is enough
    core = open_core(settings)
    try:
        assert core.degraded == ()
    finally:
        core.close()


def test_a_copy_is_put_back_by_one_command(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    core = open_core(settings)
    answer = core.assistant.ask(QUESTION)
    copy = tmp_path / "ban sao.sqlite3"
    assert main(["backup", str(copy)]) == 0  # beside a process that has the folder
    assert main(["restore", str(copy)]) == 2
    assert "tiến trình" in capsys.readouterr().err
    core.close()
    scribble(settings)
    assert main(["restore", str(tmp_path / "khong-co")]) == 2
    assert main(["restore", str(copy)]) == 0
    core = open_core(settings)
    try:
        assert core.assistant.saved_answer(answer.answer_id)
    finally:
        core.close()


def test_doctor_reads_a_damaged_database_and_repairs_it(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup"]) == 0
    scribble(settings)
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert "haicap doctor --repair" in capsys.readouterr().out
    assert main(["doctor", "--repair"]) == 0
    assert "Đã khôi phục" in capsys.readouterr().out
    scribble(settings)
    for copy in (settings.data_dir / "backups").iterdir():
        copy.write_bytes(b"nothing")
    assert main(["doctor", "--repair"]) == 0  # nothing to put back: built anew
    assert "Dựng lại" in capsys.readouterr().out
    assert len(list(settings.data_dir.glob("*.old-*"))) >= 2
