"""Opening, ingesting, closing: one process owns a data folder, and no kill leaves it broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import built_copy, data_settings

from bot.opening import Core, open_core
from bot.settings import Settings
from knowledge.errors import DocumentError, StoreError
from knowledge.models import Document
from knowledge.reading.document import build_document
from retrieval.errors import IndexLockedError

HERE = Path(__file__).parent
QUESTION = "Quy định thử nghiệm giao ai trông coi thư viện lưu động?"
BODY = (
    "1. Giao Đoàn Thanh niên xã trông coi thư viện lưu động, mở cửa thứ bảy hằng tuần.\n\n"
    "2. Mỗi thư viện lưu động có không quá 400 cuốn sách."
)


def document(body: str = BODY, name: str = "quy-dinh-thu-nghiem") -> Document:
    front = {
        "number": "12-QĐ/TN",
        "kind": "Quy định",
        "title": "Quy định thử nghiệm về thư viện lưu động",
        "issuer": "Ủy ban thử",
        "issued_on": "2025-08-01",
    }
    return build_document(f"{name}.md", front, body, default_id=name)


@pytest.fixture
def settings(tmp_path: Path, built_folder: Path) -> Settings:
    """Of a data folder that was opened before."""
    return built_copy(built_folder, tmp_path / "data")


@contextmanager
def opened(settings: Settings) -> Iterator[Core]:
    core = open_core(settings)
    try:
        yield core
    finally:
        core.close()


def first_cited(core: Core, question: str = QUESTION) -> str:
    answer = core.assistant.ask(question)
    return answer.citations[0].passage_id if answer.citations else answer.status


# Open and close


@pytest.mark.slow
def test_the_first_start_builds_and_the_second_does_not(tmp_path: Path, model_folder: Path) -> None:
    settings = data_settings(tmp_path / "moi" / "sau", model_folder)
    told: list[tuple[int, int]] = []
    core = open_core(settings, progress=lambda *p: told.append(p))
    assert core.ready
    assert told
    assert told[-1][0] == told[-1][1]
    passages = sum(p.kind != "heading" for d in core.store.documents.all() for p in d.passages)
    assert told[-1][1] >= passages  # sentences and semicolon pieces
    before = core.assistant.ask("Tóm tắt Kết luận 177")
    core.close()
    assert not core.ready
    again = open_core(settings, progress=lambda *_: pytest.fail("built again"))
    after = again.assistant.ask("Tóm tắt Kết luận 177")
    assert (after.text, after.citations) == (before.text, before.citations)
    assert again.assistant.saved_answer(before.answer_id) == before
    again.close()


@pytest.mark.slow
def test_an_index_that_is_gone_is_built_from_the_database(settings: Settings) -> None:
    with opened(settings) as core:
        core.ingest([document()])
    (settings.data_dir / "index" / "current").unlink()
    with opened(settings) as core:
        assert first_cited(core) == "quy-dinh-thu-nghiem#muc-1"


@pytest.mark.slow
def test_old_answers_are_forgotten_at_the_start(settings: Settings) -> None:
    with opened(settings) as core:
        old, new = (core.assistant.ask(f"Tóm tắt Kết luận {n}") for n in (177, 195))
    engine = sa.create_engine(settings.database_url)
    then = datetime.now(UTC) - timedelta(days=settings.answer_retention_days + 1)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE answers SET created_at = :at WHERE id = :id"),
            {"at": then.isoformat(" "), "id": old.answer_id},
        )
    engine.dispose()
    with opened(settings) as core:
        assert core.assistant.saved_answer(old.answer_id) is None
        assert core.assistant.saved_answer(new.answer_id) == new


@pytest.mark.slow
def test_a_database_that_cannot_be_used_frees_the_folder(settings: Settings) -> None:
    with opened(settings):
        pass
    database = settings.data_dir / "haicap.sqlite3"
    kept = database.read_bytes()
    database.write_bytes(b"x" * 4_096)
    for _ in range(2):
        with pytest.raises(StoreError, match="HAICAP_DATA_DIR"):
            open_core(settings)
    database.write_bytes(kept)
    with opened(settings) as core:
        assert core.ready


# Ingest


SIZE = "Quy định 12-QĐ/TN: mỗi thư viện lưu động có bao nhiêu sách?"


def test_an_ingested_document_is_asked_about_at_once(settings: Settings) -> None:
    with opened(settings) as core:
        assert first_cited(core) != "quy-dinh-thu-nghiem#muc-1"
        report = core.ingest([document()])
        assert report.added == ["quy-dinh-thu-nghiem"]
        assert (report.replaced, report.unchanged, report.removed) == ([], [], [])
        assert first_cited(core) == "quy-dinh-thu-nghiem#muc-1"
        assert "400" in core.assistant.ask(SIZE).text.partition("\n")[0]


@pytest.mark.slow
def test_an_ingested_document_is_replaced_and_stays(settings: Settings) -> None:
    with opened(settings) as core:
        core.ingest([document()])
        assert core.ingest([document()]).unchanged == ["quy-dinh-thu-nghiem"]
        changed = document(BODY.replace("400", "555"))
        assert core.ingest([changed]).replaced == ["quy-dinh-thu-nghiem"]
        answer = core.assistant.ask(SIZE)
        assert "555" in answer.text.partition("\n")[0]
        assert "400" not in answer.text
    with opened(settings) as core:
        assert first_cited(core) == "quy-dinh-thu-nghiem#muc-1"
        assert len(core.store.documents.all()) == 6


@pytest.mark.slow
def test_a_refused_ingest_changes_nothing(settings: Settings) -> None:
    with opened(settings) as core:
        core.ingest([document()])
        generation = core.store.documents.generation()
        with pytest.raises(DocumentError, match="quy-dinh-thu-nghiem"):
            core.ingest([document(name="trung-so")])
        assert core.store.documents.generation() == generation
        assert first_cited(core) == "quy-dinh-thu-nghiem#muc-1"


@pytest.mark.slow
def test_questions_are_answered_while_documents_come_in(settings: Settings) -> None:
    with opened(settings) as core:
        done = threading.Event()
        failed: list[BaseException] = []
        asked = 0

        def ask() -> None:
            nonlocal asked
            while not done.is_set():
                try:
                    answer = core.assistant.ask("Mục 4 điểm 10 Kết luận 177")
                    assert answer.citations[0].passage_id == "ket-luan-177-kl-tw#muc-4-diem-10"
                    asked += 1
                except BaseException as error:
                    failed.append(error)
                    return

        thread = threading.Thread(target=ask)
        thread.start()
        for n in range(3):
            core.ingest([document(BODY.replace("400", str(500 + n)))])
        done.set()
        thread.join(30)
        assert not failed
        assert asked > 3


# One owner

_OWNER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from bot.opening import open_core
from bot.settings import Settings
core = open_core(Settings(data_dir=Path(sys.argv[2])), url="http://127.0.0.1:8123")
print("ready", flush=True)
time.sleep(60)
"""


