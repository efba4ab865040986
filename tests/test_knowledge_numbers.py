"""Document numbers in every way people write them."""

from __future__ import annotations

import pytest

from knowledge.numbers import canonical_number, find_numbers, matches

HAVE = {
    "177": "177-KL/TW",
    "195": "195-KL/TW",
    "47": "47-KH/BCĐ",
    "60": "60-NQ/TW",
    "118": "118/2025/NĐ-CP",
    "72": "72/2025/QH15",
    "76": "76/2025/UBTVQH15",
    "1989": "1989/QĐ-BGDĐT",
    "366": "366-QĐ/TW",
}


def named(text: str) -> list[str]:
    """Which numbers of HAVE the text's mentions can mean."""
    return [n for m in find_numbers(text) for n in HAVE.values() if matches(m, n)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KL 177", "177"),
        ("KL177", "177"),
        ("kl.177", "177"),
        ("KL-177", "177"),
        ("Kết luận 177", "177"),
        ("Kết luận số 177-KL/TW", "177"),
        ("kết luận 177 năm 2025", "177"),
        ("kết luận 177 ngày 11/7", "177"),
        ("kết luận 177 tháng 7", "177"),
        ("kết luận số: 177 - KL/TW ngày 11/7/2025", "177"),
        ("177-KL/TW", "177"),
        ("177/KL-TW", "177"),
        ("177 KL/TW", "177"),
        ("177KL", "177"),
        ("số 177-KL/TW nói gì", "177"),
        ("KẾT LUẬN 177", "177"),
        ("conclusion No. 177", "177"),
        ("Conclusion 177-KL/TW", "177"),
        ("ket luan so 195", "195"),
        ("ket luan 195-kl/tw", "195"),
        ("kết luận 0195", "195"),
        ("NQ60", "60"),
        ("NQ 60-NQ/TW", "60"),
        ("nghị quyết 60 của Trung ương", "60"),
        ("resolution 60", "60"),
        ("47-KH/BCD", "47"),
        ("47-KH/BCĐ", "47"),
        ("kế hoạch 47", "47"),
        ("KH số 47-KH/BCĐ", "47"),
        ("kh 47 cua ban chi dao", "47"),
        ("Plan 47", "47"),
        ("118/2025/NĐ-CP", "118"),
        ("118/2025/ND-CP", "118"),
        ("NĐ118/2025", "118"),
        ("nghị định 118", "118"),
        ("Nghị định số 118/2025/NĐ-CP của Chính phủ", "118"),
        ("decree 118/2025/ND-CP", "118"),
        ("Luật số 72/2025/QH15", "72"),
        ("72/2025/QH15", "72"),
        ("luật 72", "72"),
        ("Quy định 366-QĐ/TW", "366"),
        ("366-QĐ/TW", "366"),
    ],
)
def test_a_number_is_found_and_meant(text: str, expected: str) -> None:
    assert named(text) == [HAVE[expected]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kết luận 11/7/2025",
        "kết luận ngày 11 tháng 7",
        "kế hoạch 2026",
        "kế hoạch 5 năm 2026-2030",
        "kế hoạch 5 năm",
        "báo cáo 6 tháng đầu năm",
        "kế hoạch 100 ngày",
        "kết luận 2 cấp",
        "xã có 177 người",
        "trước ngày 31/7/2025",
        "mục 4 điểm 10",
        "Nghị quyết về sắp xếp",
        "100.000 đồng",
        "khoản 2 Điều 5",
        "số nhà 12",
        "0912345678",
    ],
)
def test_what_is_no_document_number(text: str) -> None:
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Kết luận 178",
        "Kết luận 17",
        "Kết luận 1770",
        "Kế hoạch 177",
        "NQ 177",
        "178-KL/TW",
        "118/2024/NĐ-CP",
        "nghị quyết 118",
    ],
)
def test_a_neighbour_is_not_meant(text: str) -> None:
    assert find_numbers(text)
    assert named(text) == []


def test_several_numbers_come_in_order() -> None:
    text = "So sánh KL 195, kế hoạch 47-KH/BCĐ và NQ60 với kết luận 999"
    assert [m.number for m in find_numbers(text)] == ["195", "47", "60", "999"]
    assert named(text) == ["195-KL/TW", "47-KH/BCĐ", "60-NQ/TW"]


def test_a_mention_knows_where_it_stands_and_how_to_be_named() -> None:
    text = "theo Nghị định 118/2025/NĐ-CP thì"
    (mention,) = find_numbers(text)
    assert text[mention.start : mention.end] == "Nghị định 118/2025/NĐ-CP"
    assert mention.shown == "Nghị định 118/2025"
    assert find_numbers("KL 200")[0].shown == "Kết luận 200"


def test_canonical_spelling() -> None:
    assert canonical_number(" 47 – KH / BCĐ ") == canonical_number("47-kh/bcd") == "47-kh/bcd"


def test_the_code_of_a_form_is_no_document() -> None:
    assert find_numbers("Mẫu CT07 lấy ở đâu?") == []
    assert find_numbers("Chỉ thị 07 nói gì?")[0].shown == "Chỉ thị 7"
