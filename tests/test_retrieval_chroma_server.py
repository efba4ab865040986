"""A real Chroma server, started by chromadb's own command, gives the answers of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import chromadb
import pytest
from conftest import data_settings

from bot.opening import Core, open_core
from retrieval.dense import open_client
from retrieval.errors import RetrievalError

pytestmark = pytest.mark.server

QUESTIONS = [
    "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ, thành uỷ?",
    "quy dinh ve co quan chuyen mon cap xa phai xong truoc ngay nao",
    "Sinh viên tình nguyện về xã để làm gì?",
    "How many delegates may a commune congress have?",
    "Văn bản nào nói về nhà công vụ, trụ sở làm việc?",
    "giá vàng hôm nay",
]


@pytest.fixture
def server(tmp_path: Path, free_port: int) -> Iterator[str]:
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--path", str(tmp_path / "chroma"), "--port", str(free_port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{free_port}"
    try:
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            open_client(None, url).heartbeat()
            return
        except (RetrievalError, ValueError):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)


def collections(url: str) -> list[str]:
    port = int(url.rpartition(":")[2])
    found = chromadb.HttpClient(host="127.0.0.1", port=port).list_collections()
    return sorted(c.name for c in found)


def answers(core: Core) -> list[tuple[str, str, list[str]]]:
    found = [core.assistant.ask(q) for q in QUESTIONS]
    return [(a.status, a.text, [c.passage_id for c in a.citations]) for a in found]


def test_the_server_gives_the_same_answers(
    server: str, tmp_path: Path, model_folder: Path, core: Core
) -> None:
    remote = open_core(data_settings(tmp_path / "data", model_folder, chroma_url=server))
    assert answers(remote) == answers(core)
    remote.close()
    (name,) = collections(server)
    current = (tmp_path / "data" / "index" / "current").read_text()
    assert name == f"haicap-{current}"
    assert not (tmp_path / "data" / "index" / current / "dense").exists()


def test_the_index_on_the_server_is_opened_again(
    server: str, tmp_path: Path, model_folder: Path, core: Core
) -> None:
    settings = data_settings(tmp_path / "data", model_folder, chroma_url=server)
    open_core(settings).close()
    before = collections(server)
    again = open_core(settings, progress=lambda *_: pytest.fail("built again"))
    assert answers(again) == answers(core)
    again.close()
    assert collections(server) == before


def test_a_server_that_lost_its_data_is_filled_again(
    server: str, tmp_path: Path, model_folder: Path, core: Core
) -> None:
    settings = data_settings(tmp_path / "data", model_folder, chroma_url=server)
    open_core(settings).close()
    (name,) = collections(server)
    port = int(server.rpartition(":")[2])
    chromadb.HttpClient(host="127.0.0.1", port=port).delete_collection(name)
    again = open_core(settings)
    assert answers(again) == answers(core)
    again.close()
    assert len(collections(server)) == 1  # what the lost index left behind is cleared


def test_other_collections_of_the_server_are_left_alone(
    server: str, tmp_path: Path, model_folder: Path
) -> None:
    port = int(server.rpartition(":")[2])
    chromadb.HttpClient(host="127.0.0.1", port=port).create_collection("cua-nguoi-khac")
    first = data_settings(tmp_path / "mot", model_folder, chroma_url=server)
    second = data_settings(tmp_path / "hai", model_folder, chroma_url=server)
    open_core(first).close()
    open_core(second).close()
    shutil.rmtree(tmp_path / "mot" / "index")
    open_core(first).close()
    assert "cua-nguoi-khac" in collections(server)
    assert len(collections(server)) == 4  # the index that was lost by hand is not ours to judge


def test_a_server_that_is_gone_is_named(tmp_path: Path, model_folder: Path, free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    settings = data_settings(tmp_path / "data", model_folder, chroma_url=url)
    with pytest.raises(RetrievalError, match=url):
        open_core(settings)
    with pytest.raises(RetrievalError, match=url):  # and the folder is free again
        open_core(settings)
