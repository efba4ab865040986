"""From texts to citable passages: the exact places, and what holds for any text at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.models import Document, Passage
from knowledge.reading.bundled import load_bundled
from knowledge.structure.locators import locator
from knowledge.structure.passages import MAX_CONTEXT_CHARS, parse_passages
from knowledge.structure.pieces import MAX_PASSAGE_CHARS
from knowledge.text import clean, sentence_spans
from retrieval.e5.model import OnnxE5

MAX_TOKENS = 510
LOCATORS = {
    "ke-hoach-47-kh-bcd": [
        "Phần mở đầu, đoạn 1",
        "Phần mở đầu, đoạn 2",
        "Phần mở đầu, đoạn 3",
        "Mục I",
        "Mục I, đoạn 1",
        "Mục I, đoạn 2",
        "Mục II",
        "Mục III",
        "Mục III.1",
        *(f"Mục III.1, điểm ({n})" for n in range(1, 7)),
        "Mục III.2",
        "Mục III.2, điểm (1)",
        "Mục III.2, điểm (2)",
        "Nơi nhận",
        "Chữ ký",
    ],
    "ket-luan-177-kl-tw": [
        *(f"Phần mở đầu, đoạn {n}" for n in range(1, 4)),
        "Mục 1",
        "Mục 2",
        "Mục 3",
        "Mục 4",
        *(f"Mục 4, điểm ({n})" for n in range(1, 12)),
        "Mục 5",
        *(f"Mục 5, điểm ({n})" for n in range(1, 4)),
        "Mục 6",
        *(f"Mục 6, điểm ({n})" for n in range(1, 5)),
        "Mục 7",
        "Mục 8",
        "Mục 8, điểm (1)",
        "Mục 8, điểm (2)",
        "Tài liệu kèm theo",
        "Nơi nhận",
    ],
    "ket-luan-195-kl-tw-tin": [
        *(f"Đoạn {n}" for n in range(1, 11)),
        *(f"Đoạn 10, mục {n}" for n in range(1, 4)),
        "Đoạn 11",
        "Đoạn 12",
    ],
    "hop-bo-chinh-tri-04-07-2025-tin": [f"Đoạn {n}" for n in range(1, 23)],
    "hop-bo-chinh-tri-06-2025-tin": [f"Đoạn {n}" for n in range(1, 13)],
}


@pytest.fixture(scope="module")
def bundled() -> dict[str, Document]:
    return {d.id: d for d in load_bundled()}


def parse(text: str, *, press: bool = False) -> list[Passage]:
    return list(parse_passages("thu", clean(text).strip(), press=press))


def places(text: str, *, press: bool = False) -> list[str]:
    return [p.locator for p in parse(text, press=press)]


def at(text: str, place: str, *, kind: str = "") -> Passage:
    return next(p for p in parse(text) if p.locator == place and kind in ("", p.kind))


# What holds for every text

# What may stand between passages: marks of structure and of Markdown, rules, bars, bullets.
_MARK = re.compile(
    r"[\W_]*(?:(?:phụ\s+lục|phần|chương|mục|tiểu\s+mục|điều|thứ)?\s*(?:số\s+)?"
    r"(?:[ivx]+|\d{1,4}(?:\.\d{1,3})*[a-zđ]?|[a-zđ]{1,2}\d?|nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)?"
    r"[\W_]*){0,30}",
    re.IGNORECASE,
)


def check(text: str, passages: list[Passage]) -> None:
    seen: set[str] = set()
    before = 0
    for ordinal, passage in enumerate(passages):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
        assert passage.text
        assert passage.ordinal == ordinal
        assert passage.start >= before
        assert len(passage.text) <= MAX_PASSAGE_CHARS or passage.kind == "closing"
        assert passage.id == f"thu#{passage.anchor}"
        assert re.fullmatch(r"[a-z0-9-]+", passage.anchor)
        assert passage.anchor not in {p.anchor for p in passages[:ordinal]}
        assert passage.locator in (locator(passage.path), ", ".join(passage.path))
        assert passage.locator not in {p.locator for p in passages[:ordinal]}
        assert passage.parent_id is None or passage.parent_id in seen
        gap = text[before : passage.start]
        assert _MARK.fullmatch(gap), f"lost: {gap!r}"
        seen.add(passage.id)
        before = passage.end
    assert _MARK.fullmatch(text[before:]), f"lost: {text[before:]!r}"


_WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "Ủy ban nhân dân cấp xã, phường; đặc khu: hoàn thành trước ngày 31/7/2025. Nơi nhận: Căn "
        "cứ Kết luận số 177-KL/TW (kèm theo) … “trích” * ** _ # > | - + ? ! a đ 1 2 I V X",
    )
)
_MARKS = st.sampled_from(
    [
        "",
        "Phần thứ nhất",
        "Phần II",
        "Chương I",
        "**Chương\nII**",
        "Mục 1",
        "Mục IV.",
        "Tiểu mục 2.",
        "Điều 1.",
        "**Điều 12a.",
        "**Điều 3.** ",
        "A. ",
        "I. ",
        "II- ",
        "1. ",
        "**2.** ",
        "3) ",
        "2.1. ",
        "(1) ",
        "(2) ",
        "a) ",
        "b) ",
        "đ) ",
        "- ",
        "+ ",
        "* ",
        "# ",
        "### ",
        "> ",
        "PHỤ LỤC I",
        "Nơi nhận:",
        "-----",
        "| |",
        "1",
    ]
)
_LINE = st.builds(
    lambda mark, words, end: mark + " ".join(words) + end,
    _MARKS,
    st.lists(_WORDS, max_size=30),
    st.sampled_from(["", ".", ";", ":", ",", "…", "**", "*"]),
)
_TEXT = st.lists(_LINE, max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\n\n", " ", ""]).map(lambda glue: glue.join(lines))
)


@settings(max_examples=300, deadline=None)
@given(_TEXT, st.booleans())
@example("như sau:**1. Việc một.\n\n**2. Việc hai.**\n", False)
@example("Điều 1.\n\n1. a:\n- b:\n(1) c.\n- d.\nNơi nhận:\n- e\nPHỤ LỤC\n1. g", False)
@example("(1) " * 40, False)
@example("x" * 4_000 + " " + "y, " * 900, True)
def test_structured_text_is_parted_without_loss(text: str, press: bool) -> None:
    cleaned = clean(text).strip()
    check(cleaned, list(parse_passages("thu", cleaned, press=press)))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=400), st.booleans())
def test_any_text_is_parted(text: str, press: bool) -> None:
    cleaned = clean(text).strip()
    passages = list(parse_passages("thu", cleaned, press=press))
    covered = sum(len(p.text) for p in passages)
    assert all(cleaned[p.start : p.end] == p.text for p in passages)
    assert len({p.anchor for p in passages}) == len(passages)
    assert covered <= len(cleaned)


def test_a_lost_word_is_seen() -> None:
    text = "1. Việc một.\n2. Việc hai.\n3. Việc ba."
    passages = parse(text)
    check(text, passages)
    with pytest.raises(AssertionError, match="lost"):
        check(text, passages[:-1])


def test_a_long_text_is_parted_in_linear_time() -> None:
    text = "\n".join(
        f"{n}. Việc thứ {n} do Ủy ban nhân dân xã làm; a) một; b) hai." for n in range(1, 900)
    )
    check(clean(text), parse(text))  # 0.2 s when measured


# The five texts


@pytest.mark.parametrize("document_id", LOCATORS)
def test_the_places_of_the_bundled_texts(bundled: dict[str, Document], document_id: str) -> None:
    document = bundled[document_id]
    assert [p.locator for p in document.passages] == LOCATORS[document_id]
    check(document.text, [*parse_passages("thu", document.text, press="tin" in document_id)])


def test_a_passage_holds_its_clause_and_no_mark(bundled: dict[str, Document]) -> None:
    point = next(p for p in bundled["ket-luan-177-kl-tw"].passages if p.anchor == "muc-4-diem-10")
    assert point.text == (
        "Sửa đổi, bổ sung, ban hành quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp tỉnh, "
        "cấp xã theo thẩm quyền, hoàn thành trước ngày 31/7/2025."
    )
    assert (point.kind, point.path) == ("point", ("Mục 4", "điểm (10)"))
    assert point.parent_id == "ket-luan-177-kl-tw#muc-4"
    assert point.context == "Yêu cầu ban thường vụ các tỉnh uỷ, thành uỷ:"


def test_every_passage_fits_the_embedder(bundled: dict[str, Document], model_folder: Path) -> None:
    model = OnnxE5(model_folder)
    for document in bundled.values():
        for passage in document.passages:
            words = f"{document.metadata.label}. {passage.context} {passage.text}"
            assert model.token_count(words) < MAX_TOKENS, passage.id


def test_no_sentence_of_the_bundled_texts_is_cut(bundled: dict[str, Document]) -> None:
    for document in bundled.values():
        ends = {p.end for p in document.passages}
        for start, end in sentence_spans(document.text):
            # A passage ends inside a sentence only where a mark parts the sentence.
            for cut in (e for e in ends if start < e < end):
                assert _MARK.fullmatch(document.text[cut : cut + 1]), document.text[cut - 40 : cut]


# Articles, clauses, points

DECREE = """
NGHỊ ĐỊNH

