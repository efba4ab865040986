"""What is masked before a question is kept, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.personal_data import MASK, mask_personal_data
from knowledge.reading.bundled import load_bundled


@pytest.mark.parametrize(
    "personal",
    [
        # citizens' identity cards
        "079123456789",
        "079 123 456 789",
        "079.123.456.789",
        "001-123-456-789",
        # phones
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "091 234 5678",
        "+84912345678",
        "+84 912 345 678",
        "(+84) 912 345 678"[1:],
        "84912345678",
        "84 912 345 678",
        "02839123456",
        "028 3912 3456",
        "(028) 3912 3456"[1:],
        # dossiers handed in
        "000.00.16.H26-250701-0001",
        "H57.12-251003-0045",
        "g22.99.103-251001-0033",
        # e-mail addresses
        "nguyen.van-a+1@example.com",
        "a_b@thanh-pho.gov.vn",
        "đỗ@ví-dụ.vn",
    ],
)
@pytest.mark.parametrize("around", ["{}", "Số của tôi là {}, gọi giúp", "({})", "liên hệ:{}."])
def test_personal_data_is_masked(personal: str, around: str) -> None:
    masked = mask_personal_data(around.format(personal))
    assert MASK in masked
    assert not any(part.isdigit() for part in masked)
    assert "@" not in masked
    assert masked.startswith(around.partition("{")[0].rstrip("("))


@pytest.mark.parametrize(
    "text",
    [
        "CMND 123456789",
        "cmnd số: 123 456 789",
        "chứng minh nhân dân 123456789",
        "CCCD của tôi là 079123456789",
        "căn cước công dân số 079123456789",
        "so dinh danh ca nhan 079123456789",
        "hộ chiếu B1234567",
        "passport C1234567",
        "số tài khoản 19034567890123",
        "STK: 1903 4567 8901 23",
        "stk Vietcombank: 0071000123456",
        "tài khoản ngân hàng của tôi là 123456789",
        "BHXH 7912345678",
        "thẻ BHYT GD4797912345678",
        "mã số thuế cá nhân 8012345678",
        "İ CMND 123456789",
        "CMND\u0301 123456789",
    ],
)
def test_numbers_behind_a_word_that_says_so_are_masked(text: str) -> None:
    masked = mask_personal_data(text)
    assert MASK in masked
    assert not any(c.isdigit() for c in masked)


@pytest.mark.parametrize(
    "text",
    [
        # document numbers
        "Kết luận 177-KL/TW",
        "118/2025/NĐ-CP, 72/2025/QH15",
        "Nghị quyết số 1234/NQ-UBTVQH15",
        "công văn 0123456/BNV-CQĐP",
        # dates and times
        "trước ngày 31/7/2025",
        "trước ngày 01-07-2025",
        "ngày 03-07-2025 15:30",
        "09.01.2025 10:00",
        "05 07 2025 08 giờ",
        "nhiệm kỳ 2025 - 2030",
        "2025-07-01T00:00:00",
        # money
        "1.000.000 đồng",
        "84.500.000.000 đồng",
        "100.000.000.000 đồng",
        "tài khoản nộp 1.500.000 đồng",
        "lệ phí căn cước 100.000 đồng",
        # codes of procedures
        "thủ tục 1.001193",
        "2.000815.000.00.00.H01",
        # hotlines and small numbers
        "gọi 113, 115, 111 hoặc 18001096",
        "xã có 12345 người",
        "mục 4 điểm (10)",
        "căn cước theo Luật số 26/2023/QH15",
        "căn cước cấp từ ngày 01-07-2024",
        "tài khoản định danh điện tử mức 2",
        "Ủy ban nhân dân xã",
        "",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask_personal_data(text) == text


def test_the_bundled_texts_hold_nothing_to_mask() -> None:
    for document in load_bundled():
        assert mask_personal_data(document.text) == document.text


def test_several_are_masked_and_the_rest_stays() -> None:
    text = "Tôi là A, CCCD 079123456789, sđt 0912 345 678, mail a@b.vn, hỏi Kết luận 177-KL/TW"
    assert mask_personal_data(text) == (
        f"Tôi là A, CCCD {MASK}, sđt {MASK}, mail {MASK}, hỏi Kết luận 177-KL/TW"
    )


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_masking_is_done_once(text: str) -> None:
    masked = mask_personal_data(text)
    assert mask_personal_data(masked) == masked


@pytest.mark.parametrize("text", ["0" * 20_000, "a@" * 5_000, "stk " * 5_000, "1 " * 10_000])
def test_hostile_text_takes_linear_time(text: str) -> None:
    mask_personal_data(text)  # the time limit of the test run stands behind this
