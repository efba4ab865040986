"""The lexical index (tantivy): folded syllables and adjacent pairs of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import tantivy

from knowledge.text import fold
from retrieval.errors import IndexMismatchError

_HEAP_BYTES = 50_000_000
_TOKEN = re.compile(r"[^\W_]+")
SYLLABLE_BOOST = 1.0
PAIR_BOOST = 1.0


def lexical_tokens(text: str) -> list[str]:
    """Folded syllables and numbers, in order."""
    return _TOKEN.findall(fold(text))


def lexical_pairs(tokens: Sequence[str]) -> list[str]:
    """Adjacent pairs: "uỷ ban nhân dân" gives uy_ban, ban_nhan, nhan_dan."""
    return [f"{a}_{b}" for a, b in pairwise(tokens)]


class LexicalIndex:
    """BM25 over two fields: syllables and pairs."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or make an empty one there.

        Raises:
            IndexMismatchError: the folder is damaged.
        """
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("document", stored=False, tokenizer_name="raw")
        builder.add_text_field("syllables", stored=False, tokenizer_name="whitespace")
        builder.add_text_field("pairs", stored=False, tokenizer_name="whitespace")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._searcher = self._index.searcher()
        except ValueError as error:  # all that tantivy raises
            raise IndexMismatchError(f"Chỉ mục từ trong {str(folder)!r} hỏng: {error}") from error

    def count(self) -> int:
        """Number of passages."""
        return int(self._searcher.num_docs)

    def add(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Add (passage id, document id, text to index) rows and commit."""
        writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for passage_id, document_id, text in rows:
            tokens = lexical_tokens(text)
            writer.add_document(
                tantivy.Document(
                    id=[passage_id],
                    document=[document_id],
                    syllables=[" ".join(tokens)],
                    pairs=[" ".join(lexical_pairs(tokens))],
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(
        self, text: str, k: int, document_ids: Sequence[str] = ()
    ) -> list[tuple[str, float]]:
        """Passage ids with their BM25 score, best first; only of `document_ids` when given."""
        tokens = lexical_tokens(text)
        terms = [("syllables", t, SYLLABLE_BOOST) for t in dict.fromkeys(tokens)]
        terms += [("pairs", p, PAIR_BOOST) for p in dict.fromkeys(lexical_pairs(tokens))]
        if not terms or k < 1:
            return []
        should = [(tantivy.Occur.Should, self._term(f, t, boost)) for f, t, boost in terms]
        query = tantivy.Query.boolean_query(should)
        if document_ids:
            of_documents = tantivy.Query.term_set_query(
                self._schema, "document", list(document_ids)
            )
            kept = tantivy.Query.const_score_query(of_documents, 0.0)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, kept)]
            )
        hits = self._searcher.search(query, limit=k, count=False).hits
        return [(self._searcher.doc(at)["id"][0], float(score)) for score, at in hits]

    def _term(self, field: str, text: str, boost: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, text)
        return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)
