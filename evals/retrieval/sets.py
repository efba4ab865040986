"""Retrieval sets in the BEIR layout: corpus.jsonl, queries.jsonl and qrels.

Thakur et al. 2021 (BEIR). The qrels stand in qrels.tsv, or in qrels/test.tsv (else dev, train).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evals.errors import QuestionFileError
from knowledge.models import Document
from knowledge.reading.document import build_document
from retrieval.articles import ARTICLE_KIND

_QRELS: Final = ("qrels.tsv", "qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv")
_MAX_TITLE_CHARS: Final = 500
_NO_DATE: Final = "1945-01"  # the layout has none; the earliest the product takes


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """What is searched, what is asked, and what is right."""

    name: str
    documents: tuple[Document, ...]  # one for each article of the corpus
    articles: dict[str, str]  # document id -> the corpus's own id
    queries: dict[str, str]  # id -> text
    qrels: dict[str, dict[str, int]]  # query id -> corpus id -> grade; 0 is wrong


def load_set(folder: Path) -> RetrievalSet:
    """Read a set; articles go through the product's own structure parser.

    Raises:
        QuestionFileError: a file is missing, or a line cannot be used.
    """
    articles: dict[str, str] = {}
    documents: list[Document] = []
    for number, (place, entry) in enumerate(_lines(folder / "corpus.jsonl"), 1):
        article = _text(entry, "_id", place)
        title = " ".join(str(entry.get("title") or "").split())
        body = str(entry.get("text") or "").strip() or title
        if not body:
            continue  # nothing to find it by
        document_id = f"bai-{number:07d}"
        articles[document_id] = article
        values = {
            "id": document_id,
            "kind": ARTICLE_KIND,
            "title": title[:_MAX_TITLE_CHARS] or article[:_MAX_TITLE_CHARS],
            "issuer": folder.resolve().name,
            "issued_on": _NO_DATE,
        }
        documents.append(build_document(place, values, body, default_id=document_id))
    queries = {
        _text(entry, "_id", place): _text(entry, "text", place)
        for place, entry in _lines(folder / "queries.jsonl")
    }
    qrels = _read_qrels(folder)
    return RetrievalSet(folder.resolve().name, tuple(documents), articles, queries, qrels)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path.name}:{number}"
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise QuestionFileError(place, f"không phải JSON ({error})", "Sửa dòng này") from error
        if not isinstance(entry, dict):
            raise QuestionFileError(place, f"{line[:40]!r} không phải đối tượng", "Sửa dòng này")
        yield place, entry


def _text(entry: dict[str, Any], key: str, place: str) -> str:
    """One line; a run file parts its fields by tabs."""
    value = " ".join(str(entry.get(key, "")).split())
    if not value:
        raise QuestionFileError(place, f"{key!r} thiếu hoặc trống", "Sửa dòng này")
    return value


def _read_qrels(folder: Path) -> dict[str, dict[str, int]]:
    path = next((folder / name for name in _QRELS if (folder / name).is_file()), None)
    if path is None:
        raise QuestionFileError(folder, f"không có {', '.join(_QRELS)}", "Thêm một tệp đó")
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_read(path).split("\n"), 1):
        fields = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and fields[0] == "query-id"):
            continue  # the header
        place = f"{path.name}:{number}"
        if len(fields) not in (3, 4):  # four: as TREC has them, with an unused second one
            raise QuestionFileError(place, f"{line[:60]!r} không có 3 cột", "Ngăn các cột bằng tab")
        try:
            qrels.setdefault(fields[0], {})[fields[-2]] = int(fields[-1])
        except ValueError as error:
            raise QuestionFileError(
                place, f"{fields[-1]!r} không phải số nguyên", "Sửa dòng này"
            ) from error
    return qrels


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(path, f"không đọc được ({error})", "Kiểm tra tệp này") from error
