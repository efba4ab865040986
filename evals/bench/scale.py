"""Answers and searches as the documents grow; `python -m evals.bench.scale SIZE EMBEDDER FOLDER`.

One size a process, so that memory is that size's own. Beyond the bundled documents the texts are
shuffled pieces of them, cut like laws (every article four clauses), and their vectors are means of
real ones: what is measured is time and room, not quality.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter

from bot.opening import Core, open_core
from bot.settings import Settings
from evals.bench.parts import part_times
from evals.bench.usual import UsualStore, chunks
from evals.scoring.metrics import percentile
from evals.sets.questions import load_half
from evals.sets.typing_styles import restyle
from knowledge.models import Document
from knowledge.reading.document import build_document
from retrieval.dense import UnitRow
from retrieval.embedding import Embedder
from retrieval.index import CANDIDATES, embed_cached, rows_to_embed

AT_ONCE: Final = 16
TOP: Final = 10
CHUNK, OVERLAP = 1_000, 200
_CLAUSES, _ARTICLES = 4, 50  # of an article, of a document
_RUN, _RUNS = 8, 5  # syllables that stay together, and how many such runs make a clause
# A made-up vector is a mean of real ones with some noise, and lies among the others as vectors of
# law do: local dimension 13.5 (78,000 clauses of two public sets: 14.0), cosine of a question to
# the 100th nearest .871 (.870). Single real ones with more noise: 33, harder to search than any.
_MIXED, _NOISE = 3, 0.1
_SAVED = 5_000  # vectors written at once
_WARM_UP = 20
_RECALLED = 200  # questions; each is compared with every vector
_SAME_COSINE = 1e-5
_SEED = 7


@dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds of one piece of work, one at a time and AT_ONCE at once."""

    p50_ms: float
    p95_ms: float
    crowd_p50_ms: float
    crowd_p95_ms: float
    per_s: float  # AT_ONCE at once


@dataclass(frozen=True, slots=True)
class Scale:
    """One size; milliseconds, seconds, megabytes."""

    passages: int
    vectors: int
    index_s: float  # without embedding: the vectors are there
    index_mb: float
    memory_mb: float
    recall_at_10: float  # of the dense index, against a look at every vector
    search: Load
    answer: Load
    parts: dict[str, tuple[float, float]]  # p50 and p95 of the parts that some question needed
    usual_chunks: int
    usual_index_s: float
    usual: Load


SCALE: Final = TypeAdapter(Scale)


def measure_size(size: int, embedder: str, folder: Path) -> Scale:
    """Fill an empty data folder up to `size` passages, then ask and search."""
    database = f"sqlite:///{folder / 'haicap.sqlite3'}"
    settings = Settings(data_dir=folder, embedder=embedder, database_url=database, chroma_url=None)
    core = open_core(settings)
    try:
        return _measure(core, size, folder)
    finally:
        core.close()


def _measure(core: Core, size: int, folder: Path) -> Scale:
    documents = _documents(core, size)
    units, wholes = rows_to_embed(documents)
    _save_vectors(core, [row.text for row in (*units, *wholes)])
    started = time.perf_counter()
    core.ingest(documents)
    index_s = time.perf_counter() - started
    questions = [q.text for q in load_half("tuning") if q.language == "vi"]
    warm_up = [restyle(text, "sloppy") for text in questions[:_WARM_UP]]
    retriever, assistant = core.retriever, core.assistant
    search = _timed(lambda text: retriever.retrieve(text, TOP), warm_up, questions)
    answer = _timed(assistant.ask, warm_up, questions)
    memory_mb = _memory_mb()
    parts = part_times(assistant, questions).parts
    everything = core.store.documents.all()
    units, wholes = rows_to_embed(everything)
    recall_at_10 = _recall(core, units, questions[:_RECALLED])
    started = time.perf_counter()
    places = list(chunks(everything, CHUNK, OVERLAP))
    usual_store = UsualStore(_Vectors(core), everything, places, folder / "usual")
    usual_index_s = time.perf_counter() - started
    usual = _timed(lambda text: usual_store.search(text, TOP), warm_up, questions)
    return Scale(
        passages=sum(p.kind != "heading" for d in everything for p in d.passages),
        vectors=len(units) + len(wholes),
        index_s=index_s,
        index_mb=sum(f.stat().st_size for f in (folder / "index").rglob("*") if f.is_file())
        / 2**20,
        memory_mb=memory_mb,
        recall_at_10=recall_at_10,
        search=search,
        answer=answer,
        parts={name: _spread(took) for name, took in parts.items() if took},
        usual_chunks=len(places),
        usual_index_s=usual_index_s,
        usual=usual,
    )


