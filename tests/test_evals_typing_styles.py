"""Typing styles: what each one changes, and what none of them may."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from evals.sets.typing_styles import STYLES, TypingStyle, restyle

TUNING = Path(__file__).parents[1] / "evals" / "sets" / "tuning.jsonl"
ROWS = [json.loads(line) for line in TUNING.read_text(encoding="utf-8").splitlines()]
VIETNAMESE = [row["question"] for row in ROWS if row["language"] == "vi"]
ENGLISH = [row["question"] for row in ROWS if row["language"] == "en"]


def folded(text: str) -> str:
    """The text without any mark."""
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(ch for ch in text if unicodedata.category(ch) != "Mn")


def numbers(text: str) -> list[str]:
    """Tokens with a digit, without the punctuation around them."""
    found = (re.sub(r"^\W+|[^\w%]+$", "", token) for token in text.split())
    return [token for token in found if re.search(r"\d", token)]


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in part)


@pytest.mark.parametrize("style", STYLES)
def test_same_input_same_output(style: TypingStyle) -> None:
    assert [restyle(q, style, 3) for q in VIETNAMESE] == [restyle(q, style, 3) for q in VIETNAMESE]


def test_known_outputs_hold_across_runs() -> None:
    question = "Kết luận 177-KL/TW giao Ủy ban nhân dân xã những việc gì trước ngày 31/7/2025?"
    assert restyle(question, "half") == (
        "Kết luận 177-KL/TW giao Uy ban nhan dan xã những viec gì trước ngày 31/7/2025?"
    )
    assert restyle(question, "sloppy") == (
        "kết luận 177-KL/TW giao ủy ban nhân dân xã những việc gi tryớc ngày 31/7/2025"
    )


@pytest.mark.parametrize("style", ["half", "sloppy"])
def test_another_seed_types_differently(style: TypingStyle) -> None:
    changed = sum(restyle(q, style, 0) != restyle(q, style, 1) for q in VIETNAMESE)
    assert changed > 0.9 * len(VIETNAMESE)


def test_careful_is_unchanged() -> None:
    assert all(restyle(q, "careful", 7) == q for q in VIETNAMESE + ENGLISH)
    assert restyle("a\u0301  b", "careful") == "a\u0301  b"


def test_unaccented_has_no_marks_and_changes_nothing_else() -> None:
    for question in VIETNAMESE:
        typed = restyle(question, "unaccented")
        assert typed == folded(question)
        assert not re.search("[đĐ]", typed)
    assert restyle("Kế hoạch 47-KH/BCĐ", "unaccented") == "Ke hoach 47-KH/BCD"


def test_half_keeps_the_marks_of_about_half_the_syllables() -> None:
    marked = kept = partial = 0
    for question in VIETNAMESE:
        for before, after in zip(question.split(), restyle(question, "half").split(), strict=True):
            assert folded(before) == folded(after)
            if folded(before) == before or re.search(r"\d", before):
                assert before == after
                continue
            marked += 1
            kept += before == after
            partial += after not in (before, folded(before))
    assert 0.45 < kept / marked < 0.55
    assert 0.02 < partial / marked < 0.15


@pytest.mark.parametrize("style", STYLES)
def test_numbers_and_document_numbers_stay(style: TypingStyle) -> None:
    for seed in range(3):
        for question in VIETNAMESE + ENGLISH:
            expected = numbers(folded(question) if style == "unaccented" else question)
            assert is_subsequence(expected, numbers(restyle(question, style, seed)))


def test_sloppy_changes_most_questions() -> None:
    careful_words = [re.sub(r"[^\w\s]", "", q).lower() for q in VIETNAMESE]
    typed_words = [re.sub(r"[^\w\s]", "", restyle(q, "sloppy")).lower() for q in VIETNAMESE]
    changed = sum(a != b for a, b in zip(careful_words, typed_words, strict=True))
    assert changed > 0.75 * len(VIETNAMESE)  # words, not only case and punctuation


def test_sloppy_slips_at_the_stated_rate() -> None:
    text = "Thông tin hướng dẫn cấp tỉnh đầy đủ kịp thời"  # nothing here has an abbreviation
    slips = words = 0
    for seed in range(400):
        typed = restyle(text, "sloppy", seed).lower().split()
        slips += sum(a != b for a, b in zip(typed, text.lower().split(), strict=True))
        words += len(typed)
    assert 1 / 8 < slips / words < 1 / 6


def test_sloppy_uses_abbreviations_and_telex() -> None:
    typed = " ".join(restyle(q, "sloppy", seed) for q in VIETNAMESE for seed in range(4)).lower()
    tokens = set(typed.split())
    assert {"ubnd", "ko", "bn", "tw", "kl", "kh"} <= tokens
    assert any(token.startswith("dd") for token in tokens)
    horns = {restyle("Nguồn nước", "sloppy", seed).lower().split()[1] for seed in range(300)}
    assert {"nuowcs", "nuocws", "nươcs", "nuoc"} <= horns


def test_both_tone_placements_are_abbreviated() -> None:
    for spelling in ("Ủy ban nhân dân", "Uỷ ban nhân dân"):
        assert any("ubnd" in restyle(spelling, "sloppy", seed) for seed in range(20))


def test_english_is_left_alone_but_for_sloppy_slips() -> None:
    for question in ENGLISH:
        assert restyle(question, "unaccented") == question
        assert restyle(question, "half") == question
        typed = restyle(question, "sloppy")
        assert len(typed.split()) == len(question.split())
    assert sum(restyle(q, "sloppy") != q for q in ENGLISH) > 0.8 * len(ENGLISH)


def test_edges() -> None:
    for style in STYLES:
        assert restyle("", style) == ""
        assert restyle("177", style) == "177"
    assert restyle("  hai  cấp\n", "unaccented") == "  hai  cap\n"
    with pytest.raises(ValueError, match="'loud'"):
        restyle("a", "loud")  # type: ignore[arg-type]
