"""The search index: built apart, switched at once, refused when it does not fit."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder

from knowledge.models import Document
from knowledge.reading.document import build_document
from knowledge.store.store import Store, open_store
from retrieval.diacritics import Restorer
from retrieval.errors import IndexMismatchError, RetrievalError
from retrieval.index import IndexStore, SearchIndex, embed_cached, passage_text
from retrieval.query import analyse

HERE = Path(__file__).parent
BODY = (
    "1. Ủy ban nhân dân cấp xã giải quyết thủ tục hành chính; tiếp nhận hồ sơ của người dân.\n\n"
    "2. Sinh viên tình nguyện hỗ trợ công nghệ thông tin.\n\n"
    "3. Ban thường vụ tỉnh ủy chỉ đạo đại hội đảng bộ cấp xã:\n\n"
    "a) Chuẩn bị văn kiện;\n\nb) Chuẩn bị nhân sự."
)


def document(name: str, body: str = BODY) -> Document:
    front = {"title": f"Văn bản {name}", "issuer": "Ủy ban thử", "issued_on": "2025-07-01"}
    return build_document(f"{name}.md", front, body, default_id=name)


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'kho.sqlite3'}")


def build(folder: Path, store: Store, *documents: Document) -> SearchIndex:
    store.documents.ingest(documents)
    indexes = IndexStore(folder, FakeEmbedder())
    return indexes.build(store.documents.all(), store.documents.generation(), store.vectors)


def find(index: SearchIndex, text: str, restorer: Restorer, *bound: str, k: int = 9) -> list[str]:
    query = analyse(text, restorer)
    return [r.passage_id for r in index.search(query, index.embedder.query(query.text), k, bound)]


# Search


def test_both_legs_find_and_the_result_says_so(
    tmp_path: Path, store: Store, restorer: Restorer
) -> None:
    index = build(tmp_path / "index", store, document("va"), document("vb", "1. Việc khác hẳn."))
    query = analyse("sinh vien tinh nguyen lam gi", restorer)
    results = index.search(query, index.embedder.query(query.text), 3)
    assert [r.rank for r in results] == [1, 2, 3]
    assert results[0].passage_id == "va#muc-2"
    assert results[0].score >= results[1].score >= results[2].score
    assert results[0].cosine is not None
    assert results[0].cosine > 0.5
    assert results[0].bm25 is not None
    assert results[0].bm25 > 0
    text = document("va").passages[1].text
    assert results[0].unit is not None
    assert text[slice(*results[0].unit)] == text


def test_the_words_above_a_point_find_it(tmp_path: Path, store: Store, restorer: Restorer) -> None:
    index = build(tmp_path / "index", store, document("va"))
    assert find(index, "đại hội đảng bộ chuẩn bị nhân sự", restorer)[0] == "va#muc-3-diem-b"
    passage = document("va").passages[-1]
    assert "đại hội đảng bộ" in passage_text(document("va"), passage)
    assert "đại hội đảng bộ" not in passage.text


def test_a_search_can_be_bound(tmp_path: Path, store: Store, restorer: Restorer) -> None:
    index = build(tmp_path / "index", store, document("va"), document("vb"))
    assert {i[:2] for i in find(index, "ủy ban nhân dân", restorer, "vb")} == {"vb"}
    assert find(index, "ủy ban nhân dân", restorer, "vz") == []
    assert len(find(index, "ủy ban nhân dân", restorer, k=2)) == 2


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_query_finds_none(
    tmp_path: Path, store: Store, restorer: Restorer, text: str
) -> None:
    index = build(tmp_path / "index", store, document("va"))
    assert find(index, text, restorer) == []


def test_headings_are_not_indexed(tmp_path: Path, store: Store, restorer: Restorer) -> None:
    body = "Điều 1. Phạm vi điều chỉnh\n\n1. Việc một của xã.\n\n2. Việc hai của tỉnh."
    index = build(tmp_path / "index", store, document("va", body))
    found = find(index, "phạm vi điều chỉnh", restorer)
    assert found
    assert "va#dieu-1" not in found


# Open, and refuse


def test_a_built_index_is_opened(tmp_path: Path, store: Store, restorer: Restorer) -> None:
    built = build(tmp_path / "index", store, document("va"))
    opened = IndexStore(tmp_path / "index", FakeEmbedder()).open(store.documents.generation())
    for text in ("sinh viên", "dai hoi", "nhân sự văn kiện"):
        assert find(opened, text, restorer) == find(built, text, restorer)


def test_nothing_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexMismatchError):
        IndexStore(tmp_path / "index", FakeEmbedder()).open("g")


def test_other_documents_another_embedder_another_format_are_refused(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "index", store, document("va"))
    generation = store.documents.generation()
    IndexStore(tmp_path / "index", FakeEmbedder()).open(generation)
    with pytest.raises(IndexMismatchError):
        IndexStore(tmp_path / "index", FakeEmbedder("fake-2")).open(generation)
    store.documents.ingest([document("vb")])
    with pytest.raises(IndexMismatchError):
        IndexStore(tmp_path / "index", FakeEmbedder()).open(store.documents.generation())
    monkeypatch.setattr("retrieval.index.INDEX_FORMAT", 10_000)
    with pytest.raises(IndexMismatchError):
        IndexStore(tmp_path / "index", FakeEmbedder()).open(generation)


def _empty_collection(folder: Path) -> None:
    shutil.rmtree(folder / "dense")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "dense folder gone": _empty_collection,
    "dense database garbage": lambda f: (f / "dense" / "chroma.sqlite3").write_bytes(b"x" * 999),
    "lexical folder gone": lambda f: shutil.rmtree(f / "lexical"),
    "lexical list garbage": lambda f: (f / "lexical" / "meta.json").write_text("x"),
    "lexical part gone": lambda f: [p.unlink() for p in (f / "lexical").glob("*.term")],
    "manifest gone": lambda f: (f / "manifest.json").unlink(),
    "manifest garbage": lambda f: (f / "manifest.json").write_bytes(b"\xff"),
    "manifest of another kind": lambda f: (f / "manifest.json").write_text("[]"),
    "pointer garbage": lambda f: (f.parent / "current").write_bytes(b"\xff\0"),
    "pointer elsewhere": lambda f: (f.parent / "current").write_text("../.."),
    "pointer endless": lambda f: (f.parent / "current").write_text("x" * 9_999),
    "pointer empty": lambda f: (f.parent / "current").write_text(""),
}

_OPEN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from fake_embedder import FakeEmbedder
from retrieval.errors import IndexMismatchError
from retrieval.index import IndexStore
try:
    IndexStore(Path(sys.argv[2]), FakeEmbedder()).open(sys.argv[3])
except IndexMismatchError as error:
    print(error)
"""


