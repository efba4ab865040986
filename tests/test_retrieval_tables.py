"""What is counted over all texts when the index is built."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.models import Document
from knowledge.numbers import find_numbers
from knowledge.reading.document import build_document
from retrieval.errors import IndexMismatchError
from retrieval.tables import TextTables, number_key

TEXT = """1. Thực hiện Kết luận số 177-KL/TW trước ngày 15/7/2025.

2. Báo cáo về Kết luận 177 từ ngày 1 đến ngày 5/8.
"""


@pytest.fixture
def document() -> Document:
    metadata = {"title": "Kế hoạch thử", "issuer": "Cơ quan thử", "issued_on": "2025-07-11"}
    return build_document("thu.md", metadata, TEXT, default_id="thu")


def key(text: str) -> str:
    return number_key(find_numbers(text)[0])


def test_words_days_and_numbers(document: Document) -> None:
    tables = TextTables.of([document])
    assert {"bao", "cao", "thu", "177"} <= tables.vocabulary
    assert tables.days == {(11, 7, 2025), (15, 7, 2025), (1, 8, None), (5, 8, None)}
    assert tables.naming[key("KL 177")] == ["thu#muc-1", "thu#muc-2"]
    assert key("kết luận số 177-KL/TW") == key("KL 177") != key("NQ 177")


def test_they_are_read_as_they_were_written(document: Document, tmp_path: Path) -> None:
    tables = TextTables.of([document])
    tables.write(tmp_path / "tables.json")
    assert TextTables.read(tmp_path / "tables.json") == tables


@pytest.mark.parametrize(
    "body", [None, "", "[]", '{"vocabulary": []}', json.dumps({"days": [[1]], "vocabulary": []})]
)
def test_damaged_tables_are_built_again(tmp_path: Path, body: str | None) -> None:
    if body is not None:
        (tmp_path / "tables.json").write_text(body)
    with pytest.raises(IndexMismatchError, match=r"tables\.json"):
        TextTables.read(tmp_path / "tables.json")
