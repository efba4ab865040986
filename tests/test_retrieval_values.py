"""Dates, numbers, people, agencies and document numbers in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading.bundled import load_bundled
from retrieval.values import ValueKind, find_values


def found(text: str, kind: ValueKind) -> list[str]:
    return [v.text for v in find_values(text) if v.kind == kind]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("hoàn thành trước ngày 31/7/2025.", ["trước ngày 31/7/2025"]),
        ("trước ngày 15-10-2025;", ["trước ngày 15-10-2025"]),
        ("Ngày 26-9, Thường trực Ban Bí thư", ["Ngày 26-9"]),
        ("từ ngày 04/7 đến ngày 10/7/2025", ["từ ngày 04/7 đến ngày 10/7/2025"]),
        ("Từ 16/4/2025 - 31/10/2025, định kỳ", ["Từ 16/4/2025 - 31/10/2025"]),
        ("ngày 11 tháng 7 năm 2025", ["ngày 11 tháng 7 năm 2025"]),
        ("đến hết tháng 10/2025 theo thứ tự", ["đến hết tháng 10/2025"]),
        ("trong tuần đầu tháng 10-2025:", ["tuần đầu tháng 10-2025"]),
        ("trước 15 giờ ngày thứ 4 hàng tuần", ["trước 15 giờ ngày thứ 4 hàng tuần"]),
        ("vào thứ 6 hàng tuần", ["thứ 6 hàng tuần"]),
        ("Sáng 4/7, tại Trụ sở", ["Sáng 4/7"]),
        ("nhiệm kỳ 2025 - 2030", ["nhiệm kỳ 2025 - 2030"]),
        ("trong năm 2025", ["năm 2025"]),
        ("tỷ lệ 3/4 số xã", ["3/4"]),
        ("số 177-KL/TW", []),
        ("mục 4.10", []),
        ("", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    assert found(text, "date") == dates


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("không quá 300 đại biểu", ["không quá 300 đại biểu"]),
        ("có trên 250 tổ chức đảng trực thuộc", ["trên 250 tổ chức đảng"]),
        ("giảm 29 đảng bộ tỉnh", ["giảm 29 đảng bộ"[5:]]),
        ("đạt 99,5% số phiếu", ["đạt 99,5%"]),
        ("hơn 120.500 biên chế", ["hơn 120.500 biên chế"]),
        ("đơn vị hành chính 2 cấp", []),
        ("Hội nghị Trung ương 11", []),
        ("Kỳ họp thứ 9", []),
        ("Nghị quyết 18", []),
        ("ngày 11/7/2025", []),
        ("phản hồi thông tin 2 chiều", []),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert found(text, "number") == numbers


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Tổng Bí thư Tô Lâm chủ trì", ["Tô Lâm"]),
        ("Thường trực Ban Bí thư Trần Cẩm Tú đã ký", ["Trần Cẩm Tú"]),
        ("Lê Minh Hưng", ["Lê Minh Hưng"]),
        ("Đoàn Thanh niên Cộng sản Hồ Chí Minh", []),
        ("Hà Nội, ngày 11 tháng 7", []),
        ("thành phố Hồ Chí Minh", []),
    ],
)
def test_people(text: str, people: list[str]) -> None:
    assert found(text, "person") == people


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("Giao Đảng uỷ Chính phủ lãnh đạo", ["Đảng uỷ Chính phủ"]),
        (
            "Yêu cầu ban thường vụ các tỉnh uỷ, thành uỷ:",
            ["ban thường vụ các tỉnh uỷ, thành uỷ"],
        ),
        ("Ban Tổ chức Trung ương chủ trì", ["Ban Tổ chức Trung ương"]),
        ("Bộ Chính trị, Ban Bí thư kết luận", ["Bộ Chính trị, Ban Bí thư"]),
        ("đồng chí chủ tịch", []),
    ],
)
def test_agencies(text: str, agencies: list[str]) -> None:
    assert found(text, "agency") == agencies


def test_document_numbers() -> None:
    text = "Kế hoạch số 56-KH/BCĐ, ngày 04/7/2025 và Nghị quyết 57"
    assert found(text, "document") == ["Kế hoạch số 56-KH/BCĐ", "Nghị quyết 57"]


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_values_stand_where_they_say(text: str) -> None:
    values = find_values(text)
    assert all(text[v.start : v.end] == v.text.strip() == v.text != "" for v in values)
    assert [v.start for v in values] == sorted(v.start for v in values)


def test_values_of_the_bundled_texts_stand_where_they_say() -> None:
    for document in load_bundled():
        for passage in document.passages:
            for value in find_values(passage.text):
                assert passage.text[value.start : value.end] == value.text
