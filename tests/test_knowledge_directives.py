"""Whole directives of every kind: each clause at its own place, each part known for what it is.

The texts in tests/directives have the form of real ones, and invented bodies.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.models import Passage
from knowledge.structure.blocks import MIN_CHARS
from knowledge.structure.passages import parse_passages
from knowledge.structure.pieces import MAX_PASSAGE_CHARS
from knowledge.text import clean

FOLDER = Path(__file__).parent / "directives"
NAMES = sorted(path.name for path in FOLDER.iterdir())
# Between passages: marks of structure and of Markdown, and what a table is drawn with.
_GAP = re.compile(
    r"[\W_]*(?:(?:phụ\s+lục|phần|chương|mục|tiểu\s+mục|điều|thứ|mẫu)?\s*(?:số\s+)?"
    r"(?:[ivx]+|\d{1,4}(?:\.\d{1,3})*[a-zđ]?|[a-zđ]{1,2}\d?|nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)?"
    r"[\W_]*){0,30}",
    re.IGNORECASE,
)


def text_of(name: str) -> str:
    return clean((FOLDER / name).read_text("utf-8")).strip()


def passages_of(name: str) -> Sequence[Passage]:
    return parse_passages("thu", text_of(name))


def parse(text: str) -> Sequence[Passage]:
    return parse_passages("thu", clean(text).strip())


def at(passages: Sequence[Passage], place: str) -> Passage:
    return next(p for p in passages if p.locator == place)


def places(passages: Sequence[Passage]) -> list[str]:
    return [p.locator for p in passages]


def check(text: str, passages: Sequence[Passage]) -> None:
    """What holds for every text: verbatim, in order, each place once, no word lost."""
    before = 0
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.start >= before
        gap = text[before : passage.start]
        assert _GAP.fullmatch(gap), f"lost: {gap!r}"
        before = passage.end
    assert _GAP.fullmatch(text[before:]), f"lost: {text[before:]!r}"
    doubled = [place for place, count in Counter(places(passages)).items() if count > 1]
    assert doubled == []
    assert len({p.anchor for p in passages}) == len(passages)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_one_place(name: str) -> None:
    text, passages = text_of(name), passages_of(name)
    check(text, passages)
    assert all(len(p.text) >= MIN_CHARS for p in passages)


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_around_the_articles_is_known(name: str) -> None:
    by_role: dict[str, str] = {}
    for passage in passages_of(name):
        by_role[passage.role] = f"{by_role.get(passage.role, '')}\n{passage.text}"
    text = text_of(name)
    for sign in ("CỘNG HÒA XÃ HỘI", "Số: ", "Số 15-KL"):
        assert sign not in text or sign in by_role["letterhead"]
    apart = "\n".join(
        by_role.get(role, "") for role in ("letterhead", "basis", "signature", "recipients")
    )
    for role in ("body", "annex"):
        own = by_role.get(role, "")
        assert not re.search(r"^\W*(Căn cứ|Nơi nhận|TM\.|KT\.|- Lưu|Kính gửi)", own, re.MULTILINE)
    for sign in ("Nơi nhận", "Căn cứ Luật", "Căn cứ Nghị định", "Kính gửi:\n"):
        assert sign not in text or sign in apart
    assert "QUYẾT ĐỊNH:" not in text or "QUYẾT ĐỊNH:" in by_role["enacting"]
    assert "QUYẾT NGHỊ:" not in text or "QUYẾT NGHỊ:" in by_role["enacting"]


def test_attached_articles_are_their_own() -> None:
    found = passages_of("quyet-dinh-xa-quy-che.txt")
    assert "thứ Năm hằng tuần" in at(found, "Quy chế, Điều 10").text
    assert "Ban hành kèm theo" in at(found, "Điều 1").text
    assert at(found, "Quy chế, Điều 1, khoản 2").role == "annex"
    assert at(found, "Quy chế").text == "QUY CHẾ\nLàm việc của Ủy ban nhân dân xã Ví Dụ"
    assert at(found, "Chữ ký").text.endswith("Phạm Thị Ví Dụ")
    assert not [place for place in places(found) if place.startswith("Chữ ký, ")]


def test_an_article_of_an_attachment_knows_its_title_and_heading() -> None:
    found = passages_of("quyet-dinh-tinh-quy-dinh.md")
    point = at(found, "Quy định, Điều 2, khoản 2")
    assert point.text == "Chủ tịch Ủy ban nhân dân cấp xã."
    assert point.context == (
        "QUY ĐỊNH Phân cấp quản lý viên chức trên địa bàn tỉnh Mẫu QUY ĐỊNH CHUNG "
        "Đối tượng được phân cấp"
    )
    assert "25 tháng 5" in at(found, "Điều 2").text
    assert at(found, "Quy định, Chương I").text == "QUY ĐỊNH CHUNG"


def test_attachments_of_one_name_are_told_apart() -> None:
    found = passages_of("quyet-dinh-danh-muc.md")
    assert at(found, "Danh mục, mục 1").text == "Sách giáo khoa."
    assert at(found, "Danh mục (2), mục 1").text == "Truyện tranh."
    assert at(found, "Phần kèm theo, Phần II, mục 1, điểm b").text == "Phí, lệ phí: không."


def test_a_scheme_has_parts_and_sections() -> None:
    found = passages_of("quyet-dinh-de-an.md")
    point = at(found, "Đề án, Phần thứ hai, Mục II, mục 1, mục 1.2")
    assert point.text == "Năm 2027 mua 20 xe."
    assert "Mua xe:" in point.context
    assert at(found, "Chữ ký").role == "signature"


def test_what_stands_behind_a_closing_is_attached_even_without_a_name() -> None:
    text = (
        "Điều 1. Ban hành.\n\nNơi nhận:\n- Lưu: VT.\n\nCHỦ TỊCH\n\nLê Văn Mẫu\n\n"
        "Điều 1. Việc một.\n\nĐiều 2. Việc hai."
    )
    found = parse(text)
    assert places(found) == [
        "Điều 1",
        "Nơi nhận",
        "Chữ ký",
        "Phần kèm theo, Điều 1",
        "Phần kèm theo, Điều 2",
    ]


def test_a_name_of_an_attachment_inside_an_article_is_no_attachment() -> None:
    text = (
        "Chương I\n\nQUY ĐỊNH CHUNG\n\nĐiều 1. Phạm vi\n\nQuy chế làm việc (kèm theo Quyết định "
        "này) áp dụng cho xã.\n\nĐiều 2. Hiệu lực\n\nTừ ngày ký."
    )
    assert places(parse(text)) == ["Chương I", "Điều 1", "Điều 2"]


# Quotations


def test_what_is_quoted_is_of_the_clause_that_amends() -> None:
    found = passages_of("nghi-dinh-sua-doi.txt")
    assert [p for p in places(found) if p.startswith("Điều")] == [
        "Điều 1",
        *(f"Điều 1, khoản {n}" for n in range(1, 5)),
        "Điều 1, khoản 4, điểm a",
        "Điều 1, khoản 4, điểm b",
        "Điều 2",
        "Điều 3",
        "Điều 3, khoản 1",
        "Điều 3, khoản 2",
    ]
    amended = at(found, "Điều 1, khoản 1").text
    assert amended.startswith("Sửa đổi, bổ sung khoản 2 Điều 3 như sau:")
    assert amended.endswith("b) Người khuyết tật.”")
    assert "3. Kinh phí do ngân sách xã bảo đảm." in at(found, "Điều 1, khoản 2").text
    assert '"Điều 5. Hiệu lực' in at(found, "Điều 2").text


def test_a_long_quotation_is_parted_and_keeps_its_lead_in() -> None:
    quoted = "\n\n".join(f"{n}. Việc thứ {n} của xã {'rất dài ' * 20}." for n in range(1, 20))
    text = f"Điều 1. Sửa đổi\n\n1. Sửa Điều 7 như sau:\n\n“{quoted}”\n\n2. Bỏ Điều 8."
    found = parse(text)
    check(clean(text).strip(), found)
    parts = [p for p in found if p.locator.startswith("Điều 1, khoản 1, đoạn ")]
    assert len(parts) > 1
    assert all(p.context.endswith("Sửa Điều 7 như sau:") for p in parts)
    assert all(len(p.text) <= MAX_PASSAGE_CHARS for p in parts)
    assert "Điều 1, khoản 2" in places(found)
    assert "Điều 1, khoản 3" not in places(found)


def test_a_quotation_that_is_never_closed_ends_where_the_text_goes_on() -> None:
    text = (
        "Điều 1. Sửa đổi\n\n1. Sửa khoản 5 như sau:\n\n“5. Việc năm.\n\na) Một.\n\n"
        "2. Sửa khoản 6 như sau:\n\n“6. Việc sáu.”\n\nĐiều 2. Hiệu lực\n\nTừ ngày ký."
    )
    assert places(parse(text)) == ["Điều 1", "Điều 1, khoản 1", "Điều 1, khoản 2", "Điều 2"]


def test_points_inside_a_quotation_do_not_part_a_paragraph() -> None:
    text = "1. Sửa khoản 2 như sau: “2. Giao: a) làm một; b) làm hai.”\n\n2. Hết hiệu lực."
    assert places(parse(text)) == ["Mục 1", "Mục 2"]


# Tables


def test_a_row_is_a_place_and_has_the_header_above_it() -> None:
    found = passages_of("nghi-quyet-hdnd.md")
    row = at(found, "Điều 1, bảng, dòng 2")
    assert (row.kind, row.text) == ("row", "2 | Thẻ trẻ em | 20.000")
    assert row.context == "Mức thu STT | Loại thẻ | Mức thu (đồng/thẻ/năm) | (1) | (2) | (3)"
    assert at(found, "Điều 1, bảng").kind == "heading"


def test_rows_know_the_group_they_stand_in() -> None:
    found = passages_of("quyet-dinh-danh-muc.md")
    row = at(found, "Phần kèm theo, Phần I, bảng, dòng 5")
    assert row.text == "1 | Cấp thẻ thủ thư | Sở Mẫu | 03 ngày làm việc"
    assert row.context.endswith("Cơ quan thực hiện | Thời hạn B | THỦ TỤC CẤP TỈNH")
    assert "CẤP XÃ" not in row.context


def test_tabs_part_cells_too() -> None:
    row = at(passages_of("quyet-dinh-xa-quy-che.txt"), "Phụ lục I, bảng, dòng 2")
    assert row.text == "2\tChiều thứ Sáu\tCông an xã"
    assert row.context == "LỊCH TRỰC STT Buổi Người trực"


def test_cells_on_lines_of_their_own_make_rows() -> None:
    cells = ["TT", "Việc", "Hạn", "1", "Khai sinh", "01 ngày", "2", "Khai tử", "02 ngày"]
    rows = ["|\n" + "\n|\n".join(cells[i : i + 3]) + "\n|" for i in (0, 3, 6)]
    text = "Điều 1. Thời hạn như sau:\n\n" + "\n".join(rows) + "\n\nĐiều 2. Hết."
    found = parse(text)
    check(text, found)
    row = at(found, "Điều 1, bảng, dòng 2")
    assert row.text.split("\n|\n") == ["2", "Khai tử", "02 ngày"]
    assert "Hạn" in row.context


def test_a_row_goes_on_where_its_first_cell_is_empty() -> None:
    head = "| TT | Việc | Ai |\n|---|---|---|\n"
    text = f"{head}| 1 | Họp | Xã |\n| | Ghi biên bản | |\n| 2 | Gửi | Tỉnh |"
    rows = [p.text for p in parse(text) if p.kind == "row"]
    assert len(rows) == 2
    assert "Ghi biên bản" in rows[0]


def test_a_long_table_keeps_its_header_on_every_row() -> None:
    rows = "\n".join(f"| {n} | Thủ tục {n} | {n % 30} ngày |" for n in range(1, 400))
    found = parse(f"| STT | Tên thủ tục | Thời hạn |\n| --- | --- | --- |\n{rows}")
    assert [p.text for p in found if p.kind == "row"][-1] == "399 | Thủ tục 399 | 9 ngày"
    assert all(p.context == "STT | Tên thủ tục | Thời hạn" for p in found if p.kind == "row")


def test_columns_of_a_closing_are_no_table() -> None:
    found = passages_of("nghi-dinh.md")
    assert at(found, "Nơi nhận").text.startswith("**Nơi nhận:**")
    assert at(found, "Chữ ký").text.endswith("Nguyễn Văn Mẫu")
    assert "bảng" not in " ".join(places(passages_of("quyet-dinh-tinh-quy-dinh.md")))


# Numbers, headings, lists


def test_two_point_two_is_a_number_of_its_own() -> None:
    assert at(passages_of("ket-luan.md"), "Mục 2, mục 2.2").text == "Báo cáo trước ngày 05/4/2026."
    plan = passages_of("ke-hoach-xa.md")
    assert at(plan, "Mục I.2, mục 2.2").text.startswith("Không thu thêm giấy tờ")
    circular = passages_of("thong-tu.txt")
    assert at(circular, "Điều 2, khoản 1, khoản 1.2, điểm b").text == "Ngày trả."


def test_pluses_stand_below_their_dash() -> None:
    plus = at(passages_of("thong-tu.txt"), "Điều 2, khoản 2, đoạn 2, đoạn 3")
    assert plus.text == "Lập biên bản."
    assert plus.context.endswith("Trước khi khóa sổ, thủ thư:")
    after = at(passages_of("thong-tu.txt"), "Điều 2, khoản 2, đoạn 3")
    assert after.text.startswith("Sau khi khóa sổ")


def test_a_heading_without_a_number_names_what_stands_below() -> None:
    found = passages_of("thong-bao.md")
    assert at(found, "Thời gian, mục 2").text == "Đợt hai: ngày 12 tháng 9 năm 2026."
    assert at(found, "Địa điểm, mục 2").text == "Sân trường tiểu học Mẫu."
    assert at(found, "Mức thu").text == "**Mức thu**\n\nKhông thu tiền công tiêm."


def test_a_title_below_a_table_is_no_heading() -> None:
    table = "| Số hiệu: | 212 |\n| --- | --- |\n| Loại: | Kết luận |\n| Nơi: | Ban Mẫu |"
    found = parse(f"{table}\n\nKẾT LUẬN CỦA BAN MẪU\n\nBan Mẫu kết luận:\n\n1. Một.\n\n2. Hai.")
    assert places(found)[-2:] == ["Mục 1", "Mục 2"]


def test_an_article_with_one_paragraph_is_one_place() -> None:
    found = passages_of("nghi-dinh.md")
    assert at(found, "Điều 5").text == (
        "**Điều 5. Hiệu lực thi hành**\n\n"
        "Nghị định này có hiệu lực thi hành từ ngày 20 tháng 4 năm 2026."
    )
    assert at(found, "Chương II, Mục 2, Tiểu mục 1").text == "CẤP XÃ"
    assert at(found, "Điều 4").context == "LẬP THƯ VIỆN THẨM QUYỀN CẤP XÃ"
    assert at(found, "Điều 2, khoản 2, điểm đ").text == "Người dân tự nguyện."


def test_a_form_is_known_as_one() -> None:
    found = passages_of("nghi-dinh.md")
    field = at(found, "Phụ lục, Mẫu số 01, mục 3")
    assert field.role == "form"
    assert "TỜ TRÌNH" in field.context
    blank = "PHỤ LỤC\n\nĐƠN XIN\n\nHọ và tên: ………………\n\nNgày sinh: ....../....../......\n\nKý tên."
    asked = parse(f"Điều 1. Một.\n\nNơi nhận:\n- Lưu: VT.\n\n{blank}")
    assert {p.role for p in asked if p.locator.startswith("Phụ lục")} == {"form"}


def test_notes_below_the_signature_of_a_form_stay_in_it() -> None:
    form = "Mẫu số 01\n\n1. Họ và tên: ………\n\nTM. HỘ KINH DOANH\n\n2. Ghi chú: ………"
    found = parse(f"Điều 1. Một.\n\nNơi nhận:\n- Lưu: VT.\n\n{form}")
    assert places(found)[2:] == [
        "Mẫu số 01, mục 1",
        "Mẫu số 01, mục 1, đoạn 2",
        "Mẫu số 01, mục 2",
    ]
    assert {p.role for p in found[2:]} == {"form"}


def test_a_text_of_nothing_else_is_body() -> None:
    assert [p.role for p in parse("Căn cứ Luật Thư viện;\n\nCăn cứ Luật Phí;")] == ["body", "body"]


# Any text


_CELLED = "|\nTT\n|\nViệc\n|\n1\n|\nHọp\n|"
_PIECES = st.sampled_from(
    [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 12/QĐ-UBND",
        "QUYẾT ĐỊNH",
        "Căn cứ Luật Mẫu;",
        "QUYẾT ĐỊNH:",
        "Chương I",
        "QUY ĐỊNH CHUNG",
        "Điều 1. Phạm vi",
        "Điều 2. Giao xã làm như sau:",
        "1. Việc một;",
        "2. Việc hai như sau:",
        "2.2. Việc nhỏ.",
        "a) Điểm a;",
        "- Gạch đầu dòng:",
        "+ Dấu cộng;",
        "“3. Nội dung mới",
        "b) Điểm trong trích dẫn.”",
        '"Trích dẫn thẳng',
        "| TT | Việc |\n|---|---|\n| 1 | Họp |\n| 2 | Ghi |",
        _CELLED,
        "STT\tViệc\n1\tHọp",
        "Ủy ban nhân dân xã làm việc này.",
        "**Thời gian**",
        "X",
        "Nơi nhận:\n- Như Điều 2;\n- Lưu: VT.",
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
        "Lê Văn Mẫu",
        "QUY CHẾ\nLàm việc",
        "(Ban hành kèm theo Quyết định số 12/QĐ-UBND)",
        "PHỤ LỤC I",
        "Mẫu số 01",
        "Họ và tên: …………",
    ]
)


@settings(max_examples=300, deadline=None)
@example([_CELLED, _CELLED, "Số: 12/QĐ-UBND", _CELLED], "\n")  # words where rows would part
@given(st.lists(_PIECES, max_size=30), st.sampled_from(["\n", "\n\n"]))
def test_no_word_of_any_directive_is_lost(pieces: list[str], glue: str) -> None:
    text = clean(glue.join(pieces)).strip()
    check(text, parse_passages("thu", text))


@settings(max_examples=100, deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=20))
def test_a_text_is_cut_alike_whatever_is_its_id(pieces: list[str]) -> None:
    text = clean("\n\n".join(pieces)).strip()
    one, other = (parse_passages(name, text) for name in ("mot", "hai"))
    assert [(p.locator, p.start, p.end, p.role) for p in one] == [
        (p.locator, p.start, p.end, p.role) for p in other
    ]
