"""What people type becomes one form: abbreviations, telex keys, tone placement, language."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import fold
from retrieval.diacritics import Restorer
from retrieval.lexical import lexical_tokens
from retrieval.query import analyse, index_text, marked_share
from retrieval.spelling import expand_abbreviations, put_tone, telex

QUESTION = "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh ủy?"


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return Restorer()


# One question, however it is typed


@pytest.mark.parametrize(
    "typed",
    [
        QUESTION,
        QUESTION.replace("ủy", "uỷ"),
        unicodedata.normalize("NFD", QUESTION),
        QUESTION.upper(),
        QUESTION.lower(),
        fold(QUESTION),
        fold(QUESTION).upper(),
        "  Kết luận 177\ngiao những việc gì\tcho ban thường vụ\u00a0tỉnh ủy?\u200b",
        "Kết luận 177 giao những việc gì cho BTV tỉnh ủy?",
        "ket luan 177 giao nhung viec gi cho btv tinh uy?",
        "ket luan 177 giao nhung viec gi cho ban thuong vu tinh uy",
    ],
)
def test_the_folded_form_is_the_same(restorer: Restorer, typed: str) -> None:
    query = analyse(typed, restorer)
    assert lexical_tokens(query.folded) == lexical_tokens(fold(QUESTION))
    if marked_share(typed) > 0.5:
        assert query.text.lower() == QUESTION.lower()
    assert [n.number for n in query.numbers] == ["177"]
    assert not query.english


def test_the_users_words_are_kept(restorer: Restorer) -> None:
    query = analyse("ket luan  177\nla gi", restorer)
    assert query.raw == "ket luan 177 la gi"
    assert query.unaccented
    assert not analyse(QUESTION, restorer).unaccented


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("What is the deadline for the commune staff?", True),
        ("Who must report to the Politburo?", True),
        ("When was Conclusion 177 issued?", True),
        ("", False),
        ("177", False),
        ("Deadline nộp báo cáo là khi nào?", False),
        ("han chot nop bao cao la khi nao", False),
        ("an toan thong tin", False),
    ],
)
def test_english_is_told_apart(restorer: Restorer, question: str, english: bool) -> None:
    query = analyse(question, restorer)
    assert query.english is english
    if english:
        assert query.text == question  # nothing is restored in it


@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_any_question_can_be_analysed(text: str) -> None:
    query = analyse(text, RESTORER)
    assert query.folded == fold(query.text)
    assert unicodedata.is_normalized("NFC", query.text)


RESTORER = Restorer()


def test_the_share_of_marks() -> None:
    assert marked_share("") == marked_share("123 ?") == marked_share("abc") == 0
    assert marked_share("Đã xong") == 0.5
    assert marked_share("đường lớn") == 1


def test_passages_are_indexed_as_queries_are_read() -> None:
    text = "Uỷ ban  *Mặt trận*\nTổ quốc; UBND xã, theo 177-KL/TW"
    assert index_text(text) == "Ủy ban Mặt trận Tổ quốc; uỷ ban nhân dân xã, theo 177-KL/TW"


# Abbreviations


@pytest.mark.parametrize(
    ("text", "plain", "chat"),
    [
        ("UBND xã", "uỷ ban nhân dân xã", "uỷ ban nhân dân xã"),
        ("ubnd xa", "uỷ ban nhân dân xa", "uỷ ban nhân dân xa"),
        ("HĐND, hdnd.", "hội đồng nhân dân, hội đồng nhân dân.", None),
        ("BTV tỉnh uỷ", "ban thường vụ tỉnh uỷ", None),
        ("BCT và BBT", "Bộ Chính trị và Ban Bí thư", None),
        ("TTHC qua DVCTT", "thủ tục hành chính qua dịch vụ công trực tuyến", None),
        ("177-KL/TW", "177-KL/TW", "177-KL/TW"),
        ("47-KH/BCĐ", "47-KH/BCĐ", "47-KH/BCĐ"),
        ("KL 177", "KL 177", "KL 177"),
        ("NQ60", "NQ60", "NQ60"),
        ("TW 2", "TW 2", "TW 2"),
        ("ko dc k", "không được k", "không được không"),
        ("hs ntn", "hs như thế nào", "hồ sơ như thế nào"),
        ("DC", "DC", "được"),
        ("bn ng", "bn ng", "bao nhiêu người"),
        ("Trung ương", "Trung ương", "Trung ương"),
        ("", "", ""),
    ],
)
def test_abbreviations(text: str, plain: str, chat: str | None) -> None:
    assert expand_abbreviations(text) == plain
    assert expand_abbreviations(text, chat=True) == (plain if chat is None else chat)


def test_chat_spelling_is_read_only_where_people_chat(restorer: Restorer) -> None:
    assert "hội đồng" not in analyse("Văn phòng HD của tỉnh Đồng Nai ở đâu?", restorer).text
    assert "bao nhiêu" in analyse("giam bn bien che", restorer).text


# Telex keys that stayed


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("nguoiwf", "người"),
        ("nguowif", "người"),
        ("phuwowngf", "phường"),
        ("phuongwf", "phường"),
        ("thuowngf", "thường"),
        ("dduowcj", "được"),
        ("dduwowcj", "được"),
        ("chuyeenr", "chuyển"),
        ("tieengs", "tiếng"),
        ("vieetj", "việt"),
        ("khoong", "không"),
        ("ddaats", "đất"),
        ("hoanf", "hoàn"),
        ("hoaf", "hòa"),
        ("uyr", "ủy"),
        ("thuyr", "thủy"),
        ("quyf", "quỳ"),
        ("giaf", "già"),
        ("gif", "gì"),
        ("xax", "xã"),
        ("did", "đi"),
        ("ddi", "đi"),
        ("hojc", "học"),
        ("tafi", "tài"),
    ],
)
def test_telex(keys: str, word: str) -> None:
    assert telex(keys) == word
    assert telex(keys.upper()) == word


@pytest.mark.parametrize("word", ["a", "x", "is", "tinh", "dat", "test", "list", "177", "", "việc"])
def test_no_telex_key_could_have_stayed(word: str) -> None:
    assert telex(word) is None


@given(st.text("aăâeêioôơuưybcdđghklmnpqrstvxwfjz", max_size=9))
def test_telex_takes_any_letters(keys: str) -> None:
    word = telex(keys)
    assert word is None or unicodedata.is_normalized("NFC", word)


@pytest.mark.parametrize(
    ("bare", "tone", "word"),
    [
        ("hoa", "\u0300", "hòa"),
        ("hoan", "\u0300", "hoàn"),
        ("thuy", "\u0309", "thủy"),
        ("quy", "\u0301", "quý"),
        ("gia", "\u0300", "già"),
        ("nguyên", "\u0303", "nguyễn"),
        ("khuya", "\u0301", "khuýa"),
        ("mưa", "\u0300", "mừa"),
        ("ngoai", "\u0300", "ngoài"),
        ("bc", "\u0301", "bc"),
        ("ma", "", "ma"),
    ],
)
def test_the_tone_goes_to_its_vowel(bare: str, tone: str, word: str) -> None:
    assert put_tone(bare, tone) == word
