"""Cleaning, folding, tone placement and sentences."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import (
    clean,
    collapse,
    fold,
    has_diacritics,
    new_tone_placement,
    sentence_spans,
    trim,
    unit_spans,
)

ANY = st.text(st.characters(codec=None), max_size=120)


@given(ANY)
def test_cleaning_is_composed_and_done_once(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in cleaned)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\u00a0b", "a b"),
        ("\ufeffa\u200b\u200db\u00ad\u2060c", "abc"),
        ("\u202eđảo\u202c ngược\u2066", "đảo ngược"),
        ("a\0b\x1b[31mc\x7f", "ab[31mc"),
        ("lẻ \ud800 loi", "lẻ ? loi"),
        (unicodedata.normalize("NFD", "Uỷ ban"), "Uỷ ban"),
        ("\tthụt\n", "\tthụt\n"),
        ("e\u200b\u0301 o\0\u0302", "é ô"),
    ],
)
def test_what_cleaning_takes_away(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Uỷ ban Nhân dân", "duong uy ban nhan dan"),
        ("HOÀ, hòa, thuỷ, thủy", "hoa, hoa, thuy, thuy"),
        (unicodedata.normalize("NFD", "Kết luận số 177-KL/TW"), "ket luan so 177-kl/tw"),
        ("ĂÂĐÊÔƠƯ", "aadeoou"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY)
def test_folding_takes_the_marks_off_the_decomposed_text(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    assert fold(text) == "".join(c for c in decomposed if not unicodedata.combining(c))


@given(ANY)
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("Hoà bình", "Hòa bình"),
        ("HOÀ", "HÒA"),
        ("uỷ ban", "ủy ban"),
        ("Uỷ", "Ủy"),
        ("thuỷ lợi", "thủy lợi"),
        ("khoẻ", "khỏe"),
        ("hoàn thành", "hoàn thành"),
        ("khoản", "khoản"),
        ("quý", "quý"),
        ("quỹ", "quỹ"),
        ("QUÝ", "QUÝ"),
        ("huyện", "huyện"),
        ("hòa", "hòa"),
        (unicodedata.normalize("NFD", "hoà"), "hòa"),
    ],
)
def test_the_tone_moves_to_its_new_place(old: str, new: str) -> None:
    assert new_tone_placement(old) == new
    assert new_tone_placement(new) == new
    assert fold(new) == fold(old)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("Một câu", ["Một câu"]),
        ("Câu một. Câu hai! Câu ba? Hết…", ["Câu một.", "Câu hai!", "Câu ba?", "Hết…"]),
        ("Xong ngày 31/7/2025. Tiếp theo.", ["Xong ngày 31/7/2025.", "Tiếp theo."]),
        ("Lệ phí 1.000.000 đồng. Hết.", ["Lệ phí 1.000.000 đồng.", "Hết."]),
        ("Ông Nguyễn Văn A. Trần ký.", ["Ông Nguyễn Văn A. Trần ký."]),
        ("TP. Hồ Chí Minh đông dân.", ["TP. Hồ Chí Minh đông dân."]),
        ("Theo mục 1. Các cấp làm.", ["Theo mục 1. Các cấp làm."]),
        ("“Mới phải tốt hơn cũ.” Ông nói.", ["“Mới phải tốt hơn cũ.”", "Ông nói."]),
        ("y tế, giáo dục... ; đồng thời", ["y tế, giáo dục... ; đồng thời"]),
        ("chữ thường. tiếp", ["chữ thường. tiếp"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


@given(st.text("aA.!? …\n1;“”()Đđ", max_size=80))
def test_sentences_and_units_cover_all_words(text: str) -> None:
    for spans in (sentence_spans(text), unit_spans(text), unit_spans(text, min_chars=1)):
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
        covered = "".join(text[a:b] for a, b in spans)
        assert "".join(covered.split()) == "".join(text.split())


def test_units_are_parted_at_semicolons_unless_too_short() -> None:
    text = f"Giao {'bộ ngành ' * 6}làm một việc; hai; {'địa phương ' * 6}làm việc ba. Câu sau."
    units = [text[a:b] for a, b in unit_spans(text)]
    assert [u.split()[0] for u in units] == ["Giao", "địa", "Câu"]
    assert units[0].endswith("hai;")


def test_small_helpers() -> None:
    assert collapse(" a \n\t b ") == "a b"
    assert trim("  a b ", 0, 6) == (2, 5)
    assert trim("   ", 0, 3) == (3, 3)
    assert has_diacritics("Đa")
    assert not has_diacritics("Khong dau 123")
