"""The database: documents stored once and whole, vectors and records kept."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge.errors import DocumentError, StoreError
from knowledge.models import Document
from knowledge.reading.bundled import load_bundled
from knowledge.reading.document import build_document
from knowledge.store.documents import content_hash, stored_hash
from knowledge.store.store import Store, open_store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'kho.sqlite3'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def document(name: str, body: str = "1. Việc một.\n\n2. Việc hai.", **values: object) -> Document:
    front = {"title": f"Văn bản {name}", "issuer": "Ủy ban thử", "issued_on": "2025-07-01"}
    return build_document(f"{name}.md", front | values, body, default_id=name)


# Documents


def test_documents_come_back_as_they_were(store: Store, url: str) -> None:
    bundled = load_bundled()
    store.documents.ingest(bundled)
    assert store.documents.all() == bundled
    store.close()
    again = open_store(url)
    assert again.documents.all() == bundled  # from the file, not from memory
    assert again.documents.get("ket-luan-177-kl-tw") == next(d for d in bundled if "177" in d.id)
    assert again.documents.get("khong-co") is None
    again.close()


def test_ingest_is_idempotent(store: Store) -> None:
    first = store.documents.ingest([document("aa"), document("bb")])
    assert (first.added, first.replaced, first.unchanged) == (["aa", "bb"], [], [])
    generation = store.documents.generation()
    second = store.documents.ingest([document("bb"), document("aa")])
    assert (second.added, second.replaced, second.unchanged) == ([], [], ["bb", "aa"])
    assert not second.changed
    assert store.documents.generation() == generation
    third = store.documents.ingest([document("aa", "1. Việc khác."), document("bb")])
    assert (third.replaced, third.unchanged) == (["aa"], ["bb"])
    assert third.changed
    assert store.documents.generation() != generation
    assert [p.text for p in store.documents.all()[0].passages] == ["Việc khác."]
    store.documents.ingest([document("aa")])
    assert store.documents.generation() == generation  # the same documents, the same generation


def test_metadata_alone_is_a_change(store: Store) -> None:
    store.documents.ingest([document("aa")])
    assert store.documents.ingest([document("aa", signer="Nguyễn Văn A")]).replaced == ["aa"]
    assert store.documents.all()[0].metadata.signer == "Nguyễn Văn A"


def test_another_way_of_cutting_is_a_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.documents.ingest([document("aa")])
    monkeypatch.setattr("knowledge.store.documents.STRUCTURE_VERSION", 10_000)
    assert store.documents.ingest([document("aa")]).replaced == ["aa"]


def test_passages_are_made_anew_when_they_are_cut_otherwise(store: Store, url: str) -> None:
    store.documents.ingest([document("aa"), document("bb", source_kind="press")])
    kept, before = store.documents.all(), store.documents.generation()
    store.close()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE passages")
        connection.execute("CREATE TABLE passages (id VARCHAR(300), document_id VARCHAR(100))")
        connection.execute("INSERT INTO passages VALUES ('aa#cu', 'aa')")
        connection.execute("UPDATE meta SET value = '2' WHERE key = 'structure'")
        _stored_by_version_2(connection)
    again = open_store(url)
    assert again.documents.all() == kept
    assert again.documents.generation() == before  # as if they had been ingested by this version
    assert again.documents.ingest([document("aa")]).unchanged == ["aa"]
    again.close()


def test_the_order_is_by_date(store: Store) -> None:
    dates = {"aa": "2025-07-01", "bb": "2025-06", "cc": "2024-12-31", "dd": "2025-06-30"}
    store.documents.ingest([document(name, issued_on=date) for name, date in dates.items()])
    assert [d.id for d in store.documents.all()] == ["cc", "bb", "dd", "aa"]


def test_a_taken_number_refuses_all_and_writes_nothing(store: Store) -> None:
    store.documents.ingest([document("aa", number="1-KL/TW")])
    generation = store.documents.generation()
    with pytest.raises(DocumentError, match="'aa'"):
        store.documents.ingest([document("bb"), document("cc", number="1-kl/tw")])
    assert store.documents.generation() == generation
    assert store.documents.ingest([document("aa", "1. Mới.", number="1-KL/TW")]).replaced == ["aa"]


def test_a_document_is_stored_wholly_or_not_at_all(store: Store) -> None:
    store.documents.ingest([document("aa")])
    broken = document("bb")
    twice = replace(broken, passages=(*broken.passages, broken.passages[0]))  # the same id again
    with pytest.raises(sa.exc.IntegrityError):
        store.documents.ingest([document("aa", "1. Mới."), twice, document("cc")])
    assert [d.id for d in store.documents.all()] == ["aa"]
    assert store.documents.all()[0].text == "1. Mới."  # what came before stays
    assert store.documents.ingest([broken]).added == ["bb"]  # and the next run goes on


def test_threads_read_while_one_writes(store: Store) -> None:
    store.documents.ingest([document("aa")])

    def read(_: int) -> set[int]:
        return {len(d.passages) for d in store.documents.all()}

    def write(n: int) -> set[int]:
        store.documents.ingest(
            [document("aa", "\n".join(f"{i}. Việc." for i in range(1, n % 2 * 2 + 2)))]
        )
        return set()

    with ThreadPoolExecutor(6) as pool:
        seen = set().union(*pool.map(lambda n: (write if n % 10 == 0 else read)(n), range(80)))
    assert seen <= {1, 2, 3}


# Bundled documents


def test_bundled_documents_follow_the_release(store: Store) -> None:
    store.documents.sync_bundled([document("aa"), document("bb")])
    report = store.documents.sync_bundled([document("bb", "1. Mới."), document("cc")])
    assert (report.added, report.replaced, report.removed) == (["cc"], ["bb"], ["aa"])
    assert [d.id for d in store.documents.all()] == ["bb", "cc"]
    assert not store.documents.sync_bundled([document("bb", "1. Mới."), document("cc")]).changed


def test_a_users_document_keeps_its_place(store: Store) -> None:
    store.documents.sync_bundled([document("aa"), document("bb")])
    store.documents.ingest([document("aa", "1. Của người dùng.")])
    store.documents.sync_bundled([document("aa"), document("bb", "1. Mới.")])
    assert store.documents.get("aa") == document("aa", "1. Của người dùng.")
    store.documents.sync_bundled([document("bb")])  # the release drops it: the user's stays
    assert store.documents.get("aa") is not None


def test_a_users_number_keeps_its_place(store: Store) -> None:
    store.documents.sync_bundled([document("aa")])
    store.documents.ingest([document("cua-toi", number="9-KL/TW")])
    report = store.documents.sync_bundled([document("aa"), document("moi", number="9-KL/TW")])
    assert not report.changed
    assert [d.id for d in store.documents.all()] == ["aa", "cua-toi"]


def test_a_bundled_document_may_get_another_id(store: Store) -> None:
    store.documents.sync_bundled([document("cu", number="9-KL/TW")])
    report = store.documents.sync_bundled([document("moi", number="9-KL/TW")])
    assert (report.added, report.removed) == (["moi"], ["cu"])


# Killed in the middle

_KILLED = """
import os, sys
from knowledge.store import documents as module
from knowledge.store.store import open_store
from knowledge.reading.document import build_document
front = {"title": "T", "issuer": "I", "issued_on": "2025-07-01"}
documents = [build_document(n, front, "1. Mới.", default_id=n) for n in ("aa", "bb", "cc")]
replace, calls = module._replace, []
def halfway(connection, document, *rest):
    replace(connection, document, *rest)
    if document.id == "bb":
        print("halfway", flush=True)
        os.kill(os.getpid(), 9)