@contextmanager
def owner(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(HERE), str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_second_process_is_refused_and_told_whose_the_folder_is(settings: Settings) -> None:
    with owner(settings.data_dir) as process:
        for _ in range(2):
            with pytest.raises(IndexLockedError) as refused:
                open_core(settings)
            message = str(refused.value)
            assert str(process.pid) in message
            assert str(settings.data_dir) in message
            assert "HAICAP_DATA_DIR" in message
            assert refused.value.url == "http://127.0.0.1:8123"
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        with opened(settings) as core:  # a killed owner holds nothing
            assert core.ready


def test_the_same_process_may_not_open_twice(settings: Settings) -> None:
    owner_file = settings.data_dir / "owner.json"
    with opened(settings):
        assert json.loads(owner_file.read_text()) == {"pid": os.getpid(), "url": None}
        with pytest.raises(IndexLockedError) as refused:
            open_core(settings)
        assert str(os.getpid()) in str(refused.value)
        assert refused.value.url is None
        for left in (b"", b"x", b"[]", b'{"pid": null}', b"\xed\xa0\x80"):  # unreadable: no crash
            owner_file.write_bytes(left)
            with pytest.raises(IndexLockedError):
                open_core(settings)
    assert not owner_file.exists()
    with opened(settings):
        pass


# Killed

_KILLED = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from pathlib import Path
from bot.opening import open_core
from bot.settings import Settings
from retrieval import index
from test_bot_core import document
core = open_core(Settings(data_dir=Path(sys.argv[2])))
index.EMBED_BATCH = 1
core.ingest([document()], progress=lambda done, total: done < 5 or os.kill(os.getpid(), 9))
"""


@pytest.mark.slow
def test_a_killed_ingest_is_finished_at_the_next_start(settings: Settings) -> None:
    with opened(settings) as core:
        before = first_cited(core, "Sinh viên tình nguyện về xã để làm gì?")
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(HERE), str(settings.data_dir)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with opened(settings) as core:
        assert first_cited(core) == "quy-dinh-thu-nghiem#muc-1"
        assert first_cited(core, "Sinh viên tình nguyện về xã để làm gì?") == before
        folders = [p for p in (settings.data_dir / "index").iterdir() if p.is_dir()]
        assert len(folders) == 1  # what the killed build left is cleared
