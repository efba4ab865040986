"""What is counted over all texts at once: made when the index is built, and kept beside it.

Made anew at each start it took most of the 90 s that 100,000 passages need.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.models import Document
from knowledge.numbers import NumberMention, find_numbers
from retrieval.days import Day, days_of
from retrieval.errors import IndexMismatchError
from retrieval.lexical import lexical_tokens
from retrieval.query import index_text


@dataclass(frozen=True, slots=True)
class TextTables:
    """What the texts of one generation say, looked up by the word, the day or the number."""

    vocabulary: frozenset[str]  # folded tokens
    days: frozenset[Day]
    naming: Mapping[str, Sequence[str]]  # document number -> passages that name it, as they stand

    @classmethod
    def of(cls, documents: Iterable[Document]) -> TextTables:
        """Read all texts."""
        vocabulary: set[str] = set()
        days: set[Day] = set()
        naming: dict[str, list[str]] = {}
        for document in documents:
            text = index_text(f"{document.metadata.title} {document.text}")
            vocabulary.update(lexical_tokens(text))
            days |= days_of(document)
            for passage in document.passages:
                for key in {number_key(n) for n in find_numbers(passage.text)}:
                    naming.setdefault(key, []).append(passage.id)
        return cls(frozenset(vocabulary), frozenset(days), naming)

    def write(self, path: Path) -> None:
        """Keep them."""
        days = [list(day) for day in self.days]
        kept = {"vocabulary": list(self.vocabulary), "days": days, "naming": dict(self.naming)}
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> TextTables:
        """Those that were kept.

        Raises:
            IndexMismatchError: they are not there or damaged.
        """
        try:
            kept = json.loads(path.read_bytes())
            days = frozenset((day, month, year) for day, month, year in kept["days"])
            return cls(frozenset(kept["vocabulary"]), days, dict(kept["naming"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexMismatchError(f"Bảng từ {str(path)!r} hỏng: {error}") from error


def number_key(mention: NumberMention) -> str:
    """What is one number however it is written: "kl 177"."""
    return f"{mention.kind} {mention.number}"
