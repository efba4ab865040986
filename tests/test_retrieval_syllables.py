"""Counts of syllables: what ships is whole, tables give the same, ingested texts are added."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from evals.training.syllables import build
from retrieval.syllables import END, OWN_TEXT_WEIGHT, START, SyllableCounts, general_counts

SINGLE = {"hoà": 30, "hòa": 12, "bình": 20, "nhưng": 400, "những": 500}
PAIRS = {
    ("^", "nhưng"): 300,
    ("^", "những"): 100,
    ("hoà", "bình"): 7,
    ("hòa", "bình"): 5,
    ("bình", "$"): 9,
    ("bình", "lạ"): 6,  # not among the syllables
}


@pytest.fixture
def counts(tmp_path: Path) -> SyllableCounts:
    rows = [[syllable, count] for syllable, count in SINGLE.items()]
    write(tmp_path / "unigrams.tsv.gz", rows)
    write(tmp_path / "bigrams.tsv.gz", [[*pair, count] for pair, count in PAIRS.items()])
    build(tmp_path, tmp_path / "counts.npz")
    return general_counts(tmp_path / "counts.npz")


def write(path: Path, rows: list[list[object]]) -> None:
    lines = ["\t".join(map(str, row)) for row in rows]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))


def single(counts: SyllableCounts) -> dict[str, float]:
    return {syllable: counts.counts[i] for syllable, i in counts.ids.items()}


def pairs(counts: SyllableCounts) -> dict[tuple[str, str], float]:
    syllables, size = list(counts.ids), len(counts.ids)
    return {
        (syllables[key // size], syllables[key % size]): count
        for key, count in zip(counts.keys, counts.pairs, strict=True)
    }


def test_tables_are_read_with_tones_where_they_belong(counts: SyllableCounts) -> None:
    assert single(counts) == {
        "^": 110,  # as often as pieces start
        "$": 1,
        "0": 1,
        "hòa": 42,
        "bình": 20,
        "nhưng": 400,
        "những": 500,
    }
    assert pairs(counts) == {
        ("^", "nhưng"): 10,  # a tenth of "những": it opens no question
        ("^", "những"): 100,
        ("hòa", "bình"): 12,
        ("bình", "$"): 9,
    }


def test_ingested_texts_are_added(counts: SyllableCounts) -> None:
    more = counts.with_texts(["Hoà bình, Krông Búk!", "Những 12 xã"])
    weight = OWN_TEXT_WEIGHT
    assert list(more.ids)[: len(counts.ids)] == list(counts.ids)
    assert single(more) == {
        **single(counts),
        "^": 110 + 3 * weight + weight,  # the "!" is followed by an empty piece
        "0": 1 + weight,
        "hòa": 42 + weight,
        "bình": 20 + weight,
        "những": 500 + weight,
        "krông": weight,
        "búk": weight,
        "xã": weight,
    }
    assert pairs(more) == {
        **pairs(counts),
        ("^", "hòa"): weight,
        ("hòa", "bình"): 12 + weight,
        ("bình", "$"): 9 + weight,
        ("^", "krông"): weight,
        ("krông", "búk"): weight,
        ("búk", "$"): weight,
        ("^", "$"): weight,
        ("^", "những"): 100 + weight,
        ("những", "0"): weight,
        ("0", "xã"): weight,
        ("xã", "$"): weight,
    }
    assert np.all(np.diff(more.keys) > 0)


def test_no_texts_add_nothing(counts: SyllableCounts) -> None:
    assert counts.with_texts([]) is counts
    before = pairs(counts)
    counts.with_texts(["hoà bình"])
    assert pairs(counts) == before


def test_pairs_are_looked_up(counts: SyllableCounts) -> None:
    place, unknown = counts.ids, -1
    last = len(place) - 1
    left = np.array([place["hòa"], place["bình"], unknown, place["hòa"], place[START], last])
    right = np.array([place["bình"], place["hòa"], place["bình"], unknown, last, unknown])
    assert counts.pair_counts(left, right).tolist() == [12, 0, 0, 0, 100, 0]


def test_what_ships_is_whole() -> None:
    counts = general_counts()
    assert len(counts.ids) == len(counts.counts) > 10_000
    assert len(counts.keys) == len(counts.pairs) > 250_000
    assert np.all(np.diff(counts.keys) > 0)
    assert counts.keys[-1] < len(counts.ids) ** 2
    assert counts.counts.min() > 0 < counts.pairs.min()
    chinh, quyen, end = (np.array([counts.ids[s]]) for s in ("chính", "quyền", END))
    assert counts.pair_counts(chinh, quyen) > 5_000
    assert counts.pair_counts(quyen, end) > 1_000 > counts.pair_counts(quyen, chinh)
