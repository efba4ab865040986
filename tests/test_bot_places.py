"""Answers about places and the bulk conversion, on the real data."""

from __future__ import annotations

import pytest
from asks import read_ask

from bot.answer.blocks import Choices
from bot.question.places_named import PlaceReader
from bot.sources.places.answers import PlaceAnswers
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.places.table import convert_table
from knowledge.places.errors import PlaceTableError
from knowledge.places.resolver import open_resolver
from knowledge.places.tables.files import read_table
from knowledge.reading.bundled import load_bundled
from knowledge.text import fold
from prompts.wording import load_wording
from retrieval.diacritics import Restorer


@pytest.fixture(scope="module")
def restorer():
    return Restorer(own_texts=[d.text for d in load_bundled()])


@pytest.fixture(scope="module")
def answers():
    resolver = open_resolver()
    return PlaceAnswers(resolver, PlaceDrafts(resolver, load_wording()))


@pytest.fixture(scope="module")
def ask(answers, restorer):
    reader = PlaceReader(open_resolver())
    return lambda question: answers.answer(read_ask(question, restorer, reader.readings))


# Questions


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Phường Bến Nghé, Quận 1 nay là phường nào?", "Phường Sài Gòn, Thành phố Hồ Chí Minh"),
        ("phuong ben nghe q1 gio la phuong nao", "Phường Sài Gòn, Thành phố Hồ Chí Minh"),
        ("Bến Nghé giờ thuộc phường nào", "Phường Sài Gòn"),
        ("Phường Sài Gòn gồm những phường nào trước đây?", "Phường Đa Kao, Quận 1"),
        ("Phường Tân Định mới gồm những phường cũ nào?", "được lập từ"),
        ("Quận 1 có còn tồn tại nữa không?", "Phường Cầu Ông Lãnh"),
        ("Tỉnh Bình Dương nhập vào đâu?", "Thành phố Hồ Chí Minh"),
        ("Hải Dương giờ thành gì?", "Thành phố Hải Phòng"),
        ("Tỉnh Phú Thọ mới gồm ba tỉnh nào?", "Vĩnh Phúc, Hòa Bình"),
        ("Thái Bình với Hưng Yên nhập lại lấy tên tỉnh nào?", "Tỉnh Hưng Yên"),
        ("Bến Tre, Trà Vinh, Vĩnh Long gộp lại tên là gì?", "Tỉnh Vĩnh Long"),
        ("Nghệ An với Hà Tĩnh có gộp lại không?", "Không."),
        ("Trung tâm hành chính tỉnh Lào Cai mới đặt ở đâu?", "Yên Bái"),
        ("Ủy ban tỉnh Gia Lai đóng tại đâu?", "Bình Định"),
        ("Còn cấp huyện không?", "Không còn cấp huyện"),
        ("bo cap huyen tu ngay nao", "1/7/2025"),
        ("Cả nước giờ có mấy tỉnh?", "7 thành phố trực thuộc Trung ương và 27 tỉnh"),
        (
            "Có bao nhiêu xã, phường, đặc khu sau sắp xếp?",
            "3.321** đơn vị: 2.611 xã, 697 phường, 13 đặc khu",
        ),
        ("Hà Nội có bao nhiêu phường xã?", "75 xã, 51 phường"),
        ("Liệt kê các phường của thành phố Huế hiện nay", "Vỹ Dạ"),
        ("Danh sách 34 tỉnh thành", "Đồng Nai"),
        ("Những tỉnh nào giữ nguyên không sáp nhập?", "Tỉnh Lai Châu"),
        ("phường Hoàng Liệt, quận Hoàng Mai, Hà Nội", "nay thuộc 4 đơn vị"),
        ("xã Trảng Bom, tỉnh Đồng Nai nay là gì", "Phường Trảng Bom, Thành phố Đồng Nai"),
    ],
)
def test_what_is_said(ask, question, said):
    draft = ask(question)
    assert draft.status == "answered"
    assert said in draft.text
    assert "[1]" in draft.text
    assert len(draft.sources) == len(draft.citations())
    assert "25/7/2026" in draft.text


