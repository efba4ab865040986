"""What each part of the search is worth: one set, the same index, one part changed at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bot.models.loader import Models
from bot.question.understanding import understand
from bot.sources.documents.rerank import Reranker
from evals.retrieval.metrics import figures
from evals.retrieval.run_file import Opened
from evals.retrieval.variants import Variant, bare, sentences, variant, whole
from evals.sets.typing_styles import STYLES, TypingStyle, restyle
from retrieval.fusion import PRODUCT, Weights, fuse
from retrieval.index import CANDIDATES_OF_LAWS, LegScores
from retrieval.query import SearchQuery
from retrieval.words import Words

MEASURE: Final = "nDCG@10"
_RRF_K: Final = 60  # Cormack, Clarke and Buettcher 2009

Ranking = Sequence[tuple[str, float]]  # passage id, score; best first
_Fuse = Callable[[LegScores], Ranking]


@dataclass(frozen=True, slots=True)
class Row:
    """One way of searching and its figure in each style."""

    part: str
    name: str
    figures: dict[TypingStyle, float]


def ablate(ready: Opened, seed: int, tell: Callable[[str], None]) -> list[Row]:
    """The product first, then each change alone."""
    bench = _Bench(ready, seed)
    rows = []
    for part, name, ranks in _ways(bench, ready):
        tell(f"{part}: {name}")
        found = {style: figures(ready.data.qrels, ranks(style)).means[MEASURE] for style in STYLES}
        rows.append(Row(part, name, found))
    return rows


Run = Mapping[str, Ranking]


# (part, way, what is embedded of a clause, what is indexed of it)
_CUTS: Final = (
    ("chữ dẫn trong chỉ mục", "không có", bare, bare),
    ("chữ dẫn trong chỉ mục", "chỉ ở nhánh chữ", bare, whole),
    ("cỡ đoạn được nhúng", "từng câu, không chữ dẫn", sentences, whole),
)


def _ways(bench: _Bench, ready: Opened) -> Iterator[tuple[str, str, Callable[[TypingStyle], Run]]]:
    def fused(way: _Fuse) -> Callable[[TypingStyle], Run]:
        return lambda style: bench.run(style, way)

    def weighed(**changes: float) -> Callable[[TypingStyle], Run]:
        return fused(lambda legs: _mixed(legs, replace(PRODUCT, **changes)))

    yield "sản phẩm", "như đang dùng", fused(lambda legs: _mixed(legs, PRODUCT))
    yield "từng nhánh", "chỉ theo nghĩa", weighed(dense=1.0, dense_in_article=1.0)
    yield "từng nhánh", "chỉ theo chữ", weighed(dense=0.0, dense_in_article=0.0)
    for share in (0.3, 0.5, 0.8):
        yield "phần của nhánh nghĩa", f"{share}", weighed(dense_in_article=share, dense=share)
    yield "cách gộp", f"RRF, k = {_RRF_K}", fused(_rrf)
    yield "cả Điều", "không dùng", weighed(article=0.0)
    yield "cả Điều", "một nửa", weighed(article=0.5)
    yield "cả Điều", "chỉ cả Điều", weighed(article=1.0)
    yield "cả luật", "không dùng", weighed(law=0.0)
    yield "cả luật", "gấp đôi", weighed(law=2 * PRODUCT.law)
    for part, name, embedded, indexed in _CUTS:
        with variant(ready, embedded, indexed) as other:
            yield part, name, lambda style: bench.run(style, _product, other=other)
    as_typed: _Read = lambda typed: bench.analyse(typed)  # noqa: E731
    yield (
        "lời rào đón, chữ đời thường",
        "để nguyên",
        lambda style: bench.run(style, _product, as_typed, plain=True),
    )
    yield (
        "thêm dấu",
        "không thêm",
        lambda style: bench.run(style, _product, bench.unrestored),
    )
    yield "xếp lại", "10 đoạn đầu, theo bot/models/ranker.json", bench.reranked


_Read = Callable[[str], SearchQuery]


def _product(legs: LegScores) -> Ranking:
    return _mixed(legs, PRODUCT)


def _mixed(legs: LegScores, weights: Weights) -> Ranking:
    return fuse(legs.cosines, legs.bm25, articles=legs.articles, weights=weights)


def _rrf(legs: LegScores) -> Ranking:
    """Reciprocal ranks of the passages' own two legs and of their articles'."""
    total: dict[str, float] = {}
    for leg in (legs.cosines, legs.bm25):
        for rank, passage in enumerate(leg, 1):
            total[passage] = total.get(passage, 0.0) + 1 / (_RRF_K + rank)
    if legs.articles:
        for leg in (legs.articles.cosines, legs.articles.bm25):
            ranks = {article: rank for rank, article in enumerate(leg, 1)}
            for passage in total:
                place = ranks.get(legs.articles.of.get(passage, ""))
                if place is not None:
                    total[passage] += 1 / (_RRF_K + place)
    return sorted(total.items(), key=lambda entry: -entry[1])


class _Bench:
    """Asks the set's queries; what the legs found is kept for the next way."""

    def __init__(self, ready: Opened, seed: int) -> None:
        self._ready, self._seed = ready, seed
        self._known: dict[tuple[str, str], tuple[np.ndarray, LegScores]] = {}
        self.analyse: _Read = ready.retriever.analyse

    def unrestored(self, typed: str) -> SearchQuery:
        """The query with the diacritics and slips that were typed."""
        query = self.analyse(typed)
        return replace(query, text=query.raw)

    def run(
        self,
        style: TypingStyle,
        way: _Fuse,
        read: _Read | None = None,
        *,
        plain: bool = False,
        other: Variant | None = None,
    ) -> Run:
        """Every query's articles.

        `plain` leaves in what is said around a question, `other` are passages indexed otherwise.
        """
        return {
            query: self._articles(way(self._legs((read or self.analyse)(typed), plain, other)))
            for query, typed in self._typed(style)
        }

    def reranked(self, style: TypingStyle) -> Run:
        """The product's ten passages put in order by the assistant's reranker."""
        retriever = self._ready.retriever
        models = Models(retriever.embedder_fingerprint)
        reranker = Reranker.load(models, retriever.embedder.unlike)
        run = {}
        for name, typed in self._typed(style):
            found = retriever.retrieve(typed, 10)
            meaning = understand(found.query, bool(found.named))
            words = Words(found.query, retriever.restorer.rarity)
            hits = reranker.rerank(found, meaning, words).hits
            run[name] = self._articles([(h.passage.id, -float(h.result.rank)) for h in hits])
        return run

    def _typed(self, style: TypingStyle) -> Iterator[tuple[str, str]]:
        for name, text in self._ready.data.queries.items():
            yield name, restyle(text, style, self._seed)

    def _legs(self, query: SearchQuery, plain: bool, other: Variant | None) -> LegScores:
        read = (query.text, query.folded) if plain else (query.subject, query.key_words)
        if read not in self._known:
            index = self._ready.retriever.index
            vector = index.embedder.query(read[0])
            self._known[read] = vector, index.legs(read[1], vector, CANDIDATES_OF_LAWS)
        vector, legs = self._known[read]
        return other.legs(legs, read[1], vector, CANDIDATES_OF_LAWS) if other else legs

    def _articles(self, ranking: Ranking) -> Ranking:
        best: dict[str, float] = {}
        for passage, score in ranking:
            best.setdefault(self._ready.data.articles[passage.partition("#")[0]], score)
        return list(best.items())


def table(name: str, rows: Sequence[Row]) -> str:
    """The rows as Markdown under the set's name."""
    head = ["phần", "cách", "có dấu", "không dấu", "nửa dấu", "gõ ẩu"]
    lines = [head, ["---", "---", *["---:"] * len(STYLES)]]
    lines += [[r.part, r.name, *(_figure(r.figures[s]) for s in STYLES)] for r in rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {name}\n\n{body}\n"


def _figure(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")
