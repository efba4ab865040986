"""The citation check passes what the product composes, and catches every way of breaking it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from evals_answers import (
    KL177,
    answer,
    clause_answer,
    documents,
    documents_answer,
    list_answer,
    outline_answer,
    passage,
    refusal,
    sources,
)

from bot.answer.draft import Draft
from bot.doors.web.schemas import AnswerOut
from evals.scoring.citations import Quotation, check_citations, quotations
from evals.sets.sources import element_ids
from knowledge.text import collapse

MADE: dict[str, Callable[[], AnswerOut]] = {
    "clause": clause_answer,
    "list": list_answer,
    "outline": outline_answer,
    "documents": documents_answer,
}
BOTH_KINDS = ["clause", "list"]


def faults(changed: AnswerOut) -> str:
    """What the check says of a broken answer; it must count it as well."""
    check = check_citations(changed, sources())
    assert check.bad >= 1
    assert check.checked >= check.bad
    assert check.faults
    return "\n".join(check.faults)


def with_citation(made: AnswerOut, at: int = 0, **values: Any) -> AnswerOut:
    citations = list(made.citations)
    citations[at] = citations[at].model_copy(update=values)
    return made.model_copy(update={"citations": citations})


def with_text(made: AnswerOut, text: str) -> AnswerOut:
    assert text != made.text
    return made.model_copy(update={"text": text})


# What is right passes


@pytest.mark.parametrize("kind", MADE)
def test_a_composed_answer_passes(kind: str) -> None:
    made = MADE[kind]()
    check = check_citations(made, sources())
    assert check.faults == ()
    assert (check.checked, check.bad) == (len(made.citations), 0)
    assert check.checked >= 3


@pytest.mark.parametrize("document_id", sorted(documents()))
def test_the_outline_of_every_document_passes(document_id: str) -> None:
    assert check_citations(outline_answer(document_id), sources()).faults == ()


def test_a_refusal_has_nothing_to_check() -> None:
    assert check_citations(refusal(), sources()).checked == 0


def test_a_button_may_be_named_in_a_reply() -> None:
    reply = answer(Draft(), text="Bạn có thể bấm “Chưa hữu ích” để báo lỗi.")
    assert check_citations(reply, sources()).faults == ()


# What is broken is caught


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0], ids=["first", "middle", "last"])
def test_one_other_letter_in_a_quote(kind: str, place: float) -> None:
    made = MADE[kind]()
    for number, citation in enumerate(made.citations):
        at = round(place * (len(citation.quote) - 1))
        other = "x" if citation.quote[at] != "x" else "y"
        quote = citation.quote[:at] + other + citation.quote[at + 1 :]
        assert "không khớp nguyên văn" in faults(with_citation(made, number, quote=quote))


@pytest.mark.parametrize("change", [lambda q: q[1:], lambda q: q + " ", lambda q: q.upper()])
def test_a_quote_that_is_almost_the_same(change: Callable[[str], str]) -> None:
    made = clause_answer()
    quote = change(made.citations[0].quote)
    assert "không khớp nguyên văn" in faults(with_citation(made, quote=quote))


def test_an_empty_quote() -> None:
    made = clause_answer()
    start = made.citations[0].start
    assert "trống" in faults(with_citation(made, quote="", end=start))


@pytest.mark.parametrize(("start", "end"), [(1, 1), (-1, -1), (1, 0), (0, -1), (0, 1)])
def test_shifted_offsets(start: int, end: int) -> None:
    made = clause_answer()
    first = made.citations[0]
    moved = with_citation(made, start=first.start + start, end=first.end + end)
    assert "không khớp nguyên văn" in faults(moved)


@pytest.mark.parametrize("span", [(-5, 10), (10, 5), (10**7, 10**7 + 5)])
def test_offsets_outside_the_text(span: tuple[int, int]) -> None:
    made = clause_answer()
    text = documents()[KL177].text
    moved = with_citation(made, start=span[0], end=span[1], quote=text[slice(*span)])
    assert faults(moved)


def test_the_same_words_at_another_place() -> None:
    """Verbatim words whose offsets lie in a neighbour of the named passage."""
    text = documents()[KL177].text
    words = "uỷ ban nhân dân cấp xã"
    first, *_, last = [match.start() for match in re.finditer(words, text)]
    made = clause_answer()
    holder = next(p for p in documents()[KL177].passages if p.start <= first < p.end)
    named = {
        "passage_id": holder.id,
        "locator": holder.locator,
        "url": f"/van-ban/{KL177}#{holder.anchor}",
        "quote": words,
    }
    here = with_citation(made, **named, start=first, end=first + len(words))
    assert "nằm ngoài đoạn" not in faults(here)  # only the quotation in the text is wrong now
    there = with_citation(made, **named, start=last, end=last + len(words))
    assert "nằm ngoài đoạn" in faults(there)


@pytest.mark.parametrize("anchor", ["muc-4-diem-9", "khong-co", ""])
def test_a_swapped_anchor(anchor: str) -> None:
    assert "địa chỉ" in faults(with_citation(clause_answer(), url=f"/van-ban/{KL177}#{anchor}"))


def test_an_address_of_another_document() -> None:
    url = "/van-ban/ke-hoach-47-kh-bcd#muc-4-diem-10"
    assert "địa chỉ" in faults(with_citation(clause_answer(), url=url))


def test_a_page_without_the_anchor() -> None:
    known = sources()
    source = known[KL177]
    anchors = source.anchors - {passage("muc-4-diem-10").anchor}
    check = check_citations(clause_answer(), {**known, KL177: replace(source, anchors=anchors)})
    assert check.bad == 1
    assert "không có chỗ 'muc-4-diem-10'" in check.faults[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"document_id": "khong-co"}, "không có văn bản 'khong-co'"),
        ({"passage_id": f"{KL177}#khong-co"}, "không có đoạn"),
        ({"locator": "Mục 4, điểm (9)"}, "Mục 4, điểm (9)"),
        ({"document_number": "195-KL/TW"}, "document_number"),
        ({"document_title": "Tin"}, "document_title"),
        ({"issuer": "Chính phủ"}, "issuer"),
        ({"issued_on": "2025-07-12"}, "issued_on"),
        ({"source_kind": "press"}, "source_kind"),
        ({"in_force": "in_force"}, "in_force"),
    ],
)
def test_a_wrong_fact_beside_a_right_quote(values: dict[str, Any], said: str) -> None:
    assert said in faults(with_citation(clause_answer(), **values))


@pytest.mark.parametrize("kind", MADE)
def test_every_dropped_marker(kind: str) -> None:
    made = MADE[kind]()
    for citation in made.citations:
        bare = with_text(made, made.text.replace(f"[{citation.marker}]", ""))
        assert f"[{citation.marker}] không có trong câu trả lời" in faults(bare)


@pytest.mark.parametrize("kind", MADE)
def test_an_invented_marker(kind: str) -> None:
    made = MADE[kind]()
    check = check_citations(with_text(made, made.text + " Đúng vậy [99]."), sources())
    assert check.faults == ("[99] không có trích dẫn",)
    assert (check.checked, check.bad) == (len(made.citations) + 1, 1)


def test_a_dropped_citation() -> None:
    made = clause_answer()
    rest = made.model_copy(update={"citations": made.citations[:-1]})
    assert f"[{made.citations[-1].marker}] không có trích dẫn" in faults(rest)


def test_two_citations_with_one_marker() -> None:
    assert "cùng số" in faults(with_citation(clause_answer(), 1, marker=1))


@pytest.mark.parametrize("kind", BOTH_KINDS)
def test_one_other_word_in_a_quotation(kind: str) -> None:
    made = MADE[kind]()
    for citation in made.citations:
        words = collapse(citation.quote).split()
        shown = f"“{' '.join(words)}”"
        if shown in made.text:
            words[len(words) // 2] = "không"
            changed = with_text(made, made.text.replace(shown, f"“{' '.join(words)}”"))
            assert "không có nguyên văn" in faults(changed)


@pytest.mark.parametrize(
    "words",
    ["“Mọi xã được 100 tỷ đồng” [1].", "“Mọi xã được 100 tỷ đồng”.", "“Mọi xã được 100 tỷ đồng"],
)
def test_an_invented_quotation(words: str) -> None:
    made = clause_answer()
    assert "không có nguyên văn" in faults(with_text(made, f"{made.text}\n\n{words}"))
    bare = answer(Draft(), text=words.replace("[1]", ""))
    assert "không có nguyên văn" in faults(bare)


@pytest.mark.parametrize("words", ["“100 tỷ” [1]", "“100 tỷ”", "“” [1]", "“…” [1]"])
def test_a_short_quotation_in_a_cited_answer(words: str) -> None:
    made = clause_answer()
    assert "không có nguyên văn" in faults(with_text(made, f"{made.text}\n\n{words}"))


def test_a_quotation_that_lost_a_mark() -> None:
    made = clause_answer()
    assert "không có nguyên văn" in faults(with_text(made, made.text.replace("“", "", 1)))
    assert "không có nguyên văn" in faults(with_text(made, made.text.replace("”", "", 1)))


def test_a_quotation_with_the_marker_of_another_clause() -> None:
    made = list_answer()
    swapped = made.text.replace("[2]", "[#]").replace("[3]", "[2]").replace("[#]", "[3]")
    found = faults(with_text(made, swapped))
    assert "không nằm trong trích dẫn [2]" in found
    assert "không nằm trong trích dẫn [3]" in found


def test_words_of_a_document_that_is_not_cited() -> None:
    other = next(p for p in documents()["ke-hoach-47-kh-bcd"].passages if len(p.text) > 80)
    made = clause_answer()
    text = f"{made.text}\n\nCũng có: “{collapse(other.text)}”."
    assert "không có nguyên văn" in faults(with_text(made, text))


def test_two_faults_of_one_citation_are_one_bad_citation() -> None:
    made = with_citation(list_answer(), 4, issuer="Chính phủ", locator="Mục 9")
    check = check_citations(made, sources())
    assert (check.bad, len(check.faults)) == (1, 2)


# The parts


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("không có gì", []),
        ("> “một” [1]", [Quotation("một", 1)]),
        ("“một”[12] và “hai” (trích) [2]", [Quotation("một", 12), Quotation("hai", 2)]),
        ("“một” thì [1]", [Quotation("một", None)]),
        ("“ngoài “trong” nữa” [3]", [Quotation("ngoài “trong” nữa", 3)]),
        ("“một\nhai”", [Quotation("một", None), Quotation("hai", None)]),
        ("đầu một” [1]", [Quotation("đầu một", 1)]),
    ],
)
def test_quotations(line: str, found: list[Quotation]) -> None:
    assert list(quotations(line)) == found


def test_an_ellipsis_of_ours_is_no_fault() -> None:
    made = clause_answer()
    quote = made.citations[0].quote
    cut = made.text.replace(quote, quote[:40].rstrip() + "…")
    assert check_citations(with_text(made, cut), sources()).faults == ()


def test_element_ids() -> None:
    page = '<p class="a" id="muc-1">id="khong" <li\n id="muc-2" data-id="x"><b data-id="y">'
    assert element_ids(page) == {"muc-1", "muc-2"}


def test_every_passage_has_its_place_on_the_page() -> None:
    for source in sources().values():
        assert {p.anchor for p in source.document.passages} <= source.anchors
