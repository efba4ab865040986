"""`haicap eval retrieval` from its arguments to its run file, on a small set of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.doors.cli.main import main
from evals.errors import QuestionFileError
from evals.retrieval.metrics import figures, trec_lines
from evals.retrieval.sets import load_set

CORPUS = [
    ("luật trà|1", "Quy ước làng Trà - Điều 1. Giờ mở cửa", "Nhà văn hóa mở cửa từ 7 giờ sáng."),
    ("luật trà|2", "Quy ước làng Trà - Điều 2. Vệ sinh", "1. Rác để trước cổng vào chiều thứ Bảy;\n"
     "2. Không đốt rơm rạ ngoài đồng."),
    ("luật trà|3", "", "Thư viện cho mượn sách trong mười bốn ngày."),
    ("luật trà|4", "Quy ước làng Trà - Điều 4. Để trống", ""),
]  # fmt: skip
QUERIES = [
    ("q1", "Được mượn sách ở thư viện\ntrong bao lâu?"),
    ("q2", "Khi nào thì để rác ra cổng?"),
    ("q3", "Nhà văn hóa mở cửa lúc mấy giờ?"),
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tluật trà|3\t1\nq2\tluật trà|2\t1\nq3\tluật trà|1\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "lang-tra"
    (target / "qrels").mkdir(parents=True)
    _write(target / "corpus.jsonl", [{"_id": i, "title": t, "text": x} for i, t, x in CORPUS])
    _write(target / "queries.jsonl", [{"_id": i, "text": x} for i, x in QUERIES])
    (target / "qrels" / "test.tsv").write_text(QRELS, "utf-8")
    return target


def _write(path: Path, entries: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries), "utf-8")


def test_a_set_is_searched_by_the_product_and_scored(
    folder: Path,
    model_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, run = tmp_path / "data", tmp_path / "out.run"
    data.mkdir()
    (data / "models").symlink_to(model_folder)
    words = ["eval", "retrieval", "--set", str(folder), "--run", str(run), "--data", str(data)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    found: dict[str, Any] = json.loads(out)
    assert found["set"] == "lang-tra"
    assert (found["documents"], found["queries"]) == (4, 3)
    assert found["metrics"]["nDCG@10"] == found["metrics"]["R@1"] == 1.0
    assert found["styles"]["unaccented"]["R@10"] == 1.0
    assert found["nDCG@10_of_careful"]["careful"] == 1.0
    assert "unaccented" in err
    lines = [line.split("\t") for line in run.read_text("utf-8").splitlines()]
    assert [line[:3] for line in lines if line[3] == "1"] == [
        ["q1", "Q0", "luật trà|3"],
        ["q2", "Q0", "luật trà|2"],
        ["q3", "Q0", "luật trà|1"],
    ]
    assert len(lines) == 3 * len(CORPUS)  # every article, where the set has fewer than 100
    assert (tmp_path / "out.unaccented.run").is_file()
    assert main([*words, "--styles", "careful"]) == 0  # the second time nothing is built
    assert json.loads(capsys.readouterr().out)["metrics"] == found["metrics"]


def test_the_parts_of_the_search_are_tried_one_by_one(
    folder: Path, model_folder: Path, tmp_path: Path
) -> None:
    data, tables = tmp_path / "data", tmp_path / "bang.md"
    data.mkdir()
    (data / "models").symlink_to(model_folder)
    words = ["eval", "retrieval", "--set", str(folder), "--data", str(data), "--styles", "careful"]
    assert main([*words, "--ablation", str(tables)]) == 0
    lines = [line.split("|")[1:-1] for line in tables.read_text("utf-8").splitlines()[4:]]
    rows = {(part.strip(), way.strip()): figures for part, way, *figures in lines}
    assert [f.strip() for f in rows["sản phẩm", "như đang dùng"]][:2] == ["1,000", "1,000"]
    assert len(rows) == len(lines) > 15
    for part in ("từng nhánh", "cách gộp", "cả Điều", "cả luật", "chữ dẫn trong chỉ mục"):
        assert any(known == part for known, _ in rows)


def test_an_article_without_text_is_found_by_its_title(folder: Path) -> None:
    data = load_set(folder)
    assert [data.articles[d.id] for d in data.documents] == [i for i, _, _ in CORPUS]
    assert data.documents[3].text == CORPUS[3][1]
    assert data.queries["q1"] == "Được mượn sách ở thư viện trong bao lâu?"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("corpus.jsonl", "{", "corpus.jsonl:1"),
        ("corpus.jsonl", "[]", "corpus.jsonl:1"),
        ("queries.jsonl", '{"_id": "q1"}', "queries.jsonl:1"),
        ("qrels/test.tsv", "q1\tmột\n", "test.tsv:1"),
        ("qrels/test.tsv", "q1\ta\t1\nq1\tb\tcao\n", "test.tsv:2"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder: Path, name: str, text: str, says: str) -> None:
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(QuestionFileError, match=says):
        load_set(folder)


def test_a_missing_file_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "qrels" / "test.tsv").unlink()
    assert main(["eval", "retrieval", "--set", str(folder)]) == 2
    assert "qrels.tsv" in capsys.readouterr().err
    assert main(["eval", "retrieval", "--set", str(folder), "--run", "/khong/co/tep"]) == 2
    assert "/khong/co" in capsys.readouterr().err


def test_figures_of_a_known_run() -> None:
    qrels = {"a": {"x": 1}, "b": {"y": 1, "z": 1}, "c": {"w": 1}, "none": {"x": 0}}
    run = {"a": [("x", 3.0), ("y", 2.0)], "b": [("x", 3.0), ("y", 2.0)]}
    found = figures(qrels, run)
    assert found.queries == 3
    assert found.means["R@1"] == round(1 / 3, 4)  # "c" is missing and counts as 0
    assert found.means["R@5"] == round((1 + 0.5) / 3, 4)
    assert found.means["MRR@10"] == round((1 + 0.5) / 3, 4)
    low, high = found.intervals["R@1"]
    assert 0.0 <= low <= found.means["R@1"] <= high <= 1.0
    assert low < high


def test_scores_of_a_run_fall_strictly() -> None:
    lines = trec_lines({"q": [("a b", 1.0), ("c", 1.0), ("d", 0.5)]}, "tag").splitlines()
    fields = [line.split("\t") for line in lines]
    assert [f[:4] + f[5:] for f in fields] == [
        ["q", "Q0", "a b", "1", "tag"],
        ["q", "Q0", "c", "2", "tag"],
        ["q", "Q0", "d", "3", "tag"],
    ]
    scores = [float(f[4]) for f in fields]
    assert scores == sorted(set(scores), reverse=True)