@pytest.mark.parametrize("damage", ["dense folder gone"])
def test_a_damaged_index_is_refused(tmp_path: Path, store: Store, damage: str) -> None:
    refuse_damaged(tmp_path, store, damage)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damaged_index_is_refused(tmp_path: Path, store: Store, damage: str) -> None:
    refuse_damaged(tmp_path, store, damage)


def refuse_damaged(tmp_path: Path, store: Store, damage: str) -> None:
    build(tmp_path / "index", store, document("va"))
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "index", copy)
    DAMAGES[damage](next(p for p in copy.iterdir() if p.is_dir()))
    # In a process of its own: Chroma remembers the folders a process has opened.
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(HERE), str(copy), store.documents.generation()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert str(copy) in done.stdout, done.stderr
    rebuilt = IndexStore(copy, FakeEmbedder())
    rebuilt.build(store.documents.all(), store.documents.generation(), store.vectors)
    rebuilt.open(store.documents.generation())


# Build


def test_progress_is_told_and_vectors_are_kept(tmp_path: Path, store: Store) -> None:
    told: list[tuple[int, int]] = []
    store.documents.ingest([document("va")])
    first = FakeEmbedder()
    IndexStore(tmp_path / "index", first).build(
        store.documents.all(),
        store.documents.generation(),
        store.vectors,
        lambda *p: told.append(p),
    )
    assert told
    assert told[-1][0] == told[-1][1] == len(first.embedded)
    store.documents.ingest([document("vb", BODY.replace("Sinh viên", "Học sinh"))])
    second = FakeEmbedder()
    indexes = IndexStore(tmp_path / "index", second)
    indexes.build(store.documents.all(), store.documents.generation(), store.vectors)
    assert second.embedded == ["Học sinh tình nguyện hỗ trợ công nghệ thông tin."]
    other = FakeEmbedder("fake-2")
    IndexStore(tmp_path / "other", other).build(
        store.documents.all(), store.documents.generation(), store.vectors
    )
    assert len(other.embedded) > len(second.embedded)


def test_the_old_index_serves_while_a_new_one_is_built(
    tmp_path: Path, store: Store, restorer: Restorer
) -> None:
    old = build(tmp_path / "index", store, document("va"))
    new = build(tmp_path / "index", store, document("vb", "1. Việc mới của xã."))
    assert find(old, "sinh viên", restorer)[0] == "va#muc-2"
    assert "vb#muc-1" not in find(old, "việc mới của xã", restorer)
    assert find(new, "việc mới của xã", restorer)[0] == "vb#muc-1"


