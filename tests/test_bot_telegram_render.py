"""Answers as Telegram messages: one screen, within limits, nothing lost and nothing cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import said, text, texts
from telegram_server import ApiError, _checked_markup, _readable

from bot.answer.answer import Answer, Citation
from bot.answer.blocks import (
    Block,
    Choices,
    Field,
    Folded,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    Quotation,
    SourceLine,
    Verdict,
)
from bot.doors.telegram_bot.markup import lines_of, pieces, to_html, units
from bot.doors.telegram_bot.render import (
    FIRST_CHARS,
    MAX_CALLBACK_BYTES,
    MAX_CHARS,
    Message,
    Renderer,
    chosen,
)
from prompts.sources import date_text
from prompts.text import Span, Text, press, reference
from prompts.wording import load_wording

SAY = load_wording()
LINES_ON_A_PHONE = 20


def accepted(message: Message) -> str:
    """The text as it is read; raises what Telegram would refuse."""
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in message.rows]
    _checked_markup({"reply_markup": {"inline_keyboard": rows}})
    return _readable({"text": message.html, "parse_mode": "HTML"})


def collected(render: Renderer, answer: Answer) -> list[Message]:
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


def answer(*blocks: Block, count: int = 1, **values: object) -> Answer:
    citations = tuple(citation(n + 1) for n in range(count))
    return said(*blocks, **{"answer_id": "id-cua-cau-tra-1", "citations": citations, **values})


def idea(count: int = 1) -> Lead:
    return Lead(Text.of("Các ý ", *(reference(n) for n in range(1, count + 1)), "."))


LIST = (
    Intro(text("**Kết luận**, Mục 4:")),
    Items(
        texts(
            *(f"“{'Việc thứ ' + str(n) + ' phải làm cho xong. ' * 8}” [{n}]" for n in range(1, 13))
        ),
        numbered=True,
    ),
)
WHERE = "Nguồn: Kết luận thử, Mục 4; ngày 11/7/2025; văn bản chính thức."
SOURCE = SourceLine(text(WHERE))


def test_markup_becomes_telegrams() -> None:
    blocks = (
        Note(text("**Đậm** và *nghiêng* <b> & [1]")),
        Quotation(text("Trích"), 1),
        Items(texts("một", "hai")),
        Items(texts("ba"), numbered=True),
    )
    html = to_html(pieces(blocks, lambda n: f"https://a.vn/?x=1&n={n}"))
    link = '<a href="https://a.vn/?x=1&amp;n=1">[1]</a>'
    assert html == (
        f"<b>Đậm</b> và <i>nghiêng</i> &lt;b&gt; &amp; {link}\n"
        f"<blockquote>“Trích” {link}</blockquote>\n• một\n• hai\n1. ba"
    )


def test_values_are_never_read_as_markup() -> None:
    hostile = "**a** *b* [1]\n> c\n- d <i>"
    shown = to_html(pieces([Verdict(SAY.text("follow_up.understood", question=hostile))]))
    assert shown == "Tôi hiểu bạn hỏi: **a** *b* [1]\n&gt; c\n- d &lt;i&gt;"
    (page,) = collected(Renderer(SAY, None), answer(Note(Text.of("Dữ liệu [1]"))))
    assert all(not b.data.startswith("v:") for row in page.rows for b in row)


def test_a_long_quotation_is_folded() -> None:
    (piece,) = pieces([Quotation(text("chữ " * 200), 1)])
    assert piece.html().startswith("<blockquote expandable>")
    assert piece.lines == 3


def test_the_first_screen_has_lead_quotation_source_and_buttons() -> None:
    blocks = (
        Lead(text("Thời điểm: **31/7/2025** [1]."), "31/7/2025"),
        Quotation(text("Xong trước ngày 31/7/2025."), 1),
        SOURCE,
    )
    made = answer(*blocks, suggestions=("Một câu?", "Hai câu?"))
    (page,) = collected(Renderer(SAY, None), made)
    read = accepted(page)
    assert [line for line in read.split("\n") if line] == [
        "Thời điểm: 31/7/2025 [1].",
        "“Xong trước ngày 31/7/2025.” [1]",
        WHERE,
    ]
    labels = [[button.label for button in row] for row in page.rows]
    assert labels == [
        ["Nguyên văn [1]"], ["Một câu?"], ["Hai câu?"], ["👍 Hữu ích", "👎 Chưa hữu ích"],
    ]  # fmt: skip


def test_source_lines_close_the_first_screen_whatever_they_say() -> None:
    line = SourceLine(text("Theo nơi này [1]."))
    (page,) = collected(Renderer(SAY, None), answer(line, Lead(text("Dữ liệu: hai [1]."))))
    assert page.html == "Dữ liệu: hai [1].\n\n<i>Theo nơi này </i><i>[1]</i><i>.</i>"


def test_a_long_list_comes_page_by_page_and_nothing_is_lost() -> None:
    found = collected(Renderer(SAY, None), answer(*LIST, SOURCE, count=12))
    assert len(found) > 3
    read = "\n".join(accepted(page) for page in found)
    assert re.findall(r"^(\d+)\.", read, re.MULTILINE) == [str(n) for n in range(1, 13)]
    assert read.count("phải làm cho xong") == 8 * 12
    assert WHERE in accepted(found[0])
    more = [b for page in found for row in page.rows for b in row if b.data.startswith("p:")]
    assert [b.data.rpartition(":")[2] for b in more] == [str(n) for n in range(1, len(found))]
    assert all(lines_of(accepted(page)) <= LINES_ON_A_PHONE + 6 for page in found)


def test_markers_link_when_there_is_a_public_address() -> None:
    render = Renderer(SAY, "https://hoi.vn")
    (page,) = collected(render, answer(Lead(text("Một ý [1].")), SOURCE))
    assert '<a href="https://hoi.vn/van-ban/van-ban#muc-1">[1]</a>' in page.html
    shown = render.verbatim(answer(idea()), 1, None)
    assert shown
    assert "https://hoi.vn/van-ban/van-ban#muc-1" in shown.html


def test_pressing_a_number_becomes_pressing_a_button() -> None:
    part = Quotation(text("Trích"), 2, SAY.text("documents.quote_part", press=press(2)))
    more = Note(SAY.text("documents.list.more", count=3, press=press()))
    (page,) = collected(Renderer(SAY, None), answer(part, more, count=2))
    assert "bấm nút “Nguyên văn [2]” để xem cả đoạn" in accepted(page)
    assert "bấm nút “Xem nguyên văn”." in accepted(page)
    (linked,) = collected(Renderer(SAY, "https://hoi.vn"), answer(part, more, count=2))
    assert "bấm số [2]" in accepted(linked)
    assert "bấm số bất kỳ ở trên" in accepted(linked)


def test_choices_are_buttons_not_text() -> None:
    offered = Choices(
        (
            Option("Phường 1, Tỉnh A", "Phường 1, Tỉnh A nay là xã, phường nào?"),
            Option("Phường 1, Tỉnh B", "Phường 1, Tỉnh B nay là xã, phường nào?"),
            Option("Xã C", "Xã C gồm những xã nào?"),
        )
    )
    which = Verdict(text("Có 3 nơi. Bạn hỏi nơi nào?"))
    asked = answer(which, offered, status="needs_clarification", suggestions=("Câu khác?",))
    (page,) = collected(Renderer(SAY, None), asked)
    assert "Tỉnh A" not in accepted(page)
    assert [row[0].label for row in page.rows] == ["Phường 1, Tỉnh A", "Phường 1, Tỉnh B", "Xã C"]
    assert chosen(asked, 0) == "Phường 1, Tỉnh A nay là xã, phường nào?"
    assert chosen(asked, 2) == "Xã C gồm những xã nào?"
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
    (page,) = collected(
        Renderer(SAY, None), answer(Note(text("Ý.")), count=0, suggestions=(question,))
    )
    assert page.rows[0][0].label == (label or question)


def test_a_heading_goes_with_what_it_heads() -> None:
    long = "Một câu khá dài để chiếm nhiều dòng trên điện thoại. " * 5
    for count in range(1, 9):
        body, item = Note(text("Dòng. " * 9 * count)), texts(f"“{long}” [1]")
        for headed in ((Intro(text("Đoạn khác")), Items(item)), (Field("Đoạn khác", item, True),)):
            for page in collected(Renderer(SAY, None), answer(body, *headed, SOURCE)):
                lines = [line for line in page.plain.split("\n") if line and line != WHERE]
                assert not lines[-1].startswith("Đoạn khác")


def test_a_claim_gets_quotations_and_no_verdict() -> None:
    cited = (citation(1, "trước ngày 31/7/2025"),)
    first = answer(Lead(text("Hạn là **31/7/2025** [1].")), citations=cited)
    read = accepted(Renderer(SAY, None).claim([first, first]))
    assert "không kết luận tin này đúng hay sai" in read
    assert read.count("trước ngày 31/7/2025") == 1
    assert "Hạn là" not in read
    nothing = Renderer(SAY, None).claim(
        [answer(Verdict(text("Không có.")), count=0, status="no_evidence")]
    )
    assert accepted(nothing).startswith("Không thấy trong các văn bản")


def test_a_passage_longer_than_a_message_comes_in_parts() -> None:
    render = Renderer(SAY, None)
    long = answer(idea(), citations=(citation(1, "Một câu dài vừa phải. " * 400),))
    parts = []
    while (part := render.verbatim(long, 1, None, len(parts))) is not None:
        parts.append(accepted(part))
    assert len(parts) == 3
    assert sum(part.count("Một câu dài vừa phải.") for part in parts) == 400
    assert render.verbatim(long, 2, None) is None


def test_every_source_of_a_long_page_can_be_chosen() -> None:
    made, render = answer(idea(7), count=7), Renderer(SAY, None)
    (page,) = collected(render, made)
    assert page.rows[0][0].data == "w:id-cua-cau-tra-1:0"
    chooser = render.chooser(made, render.markers(made, 0))
    accepted(chooser)
    assert [b.label for row in chooser.rows for b in row] == [f"[{n}]" for n in range(1, 8)]


def test_dates_are_as_people_write_them() -> None:
    shown = Renderer(SAY, None).verbatim(answer(idea()), 1, None)
    assert shown
    assert date_text("2025-07-11") in accepted(shown)


words = st.text(
    alphabet=st.sampled_from(list("aăđ <>&*[]1234.-“”\n>😀🇻🇳\x00\x85\u202e\"'")), max_size=9_000
)


@settings(max_examples=150, deadline=None)
@given(words, st.booleans(), st.text(max_size=300))
def test_no_text_breaks_a_message(said_words: str, bold: bool, suggestion: str) -> None:
    whole = Text((Span(said_words, bold=bold), *reference(3).spans))
    blocks = (Note(whole), Quotation(whole, 1), Items((whole, whole)), SourceLine(whole))
    made = answer(*blocks, count=3, suggestions=(f"Câu {suggestion}",))
    for page in collected(Renderer(SAY, "https://hoi.vn"), made):
        if page.plain.strip():
            accepted(page)
            assert units(page.plain) <= MAX_CHARS
        for row in page.rows:
            assert all(len(b.data.encode()) <= MAX_CALLBACK_BYTES for b in row)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(list("ab. 😀")), min_size=1, max_size=400), st.integers(4, 90))
def test_parting_keeps_every_letter(said_words: str, room: int) -> None:
    (piece,) = pieces([Note(Text.of(f"x{said_words}x"))])
    parts = [part.text for part in piece.parted(room)]
    assert all(units(part) <= room for part in parts)
    assert "".join("".join(parts).split()) == "".join(piece.text.split())


@pytest.mark.parametrize(
    "html", ["<b>x", "x</b>", "<p>x</p>", "<b><i>x</b></i>", "x" * 4_097, "😀" * 2_049, " "]
)
def test_the_test_server_refuses_what_telegram_refuses(html: str) -> None:
    with pytest.raises(ApiError):
        _readable({"text": html, "parse_mode": "HTML"})


def test_the_first_screen_is_short_and_what_is_folded_follows() -> None:
    asked, rest = Field("Nơi nộp", texts("Ở xã [1]")), Note(text("Chữ dài. " * 150))
    made = answer(asked, Folded(text("Xem đủ"), (rest,)), SOURCE)
    first, second = collected(Renderer(SAY, None), made)
    assert units(first.plain) <= FIRST_CHARS
    assert "Nơi nộp" in first.plain
    assert "Xem đủ" in second.plain
    short = answer(asked, Folded(text("Xem đủ"), (Note(text("Chữ. " * 50)),)), SOURCE)
    assert len(collected(Renderer(SAY, None), short)) == 1


def test_long_words_that_the_lead_stands_on_stay_with_it() -> None:
    made = answer(idea(), Quotation(text("Chữ dài. " * 150), 1), SOURCE)
    assert len(collected(Renderer(SAY, None), made)) == 1