Quy định việc thử nghiệm

Căn cứ Luật Thử nghiệm số 1/2025/QH15;

Chính phủ ban hành Nghị định quy định việc thử nghiệm.

Chương I
QUY ĐỊNH CHUNG

Điều 1. Phạm vi điều chỉnh

Nghị định này quy định việc thử nghiệm tại cấp xã.

Điều 2. Giải thích từ ngữ

Trong Nghị định này, các từ ngữ dưới đây được hiểu như sau:

1. Thử nghiệm là việc làm trước khi làm thật.

2. Người thử gồm:

a) Cán bộ, công chức cấp xã;

b) Thanh niên tình nguyện;

đ) Người dân.

3. Thời gian thử không quá 30 ngày.

Hết thời gian này, Ủy ban nhân dân cấp xã báo cáo.

Chương II
TỔ CHỨC THỰC HIỆN

Mục 1
TRÁCH NHIỆM

Điều 3. Trách nhiệm thi hành. Các bộ trưởng chịu trách nhiệm thi hành Nghị định này.

Nơi nhận:
- Ban Bí thư;
- Lưu: VT.

TM. CHÍNH PHỦ
THỦ TƯỚNG

PHỤ LỤC I
MẪU BÁO CÁO

1. Tên đơn vị.

2. Kết quả.
"""


def test_a_decree_is_cited_by_its_articles() -> None:
    assert places(DECREE) == [
        "Phần mở đầu, đoạn 1",
        "Phần mở đầu, đoạn 2",
        "Phần mở đầu, đoạn 3",
        "Phần mở đầu, đoạn 4",
        "Chương I",
        "Điều 1",
        "Điều 2",
        "Điều 2, đoạn 1",
        "Điều 2, khoản 1",
        "Điều 2, khoản 2",
        "Điều 2, khoản 2, điểm a",
        "Điều 2, khoản 2, điểm b",
        "Điều 2, khoản 2, điểm đ",
        "Điều 2, khoản 3",
        "Điều 2, khoản 3, đoạn 2",
        "Chương II",
        "Chương II, Mục 1",
        "Điều 3",
        "Nơi nhận",
        "Chữ ký",
        "Phụ lục I",
        "Phụ lục I, mục 1",
        "Phụ lục I, mục 2",
    ]
    kinds = {p.locator: p.kind for p in parse(DECREE)}
    assert kinds["Chương I"] == kinds["Phụ lục I"] == "heading"
    assert kinds["Điều 3"] == "article"
    assert kinds["Điều 2, khoản 2"] == "clause"
    assert kinds["Điều 2, khoản 2, điểm đ"] == "point"
    assert kinds["Nơi nhận"] == kinds["Chữ ký"] == "closing"


def test_an_article_knows_what_is_above_it() -> None:
    point = at(DECREE, "Điều 2, khoản 2, điểm b")
    assert point.text == "Thanh niên tình nguyện;"
    assert point.path == ("Chương I", "Điều 2", "khoản 2", "điểm b")
    assert point.context == "QUY ĐỊNH CHUNG Giải thích từ ngữ Người thử gồm:"
    assert point.parent_id == "thu#dieu-2-khoan-2"
    assert at(DECREE, "Điều 2", kind="heading").text == "Giải thích từ ngữ"
    assert at(DECREE, "Phụ lục I", kind="heading").text == "MẪU BÁO CÁO"


def test_context_is_cut_to_the_last_sentence_of_what_leads_in() -> None:
    text = f"Điều 1. Một câu. {'Rất dài ' * 60}gồm:\n\n1. Việc."
    context = at(text, "Điều 1, khoản 1").context
    assert len(context) <= MAX_CONTEXT_CHARS
    assert context.endswith("gồm:")
    assert "Một câu" not in context


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # hard-wrapped lines, Markdown stars around marks
        ("**Điều 4.\nHồ sơ\nthử nghiệm**\n\nHồ sơ gồm\nđơn và\nbản sao.", ["Điều 4"]),
        (
            "**Điều 4. Hồ sơ**\n\n**1.** Đơn.\n**2.** Bản sao.",
            ["Điều 4", "Điều 4, khoản 1", "Điều 4, khoản 2"],
        ),
        (
            "**Chương\nII**\n\n**THỰC HIỆN**\n\n**Điều 5.** Bộ trưởng thi hành.",
            ["Chương II", "Điều 5"],
        ),
        ("# Phần I\n\n## TÌNH HÌNH\n\nĐã làm xong.", ["Phần I"]),
        ("** 2.1. **Việc một.\n\n** 2.2. **Việc hai.", ["Mục 2.1", "Mục 2.2"]),
        (
            "1. Mở đầu\n1.1. Việc một.\n1.2. Việc hai.\n2. Kết.",
            ["Mục 1", "Mục 1, mục 1.1", "Mục 1, mục 1.2", "Mục 2"],
        ),
        (
            "A. TÌNH HÌNH\nI. Kết quả\n1. Đã làm.\nB. KẾT LUẬN\nThôi.",
            ["Phần A", "Phần A, Mục I", "Phần A, Mục I, mục 1", "Phần B"],
        ),
        (
            "Phần thứ hai\nNHIỆM VỤ\nI- CHỈ TIÊU\n1) Đạt 90%.",
            ["Phần thứ hai", "Phần thứ hai, Mục I", "Phần thứ hai, Mục I, mục 1"],
        ),
        (
            "I. MỤC TIÊU\n1. Gồm các việc.\nII. YÊU CẦU\n1. Nhanh.",
            ["Mục I", "Mục I.1", "Mục II", "Mục II.1"],
        ),
        # a list inside a running paragraph
        (
            "1. Giao Bộ A: (1) Làm một; (2) làm hai; (3) làm ba.",
            ["Mục 1", "Mục 1, điểm (1)", "Mục 1, điểm (2)", "Mục 1, điểm (3)"],
        ),
        ("1. Giao Bộ A: a) làm một; b) làm hai.", ["Mục 1", "Mục 1, điểm a", "Mục 1, điểm b"]),
        (
            "1. Giao: (1) Một. (2) Hai (xem điểm (1) nêu trên). (3) Ba.",
            ["Mục 1", "Mục 1, điểm (1)", "Mục 1, điểm (2)", "Mục 1, điểm (3)"],
        ),
        ("1. Việc một; 2. Việc hai; 3. Việc ba.", ["Mục 1", "Mục 2", "Mục 3"]),
        ("1. Theo điểm (2) và (3) của Kế hoạch.", ["Mục 1"]),
        ("1. Làm xong: (1) ngay.", ["Mục 1"]),
        # the first number glued to the paragraph before it
        (
            "Bộ Chính trị kết luận như sau:**1. Thống nhất.**\n\nKèm báo cáo.\n\n**2. Yêu cầu:**",
            ["Phần mở đầu", "Mục 1", "Mục 1, đoạn 2", "Mục 2"],
        ),
        # bullets stay one list, with a list inside
        (
            "1. Giao:\n- Bộ A làm.\n- Bộ B theo nguyên tắc:\n(1) Nhanh.\n(2) Gọn.\n- Bộ C xem.",
            [
                "Mục 1",
                "Mục 1, đoạn 2",
                "Mục 1, đoạn 3",
                "Mục 1, đoạn 3, điểm (1)",
                "Mục 1, đoạn 3, điểm (2)",
                "Mục 1, đoạn 4",
            ],
        ),
        # a paragraph that a page break cut
        ("1. Ủy ban nhân dân cấp xã\n\nchịu trách nhiệm.\n\n2. Hết.", ["Mục 1", "Mục 2"]),
        # no marks
        ("Một câu.\n\nHai câu.", ["Đoạn 1", "Đoạn 2"]),
        # running sentences that only look like marks
        ("Phần 2 của báo cáo nêu rõ.", ["Đoạn 1"]),
        ("Chương trình 135 đã hết.", ["Đoạn 1"]),
        ("Mục tiêu năm 2026: đạt.", ["Đoạn 1"]),
        ("Điều 5 Nghị định này được sửa.", ["Đoạn 1"]),
        ("V.I. Lê-nin đã viết.", ["Đoạn 1"]),
        ("30 ngày là hạn cuối.", ["Đoạn 1"]),
        ("Phụ lục kèm theo quyết định này.", ["Đoạn 1"]),
    ],
)
def test_marks_are_seen(text: str, expected: list[str]) -> None:
    assert places(text) == expected
    cleaned = clean(text).strip()
    check(cleaned, parse(cleaned))


def test_stars_stay_inside_a_passage_and_go_at_its_ends() -> None:
    assert at("**Điều 1. Phạm vi**\n\n1. X.\n\n2. Y.", "Điều 1").text == "Phạm vi"
    assert at("*Căn cứ Luật;*", "Đoạn 1").text == "Căn cứ Luật;"
    text = "1. Báo cáo **trước 15 giờ** hằng tuần *(nếu có)*."
    assert at(text, "Mục 1").text == text[3:]
    assert at("1. Làm **ngay**", "Mục 1").text == "Làm **ngay**"


def test_hard_wrapped_lines_stay_one_paragraph() -> None:
    text = (
        "1. Việc tổ chức tiếp\nnhận hồ sơ được\nthực hiện từ Cổng\nDịch vụ công quốc gia.\n2. Hết."
    )
    assert at(text, "Mục 1").text.split() == text[3:].split("2.")[0].split()


def test_a_press_report_is_numbered_by_its_paragraphs() -> None:
    text = "Điều 1. nhắc đến trong tin.\n\nBộ trưởng giao:\n\n1. Việc một;\n\n2. Việc hai.\n\nHết."
    assert places(text, press=True) == [
        "Đoạn 1",
        "Đoạn 2",
        "Đoạn 2, mục 1",
        "Đoạn 2, mục 2",
        "Đoạn 3",
    ]


def test_a_long_clause_is_parted_between_sentences() -> None:
    sentence = "Ủy ban nhân dân cấp xã thực hiện nhiệm vụ được giao theo quy định. "
    text = f"Điều 1. {sentence * 60}"
    parts = parse(text)
    assert [p.locator for p in parts] == [f"Điều 1, phần {n}" for n in range(1, len(parts) + 1)]
    assert len(parts) > 2
    assert all(p.text.endswith("quy định.") for p in parts)
    check(clean(text).strip(), parts)


@pytest.mark.parametrize("glue", ["; ", ", ", " ", "\n", ""])
def test_an_endless_sentence_is_parted_all_the_same(glue: str) -> None:
    text = f"Điều 1. {glue.join(['việc'] * 1_500)}"
    parts = parse(text)
    assert max(len(p.text) for p in parts) <= MAX_PASSAGE_CHARS
    assert re.sub(r"\s", "", "".join(p.text for p in parts)) == re.sub(r"\s", "", text[8:])


def test_two_parts_of_one_name_have_their_own_anchors() -> None:
    text = "Điều 1. Một.\n\nĐiều 1. Hai."
    assert [p.anchor for p in parse(text)] == ["dieu-1", "dieu-1-2"]
    assert places(text) == ["Điều 1", "Điều 1, lần 2"]
    text = "Chương I\nA B C\nĐiều 1. Một.\nChương II\nD E F\nĐiều 1. Hai."
    assert places(text) == ["Chương I", "Điều 1", "Chương II", "Chương II, Điều 1"]


@pytest.mark.parametrize("text", ["", " \n\t", "-----", "| |\n|", "***\n\n___"])
def test_a_text_without_words_has_no_passages(text: str) -> None:
    assert parse(text) == []