@pytest.mark.parametrize(
    "question",
    [
        "Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?",
        "Kết luận 177-KL/TW giao việc gì cho cấp xã?",
        "Ban thường vụ tỉnh uỷ, thành uỷ phải làm gì?",
        "Đảng bộ xã, phường lập mới bao nhiêu?",
        "Bao nhiêu xã chạy thử bị lỗi mạng?",
        "mạng máy tính xã trục trặc",
        "Bí thư Tỉnh uỷ Nghệ An tên là gì?",
        "Ngày mai Hà Nội có mưa không?",
        "Chiến thắng Điện Biên Phủ diễn ra năm nào?",
        "Trụ sở ủy ban xã Ba Vì mới nằm ở đâu?",
        "Vì sao người dân Hà Nội phản đối đề án sáp nhập?",
        pytest.param(
            "Giá đất phường Bến Nghé quận 1 giờ là bao nhiêu?",
            marks=pytest.mark.xfail(strict=False, reason="what the place is today is told instead"),
        ),
        "Cấp xã làm gì?",
        "Sinh viên tình nguyện về xã để làm gì?",
        "Giấy tờ cũ có phải đổi sau sáp nhập không?",
    ],
)
def test_other_questions_are_left_alone(core, question):
    for typed in (question, fold(question)):
        assert core.router.route(core.reader.ask(typed)).chosen.source != "places"


def test_the_opening_questions_are_answered(ask):
    for question in load_wording().lines("places.opening"):
        assert ask(question).status == "answered"


def test_a_name_in_several_places_is_asked_about(ask):
    draft = ask("Xã Phú Hoà nay là xã nào?")
    assert draft.status == "needs_clarification"
    assert "Tỉnh Bắc Ninh" in draft.text
    assert len(draft.suggestions) >= 2


@pytest.mark.parametrize("name", ["phường Hoa Mai", "phường Bến Nghi Lan"])
def test_an_unknown_name_is_said_to_be(ask, name):
    draft = ask(f"{name} quận 1 nay là phường nào?")
    assert draft.status == "no_evidence"
    assert draft.cards[0]["status"] == "unknown"
    assert f"không có nơi nào tên ‘{name} quận 1’" in draft.text


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("phường Bến Nghi quận 1 nay là phường nào?", "Phường Bến Nghé, Quận 1"),
        ("phường Bến Ngé quận 1 nay là phường nào?", "Phường Bến Nghé, Quận 1"),
        ("thị trâns tir tôn an giang nay là xã naof", "Thị trấn Tri Tôn, Huyện Tri Tôn"),
        ("xã hải min, hải hậu, nam định giờ là xã gì", "Xã Hải Minh, Huyện Hải Hậu"),
        ("phường an hội thành phố bến ter nay là p nào", "Phường An Hội, Thành phố Bến Tre"),
        ("phuong hưng long thị xã chơm thành bình phước giờ là gì", "Thị xã Chơn Thành"),
        ("xã quản thành quảng điền, huế giờ gọi laf gì", "Xã Quảng Thành, Huyện Quảng Điền"),
        ("yên bi bây h thuoocj tỉnh noà", "Tỉnh Yên Bái"),
    ],
)
def test_a_slip_in_a_name_is_read_where_only_one_place_can_be_meant(ask, typed, read_as):
    draft = ask(typed)
    assert draft.status == "answered"
    assert draft.blocks[0].text.words.startswith("Dữ liệu không có nơi nào tên ‘")
    assert f"Nơi gần tên nhất là {read_as}" in draft.blocks[0].text.words.replace(
        "Phường Hưng Long, ", ""
    )
    (card,) = draft.cards
    assert card["how"] == "slip"
    assert card["check"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("thị trấn đắk mil, dakws nông bây h laf xã gì", "24664"),
        ("thị trấn diêm d9ien62 thái thụy thái bình nay là xã nào?", "12826"),
        ("thij trấn dongof vawn, hà giang h thuộc xã nào", "00721"),
        ("xã mường hoa saa pa bây giờ là xã gì", "03037"),
        ("xã tân hòa thanh bình bâyy giờ là gì", "30154"),
        ("p bùi thị xuana quy nhơn tỉnh bình định giờ là xã nào", "21589"),
        ("phườờng bến thành mới gồm nhg phường nào trước đây", "26743"),
    ],
)
def test_keys_left_in_a_question_about_a_place_are_taken_out(ask, typed, code):
    (card,) = ask(typed).cards
    assert [unit["code"] for unit in card["new"]] == [code]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("phường Bình Hưng Hoà B quận Bình Tân nay là phường nào", "Phường Bình Tân"),
        ("Xã Gia Hoà 1, Huyện Mỹ Xuyên nay là xã nào", "Xã Nhu Gia"),
        ("xã Thuỵ Hương nay là xã nào", "Phường Chương Mỹ"),
    ],
)
def test_the_old_place_of_a_tone_is_the_same_name(ask, typed, name):
    draft = ask(typed)
    assert [unit["name"] for unit in draft.cards[0]["new"]] == [name]
    assert draft.cards[0]["how"] == "exact"


