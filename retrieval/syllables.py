"""How often syllables of Vietnamese, and pairs of them, occur in administrative text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from knowledge.text import new_tone_placement

DATA = Path(__file__).parent / "data" / "syllables.npz"
START, END, NUMBER = "^", "$", "0"  # of a piece of a sentence; any number
OWN_TEXT_WEIGHT = 20  # a pair seen once in an ingested text counts as 20 in the general counts
MAX_OWN_SYLLABLES = 2_000_000
_TOKEN = re.compile(r"[^\W_]+")
_PIECE_ENDS = re.compile(r"[.,;:!?()\n\"“”]+")


@dataclass(frozen=True, slots=True)
class SyllableCounts:
    """Counts of syllables and of pairs; a pair's key is left id * syllables + right id."""

    ids: Mapping[str, int]  # syllable -> its place in `counts`
    counts: np.ndarray  # (n_syllables,) float64
    keys: np.ndarray  # (n_pairs,) int64, ascending
    pairs: np.ndarray  # (n_pairs,) float64

    def pair_counts(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """How often each right id follows its left id; 0 for what was never counted (id -1)."""
        keys = left * len(self.counts) + right
        at = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        counted = (left >= 0) & (right >= 0) & (self.keys[at] == keys)
        return np.where(counted, self.pairs[at], 0.0)

    def with_texts(self, texts: Iterable[str]) -> SyllableCounts:
        """These counts, and those of careful texts whose names and phrases they miss."""
        own = _count(texts)
        if not own:
            return self
        ids = dict(self.ids)
        for left, right in own:
            for syllable in (left, right):
                ids.setdefault(syllable, len(ids))
        counts = np.concatenate([self.counts, np.zeros(len(ids) - len(self.ids))])
        for (left, right), count in own.items():
            if right != END:
                counts[ids[right]] += count
            if left == START:
                counts[ids[START]] += count
        before, size = len(self.ids), len(ids)
        keys = self.keys // before * size + self.keys % before
        more = np.array([ids[left] * size + ids[right] for left, right in own])
        return SyllableCounts(ids, counts, *_merged(keys, self.pairs, more, [*own.values()]))


@cache
def general_counts(path: Path = DATA) -> SyllableCounts:
    """The counts that ship with the product: 28 million syllables of administrative text.

    evals/training/syllables.py makes the file of tables of counts.
    """
    with np.load(path) as data:
        syllables = data["syllables"].tobytes().decode("utf-8").split("\n")
        left = np.repeat(np.arange(len(syllables)), data["followers"])
        keys = left * len(syllables) + data["right"]
        return SyllableCounts(
            {syllable: i for i, syllable in enumerate(syllables)},
            data["counts"].astype(np.float64),
            keys,
            data["pairs"].astype(np.float64),
        )


def _count(texts: Iterable[str]) -> Counter[tuple[str, str]]:
    """Weighed pairs of careful texts, in the order they are first met."""
    pairs: Counter[tuple[str, str]] = Counter()
    budget = MAX_OWN_SYLLABLES
    for text in texts:
        for piece in _PIECE_ENDS.split(new_tone_placement(text.lower())):
            tokens = [NUMBER if t.isdigit() else t for t in _TOKEN.findall(piece)]
            budget -= len(tokens) + 2
            pairs.update(pairwise((START, *tokens, END)))
        if budget < 0:
            break
    return Counter({pair: OWN_TEXT_WEIGHT * count for pair, count in pairs.items()})


def _merged(
    keys: np.ndarray, values: np.ndarray, more: np.ndarray, added: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Counts by ascending key, with those of further keys (each once) added."""
    order = np.argsort(more)
    more, plus = more[order], np.array(added, np.float64)[order]
    at = np.searchsorted(keys, more)
    known = keys[at.clip(max=len(keys) - 1)] == more
    values = values.copy()
    values[at[known]] += plus[known]
    return np.insert(keys, at[~known], more[~known]), np.insert(values, at[~known], plus[~known])
