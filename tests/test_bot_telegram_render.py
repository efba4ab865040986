"""Answers as Telegram messages: one screen, within limits, nothing lost and nothing cut."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_server import ApiError, _checked_markup, _readable

from bot.answer.answer import Answer, Citation
from bot.answer.draft import date_text
from bot.doors.telegram_bot.markup import lines_of, read_blocks, to_html, units
from bot.doors.telegram_bot.render import (
    MAX_CALLBACK_BYTES,
    MAX_CHARS,
    Message,
    Renderer,
    chosen,
)
from bot.doors.telegram_bot.wording import load_telegram_wording

SAY = load_telegram_wording()
LINES_ON_A_PHONE = 20


def accepted(message: Message) -> str:
    """The text as it is read; raises what Telegram would refuse."""
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in message.rows]
    _checked_markup({"reply_markup": {"inline_keyboard": rows}})
    return _readable({"text": message.html, "parse_mode": "HTML"})


def pages(render: Renderer, answer: Answer) -> list[Message]:
    found = []
    while (page := render.answer(answer, len(found))) is not None:
        found.append(page)
    return found


def citation(marker: int, quote: str = "nguyên văn") -> Citation:
    return Citation(
        marker=marker,
        document_id="van-ban",
        document_number="1-KL/TW",
        document_title="Kết luận thử",
        issuer="Nơi ban hành",
        issued_on="2025-07-11",
        source_kind="official",
        in_force="unknown",
        locator=f"Mục {marker}",
        quote=quote,
        url=f"/van-ban/van-ban#muc-{marker}",
        passage_id=f"van-ban#muc-{marker}",
        start=0,
        end=len(quote),
    )


def answer(text: str, count: int = 1, **values: object) -> Answer:
    made = Answer(
        "id-cua-cau-tra-1", "c", "answered", text, tuple(citation(n + 1) for n in range(count))
    )
    return replace(made, **values)  # type: ignore[arg-type]


LIST = "**Kết luận**, Mục 4:\n\n" + "\n".join(
    f"{n}. “{'Việc thứ ' + str(n) + ' phải làm cho xong. ' * 8}” [{n}]" for n in range(1, 13)
)
SOURCE = "Nguồn: Kết luận thử, Mục 4; ngày 11/7/2025; văn bản chính thức."


def test_markup_becomes_telegrams() -> None:
    text = "**Đậm** và *nghiêng* <b> & [1]\n\n> “Trích” [1]\n\n- một\n- hai\n\n2. ba"
    html = to_html(read_blocks(text, lambda n: f"https://a.vn/?x=1&n={n}"))
    link = '<a href="https://a.vn/?x=1&amp;n=1">[1]</a>'
    assert html == (
        f"<b>Đậm</b> và <i>nghiêng</i> &lt;b&gt; &amp; {link}\n"
        f"<blockquote>“Trích” {link}</blockquote>\n• một\n• hai\n2. ba"
    )


def test_a_long_quotation_is_folded() -> None:
    html = to_html(read_blocks("> " + "chữ " * 200))
    assert html.startswith("<blockquote expandable>")
    assert read_blocks("> " + "chữ " * 200)[0].lines == 3


def test_the_first_screen_has_lead_quotation_source_and_buttons() -> None:
    text = f"Thời điểm: **31/7/2025** [1].\n\n> “Xong trước ngày 31/7/2025.” [1]\n\n{SOURCE}"
    (page,) = pages(Renderer(SAY, None), answer(text, suggestions=("Một câu?", "Hai câu?")))
    read = accepted(page)
    assert [line for line in read.split("\n") if line] == [
        "Thời điểm: 31/7/2025 [1].",
        "“Xong trước ngày 31/7/2025.” [1]",
        SOURCE,
    ]
    labels = [[button.label for button in row] for row in page.rows]
    assert labels == [
        ["Nguyên văn [1]"], ["Một câu?"], ["Hai câu?"], ["👍 Hữu ích", "👎 Chưa hữu ích"],
    ]  # fmt: skip


def test_a_long_list_comes_page_by_page_and_nothing_is_lost() -> None:
    found = pages(Renderer(SAY, None), answer(f"{LIST}\n\n{SOURCE}", 12))
    assert len(found) > 3
    read = "\n".join(accepted(page) for page in found)
    assert re.findall(r"^(\d+)\.", read, re.MULTILINE) == [str(n) for n in range(1, 13)]
    assert read.count("phải làm cho xong") == LIST.count("phải làm cho xong")
    assert SOURCE in accepted(found[0])
    more = [b for page in found for row in page.rows for b in row if b.data.startswith("p:")]
    assert [b.data.rpartition(":")[2] for b in more] == [str(n) for n in range(1, len(found))]
    assert all(lines_of(accepted(page)) <= LINES_ON_A_PHONE + 6 for page in found)


def test_markers_link_when_there_is_a_public_address() -> None:
    render = Renderer(SAY, "https://hoi.vn")
    (page,) = pages(render, answer(f"Một ý [1].\n\n{SOURCE}"))
    assert '<a href="https://hoi.vn/van-ban/van-ban#muc-1">[1]</a>' in page.html
    shown = render.verbatim(answer("Một ý [1]."), 1, None)
    assert shown
    assert "https://hoi.vn/van-ban/van-ban#muc-1" in shown.html


def test_pressing_a_number_becomes_pressing_a_button() -> None:
    text = "> “Trích” [2]\n>\n> (trích; bấm số [2] để xem cả đoạn)"
    (page,) = pages(Renderer(SAY, None), answer(text, 2))
    assert "bấm nút “Nguyên văn [2]” để xem cả đoạn" in accepted(page)
    (linked,) = pages(Renderer(SAY, "https://hoi.vn"), answer(text, 2))
    assert "bấm số [2]" in accepted(linked)


def test_choices_are_buttons_not_text() -> None:
    asked = answer(
        "Có 3 nơi. Bạn hỏi nơi nào?\n\n- Phường 1, Tỉnh A\n- Phường 1, Tỉnh B\n- Xã C",
        status="needs_clarification",
        suggestions=("Phường 1, Tỉnh A nay là xã, phường nào?",),
    )
    (page,) = pages(Renderer(SAY, None), asked)
    assert "Tỉnh A" not in accepted(page)
    assert [row[0].label for row in page.rows] == ["Phường 1, Tỉnh A", "Phường 1, Tỉnh B", "Xã C"]
    assert chosen(asked, 0) == "Phường 1, Tỉnh A nay là xã, phường nào?"
    assert chosen(asked, 1) == "Phường 1, Tỉnh B"
    assert chosen(asked, 3) is None


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("Phường Sài Gòn, Thành phố Hồ Chí Minh gồm những xã, phường nào trước đây?",
         "Phường Sài Gòn gồm những xã, phường nào trước đây?"),
        ("Xã A, Tỉnh Bà Rịa - Vũng Tàu nay là xã, phường nào?", "Xã A nay là xã, phường nào?"),
        ("Phường 1, Thành phố Vũng Tàu, Tỉnh Bà Rịa - Vũng Tàu", None),
        ("Phường 1, Tỉnh A nay là xã nào?", None),
        ("Ai ký?", None),
    ],
)  # fmt: skip
def test_a_button_leaves_out_the_province(question: str, label: str | None) -> None:
    (page,) = pages(Renderer(SAY, None), answer("Ý.", 0, suggestions=(question,)))
    assert page.rows[0][0].label == (label or question)


def test_a_heading_goes_with_what_it_heads() -> None:
    long = "Một câu khá dài để chiếm nhiều dòng trên điện thoại. " * 5
    for count in range(1, 9):
        text = f"{'Dòng. ' * 9 * count}\n\nĐoạn khác:\n\n- “{long}” [1]\n\n{SOURCE}"
        for page in pages(Renderer(SAY, None), answer(text)):
            lines = [line for line in page.plain.split("\n") if line and line != SOURCE]
            assert lines[-1] != "Đoạn khác:"


def test_a_claim_gets_quotations_and_no_verdict() -> None:
    first = answer("Hạn là **31/7/2025** [1].", citations=(citation(1, "trước ngày 31/7/2025"),))
    read = accepted(Renderer(SAY, None).claim([first, first]))
    assert "không kết luận tin này đúng hay sai" in read
    assert read.count("trước ngày 31/7/2025") == 1
    assert "Hạn là" not in read
    nothing = Renderer(SAY, None).claim([answer("Không có.", 0, status="no_evidence")])
    assert accepted(nothing).startswith("Không thấy trong các văn bản")


def test_a_passage_longer_than_a_message_comes_in_parts() -> None:
    render = Renderer(SAY, None)
    long = answer("Ý [1].", citations=(citation(1, "Một câu dài vừa phải. " * 400),))
    parts = []
    while (part := render.verbatim(long, 1, None, len(parts))) is not None:
        parts.append(accepted(part))
    assert len(parts) == 3
    assert sum(part.count("Một câu dài vừa phải.") for part in parts) == 400
    assert render.verbatim(long, 2, None) is None


def test_every_source_of_a_long_page_can_be_chosen() -> None:
    text = "Các ý " + " ".join(f"[{n}]" for n in range(1, 8))
    render = Renderer(SAY, None)
    (page,) = pages(render, answer(text, 7))
    assert page.rows[0][0].data == "w:id-cua-cau-tra-1:0"
    chooser = render.chooser(answer(text, 7), render.markers(answer(text, 7), 0))
    accepted(chooser)
    assert [b.label for row in chooser.rows for b in row] == [f"[{n}]" for n in range(1, 8)]


def test_dates_are_as_people_write_them() -> None:
    shown = Renderer(SAY, None).verbatim(answer("Ý [1]."), 1, None)
    assert shown
    assert date_text("2025-07-11") in accepted(shown)


markdown = st.text(
    alphabet=st.sampled_from(list("aăđ <>&*[]1234.-“”\n>😀🇻🇳\x00\x85\u202e\"'")), max_size=9_000
)


@settings(max_examples=150, deadline=None)
@given(markdown, st.text(max_size=300))
def test_no_text_breaks_a_message(text: str, suggestion: str) -> None:
    made = answer(text, 3, suggestions=(f"Câu {suggestion}",))
    for page in pages(Renderer(SAY, "https://hoi.vn"), made):
        if page.plain.strip():
            accepted(page)
            assert units(page.plain) <= MAX_CHARS
        for row in page.rows:
            assert all(len(b.data.encode()) <= MAX_CALLBACK_BYTES for b in row)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(list("ab. 😀")), min_size=1, max_size=400), st.integers(4, 90))
def test_parting_keeps_every_letter(text: str, room: int) -> None:
    (block,) = read_blocks(f"x{text}x")
    parts = [part.text for part in block.parted(room)]
    assert all(units(part) <= room for part in parts)
    assert "".join("".join(parts).split()) == "".join(block.text.split())


@pytest.mark.parametrize(
    "html", ["<b>x", "x</b>", "<p>x</p>", "<b><i>x</b></i>", "x" * 4_097, "😀" * 2_049, " "]
)
def test_the_test_server_refuses_what_telegram_refuses(html: str) -> None:
    with pytest.raises(ApiError):
        _readable({"text": html, "parse_mode": "HTML"})