module._replace = halfway
open_store(sys.argv[1]).documents.ingest(documents)
"""


def test_a_killed_ingest_leaves_whole_documents(store: Store, url: str) -> None:
    store.documents.ingest([document("aa"), document("bb"), document("cc")])
    store.close()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == "halfway\n"
    after = open_store(url)
    assert [d.text.startswith("1. Mới.") for d in after.documents.all()] == [True, False, False]
    assert len(after.documents.get("bb").passages) == 2  # type: ignore[union-attr]
    after.close()


# Vectors


def test_vectors_are_kept_by_embedder_and_text(store: Store) -> None:
    store.vectors.save_vectors("e1", {"k1": b"1", "k2": b"2"})
    store.vectors.save_vectors("e2", {"k1": b"x"})
    assert store.vectors.vectors("e1", ["k1", "k2", "k3"]) == {"k1": b"1", "k2": b"2"}
    assert store.vectors.vectors("e2", ["k1"]) == {"k1": b"x"}
    assert store.vectors.vectors("e3", ["k1"]) == {}
    assert store.vectors.vectors("e1", []) == {}


def test_a_vector_saved_twice_is_no_error(store: Store, url: str) -> None:
    store.vectors.save_vectors("e", {"k": b"1"})
    other = open_store(url)
    other.vectors.save_vectors("e", {"k": b"2", "l": b"3"})
    other.vectors.save_vectors("e", {})
    other.close()
    assert store.vectors.vectors("e", ["k", "l"]) == {"k": b"1", "l": b"3"}


def test_more_keys_than_a_statement_takes(store: Store) -> None:
    rows = {f"k{n}": str(n).encode() for n in range(2_500)}
    store.vectors.save_vectors("e", rows)
    assert store.vectors.vectors("e", list(rows)) == rows


# Records


def test_records_are_kept_by_kind_and_id(store: Store) -> None:
    store.records.save("procedure", {"b": {"name": "Hai"}, "a": {"name": "Một"}})
    store.records.save("office", {"a": {"name": "Khác"}})
    store.records.save("procedure", {"b": {"name": "Hai, sửa"}, "c": {"name": None}})
    store.records.save("procedure", {})
    found = store.records.of_kind("procedure")
    assert list(found) == ["a", "b", "c"]
    assert found == {"a": {"name": "Một"}, "b": {"name": "Hai, sửa"}, "c": {"name": None}}
    assert store.records.of_kind("office") == {"a": {"name": "Khác"}}
    assert store.records.of_kind("nothing") == {}


# Opening


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kho",
        "mysqlx://host/kho",
        "sqlite:////khong/co/kho.sqlite3",
        "postgresql+psycopg2://h/k",
    ],
)
def test_an_address_that_cannot_be_opened(address: str) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(address)
    assert "\n" not in str(refused.value)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("mysqlx://user:bi-mat@host/kho")
    assert "bi-mat" not in str(refused.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "kho").write_bytes(b"x" * 4_096)
    with pytest.raises(StoreError, match="HAICAP_DATA_DIR"):
        open_store(f"sqlite:///{tmp_path / 'kho'}")


def test_another_schema_is_refused(store: Store, url: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(StoreError, match="'99'"):
        open_store(url)


def _stored_by_version_2(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT id, metadata, text FROM documents").fetchall()
    for document_id, metadata, text in rows:
        old = stored_hash(2, json.loads(metadata), text)
        connection.execute("UPDATE documents SET content_hash = ? WHERE id = ?", (old, document_id))


def test_the_hash_sees_every_part() -> None:
    base = document("aa")
    hashes = {
        content_hash(base),
        content_hash(document("aa", "1. Việc khác.")),
        content_hash(document("aa", number="1-KL/TW")),
        content_hash(document("bb")),
    }
    assert len(hashes) == 4


def test_a_document_stored_before_pages_and_roles_were_kept(store: Store, url: str) -> None:
    store.documents.ingest([document("aa")])
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute(
            "UPDATE documents SET metadata = "
            "json_remove(metadata, '$.pages', '$.signer_role', '$.legal_bases')"
        )
        _stored_by_version_2(connection)
    again = open_store(url)
    assert again.documents.all() == [document("aa")]
    again.close()
