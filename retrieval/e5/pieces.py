"""Looks pieces up by their letters, 250,000 of them, of which a text needs a few thousand.

One dictionary of them all took 0.14 s of every start and 40 MB.
"""

from __future__ import annotations

import numpy as np

from retrieval.e5.weights import UNKNOWN, Weights

_CACHED_PAIRS = 50_000  # the pieces begin with 42,000 pairs; a hostile text may have more
_SPREAD = 31  # of two letters over the 16 bits that numpy sorts fastest


class Pieces:
    """Pieces by the two letters that they begin with, read when the pair is first met."""

    def __init__(self, weights: Weights) -> None:
        self._text = weights.piece_text.tobytes().decode()
        letters = np.frombuffer(self._text.encode("utf-32-le"), np.uint32)
        begins_letter = (weights.piece_text & 0xC0) != 0x80  # no other byte of UTF-8 is so
        letters_before = np.zeros(len(begins_letter) + 1, np.int32)
        np.cumsum(begins_letter, out=letters_before[1:])
        self._at = letters_before[weights.piece_ends]  # where each piece begins, in letters
        first, length = self._at[:-1], np.diff(self._at)
        last = len(letters) - 1
        second = np.where(length > 1, letters[np.minimum(first + 1, last)], 0)
        groups = (letters[np.minimum(first, last)] * _SPREAD + second).astype(np.uint16)
        self._order = np.argsort(groups, kind="stable")
        self._ends = np.cumsum(np.bincount(groups, minlength=2**16))
        self._known: dict[str, dict[str, int]] = {}

    def beginning(self, letters: str) -> dict[str, int]:
        """Id of each piece that begins with these two letters, or is the first of them alone.

        Others may be among them.
        """
        found = self._known.get(letters)
        if found is None:
            if len(self._known) >= _CACHED_PAIRS:
                self._known.clear()
            found = self._read(letters[0]) | (self._read(letters) if len(letters) > 1 else {})
            self._known[letters] = found
        return found

    def _read(self, letters: str) -> dict[str, int]:
        first, second = ord(letters[0]), ord(letters[1]) if len(letters) > 1 else 0
        group = (first * _SPREAD + second) & 0xFFFF
        rows = self._order[self._ends[group - 1] if group else 0 : self._ends[group]].tolist()
        return {self._text[self._at[i] : self._at[i + 1]]: i for i in rows if i != UNKNOWN}