def test_names_known_without_marks_do_not_stand_for_one_written_otherwise(ask):
    """Of "Tân Lặp" nothing is known: the 22 of Tân Lập are meant, not four of long ago."""
    assert "22 nơi" in ask("xã Tân Lặp nay là xã nào?").text


@pytest.mark.parametrize(
    "typed", ["Xa Binh Minh giò thuoc xa nào?", "Xã Phú Hoa bây giò đổi thành xã gi?"]
)
def test_half_of_the_marks_do_not_make_it_another_name(ask, typed):
    """Names of long ago are known without marks: they must not win for lack of any."""
    assert ask(typed).status == "needs_clarification"


def test_every_suggestion_is_a_question_that_is_answered(ask):
    asked = ["Phường Bến Nghé, Quận 1 nay là phường nào?", "xã Phú Hoà", "Còn cấp huyện không?"]
    asked += ["phường Bến Ngé quận 1 nay là phường nào?", "Quận 1 giờ ra sao", "Tỉnh Lào Cai"]
    asked += ["phường Hoa Mai quận 1 nay là phường nào?"]
    seen: set[str] = set()
    for _ in range(3):
        found = [s for q in asked for s in ask(q).suggestions]
        asked = [s for s in dict.fromkeys(found) if s not in seen]
        seen.update(asked)
        for question in asked:
            assert ask(question) is not None, question
    assert seen


def test_sources_point_to_a_page_of_the_same_record(ask, answers):
    draft = ask("Phường Bến Nghé, Quận 1 nay là phường nào?")
    first = draft.citations()[0]
    assert first.source_kind == "record"
    assert first.url.startswith("/dia-chi?q=")
    assert first.issued_on == "2026-07-25"
    assert "26740" in first.quote
    assert draft.citations()[1].url == "/dia-chi#giay-to"


def test_the_card(ask):
    (card,) = ask("Phường Bến Nghé, Quận 1 nay là phường nào?").cards
    assert card["kind"] == "place"
    assert card["new"][0]["resolution"] == "1685/NQ-UBTVQH15"
    assert card["new"][0]["since"] == "2025-07-01"
    assert {"name": "Phường Bến Nghé", "part": False}.items() <= card["made_of"][0].items()
    assert card["as_of"] == "2026-07-25"
    assert card["check_note"] is None
    split = ask("phường Hoàng Liệt, quận Hoàng Mai nay là phường nào?").cards[0]
    assert split["check"]
    assert split["check_note"]
    changed = ask("phường Trảng Bom, Đồng Nai").cards[0]
    assert changed["new"][0]["resolution"] is None
    assert changed["new"][0]["since"] == "2026-04-30"


