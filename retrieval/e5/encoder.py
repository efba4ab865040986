"""From one text to its vector: tokens, word vectors, the graph's session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import onnxruntime as ort

from retrieval.e5.text import PASSAGE_PREFIX, safe_text
from retrieval.e5.tokenizer import Tokenizer
from retrieval.e5.weights import END, HIDDEN, POSITIONS, START, Weights, dequantise

_WINDOW = POSITIONS - 2  # content tokens between <s> and </s>
# Of a query longer than a window. Vietnamese has three and more characters a token; letters with
# hyphens between them have one, and would cost as much as a letter three times as long.
QUERY_CHARS_PER_TOKEN = 2


class Encoder:
    """Runs a session of the graph over texts; the table of word vectors is never expanded."""

    def __init__(self, weights: Weights) -> None:
        self._tokens = Tokenizer(weights)
        self._words = weights.quantised("emb.word", HIDDEN)
        self._positions = weights.floats("emb.pos", HIDDEN) + weights.floats("emb.type", HIDDEN)[0]

    def ids(self, text: str) -> list[int]:
        """Ids of a safe text's pieces, without <s> and </s>."""
        return self._tokens.ids(text)

    def token_count(self, text: str) -> int:
        """Tokens of the text as a passage, with prefix, <s> and </s>; over 512 it is windowed."""
        return len(self.ids(PASSAGE_PREFIX + safe_text(text))) + 2

    def vector(
        self, session: ort.InferenceSession, text: str, *, query: bool = False
    ) -> np.ndarray:
        """(384,) float32, L2-normalised, of a safe text that has its prefix.

        Of a query of too many tokens the beginning and the end are read: a letter ends in what it
        asks.
        """
        ids = self.ids(text)
        most = max(_WINDOW, len(text) // QUERY_CHARS_PER_TOKEN)
        if query and len(ids) > most:
            ids = [*ids[: most - most // 2], *ids[-(most // 2) :]]
        total = np.zeros(HIDDEN, np.float32)
        for at in range(0, len(ids), _WINDOW):
            window = ids[at : at + _WINDOW]
            total += len(window) * self.run(session, window)[0]
        vector: np.ndarray = total / max(float(np.linalg.norm(total)), 1e-6)
        return vector

    def run(self, session: ort.InferenceSession, ids: Sequence[int]) -> list[np.ndarray]:
        """The outputs for one window of content tokens; the first is its mean vector."""
        rows = self._words[[START, *ids, END]]
        words = dequantise(rows) + self._positions[: len(rows)]
        outputs: list[np.ndarray] = session.run(None, {"words": words[np.newaxis]})
        outputs[0] = outputs[0][0]
        return outputs

    def vectors(self, session: ort.InferenceSession, texts: Iterable[str]) -> np.ndarray:
        """(n, 384) float32 of at least one safe text; see `vector`."""
        return np.stack([self.vector(session, text) for text in texts])


def open_session(graph: str | bytes) -> ort.InferenceSession:
    """A session on a file or on its bytes; each call of `run` stays on its caller's thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # "All" would fuse Add and LayerNormalization into an operator four times slower.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.enable_mem_pattern = False  # one plan per length of text would be kept
    options.log_severity_level = 3
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
