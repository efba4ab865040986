"""The check of a sentence against what it cites; each rule fails when it is taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import bot.rephrasing.verifier
from bot.rephrasing.verifier import Evidence, Verifier, values_in
from evals.asking.sentences import Judged, judge, load_sentences, summarise
from evals.scoring.floors import load_floors
from knowledge.reading.bundled import load_bundled
from retrieval.diacritics import Restorer
from retrieval.embedding import Embedder, open_embedder

CLAUSE = Evidence(
    1,
    "Sửa đổi, bổ sung, ban hành quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp tỉnh, "
    "cấp xã theo thẩm quyền, hoàn thành trước ngày 31/7/2025.",
    "Kết luận 177-KL/TW",
    "Mục 4, điểm (10)",
    "177-KL/TW",
    "11/7/2025",
    "Yêu cầu ban thường vụ các tỉnh uỷ, thành uỷ:",
)
CUTS = Evidence(
    2,
    "Về số lượng cán bộ, công chức, dự kiến sau sắp xếp: cấp tỉnh sẽ giảm hơn 18.440 biên chế. "
    "Cấp xã sẽ giảm hơn 110.780 biên chế cán bộ, công chức.",
    "Tin về kết luận tháng 6/2025",
    "Đoạn 5",
)


@pytest.fixture(scope="module")
def embedder(model_folder: Path) -> Embedder:
    return open_embedder("default", model_folder)


@pytest.fixture(scope="module")
def check(embedder: Embedder) -> Callable[[str], str | None]:
    rarity = Restorer(own_texts=[d.text for d in load_bundled()]).rarity
    verifier = Verifier([CLAUSE, CUTS], embedder, rarity)
    return lambda sentence: verifier.check(sentence).fault


TRUE = (
    "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải hoàn thành trước "
    "ngày 31/7/2025 [1]."
)


@pytest.mark.parametrize(
    "sentence",
    [
        TRUE,
        TRUE.replace("31/7/2025", "31 tháng 7 năm 2025"),
        TRUE.replace("Quy định", "Theo Mục 4, điểm (10) Kết luận 177-KL/TW, quy định"),
        "Ban thường vụ các tỉnh uỷ, thành uỷ sửa đổi, bổ sung, ban hành quy định về chức năng, "
        "nhiệm vụ cơ quan chuyên môn cấp xã [1].",
        "Cấp xã sẽ giảm hơn 110.780 biên chế cán bộ, công chức [2].",
        CLAUSE.text + " [1]",
    ],
)
def test_what_the_passage_says_stands(check: Callable[[str], str | None], sentence: str) -> None:
    assert check(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("", "shape"),
        ("[1]", "shape"),
        ("Đúng vậy [1].", "shape"),
        ("Quy dinh phai hoan thanh truoc ngay 31/7/2025 [1].", "shape"),
        ("Quy định phải hoàn thành khi nào? [1]", "shape"),
        (TRUE.replace("Quy", "<b>Quy"), "shape"),
        (TRUE + " https://a.vn", "shape"),
        ("Quy định " * 100 + "[1]", "shape"),
        (TRUE.replace(" [1]", ""), "no_marker"),
        (TRUE.replace("[1]", "[3]"), "unknown_marker"),
        (TRUE.replace("[1]", "[1][3]"), "unknown_marker"),
        (TRUE.replace("[1]", "[2]"), "value"),
        (TRUE.replace("31/7", "30/7"), "value"),
        (TRUE.replace("2025", "2026"), "value"),
        (TRUE.replace("trước", "sau"), "bound"),
        (TRUE.replace("trước ngày", "vào ngày"), "bound"),
        (TRUE.replace("cấp xã", "cấp huyện"), "name"),
        (TRUE.replace("cơ quan chuyên môn cấp xã", "Bộ Nội vụ"), "name"),
        (TRUE.replace("cấp xã", "xã Tân Thông Hội"), "name"),
        (TRUE.replace("phải", "không phải"), "denial"),
        (TRUE.replace("phải", "chưa cần"), "denial"),
        (TRUE.replace("phải", "bắt buộc"), "strength"),
        ("Cấp tỉnh sẽ giảm hơn 110.780 biên chế cán bộ, công chức [2].", "name"),
        ("Cấp tỉnh sẽ giảm hơn 18.440 biên chế [2].", "planned"),
        ("Cấp xã sẽ tăng hơn 110.780 biên chế cán bộ, công chức [2].", "strength"),
        ("Cấp xã sẽ giảm dưới 110.780 biên chế cán bộ, công chức [2].", "bound"),
        ("Cán bộ cấp xã được đi du lịch nước ngoài mỗi mùa hè [1].", "overlap"),
    ],
)
def test_what_it_does_not_say_falls(
    check: Callable[[str], str | None], sentence: str, fault: str
) -> None:
    assert check(sentence) == fault


def test_values_have_one_form() -> None:
    assert values_in("ngày 31 tháng 7 năm 2025") == values_in("ngày 31/7/2025") == {"31/7/2025"}
    assert values_in("hơn 110.780 biên chế") == {"110780"}
    assert values_in("") == frozenset()


# The whole set


@pytest.fixture(scope="module")
def judged(embedder: Embedder) -> list[Judged]:
    return judge(load_sentences(), embedder)


def test_our_sentences() -> None:
    sentences = load_sentences()
    assert len(sentences) >= 300
    kinds = {s.kind for s in sentences}
    assert kinds >= {"supported", "number_changed", "date_changed", "agency_swapped", "negated"}
    assert kinds >= {"invented_marker", "wrong_marker"}
    floors = {(f.half, f.measure): f.at_least for f in load_floors(of="sentences")}
    assert floors[("report", "precision")] == 1.0
    assert floors[("report", "recall")] >= 0.9


def test_nothing_unsupported_is_let_through(judged: list[Judged]) -> None:
    let = [j.sentence.sentence for j in judged if not j.fault and j.sentence.kind != "supported"]
    assert let == []
    assert summarise(judged).recall >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule", ["_value_fault", "_name_fault", "_denial_fault", "_strength_fault", "_strange_run"]
)
def test_each_rule_is_needed(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    gone = (lambda *_: 0) if rule == "_strange_run" else (lambda *_: None)
    monkeypatch.setattr(bot.rephrasing.verifier, rule, gone)
    if rule == "_strange_run":
        monkeypatch.setattr(bot.rephrasing.verifier, "_new_pairs_run", gone)
    judged = judge(load_sentences(), embedder)
    assert any(not j.fault and j.sentence.kind != "supported" for j in judged)


@pytest.mark.parametrize(
    ("owner", "name"), [(bot.rephrasing.verifier, "MIN_COVERAGE"), (Embedder, "floor")]
)
def test_the_measures_can_refuse(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    monkeypatch.setattr(owner, name, 1.01)
    judged = judge(load_sentences()[:40], embedder)
    assert all(j.fault for j in judged)
