"""`haicap ingest` from files to the store: preview, consent, keys, folders with bad files."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from directive_files import TEXT, docx_bytes

from bot.doors.cli import main as cli
from knowledge.models import Document
from knowledge.store.documents import IngestReport
from knowledge.store.store import Store, open_store

Haicap = Callable[..., tuple[int, str, str]]


class StoreCore:
    """A core without an index: what is ingested goes into a real store."""

    def __init__(self, url: str) -> None:
        self.store: Store = open_store(url)
        self.opened = 0

    def open(self, *_: object, **__: object) -> StoreCore:
        self.opened += 1
        return self

    def ingest(self, documents: Sequence[Document]) -> IngestReport:
        return self.store.documents.ingest(documents)

    def close(self) -> None:
        """The test looks into the store afterwards."""

    @property
    def ids(self) -> list[str]:
        return [document.id for document in self.store.documents.all()]


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StoreCore]:
    made = StoreCore(f"sqlite:///{tmp_path / 'kho.sqlite3'}")
    monkeypatch.setattr("bot.doors.cli.core.open_core", made.open)
    yield made
    made.store.close()


@pytest.fixture
def haicap(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Haicap:
    def run(*words: object, answer: str | None = None) -> tuple[int, str, str]:
        stdin = io.StringIO("" if answer is None else f"{answer}\n")
        if answer is not None:
            monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
            monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", stdin)
        status = cli.main([str(word) for word in words])
        return status, *capsys.readouterr()

    return run


def write(folder: Path, name: str, text: str = TEXT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def with_values(*changes: tuple[str, str]) -> str:
    text = TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


OTHER_COMMUNE = with_values(("XÃ VÍ DỤ", "XÃ MINH HỌA"), ("xã Ví Dụ", "xã Minh Họa"))
OTHER_YEAR = with_values(("năm 2026", "năm 2025"))
OTHER_WORDS = with_values(("thứ Năm", "thứ Sáu"))


# Consent


def test_without_a_terminal_it_says_what_would_be_taken(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    status, out, err = haicap("ingest", write(tmp_path, "mot.txt"))
    assert (status, core.opened) == (2, 0)
    for word in ("12/QĐ-UBND", "dòng 3", "Ủy ban nhân dân xã Ví Dụ", "2026-01-05", "2 khoản, mục"):
        assert word in out
    assert "--yes" in err


def test_yes_takes_it(core: StoreCore, haicap: Haicap, tmp_path: Path) -> None:
    status, out, err = haicap("ingest", write(tmp_path, "mot.txt"), "--yes")
    assert (status, out, err) == (0, "Đã thêm 1: mot\n", "")
    assert core.store.documents.get("mot").metadata.number == "12/QĐ-UBND"  # type: ignore[union-attr]


@pytest.mark.parametrize(("answer", "status"), [("c", 0), ("có", 0), ("", 2), ("k", 2)])
def test_at_a_terminal_it_asks(
    core: StoreCore, haicap: Haicap, tmp_path: Path, answer: str, status: int
) -> None:
    done = haicap("ingest", write(tmp_path, "mot.txt"), answer=answer)
    assert done[0] == status
    assert "12/QĐ-UBND" in done[1]
    assert core.ids == (["mot"] if status == 0 else [])


def test_what_was_told_is_taken_without_asking(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    told = ("--title", "Lịch", "--issuer", "Xã Ví Dụ", "--issued-on", "2026-01-05")
    assert haicap("ingest", write(tmp_path, "mot.txt"), *told)[0] == 0
    assert core.ids == ["mot"]


def test_preview_writes_nothing(core: StoreCore, haicap: Haicap, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx_bytes())
    status, out, _ = haicap("ingest", "--preview", tmp_path / "a.docx", write(tmp_path, "hai.txt"))
    assert (status, core.opened) == (0, 0)
    assert "a.docx" in out
    assert "hai.txt" in out
    assert "Đoạn" in out


def test_preview_shows_what_is_missing(core: StoreCore, haicap: Haicap, tmp_path: Path) -> None:
    status, out, _ = haicap("ingest", "--preview", write(tmp_path, "mot.txt", "1. Một việc."))
    assert status == 0
    assert out.count("phải ghi thêm") == 3


# Keys


def test_two_communes_and_two_years_may_have_one_number(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    paths = [
        write(tmp_path, "vi-du/12.txt"),
        write(tmp_path, "minh-hoa/12.txt", OTHER_COMMUNE),
        write(tmp_path, "cu/12.txt", OTHER_YEAR),
    ]
    assert haicap("ingest", *paths, "--yes")[0] == 0
    assert len(core.ids) == 3
    issuers = {d.metadata.issuer for d in core.store.documents.all()}
    assert issuers == {"Ủy ban nhân dân xã Ví Dụ", "Ủy ban nhân dân xã Minh Họa"}
    again = haicap("ingest", *paths, "--yes")
    assert (again[0], again[1].startswith("Không đổi 3")) == (0, True)


def test_other_words_under_one_key_need_replace(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    assert haicap("ingest", write(tmp_path, "mot.txt"), "--yes")[0] == 0
    changed = write(tmp_path, "sua.txt", OTHER_WORDS)
    status, out, err = haicap("ingest", changed, "--yes")
    assert (status, out) == (2, "")
    assert "--replace" in err
    assert "'mot'" in err
    assert "thứ Năm" in core.store.documents.get("mot").text  # type: ignore[union-attr]
    status, out, _ = haicap("ingest", changed, "--yes", "--replace")
    assert (status, out, core.ids) == (0, "Đã thay 1: mot\n", ["mot"])
    assert "thứ Sáu" in core.store.documents.get("mot").text  # type: ignore[union-attr]


def test_one_text_under_two_names_is_stored_once(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    done = haicap("ingest", write(tmp_path, "mot.txt"), write(tmp_path, "hai.txt"), "--yes")
    assert (done[0], done[1]) == (0, "Đã thêm 1: mot\n")


def test_an_unchanged_file_of_another_day_is_unchanged(
    core: StoreCore, haicap: Haicap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tomorrow:
        @staticmethod
        def today() -> Tomorrow:
            return Tomorrow()

        @staticmethod
        def isoformat() -> str:
            return "2026-12-31"

    path = write(tmp_path, "mot.txt")
    assert haicap("ingest", path, "--yes")[0] == 0
    monkeypatch.setattr("knowledge.reading.document.date", Tomorrow)
    assert haicap("ingest", path, "--yes")[1] == "Không đổi 1: mot\n"


# Folders


def test_a_bad_file_of_a_folder_is_told_and_left_out(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    folder = tmp_path / "van-ban"
    write(folder, "mot.txt")
    write(folder, "sau/hai.txt", OTHER_COMMUNE)
    write(folder, "mat.txt", f"TỐI MẬT\n{TEXT}")
    write(folder, "hong.docx", "không phải DOCX")
    write(folder, "thieu.txt", "Một dòng chữ.")
    write(folder, "anh.gif", "GIF89a")
    write(folder, "~$a.docx", "Word để lại")
    status, out, err = haicap("ingest", folder, "--yes")
    assert (status, out) == (1, "Đã thêm 2: mot, hai\n")
    for word in ("mat.txt", "TỐI MẬT", "hong.docx", "thieu.txt", "--title", "1 tệp thuộc dạng"):
        assert word in err
    assert "~$" not in err
    assert "Đang đọc 5/5" in err  # five files are many


def test_a_folder_where_nothing_can_be_taken(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    write(tmp_path / "van-ban", "hong.docx", "không phải DOCX")
    status, out, err = haicap("ingest", tmp_path / "van-ban", "--yes")
    assert (status, out, core.opened) == (2, "", 0)
    assert "hong.docx" in err


def test_a_bad_file_that_was_named_refuses_all(
    core: StoreCore, haicap: Haicap, tmp_path: Path
) -> None:
    good, bad = write(tmp_path, "mot.txt"), write(tmp_path, "b.docx", "không phải DOCX")
    assert haicap("ingest", good, bad, "--yes")[0] == 2
    assert core.ids == []


def test_limits_are_settings(
    core: StoreCore, haicap: Haicap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mot.txt"
    path.write_text("x" * 1_100_000, encoding="utf-8")
    monkeypatch.setenv("HAICAP_INGEST_MAX_MB", "1")
    status, _, err = haicap("ingest", path, "--yes")
    assert status == 2
    assert "quá 1048576" in err