def test_only_the_index_in_use_is_kept(tmp_path: Path, store: Store) -> None:
    build(tmp_path / "index", store, document("va"))
    build(tmp_path / "index", store, document("vb"))
    indexes = IndexStore(tmp_path / "index", FakeEmbedder())
    current = (tmp_path / "index" / "current").read_text()
    assert re.fullmatch(r"[a-z0-9]+-[a-z0-9]+", current)  # Chroma refuses "_" at the end of a name
    assert len([p for p in (tmp_path / "index").iterdir() if p.is_dir()]) == 2
    indexes.clear_old()
    assert [p.name for p in (tmp_path / "index").iterdir() if p.is_dir()] == [current]
    indexes.open(store.documents.generation())


def test_a_failing_embedder_leaves_the_old_index(
    tmp_path: Path, store: Store, restorer: Restorer
) -> None:
    class Broken(FakeEmbedder):
        def _encode(self, texts: object, *, query: bool) -> np.ndarray:
            raise RetrievalError("hỏng")

    build(tmp_path / "index", store, document("va"))
    generation = store.documents.generation()
    store.documents.ingest([document("vb", "1. Việc mới.")])
    with pytest.raises(RetrievalError):
        IndexStore(tmp_path / "index", Broken()).build(
            store.documents.all(), store.documents.generation(), store.vectors
        )
    opened = IndexStore(tmp_path / "index", FakeEmbedder()).open(generation)
    assert find(opened, "sinh viên", restorer)[0] == "va#muc-2"


_KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from fake_embedder import FakeEmbedder
from knowledge.store.store import open_store
from retrieval import index as module
store = open_store(sys.argv[3])
if sys.argv[4] == "embedding":
    module.EMBED_BATCH = 2
    def progress(done, total):
        if done >= 4: os.kill(os.getpid(), 9)
else:
    progress = None
    def killed(*_, **__): os.kill(os.getpid(), 9)
    if sys.argv[4] == "lexical": module.LexicalIndex.add = killed
    else: module.IndexStore._manifest = killed
indexes = module.IndexStore(Path(sys.argv[2]), FakeEmbedder())
indexes.build(store.documents.all(), store.documents.generation(), store.vectors, progress)
"""


@pytest.mark.parametrize(
    "moment",
    [
        "embedding",
        pytest.param("lexical", marks=pytest.mark.slow),
        pytest.param("manifest", marks=pytest.mark.slow),
    ],
)
def test_a_killed_build_leaves_the_old_index_and_goes_on(
    tmp_path: Path, store: Store, restorer: Restorer, moment: str
) -> None:
    build(tmp_path / "index", store, document("va"))
    generation = store.documents.generation()
    store.documents.ingest([document("vb", BODY.replace("xã", "tỉnh"))])
    url = f"sqlite:///{tmp_path / 'kho.sqlite3'}"
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, *map(str, (HERE, tmp_path / "index", url, moment))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    embedder = FakeEmbedder()
    indexes = IndexStore(tmp_path / "index", embedder)
    opened = indexes.open(generation)
    assert find(opened, "sinh viên", restorer)[0] == "va#muc-2"
    with pytest.raises(IndexMismatchError):
        indexes.open(store.documents.generation())
    whole = indexes.build(store.documents.all(), store.documents.generation(), store.vectors)
    assert {i[:2] for i in find(whole, "đại hội", restorer)} == {"va", "vb"}
    if moment == "embedding":
        assert 0 < len(embedder.embedded) <= 4  # of 8: what was embedded before is not done again
    else:
        assert embedder.embedded == []
    indexes.clear_old()
    indexes.open(store.documents.generation())


def test_cached_vectors_are_those_computed(store: Store) -> None:
    embedder = FakeEmbedder()
    texts = ["một", "hai", "một"]
    first = embed_cached(embedder, texts, store.vectors)
    np.testing.assert_array_equal(first, embedder.passages(texts))
    embedder.embedded.clear()
    np.testing.assert_array_equal(embed_cached(embedder, [*texts, "ba"], store.vectors)[:3], first)
    assert embedder.embedded == ["ba"]
    assert embed_cached(embedder, [], store.vectors).shape == (0, embedder.dim)


def test_a_manifest_says_what_an_index_is_of(tmp_path: Path, store: Store) -> None:
    build(tmp_path / "index", store, document("va"))
    name = (tmp_path / "index" / "current").read_text()
    manifest = json.loads((tmp_path / "index" / name / "manifest.json").read_text())
    assert manifest["generation"] == store.documents.generation()
    assert manifest["embedder"] == "fake-1"
    assert (manifest["passages"], manifest["units"]) == (5, 5)
