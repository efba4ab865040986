"""What an answer about a procedure says first, what it folds, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from asks import read_ask
from procedure_core import procedures, restorer
from said import said, text
from test_bot_procedures import ask, opened, record_of

from bot.answer.answer import Citation
from bot.answer.blocks import Choices, Folded, Lead, Note, SourceLine, Verdict
from bot.answer.rendering.html import html
from bot.answer.rendering.plain import plain
from bot.answer.rendering.screen import Screen
from bot.answer.rendering.terminal import terminal
from bot.doors.telegram_bot.render import Renderer
from bot.doors.web.templating import Templates
from bot.question import rules
from bot.question.aspects import aspects
from bot.sources.procedures.choosing import Choice
from bot.sources.procedures.drafts import ProcedureDrafts
from bot.sources.procedures.gone import table
from bot.sources.procedures.placing import PlaceRecords
from knowledge.procedures.models import Check, Code, Part, Procedure
from prompts.wording import load_wording
from retrieval.query import analyse

MAX_OPEN_WORDS = 60  # where one thing is asked
PORTAL = Procedure(
    id="dvcqg-1-010038",
    name="Tách hộ",
    field="Cư trú",
    aliases=(),
    codes=(Code("1.010038", "reported"),),
    level="commune",
    desk="none",
    scope="unknown",
    decided_by=(Part("Công an cấp Xã", "reported"),),
    decided_before=(),
    ways=(("desk", (Part("Công an cấp Xã", "reported"),)),),
    boundary=(),
    time_limit=(Part("5 ngày làm việc", "reported"),),
    fee=(),
    papers=(),
    legal_basis=(Part("Thông tư 55/2021", "reported"),),
    notes=(),
    checked=(Check("Cổng Dịch vụ công quốc gia", "2026-06"),),
    origin="portal",
)


def drafted(question, procedure=PORTAL):
    """The answer from one record, whatever would be chosen."""
    drafts = ProcedureDrafts(procedures().catalogue, load_wording(), PlaceRecords(lambda _: None))
    return drafts.draft(Choice(procedure), read_ask(question, restorer()))


def first(draft):
    """What is read behind the title."""
    return plain(draft.blocks[1:2])


# the asked thing first


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("khai sinh cho con chậm nhất bao lâu", "hạn phải đi làm việc này"),
        ("sinh con xong bao lâu phải đi khai sinh", "hạn phải đi làm việc này"),
        ("khai tu tre nhat may ngay", "hạn phải đi làm việc này"),
        ("tuổi nào phải đổi căn cước", "độ tuổi"),
        ("19 tuổi kết hôn được chưa", "độ tuổi"),
        ("muon ket hon phai du may tuoi", "độ tuổi"),
        ("giấy độc thân có giá trị bao lâu", "giấy này có giá trị bao lâu"),
        ("điều kiện đăng ký kết hôn là gì", "điều kiện bạn hỏi"),
    ],
)
def test_what_a_record_does_not_hold_is_said_first_and_no_time_to_wait_for_it(
    question, lacks
) -> None:
    draft = ask(question)
    assert first(draft) == f"Bản ghi không nêu {lacks}."
    assert "ngày làm việc" not in opened(draft)
    assert "Trong ngày" not in opened(draft)
    assert "18001096" in opened(draft)


def test_a_deadline_that_a_record_holds_is_said() -> None:
    birth = procedures().catalogue.get("khai-sinh")
    held = replace(birth, notes=(Part("Hạn đi đăng ký là 60 ngày từ ngày sinh", "verified"),))
    draft = drafted("khai sinh cho con chậm nhất bao lâu", held)
    assert first(draft).startswith("Hạn đi đăng ký là 60 ngày từ ngày sinh [1]")
    assert "không nêu" not in opened(draft)
    unsure = replace(birth, notes=(Part("Hạn đi đăng ký là 60 ngày", "unverified"),))
    assert "60 ngày" not in drafted("khai sinh cho con chậm nhất bao lâu", unsure).text


@pytest.mark.parametrize(
    "question",
    [
        "61 tuổi không lương hưu có được trợ cấp không",
        "bố tôi 75 tuổi đăng ký trợ cấp hưu trí xã hội ở đâu",
        "bao nhieu tuoi duoc tro cap huu tri xa hoi",
        "bà ngoại 77 tuổi muốn làm trợ cấp hưu trí xã hội",
    ],
)
def test_the_condition_stands_before_the_route(question) -> None:
    draft = ask(question)
    assert isinstance(draft.blocks[1], Lead)
    assert first(draft).startswith("Từ đủ 75 tuổi")
    assert not re.match(r"(Có|Không|Được)\b", first(draft))  # the record does not say it of 61


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("tách hộ cần giấy tờ gì", "giấy tờ cần có"),
        ("tách hộ lệ phí bao nhiêu", "phí, lệ phí"),
    ],
)
def test_a_field_that_a_portal_record_lacks_is_said_to_be_lacking_first(question, told) -> None:
    assert first(drafted(question)).startswith(f"Bản ghi không nêu {told}.")


def test_a_portal_record_is_told_with_its_source_and_date() -> None:
    draft = drafted("tách hộ mất bao lâu")
    assert first(draft) == "Thời hạn giải quyết: 5 ngày làm việc [1]"
    assert "Cổng Dịch vụ công quốc gia, tháng 6/2026; Hai Cấp chưa đối chiếu" in opened(draft)


def test_a_reported_part_of_an_own_record_says_whose_it_is() -> None:
    own = replace(procedures().catalogue.get("tam-tru"), fee=(Part("15.000 đồng", "reported"),))
    shown = opened(drafted("đăng ký tạm trú lệ phí bao nhiêu", own))
    assert "Theo Cổng Dịch vụ công quốc gia, tháng 6/2026; Hai Cấp chưa đối chiếu." in shown


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("làm căn cước ở tỉnh khác được không", "Được. Làm được ở nơi khác trên toàn quốc"),
        ("làm căn cước ở công an xã được không", "Được. Ai giải quyết: Công an cấp xã"),
        ("đăng ký khai sinh qua mạng được không", "Được. Trực tuyến: Cổng Dịch vụ công"),
        ("làm căn cước qua mạng được không", "Trực tuyến: Hẹn lịch qua"),  # files nothing
        ("làm hộ chiếu ở công an xã được không", "Ai giải quyết: Công an cấp tỉnh"),
    ],
)
def test_yes_is_said_only_where_the_record_settles_it(question, told) -> None:
    assert first(ask(question)).startswith(told)


def test_no_yes_is_said_to_what_the_record_does_not_settle(core) -> None:
    answer = core.assistant.ask("đang có vợ rồi, ra xã đăng ký kết hôn thêm lần nữa được không")
    assert "Được." not in answer.text


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("khai sinh chậm nhất bao lâu", ("deadline",)),
        ("khai sinh mất bao lâu", ("time",)),
        ("tạm trú mấy năm thì được thường trú", ("condition",)),
        ("tạm trú mất mấy ngày", ("time",)),
        ("hạn phải đi khai tử và mất bao lâu thì xong", ("deadline", "time")),
    ],
)
def test_a_deadline_and_a_stay_are_no_time_to_wait(question, asked) -> None:
    assert aspects(analyse(question, restorer())) == asked


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("nhờ người khác nộp hồ sơ khai sinh thay được không", "Văn bản ủy quyền nếu nhờ"),
        ("vợ chồng tôi ly thân có làm khai sinh cho con được không ạ", "Bản ghi không nêu"),
        ("tôi ở trọ có phải đăng ký tạm trú không", "Bản ghi không nêu trường hợp bạn hỏi"),
    ],
)
def test_whether_one_may_is_answered_by_the_record_or_said_to_be_lacking(question, told) -> None:
    assert first(ask(question)).startswith(told)


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("chỉ em cách làm khai sinh cho con được không ạ", {"whole"}),
        ("chỉ còn hai mẹ con có tách hộ được không", {"whether", "condition"}),
        ("bằng lái quá hạn ba tháng có phải thi lại không", {"whether"}),
        ("hộ chiếu cho bé, cha mẹ ly dị rồi thì ai ký", {"who"}),
        ("khai tử nộp ở đâu, mang giấy gì", {"where", "papers"}),
        ("thẻ căn cước xài được mấy năm", {"validity"}),
        ("nên khai theo họ bố hay họ mẹ", {"choice", "who"}),
        ("tạm trú bao lâu thì được thường trú", {"condition"}),
    ],
)
def test_what_is_wanted_is_read_by_its_meaning(core, question, needs) -> None:
    assert set(core.reader.ask(question).needs) == needs


# what is folded


@pytest.mark.parametrize(
    "record", ["khai-sinh", "tam-tru", "can-cuoc", "ket-hon", "huu-tri-xa-hoi"]
)
@pytest.mark.parametrize("what", ["mất bao lâu", "lệ phí bao nhiêu", "nộp ở đâu"])
def test_one_fact_is_short_and_dated_and_the_rest_is_folded(record, what) -> None:
    name = procedures().catalogue.get(record).aliases[0]
    draft = ask(f"{name} {what}?")
    assert record_of(draft) == record
    assert len(opened(draft).split()) <= MAX_OPEN_WORDS
    assert sum(isinstance(block, SourceLine) for block in draft.blocks) == 1
    assert re.search(r"tháng \d+/202\d", opened(draft))
    assert isinstance(draft.blocks[-1], Folded)
    assert "18001096" in plain(draft.blocks[-1:])


def test_the_code_is_shown_to_be_typed_on_the_portal() -> None:
    assert "dichvucong.gov.vn, gõ mã 1.001193" in opened(ask("đăng ký khai sinh nộp ở đâu"))
    assert "gõ mã 1.001193" in ask("đăng ký khai sinh mất bao lâu").text


# what is no more


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("làm lại sổ hộ khẩu", "Nay không còn sổ hộ khẩu giấy."),
        ("so ho khau bi mat lam lai o dau", "Nay không còn sổ hộ khẩu giấy."),
        ("làm KT3 ở đâu", "Nay không còn KT3."),
        ("xin giấy chuyển khẩu ở đâu", "Nay không còn giấy chuyển hộ khẩu."),
        ("làm chứng minh nhân dân ở đâu", "Nay không cấp chứng minh nhân dân."),
        ("ra công an huyện làm căn cước được không", "Từ ngày 1/7/2025 không còn cấp huyện"),
        ("phòng tư pháp huyện đăng ký khai sinh phải không", "Từ ngày 1/7/2025 không còn cấp"),
        ("UBND huyện cấp sổ đỏ phải không", "Từ ngày 1/7/2025 không còn cấp huyện"),
    ],
)
def test_what_is_no_more_is_said_before_all_else(question, told) -> None:
    draft = ask(question)
    assert isinstance(draft.blocks[0], Verdict)
    assert plain(draft.blocks[:1]).startswith(told)
    assert sum(plain([block]).startswith(("Nay ", "Từ ngày")) for block in draft.blocks) == 1


@pytest.mark.parametrize(
    "question",
    ["nhập hộ khẩu cho con", "đăng ký tạm trú ở đâu", "tôi ở huyện Củ Chi làm khai sinh"],
)
def test_what_still_is_is_not_said_to_be_gone(question) -> None:
    assert not plain(ask(question).blocks[:1]).startswith(("Nay ", "Từ ngày"))


def test_each_thing_that_is_gone_has_its_rule_wording_and_source() -> None:
    catalogue = procedures().catalogue
    for thing in table():
        assert rules.load_rules().rule(f"gone.{thing.name}").matches
        assert f"procedures.gone.{thing.name}" in load_wording().names()
        assert ("{since}" in load_wording().template(f"procedures.gone.{thing.name}").source) == (
            bool(thing.since)
        )
        if thing.record:
            assert catalogue.get(thing.record).shown(thing.field)
        else:
            assert catalogue.rule(thing.rule)


# a decree that is not held


@pytest.mark.parametrize(
    "question",
    [
        "Trợ cấp hưu trí xã hội theo Nghị định 176 nộp ở đâu",
        "theo nghi dinh 154/2024 dang ky thuong tru can giay to gi",
    ],
)
def test_a_decree_that_is_not_held_costs_a_line(core, question) -> None:
    claim = core.router.route(core.reader.ask(question)).chosen
    assert claim.source == "procedures"
    assert "Hai Cấp không có nguyên văn Nghị định" in opened(claim.answer())


@pytest.mark.parametrize(
    "question", ["Nghị định 176 quy định mức trợ cấp bao nhiêu", "Nghị định 176 nói gì"]
)
def test_what_a_decree_says_that_is_not_held_is_not_answered(core, question) -> None:
    draft = core.router.route(core.reader.ask(question)).chosen.answer()
    assert draft.status == "no_evidence"


# no record


def test_where_no_record_is_the_nearest_are_offered_by_name(core) -> None:
    draft = core.router.route(core.reader.ask("xin giấy phép bay flycam ở đâu")).chosen.answer()
    assert draft.status == "no_evidence"
    assert "dichvucong.gov.vn" in draft.text
    assert "18001096" in draft.text
    offered = [o for b in draft.blocks if isinstance(b, Choices) for o in b.options]
    assert len(offered) >= 2
    assert draft.suggestions == [option.asks for option in offered]


# every door

FOLDED = (
    Lead(text("Ba ngày [1].")),
    SourceLine(text("Dữ liệu: đây.")),
    Folded(text("Xem đủ"), (Note(text("Phí: **miễn** [1].")), Note(text("Gọi <tel:18001096>.")))),
)
CITED = Citation(
    1, "thu-tuc/a", "1", "T", "I", "2026-06", "record", "unknown", "Phí", "q", "/thu-tuc/a#le-phi",
    "a", 0, 1,
)  # fmt: skip


def test_the_page_folds_behind_a_summary() -> None:
    pieces = html(FOLDED, (CITED,))
    assert [piece.kind for piece in pieces] == ["paragraph", "paragraph", "fold"]
    page = Templates(lambda name: name, None).answer(said(*FOLDED, citations=(CITED,)))
    inside = re.search(
        r'<details class="more"><summary>Xem đủ</summary>(.*?)</details>', page, re.S
    )
    assert "<strong>miễn</strong>" in inside[1]
    assert '<a href="tel:18001096" rel="noopener">18001096</a>' in inside[1]


def test_telegram_folds_in_a_quotation_that_opens() -> None:
    message = Renderer(load_wording(), None).answer(said(*FOLDED, citations=(CITED,)))
    assert "<blockquote expandable><b>Xem đủ:</b>\nPhí: <b>miễn</b> [1].\n" in message.html
    assert '<a href="tel:18001096">18001096</a>' in message.html
    assert message.html.endswith("<i>Dữ liệu: đây.</i>")


def test_the_terminal_prints_it_in_full() -> None:
    shown = terminal(FOLDED, Screen(60))
    assert shown.endswith("Xem đủ:\n\nPhí: miễn [1].\n\nGọi 18001096.")
