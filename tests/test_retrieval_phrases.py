"""What is said around a question is left out of the search, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.diacritics import Restorer
from retrieval.phrases import key_words, subject
from retrieval.query import analyse


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Cho em hỏi, việc gia hạn giấy phép làm ở đâu?", "việc gia hạn giấy phép làm ở đâu?"),
        ("Chào luật sư. Xin hỏi: lấn đất bị phạt bao nhiêu?", "lấn đất bị phạt bao nhiêu?"),
        ("1. Việc bàn giao nhà được quy định như thế nào?", "Việc bàn giao nhà?"),
        ("Hợp đồng phải lập thành văn bản, đúng hay sai?", "Hợp đồng phải lập thành văn bản?"),
        ("Thủ tục nhận nuôi con nuôi? Xin cảm ơn ạ!", "Thủ tục nhận nuôi con nuôi?"),
        # Nothing is said around these.
        ("Luật quy định gì về tạm trú?", "Luật quy định gì về tạm trú?"),
        ("Ai chào mừng đại hội?", "Ai chào mừng đại hội?"),
        ("Hộ nghèo được vay bao nhiêu?", "Hộ nghèo được vay bao nhiêu?"),
        ("Xin cảm ơn", "Xin cảm ơn"),  # too little would be left
        ("177. Kết luận", "177. Kết luận"),
        ("", ""),
    ],
)
def test_what_is_said_around_a_question_is_left_out(typed: str, meant: str) -> None:
    assert subject(typed) == meant


def test_everyday_words_have_the_words_of_laws_beside_them() -> None:
    assert subject("Mất sổ đỏ thì làm lại ở đâu?") == (
        "Mất sổ đỏ thì làm lại ở đâu? (giấy chứng nhận quyền sử dụng đất)"
    )
    formal = "Sổ đỏ là giấy chứng nhận quyền sử dụng đất"
    assert subject(formal) == formal
    assert subject("Số đọc được ghi lại") == "Số đọc được ghi lại"  # "so doc" is not "so do"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Đánh bạc có bị truy cứu trách nhiệm hình sự không?", "Đánh bạc thì bị phạt tù không?"),
        ("Nuôi hổ thì bị xử lý hình sự thế nào?", "Nuôi hổ thì bị phạt tù thế nào?"),
        ("Trốn thuế, có phải chịu trách nhiệm hình sự ạ", "Trốn thuế thì bị phạt tù ạ"),
        # These ask about responsibility itself.
        *[
            (same, same)
            for same in (
                "Bao nhiêu tuổi phải chịu trách nhiệm hình sự?",
                "Thời hiệu truy cứu trách nhiệm hình sự?",
                "Trường hợp nào được miễn trách nhiệm hình sự?",
                "Có bị truy cứu trách nhiệm hình sự không?",
                "Truy cứu trách nhiệm hình sự do cơ quan nào làm?",
            )
        ],
    ],
)
def test_whether_an_act_is_punished_is_asked_as_articles_say_it(typed: str, meant: str) -> None:
    assert subject(typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Bệnh nặng có được hoãn thi hành án không?", "benh nang co duoc hoan thi hanh an?"),
        ("Xử lý tài sản cầm cố như thế nào?", "xu ly tai san cam co?"),
        ("Không có hộ chiếu thì sao?", "khong co ho chieu thi sao?"),
    ],
)
def test_the_end_that_asks_is_no_key_word(typed: str, words: str) -> None:
    assert analyse(typed, RESTORER).key_words == words


def test_english_stays_as_it_is() -> None:
    query = analyse("What is the deadline of the report?", RESTORER)
    assert query.subject == query.text
    assert query.key_words == query.folded


@given(st.text(max_size=200))
def test_any_text_keeps_words(text: str) -> None:
    for left in (subject(text), key_words(text)):
        assert bool(left.strip()) == bool(text.strip()) or left == text


RESTORER = Restorer()
