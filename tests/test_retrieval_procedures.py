"""Searching records: what is embedded, how fast, and by which names they are found."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from bot.models.loader import Models
from bot.sources.procedures.ranking import load_ranker
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import load_procedures, load_rules, load_words
from knowledge.procedures.models import Code
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder
from retrieval.procedures import ProcedureSearch
from retrieval.query import analyse

DIM = 384


class CountingEmbedder(Embedder):
    """Vectors off a hash: as fast as they come, and it remembers each call."""

    fingerprint, engine, dim = "counting", "counting", DIM

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def _encode(self, texts, *, query):
        self.calls.append(list(texts))
        rows = [_numbers(text) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows])


def _numbers(text):
    drawn = hashlib.shake_256(text.encode()).digest(DIM)
    return np.frombuffer(drawn, np.uint8).astype(np.float32) - 128


class Cache(dict):
    def vectors(self, fingerprint, keys):
        return {key: self[key] for key in keys if key in self}

    def save_vectors(self, fingerprint, rows):
        self.update(rows)


def many(count):
    """`count` records: ours, the portal's, and copies of these under other codes."""
    facts = load_facts()
    rows = list(facts)
    while len(rows) < count:
        code = f"9.{len(rows):06d}"
        source = facts[len(rows) % len(facts)]
        rows.append(
            replace(
                source, id=code, name=f"{source.name} {len(rows)}", codes=(Code(code, "reported"),)
            )
        )
    return Catalogue(load_procedures(), load_rules(), rows, words=load_words())


def opened(catalogue, cache=None, embedder=None):
    return ProcedureSearch(
        catalogue,
        embedder or CountingEmbedder(),
        Cache() if cache is None else cache,
        lambda _: 8.0,
        load_ranker(Models("")),
    )


@pytest.fixture(scope="module")
def shipped():
    return opened(many(860))


def asked(text):
    return analyse(text, RESTORER)


RESTORER = Restorer()


def test_a_name_is_embedded_once_and_many_at_a_time() -> None:
    embedder, cache = CountingEmbedder(), Cache()
    opened(many(860), cache, embedder)
    texts = [text for call in embedder.calls for text in call]
    assert len(texts) == len(set(texts))
    assert len(embedder.calls) < len(texts) / 30
    again = CountingEmbedder()
    opened(many(860), cache, again)
    assert [call for call in again.calls if call] == []


def test_everyday_names_of_the_portals_procedures_find_them(shipped) -> None:
    for said, code in (
        ("tách khẩu", "1.010038"),
        ("CT07", "1.010041"),
        ("mất cà vẹt xe", "1.013080"),
    ):
        assert shipped.search(asked(said), 1)[0].procedure.id == code


def test_a_named_code_comes_first(shipped) -> None:
    assert shipped.search(asked("thủ tục 1.004837 làm sao"), 3)[0].procedure.id == "1.004837"
    assert shipped.search(asked("thủ tục 1.004222 làm sao"), 3)[0].procedure.id == "thuong-tru"


def test_what_the_communes_took_over_is_not_found(shipped) -> None:
    hits = shipped.search(asked("trình báo mất hộ chiếu phổ thông"), 20)
    assert "1.010386" in {hit.procedure.id for hit in hits}
    assert "1.010385" not in {hit.procedure.id for hit in hits}