# Tables


def converted(text, name="a.csv", **options):
    table = read_table(text.encode(), name)
    return convert_table(table, open_resolver(), load_wording(), **options)


def test_rows_and_columns_are_kept():
    text = (
        "STT,Họ tên,Địa chỉ\n"
        '1,An,"12 Lê Lợi, P. Bến Nghé, Q1, TPHCM"\n'
        '2,Bình,"phường Hoàng Liệt, quận Hoàng Mai, Hà Nội"\n'
        "3,Chi,xã Không Có Đâu\n"
        "4,Dũng,\n"
        "5,Em,xã Phú Hoà,thừa\n"
        "\n"
        '7,Gì,"phường Hoàng Liệt, Hà Nội"\n'
    )
    result = converted(text)
    rows = result.table.rows
    assert [row[:3] for row in rows[:3]] == [
        ["STT", "Họ tên", "Địa chỉ"],
        ["1", "An", "12 Lê Lợi, P. Bến Nghé, Q1, TPHCM"],
        ["2", "Bình", "phường Hoàng Liệt, quận Hoàng Mai, Hà Nội"],
    ]
    assert len({len(row) for row in rows}) == 1
    assert rows[0][-1] == "Cần kiểm tra"
    assert rows[1][-5:] == [
        "Phường Sài Gòn",
        "Thành phố Hồ Chí Minh",
        "26740",
        "đúng tên",
        "Không",
    ]
    assert rows[2][-5].count(";") == 3
    assert rows[2][-1].startswith("Có")
    assert rows[3][-4] == ""
    assert rows[5][3] == "thừa"
    assert all(str(row[-1]).startswith("Có") for row in rows[3:])
    assert result.rows == 7
    assert result.to_check == 6
    assert result.statuses == {
        "resolved": 1,
        "candidates": 2,
        "unknown": 1,
        "ambiguous": 1,
        "empty": 2,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Phường xã;Quận huyện;Tỉnh thành\nBến Nghé;1;HCM\n",
        "tên;địa chỉ cũ\nA;P. Bến Nghé, Q1\n",
        "A;P. Bến Nghé, Q1\nB;Phường Bến Nghé, quận 1\n",
        "a;b;c\nPhường Bến Nghé;Quận 1;TP.HCM\n",
    ],
)
def test_the_column_of_addresses_is_found(text):
    rows = converted(text).table.rows
    assert rows[-1][-3] == "26740"


def test_a_column_can_be_named():
    text = 'cũ,mới\nxã Phú Hoà,"phường Bến Nghé, quận 1"\n'
    assert converted(text, column="mới").table.rows[1][-3] == "26740"
    assert converted(text, column="2").table.rows[-1][-3] == "26740"
    with pytest.raises(PlaceTableError, match="khác"):
        converted(text, column="khác")


def test_progress_ends_at_the_number_of_rows():
    told = []
    text = "địa chỉ\n" + '"phường Bến Nghé, quận 1"\n' * 450
    converted(text, progress=lambda done, total: told.append((done, total)))
    assert told == [(200, 450), (400, 450), (450, 450)]


def test_a_choice_asks_the_same_question_of_one_place(ask):
    draft = ask("xã Tân An nay là xã nào? sđt 0912345678")
    (options,) = (block.options for block in draft.blocks if isinstance(block, Choices))
    asked = {option.shown: option.asks for option in options}
    assert asked["Xã Tân An, Tỉnh Nghệ An"].startswith("Xã Tân An, Tỉnh Nghệ An nay là xã nào?")
    assert all("0912345678" not in question for question in asked.values())  # it is kept
    assert ask(asked["Xã Tân An, Tỉnh Nghệ An"]).status == "answered"