def _recall(core: Core, units: Sequence[UnitRow], questions: Sequence[str]) -> float:
    """Of the TOP passages truly nearest to a question, the share that the dense index finds.

    A passage is as near as its nearest unit; one that is as near as the last of them is as good.
    """
    index = core.retriever.index
    vectors = embed_cached(index.embedder, [unit.text for unit in units], core.store.vectors)
    ids = [unit.passage_id for unit in units]
    firsts = [at for at, (before, own) in enumerate(pairwise(["", *ids])) if before != own]
    found = 0
    for question in questions:
        vector = core.retriever.embed(core.retriever.analyse(question))
        nearest = np.maximum.reduceat(vectors @ vector, firsts)
        last = float(np.partition(nearest, -TOP)[-TOP])
        near = list(index.legs("", vector, CANDIDATES).cosines.values())[:TOP]
        found += sum(cosine >= last - _SAME_COSINE for cosine in near)
    return found / (TOP * len(questions))


# What is searched


def _documents(core: Core, size: int) -> list[Document]:
    """Synthetic laws, so many that all passages are about `size`."""
    bundled = core.store.documents.all()
    missing = size - sum(p.kind != "heading" for d in bundled for p in d.passages)
    chance = random.Random(_SEED)  # noqa: S311 (texts to measure with)
    words = [d.text.replace("*", " ").split() for d in bundled]
    documents: list[Document] = []
    while missing > 0:
        articles = min(_ARTICLES, -(-missing // _CLAUSES))
        body = "\n\n".join(_article(n, chance, words) for n in range(1, articles + 1))
        number = len(documents) + 1
        front = {
            "kind": "Luật",
            "title": f"Luật thử {number}",
            "issuer": "Đo thời gian",
            "issued_on": "2025-07",
        }
        documents.append(build_document("bench", front, body, default_id=f"luat-thu-{number}"))
        missing -= articles * _CLAUSES
    return documents


def _article(number: int, chance: random.Random, words: Sequence[Sequence[str]]) -> str:
    clauses = [f"Điều {number}. {_words(1, chance, words)}"]
    clauses += [f"{n}. {_words(_RUNS, chance, words)}." for n in range(1, _CLAUSES + 1)]
    return "\n\n".join(clauses)


def _words(runs: int, chance: random.Random, words: Sequence[Sequence[str]]) -> str:
    picked: list[str] = []
    for _ in range(runs):
        text = chance.choice(words)
        at = chance.randrange(len(text) - _RUN)
        picked += [word.strip(".,;:()[]“”\"'-–") for word in text[at : at + _RUN]]
    return " ".join(word for word in picked if word).capitalize()


def _save_vectors(core: Core, texts: Sequence[str]) -> None:
    """Keep a vector for every text, so that nothing need be embedded."""
    make = _Vectors(core)
    fingerprint = core.retriever.embedder_fingerprint
    for at in range(0, len(texts), _SAVED):
        part = texts[at : at + _SAVED]
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in part]
        rows = make.rows(len(part))
        core.store.vectors.save_vectors(
            fingerprint, {key: row.tobytes() for key, row in zip(keys, rows, strict=True)}
        )


class _Vectors(Embedder):
    """Made-up vectors for texts, real ones for questions."""

    def __init__(self, core: Core) -> None:
        units, _ = rows_to_embed(d for d in core.store.documents.all() if d.metadata.kind != "Luật")
        self._embedder = core.retriever.index.embedder
        self.fingerprint, self.dim = "made-up", self._embedder.dim
        self._real = embed_cached(self._embedder, [unit.text for unit in units], core.store.vectors)
        self._chance = np.random.default_rng(_SEED)

    def rows(self, n: int) -> np.ndarray:
        """(n, dim) float32, L2-normalised."""
        picked = self._real[self._chance.integers(len(self._real), size=(n, _MIXED))]
        shares = self._chance.dirichlet(np.ones(_MIXED), size=n)
        noise = self._chance.standard_normal((n, self.dim)) * (_NOISE / np.sqrt(self.dim))
        rows = np.einsum("nm,nmd->nd", shares, picked) + noise
        unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit.astype(np.float32)

    def _encode(self, texts: Sequence[str], *, query: bool) -> np.ndarray:
        if query:
            return np.stack([self._embedder.query(text) for text in texts])
        return self.rows(len(texts))


# Times


def _timed(work: Callable[[str], Any], warm_up: Sequence[str], texts: Sequence[str]) -> Load:
    def once(text: str) -> float:
        started = time.perf_counter()
        work(text)
        return (time.perf_counter() - started) * 1_000

    for text in warm_up:
        once(text)
    alone = [once(text) for text in texts]
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        crowd = list(pool.map(once, texts))
    per_s = len(texts) / (time.perf_counter() - started)
    return Load(*_spread(alone), *_spread(crowd), per_s)


def _spread(took: Sequence[float]) -> tuple[float, float]:
    return percentile(took, 50) or 0.0, percentile(took, 95) or 0.0


def _memory_mb() -> float:
    """Resident memory of this process; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return int(dict(line.split(":", 1) for line in lines)["VmRSS"].split()[0]) / 1024


def main() -> None:
    """Measure one size, print it as JSON."""
    size, embedder, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    print(SCALE.dump_json(measure_size(size, embedder, folder)).decode())


if __name__ == "__main__":
    main()
