"""What the doctor sees, and how it says to mend it."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from conftest import built_copy, data_settings

from bot.doors.cli import doctor
from bot.doors.cli.doctor import Finding, check
from bot.opening import open_core
from bot.settings import Settings
from knowledge.errors import DocumentError
from retrieval.errors import IndexLockedError


@pytest.fixture
def settings(tmp_path: Path, built_folder: Path) -> Settings:
    return built_copy(built_folder, tmp_path / "data")


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is taken, so that only the other checks look."""

    def taken(_: Settings) -> None:
        raise IndexLockedError("đang dùng")

    monkeypatch.setattr(doctor, "open_core", taken)


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {f.subject: f for f in findings}


def wrong(findings: list[Finding]) -> list[Finding]:
    for finding in findings:
        assert finding.subject
        assert finding.detail
        assert "\n" not in finding.detail + finding.mend
        assert bool(finding.mend) == (finding.level != "ok"), finding
    return [f for f in findings if f.level != "ok"]


def test_a_healthy_machine(settings: Settings) -> None:
    findings = check(settings)
    assert wrong(findings) == []
    seen = by_subject(findings)
    assert "5 văn bản" in seen["Văn bản kèm theo"].detail
    assert str(settings.data_dir) in seen["Thư mục dữ liệu"].detail
    assert "ms" in seen["Hỏi thử"].detail


@pytest.mark.slow
def test_it_works_on_an_empty_folder_and_leaves_it_free(tmp_path: Path, model_folder: Path) -> None:
    settings = data_settings(tmp_path / "moi" / "sau", model_folder)
    assert wrong(check(settings)) == []
    open_core(settings).close()


@pytest.mark.slow
def test_a_running_server_is_no_fault(settings: Settings) -> None:
    core = open_core(settings, url="http://127.0.0.1:8123")
    try:
        findings = check(settings)
    finally:
        core.close()
    assert wrong(findings) == []
    assert "http://127.0.0.1:8123" in by_subject(findings)["Máy chủ"].detail


def test_a_folder_that_cannot_be_written(
    busy: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    finding = by_subject(wrong(check(settings)))["Thư mục dữ liệu"]
    assert finding.level == "error"
    assert str(settings.data_dir) in finding.detail
    assert "HAICAP_DATA_DIR" in finding.mend


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    findings = wrong(check(Settings(data_dir=tmp_path / "data")))
    assert [f.level for f in findings] == ["error"] * len(findings)
    assert findings


def test_a_full_disk(busy: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5_000_000))
    finding = by_subject(wrong(check(settings)))["Ổ đĩa"]
    assert (finding.level, "5 MB" in finding.detail) == ("warning", True)


def test_damaged_bundled_documents(
    busy: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> None:
        raise DocumentError("van-ban.md", "title", "thiếu", "Sửa")

    monkeypatch.setattr(doctor, "load_bundled", damaged)
    finding = by_subject(wrong(check(settings)))["Văn bản kèm theo"]
    assert finding.level == "error"
    assert "van-ban.md" in finding.detail


def test_missing_extras(
    busy: None, tmp_path: Path, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    gone = ("sentence_transformers", "psycopg")
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name in gone else real(name, *a)
    )
    settings = data_settings(
        tmp_path / "data",
        model_folder,
        embedder="intfloat/multilingual-e5-base",
        database_url="postgresql+psycopg://u:bi-mat@h/k",
    )
    findings = by_subject(wrong(check(settings)))
    assert "make st" in findings["Bộ nhúng"].mend
    assert "psycopg" in findings["PostgreSQL"].mend
    assert not any("bi-mat" in f.detail + f.mend for f in findings.values())


def test_a_database_that_cannot_be_opened(settings: Settings) -> None:
    (settings.data_dir / "haicap.sqlite3").write_bytes(b"x" * 4_096)
    finding = by_subject(wrong(check(settings)))["Kho và chỉ mục"]
    assert finding.level == "error"
    assert "haicap.sqlite3" in finding.detail


def test_a_chroma_server_that_does_not_answer(
    tmp_path: Path, model_folder: Path, free_port: int
) -> None:
    url = f"http://127.0.0.1:{free_port}"
    findings = wrong(check(data_settings(tmp_path / "data", model_folder, chroma_url=url)))
    assert url in by_subject(findings)["Kho và chỉ mục"].detail


@pytest.mark.slow
def test_an_answer_that_is_slow_or_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "SLOW_ANSWER_MS", -1)
    assert by_subject(wrong(check(settings)))["Hỏi thử"].level == "warning"
    monkeypatch.setattr(
        "bot.assistant.Assistant.opening_questions", lambda _: ("Chào bạn", "Chào bạn")
    )
    assert by_subject(wrong(check(settings)))["Hỏi thử"].level == "error"
