"""The counts of syllables that retrieval ships, made of tables of counts.

`python -m evals.training.syllables FOLDER` reads unigrams.tsv.gz (syllable, count) and
bigrams.tsv.gz (left, right, count; "^" starts a piece, "$" ends it, "0" stands for any number).
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from knowledge.text import new_tone_placement
from retrieval.syllables import DATA, END, NUMBER, START

_QUESTIONS_SHARE = 10  # "những" opens a question so much more often than "nhưng"


def main() -> None:
    """Read the tables of a folder and write what ships."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with unigrams.tsv.gz and bigrams.tsv.gz")
    build(parser.parse_args().folder, DATA)


def build(folder: Path, to: Path) -> None:
    """Write the counts of a folder of tables as `retrieval.syllables` reads them."""
    single = Counter({START: 1, END: 1, NUMBER: 1})
    for syllable, count in _rows(folder / "unigrams.tsv.gz"):
        single[syllable] += int(count)
    pairs: Counter[tuple[str, str]] = Counter()
    for left, right, count in _rows(folder / "bigrams.tsv.gz"):
        if left in single and right in single:
            pairs[left, right] += int(count)
    # "Nhưng" opens sentences of running text, and no question.
    but, plural = (START, "nhưng"), (START, "những")
    pairs[but] = min(pairs[but], pairs[plural] // _QUESTIONS_SHARE)
    # The start is no syllable of the tables: it occurs as often as pieces start.
    starts = sum(count for (left, _), count in pairs.items() if left == START)
    single[START] = max(single[START], starts)
    _write(single, pairs, to)


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield [new_tone_placement(cell) for cell in line.rstrip("\n").split("\t")]


def _write(single: Counter[str], pairs: Counter[tuple[str, str]], to: Path) -> None:
    ids = {syllable: i for i, syllable in enumerate(single)}
    placed = sorted((ids[left], ids[right], count) for (left, right), count in pairs.items())
    left, right, counts = (
        np.fromiter(chain.from_iterable(placed), np.int64, 3 * len(placed)).reshape(-1, 3).T
    )
    np.savez_compressed(
        to,
        syllables=np.frombuffer("\n".join(single).encode(), np.uint8),
        counts=np.fromiter(single.values(), np.int32),
        followers=np.bincount(left, minlength=len(ids)).astype(np.uint16),
        right=right.astype(np.uint16),
        pairs=counts.astype(np.int32),
    )


if __name__ == "__main__":
    main()
